"""``host_steps``: one host as the site wants it, held against what it showed, becomes steps.

1. Nothing to do gives no steps; a second look after the work gives none.
2. The steps of one host come one after another (two package managers on one machine would wait for each other anyway); hosts go side
   by side, except where one needs another's public key.
3. Order: packages, who may come in, how, upkeep, firewall, mesh, Docker last: it never runs without the firewall around it.
4. What could cut the way in is guarded: the host takes it back unless a new connection confirms it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from polder.kernel.host import HostSeen, HostWork
from polder.kernel.problem import Problem, Refused
from polder.platform.hosts.accounts import account_doings, taken_names
from polder.platform.hosts.docker import docker_doings
from polder.platform.hosts.firewall import firewall_doings
from polder.platform.hosts.mesh import mesh_doings, mesh_problems
from polder.platform.hosts.registry import registry_doings
from polder.platform.hosts.ssh import EXCHANGES, ssh_doings
from polder.platform.hosts.upkeep import (
    journal_doings,
    name_doings,
    package_doings,
    sysctl_doings,
    time_doings,
    update_doings,
)
from polder.platform.hosts.view import Doing, View
from polder.platform.plan.model import Step
from polder.platform.site.model import Host, Site

PARTS: tuple[Callable[[View], list[Doing]], ...] = (
    package_doings,
    name_doings,
    account_doings,
    ssh_doings,
    sysctl_doings,
    journal_doings,
    update_doings,
    time_doings,
    firewall_doings,
    mesh_doings,
    registry_doings,
    docker_doings,
)
SYSTEMS = tuple(EXCHANGES)


def host_steps(site: Site, host: Host, seen: HostSeen, others: Mapping[str, HostSeen]) -> list[Step]:
    """Steps that make ``host`` what its profile says, in order; none for ``profile: none``. ``others``: looks at the site's other
    hosts by name, without those that did not answer.

    Refused: ``profile.unsupported`` (neither Debian 12 nor 13), ``profile.account-taken``, ``profile.no-wireguard``,
    ``profile.mesh-in-use`` (the swarm speaks through a mesh that this host would leave).
    """
    if host.profile == "none":
        return []
    view = View(site, host, seen, {name: look for name, look in others.items() if name != host.name})
    if problems := [*unsupported(view), *taken_names(view), *mesh_problems(view)]:
        raise Refused(problems)
    steps: list[Step] = []
    for doing in (doing for part in PARTS for doing in part(view)):
        before = (steps[-1].key,) if steps else ()
        steps.append(_step(host, doing, before))
    return steps


def unsupported(view: View) -> list[Problem]:
    """The profile names packages and settings of two releases; on another system they would be guesses."""
    seen = view.seen
    if seen.system == "debian" and seen.codename in SYSTEMS:
        return []
    what = " ".join(filter(None, (seen.system, seen.release, seen.codename))) or "?"
    return [Problem("profile.unsupported", view.host.where, {"host": view.host.name, "system": what})]


def _step(host: Host, doing: Doing, before: tuple[str, ...]) -> Step:
    return Step(
        key=f"host:{host.name}:{doing.part}",
        kind="host",
        subject=f"host/{host.name}",
        code=f"step.host-{doing.sentence}",
        values={"host": host.name, **doing.values},
        work=HostWork(host.name, doing.operations, doing.guard),
        after=(*before, *doing.after),
        changes=doing.changes,
        undo=doing.undo,
        away=doing.away,
    )
