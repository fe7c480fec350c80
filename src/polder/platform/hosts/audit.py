"""``audit``: what is worth knowing about a machine, from one look that changed nothing. Machines that Polder never touched too.

1. A finding says what, why it matters and how to mend it, and shows what was seen.
2. ``silence`` in hosts.yml makes a finding known, with the reason; so does refusing the line of the profile that would mend it. A
   silenced finding is still found, so that nobody forgets it.
3. Without a site nothing is "undeclared": what would be is then told for information.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from polder.kernel.host import HostSeen
from polder.platform.hosts.audit_access import access
from polder.platform.hosts.audit_machine import machine
from polder.platform.hosts.audit_network import network
from polder.platform.hosts.audit_upkeep import upkeep
from polder.platform.hosts.finding import AREA, KINDS, LEVELS, Finding
from polder.platform.site.model import Host, Site


def audit(
    seen: HostSeen,
    host: Host | None,
    site: Site | None,
    now: datetime,
    others: Mapping[str, HostSeen] | None = None,
) -> tuple[Finding, ...]:
    """Every finding, the gravest first; silenced ones carry their reason. ``now`` is our clock; ``others``: looks at the site's other
    hosts, as ``host_steps`` takes them."""
    findings = (
        *access(seen, host, site),
        *network(seen, host, site, others or {}),
        *upkeep(seen, now),
        *machine(seen),
    )
    known = (replace(finding, silenced=silence(finding, host)) for finding in findings)
    return tuple(sorted(known, key=lambda one: (LEVELS.index(one.level), one.key)))


def silence(finding: Finding, host: Host | None) -> str:
    """The reason for which ``host`` lets a finding be, ``""`` for none."""
    if host is None:
        return ""
    id = finding.id.removeprefix(AREA)
    said = {name.removeprefix(AREA): reason for name, reason in host.silence.items()}
    return said.get(finding.key) or said.get(id) or host.without.get(KINDS[id].line, "")
