"""Nodes of hosts that were taken out of ``hosts.yml``: drained, waited for until empty, demoted, removed.

Rules:
1. Only nodes that Polder itself made are taken away (label ``polder.profile``), and those of a machine that joined anew since.
2. Everything else of the plan comes first: what ran there has its new place before it has to go.
3. Until they are gone the others' firewalls and mesh let them in; what shuts them out comes last.
4. A manager that leaves stops being one before new ones join: the leader must reach those who join, and knows only those of its time.
5. Refused when the swarm would lose its quorum, or when an app keeps its only data there and has no other host.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from polder.kernel.engine import NodeSeen, RemoveNode, Seen, UpdateNode
from polder.kernel.problem import Problem, Refused, Value
from polder.kernel.value import replace
from polder.platform.plan.desired import HOST_LABEL, Wanted
from polder.platform.plan.hosts import ADDRESS_LABEL, MESH_LABEL, PROFILE_LABEL, pinned_to
from polder.platform.plan.machines import Machine
from polder.platform.plan.model import AwaitNode, Step, Work
from polder.platform.plan.quorum import Managers, refuse_loss
from polder.platform.site.model import Host, Site

EMPTY_WITHIN = 300
"""Seconds that the apps of a drained host may take to stop there."""


def leaving_nodes(site: Site, seen: Seen, found: Mapping[str, Machine]) -> list[NodeSeen]:
    """Nodes that the site has no host for, and former nodes of hosts that have another one now."""
    kept = {machine.node.id for machine in found.values() if machine.node}
    ours = [n for n in seen.nodes if n.id not in kept and (n.spec.get("Labels") or {}).get(PROFILE_LABEL)]
    return [n for n in ours if _name(n) not in site.hosts or (n.state != "ready" and _replaced(n, found))]


def with_leaving(site: Site, leaving: list[NodeSeen]) -> Site:
    """The site as its hosts must see it until those that leave are gone: cut off before, they could neither be emptied nor demoted."""
    hosts = dict(site.hosts)
    for node in leaving:
        labels = node.spec.get("Labels") or {}
        if node.state == "ready" and _name(node) not in hosts and labels.get(ADDRESS_LABEL):
            roles = frozenset({node.role})
            mesh = str(labels.get(MESH_LABEL, ""))
            profile = labels[PROFILE_LABEL]
            ghost = Host(_name(node), labels[ADDRESS_LABEL], roles, {}, "", profile, mesh=mesh)
            hosts = _in_order_of_mesh(hosts, ghost)
    return replace(site, hosts=hosts)


def _in_order_of_mesh(hosts: Mapping[str, Host], ghost: Host) -> dict[str, Host]:
    """Where it most likely stood: files that list hosts in their order stay as they are then."""
    later = [name for name, host in hosts.items() if _numbers(host.mesh) > _numbers(ghost.mesh)]
    if not later:
        return {**hosts, ghost.name: ghost}
    items, place = list(hosts.items()), list(hosts).index(later[0])
    return dict([*items[:place], (ghost.name, ghost), *items[place:]])


def _numbers(mesh: str) -> tuple[int, ...]:
    return tuple(int(part) for part in mesh.split(".")) if mesh else ()


def _replaced(node: NodeSeen, found: Mapping[str, Machine]) -> bool:
    """Whether the host of a node that is away shows itself as another one."""
    machine = found[_name(node)]
    return machine.look is not None and not machine.elsewhere


def _name(node: NodeSeen) -> str:
    return str((node.spec.get("Labels") or {}).get(HOST_LABEL) or node.hostname)


def leaving_steps(
    site: Site,
    target: Wanted,
    seen: Seen,
    found: Mapping[str, Machine],
    left: Managers,
    done: tuple[str, ...],
) -> list[Step]:
    """``left``: the managers there are once the rest of the plan is done; ``done``: the keys of that rest."""
    leaving = leaving_nodes(site, seen, found)
    _refuse_only_copies(site, target, seen, leaving)
    steps: list[Step] = []
    for node in sorted(leaving, key=_name):
        demotes = node.id in left.known
        if demotes:
            refuse_loss(left, node.id, _name(node), "hosts.yml")
            left = left.without(node.id)
        chain = list(_steps(node, (*done, *([steps[-1].key] if steps else [])), demotes))
        steps += chain
    return steps


def demotion(node: NodeSeen, after: tuple[str, ...]) -> Step:
    """A manager that leaves stops being one."""
    demote = UpdateNode(node.id, 0, {"Role": "worker"})
    return _step(node, f"leave:{node.id}:demote", "step.demote-host", demote, after)


def _steps(node: NodeSeen, done: tuple[str, ...], demotes: bool) -> Iterator[Step]:
    key, after = f"leave:{node.id}", done
    if node.state == "ready":
        if node.availability != "drain":
            work = UpdateNode(node.id, 0, {"Availability": "drain"})
            yield _step(node, f"{key}:drain", "step.drain-leaving", work, after)
            after = (f"{key}:drain",)
        wait = AwaitNode(node.id, _name(node), "empty", EMPTY_WITHIN)
        yield _step(node, f"{key}:empty", "step.await-empty", wait, after)
        after = (f"{key}:empty",)
    if demotes:
        yield demotion(node, after)
        after = (f"{key}:demote",)
    yield _step(node, f"{key}:remove", "step.remove-node", RemoveNode(node.id, force=True), after)


def _step(node: NodeSeen, key: str, code: str, work: Work, after: tuple[str, ...]) -> Step:
    undo = "no" if code == "step.remove-node" else "yes"
    values = {"host": _name(node), "address": node.address}
    return Step(key, "remove", f"host/{_name(node)}", code, values, work, after, undo=undo)  # type: ignore[arg-type]


def _refuse_only_copies(site: Site, target: Wanted, seen: Seen, leaving: list[NodeSeen]) -> None:
    """An app that a person pinned to another host moves knowingly (``plan.data-stays``); any other would begin empty unasked."""
    gone = {_name(node) for node in leaving} - site.hosts.keys()
    moved = {app.id for app in site.apps if app.host}
    problems = []
    for service in seen.services:
        host, app = pinned_to(service.spec), service.labels.get("polder.app", "")
        mounts = service.spec["TaskTemplate"]["ContainerSpec"].get("Mounts") or []
        volumes = tuple(m["Source"] for m in mounts if m.get("Type") == "volume")
        if host in gone and volumes and not (app in moved and service.name in target.services):
            values: dict[str, Value] = {"host": host, "app": app, "volumes": volumes}
            problems.append(Problem("plan.only-copy", "hosts.yml", values))
    if problems:
        raise Refused(problems)
