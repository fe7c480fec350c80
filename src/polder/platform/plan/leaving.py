"""Nodes of hosts that were taken out of ``hosts.yml``: drained, waited for, demoted, asked to leave, removed.

Rules:
1. Only nodes that Polder itself made are taken away (label ``polder.profile``), and those of a machine that joined anew since.
2. Everything else of the plan comes first: what ran there has its new place before it has to go.
3. Until they are gone the others' firewalls and mesh let them in; what shuts them out comes last.
4. A manager that leaves stops being one before new ones join: the leader must reach those who join, and knows only those of its time.
5. Refused when the swarm would lose its quorum, or when an app keeps its only data there and has no other host.
6. It goes for good only when every app that may run elsewhere does so and is healthy; until then it stays, drained: it may be needed.
7. The machine leaves the swarm itself where it answers (a locked one is not forced); else the plan says that it still believes to be a
   member. Its volumes, accounts, firewall and mesh are left alone: nobody asked for a machine that is open to everybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from polder.kernel.engine import LeaveSwarm, NodeSeen, RemoveNode, Seen, UpdateNode
from polder.kernel.host import HostSeen
from polder.kernel.problem import Problem, Refused, Value
from polder.platform.plan.desired import Wanted
from polder.platform.plan.draining import moved_within
from polder.platform.plan.hosts import ADDRESS_LABEL, PROFILE_LABEL, host_of, host_remembered, pinned_to
from polder.platform.plan.machines import IN_A_SWARM, Looks, Machine
from polder.platform.plan.model import AtHost, AwaitNode, Step, Work
from polder.platform.plan.quorum import Managers, refuse_loss
from polder.platform.site.model import Host, Site


def leaving_nodes(site: Site, seen: Seen, found: Mapping[str, Machine]) -> list[NodeSeen]:
    """Nodes that the site has no host for, and former nodes of hosts that have another one now."""
    kept = {machine.node.id for machine in found.values() if machine.node}
    ours = [n for n in seen.nodes if n.id not in kept and (n.spec.get("Labels") or {}).get(PROFILE_LABEL)]
    return [n for n in ours if host_of(n) not in site.hosts or (n.state != "ready" and _replaced(n, found))]


def former_hosts(site: Site, seen: Seen) -> dict[str, Host]:
    """Hosts that ``hosts.yml`` names no longer while the swarm knows of them: those to ask whether they leave. One that is ready counts
    before former ones of its name."""
    found: dict[str, Host] = {}
    for node in sorted(seen.nodes, key=lambda node: node.state == "ready"):
        labels = node.spec.get("Labels") or {}
        if labels.get(PROFILE_LABEL) and labels.get(ADDRESS_LABEL) and host_of(node) not in site.hosts:
            found[host_of(node)] = host_remembered(node)
    return found


def with_leaving(site: Site, leaving: list[NodeSeen]) -> Site:
    """The site as its hosts must see it until those that leave are gone: cut off before, they could neither be emptied nor demoted."""
    hosts = dict(site.hosts)
    for node in leaving:
        ghost = host_remembered(node)
        if node.state == "ready" and ghost.name not in hosts and ghost.address:
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
    machine = found[host_of(node)]
    return machine.look is not None and not machine.elsewhere


def leaving_steps(
    site: Site,
    target: Wanted,
    seen: Seen,
    found: Mapping[str, Machine],
    left: Managers,
    done: tuple[str, ...],
    former: Looks,
) -> list[Step]:
    """``left``: the managers there are once the rest of the plan is done; ``done``: the keys of that rest. ``former``: what the hosts
    showed that are no longer in the site."""
    leaving = leaving_nodes(site, seen, found)
    _refuse_only_copies(site, target, seen, leaving)
    steps: list[Step] = []
    for node in sorted(leaving, key=host_of):
        demotes = node.id in left.known
        if demotes:
            refuse_loss(left, node.id, host_of(node), "hosts.yml")
            left = left.without(node.id)
        chain = Leaving(site, node, demotes, leaves(node, former.get(host_of(node))))
        steps += chain.steps((*done, *([steps[-1].key] if steps else [])))
    return steps


def leaves(node: NodeSeen, look: HostSeen | Problem | None) -> bool:
    """Whether the machine itself is asked to leave: it was reached, and is this node (or no longer knows which one)."""
    if not isinstance(look, HostSeen) or not look.docker.running or look.docker.swarm == "locked":
        return False
    return look.docker.swarm in IN_A_SWARM and look.docker.node_id in (node.id, "")


def leaving_findings(leaving: list[NodeSeen], former: Looks) -> Iterator[Problem]:
    """Machines that leave without knowing it."""
    for node in sorted(leaving, key=host_of):
        host = host_remembered(node)
        look, values = former.get(host.name), {"host": host.name, "address": host.address}
        if isinstance(look, Problem):
            if look.code != "host.no-answer":
                yield look
            yield Problem("plan.still-a-member", "", {**values, "why": look.values.get("why", look.code)})
        elif look and look.docker.swarm == "locked":
            yield Problem("plan.still-a-member-locked", "", values)
        elif look and look.docker.version and not look.docker.running:
            yield Problem("plan.still-a-member-stopped", "", values)


def demotion(node: NodeSeen, after: tuple[str, ...]) -> Step:
    """A manager that leaves stops being one."""
    return _step(node, f"leave:{node.id}:demote", "step.demote-host", _demote(node), after)


def _demote(node: NodeSeen) -> UpdateNode:
    return UpdateNode(node.id, 0, {"Role": "worker"})


@dataclass(frozen=True, slots=True)
class Leaving:
    """One node on its way out. ``demotes``: it manages still; ``asked``: its machine is asked to leave the swarm."""

    site: Site
    node: NodeSeen
    demotes: bool
    asked: bool

    def steps(self, done: tuple[str, ...]) -> list[Step]:
        """Each after the one before; the first after ``done``."""
        steps: list[Step] = []
        for word, code, work in self._works():
            after = (steps[-1].key,) if steps else done
            steps.append(_step(self.node, f"leave:{self.node.id}:{word}", code, work, after))
        return steps

    def _works(self) -> Iterator[tuple[str, str, Work]]:
        node, name = self.node, host_of(self.node)
        if node.state == "ready":
            if node.availability != "drain":
                yield "drain", "step.drain-leaving", UpdateNode(node.id, 0, {"Availability": "drain"})
            within, slug = moved_within(self.site), self.site.slug
            yield "settled", "step.await-settled", AwaitNode(node.id, name, "settled", within, slug)
        if self.demotes:
            yield "demote", "step.demote-host", _demote(node)
        if self.asked:  # a node that the managers do not hear will never hear that it manages no longer
            yield "swarm", "step.leave-swarm", AtHost(name, (LeaveSwarm(force=node.state != "ready"),))
        yield "remove", "step.remove-node", RemoveNode(node.id, force=True)


def _step(node: NodeSeen, key: str, code: str, work: Work, after: tuple[str, ...]) -> Step:
    undo = "no" if code in ("step.remove-node", "step.leave-swarm") else "yes"
    values = {"host": host_of(node), "address": node.address}
    return Step(key, "remove", f"host/{host_of(node)}", code, values, work, after, undo=undo)  # type: ignore[arg-type]


def _refuse_only_copies(site: Site, target: Wanted, seen: Seen, leaving: list[NodeSeen]) -> None:
    """An app that a person pinned to another host moves knowingly (``plan.data-stays``); any other would begin empty unasked."""
    gone = {host_of(node) for node in leaving} - site.hosts.keys()
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
