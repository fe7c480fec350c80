"""Audit machines: those of a site, or any that answers over SSH. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from polder.actions.check_site import load_site
from polder.actions.look_hosts import reach
from polder.kernel.host import HostSeen, Reach
from polder.kernel.names import nearest
from polder.kernel.problem import Problem, Refused
from polder.platform.hosts.finding import Finding
from polder.platform.site.model import Host, Site


@dataclass(frozen=True, slots=True)
class Audited:
    """``problem``: why it could not be looked at."""

    host: str
    findings: tuple[Finding, ...] = ()
    problem: Problem | None = None

    @property
    def grave(self) -> bool:
        """Whether something of level high is neither mended nor accepted."""
        return any(one.level == "high" and not one.silenced for one in self.findings)


def audit_site(folder: Path, name: str = "") -> tuple[Audited, ...]:
    """Every host of the site that has an address of its own, or the one called ``name``."""
    site = load_site(folder)
    hosts = {n: h for n, h in site.hosts.items() if h.address != "local"}
    if name and name not in hosts:
        raise Refused(_unknown(name, tuple(hosts)))
    looks = _look(site, {n: reach(h) for n, h in hosts.items()})
    known = {n: h for n, h in hosts.items() if name in ("", n)}
    return tuple(_audited(n, looks[n], h, site, looks) for n, h in known.items())


def _unknown(name: str, known: tuple[str, ...]) -> Problem:
    if near := nearest(name, known):
        return Problem("site.unknown-host-near", "hosts.yml", {"name": name, "nearest": near})
    return Problem("site.unknown-host", "hosts.yml", {"name": name, "known": known or ("-",)})


def audit_address(address: str, user: str = "root", port: int = 22) -> Audited:
    """A machine of no site; its host key must be in the operator's own ``known_hosts``."""
    host = Host(address, address, frozenset(), {}, "", user=user, port=port)
    look = _look(None, {address: reach(host)})[address]
    return _audited(address, look, None, None, {})


def _look(site: Site | None, reaches: dict[str, Reach]) -> dict[str, HostSeen | Problem]:
    from polder.platform.hosts.ask import question
    from polder.world.hosts import open_hosts

    asked = {n: question(site, site.hosts[n] if site else None) for n in reaches}
    hosts = open_hosts(reaches)
    try:
        return dict(hosts.look(asked))
    finally:
        hosts.close()


def _audited(
    name: str,
    look: HostSeen | Problem,
    host: Host | None,
    site: Site | None,
    looks: dict[str, HostSeen | Problem],
) -> Audited:
    from polder.platform.hosts.audit import audit

    if isinstance(look, Problem):
        return Audited(name, problem=look)
    others = {n: seen for n, seen in looks.items() if isinstance(seen, HostSeen) and n != name}
    return Audited(name, audit(look, host, site, datetime.now(UTC), others))
