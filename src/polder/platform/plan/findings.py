"""What is worth knowing beside a plan and changes nothing: hosts that are away, apps that are not well or wait for their host,
data that stays where it cannot be reached from here, names that the site's authority cannot vouch for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from polder.kernel.engine import Seen
from polder.kernel.problem import Problem, Value
from polder.platform.ingress.authority import uncovered
from polder.platform.plan.desired import Wanted
from polder.platform.plan.hosts import DRAINED_LABEL, condition, find_node, host_of, pinned_to
from polder.platform.plan.names import INGRESS
from polder.platform.plan.services import compare
from polder.platform.site.model import Site

EVERYTHING, EVERYTHING_NO_GROUPS = "plan.removes-everything", "plan.removes-everything-no-groups"
SHOWN = 10
"""Apps named in one sentence at most."""


def findings(
    site: Site, target: Wanted, seen: Seen, away: Collection[str], *, down: bool, forget: bool
) -> tuple[Problem, ...]:
    """``away``: the hosts that can run nothing new now."""
    return (
        *(() if down else _everything_goes(site, target, seen)),
        *_other_sites(site, target, seen),
        *_hosts(seen),
        *_not_running(target, seen, away),
        *_waiting(target, seen, away),
        *_left_behind(target, seen),
        *_out_of_reach(site, seen, down=down, forget=forget),
        *(Problem("ingress.uncovered", "", {"domain": domain}) for domain in uncovered(site)),
    )


def _everything_goes(site: Site, target: Wanted, seen: Seen) -> Iterator[Problem]:
    """A folder ``groups/`` that was not copied along looks like a site whose every app was removed."""
    live = {s.labels.get("polder.app", "") for s in seen.services if s.labels.get("polder.site") == site.slug}
    apps = sorted(live - {"", INGRESS})
    if apps and not target.services:
        code = EVERYTHING if site.groups else EVERYTHING_NO_GROUPS
        shown = (*apps[:SHOWN], *(["…"] if len(apps) > SHOWN else []))
        yield Problem(code, "", {"site": site.slug, "count": len(apps), "apps": shown})


def removes_everything(found: tuple[Problem, ...]) -> bool:
    """Whether the findings say that all of the site's apps would go."""
    return any(one.code in (EVERYTHING, EVERYTHING_NO_GROUPS) for one in found)


def _other_sites(site: Site, target: Wanted, seen: Seen) -> Iterator[Problem]:
    """Before anything of this site is on the engine: what another one keeps there. A provider that changed its short name looks
    just so, and would begin with empty apps beside its own data."""
    running = {service.labels.get("polder.site", "") for service in seen.services}
    volumes = Counter(volume.labels.get("polder.site", "") for volume in seen.volumes)
    found = running | set(volumes)
    for other in sorted(found - {""}) if target.services and site.slug not in found else ():
        yield Problem("plan.other-site", "", {"other": other, "site": site.slug, "volumes": volumes[other]})


def _hosts(seen: Seen) -> Iterator[Problem]:
    for node in seen.nodes:
        state = condition(node)
        if DRAINED_LABEL in (node.spec.get("Labels") or {}) and node.state == "ready":
            continue  # by Polder itself
        if state in ("pause", "drain"):
            yield Problem("plan.host-closed", "", {"host": host_of(node), "node": node.hostname})
        elif state != "ready":
            yield Problem("plan.host-away", "", {"host": host_of(node), "state": state})


def _not_running(target: Wanted, seen: Seen, away: Collection[str]) -> Iterator[Problem]:
    running = {task.service_id for task in seen.tasks if task.state == task.desired == "running"}
    for service in seen.services:
        if service.name not in target.services or service.id in running or not seen.tasks:
            continue
        values = {"app": service.labels.get("polder.app", ""), "service": service.name}
        host = pinned_to(service.spec)
        if host in away:
            yield Problem("plan.down-with-host", "", {**values, "host": host})
        else:
            yield Problem("plan.not-running", "", values)


def _waiting(target: Wanted, seen: Seen, away: Collection[str]) -> Iterator[Problem]:
    """Changes that are left out of the plan until the host is back."""
    live = {service.name: service for service in seen.services}
    for want in target.services.values():
        host = pinned_to(want.spec)
        if host in away and (want.name not in live or compare(want, live[want.name]) is not None):
            yield Problem("plan.waits-for-host", "", {"service": want.name, "host": host})


def _left_behind(target: Wanted, seen: Seen) -> Iterator[Problem]:
    """Apps that move to another host: their volumes do not."""
    for service in seen.services:
        want = target.services.get(service.name)
        old, new = pinned_to(service.spec), pinned_to(want.spec) if want else ""
        if want and want.volumes and old and new and old != new:
            values: dict[str, Value] = {"app": want.subject, "volumes": want.volumes, "old": old, "new": new}
            yield Problem("plan.data-stays", "", values)


def _out_of_reach(site: Site, seen: Seen, *, down: bool, forget: bool) -> Iterator[Problem]:
    """An engine shows and removes the volumes of its own host only; what is to be forgotten may lie on others."""
    hosts = {host.name: find_node(host, site, seen) for host in site.hosts.values()}
    others = tuple(name for name, node in hosts.items() if node is not None and node.id != seen.node_id)
    if not others:
        return
    of_site = f"--filter label=polder.site={site.slug}"
    if down and forget:
        yield Problem("plan.data-elsewhere", "", {"what": site.slug, "hosts": others, "filters": of_site})
    for group in () if down else site.groups.values():
        for name in group.forget_data:
            app = f"{group.slug}/{name}"
            filters = f"{of_site} --filter label=polder.app={app}"
            yield Problem("plan.data-elsewhere", "", {"what": app, "hosts": others, "filters": filters})
