"""The swarm's nodes: made, joined, labelled, drained and opened again, promoted and demoted.

Rules:
1. The first manager makes the swarm, the other managers join one after another, then the workers; each once it is set up.
2. No second swarm is ever begun: while a manager of the site does not show itself, nobody knows whether there is one already.
3. Managers are made before others stop being managers; what would cost the swarm its quorum is refused.
4. Only a node that Polder itself drained is opened again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from polder.kernel.engine import InitSwarm, JoinSwarm, Json, LeaveSwarm, Seen, UpdateNode
from polder.kernel.problem import Problem, Refused
from polder.platform.plan.difference import differences
from polder.platform.plan.hosts import DRAINED_LABEL, host_of, node_of, node_spec, wanted_labels
from polder.platform.plan.leaving import demotion, leaving_nodes
from polder.platform.plan.machines import (
    IN_A_SWARM,
    Machine,
    advertised,
    managers_first,
    swarm_address,
)
from polder.platform.plan.model import AtHost, Step
from polder.platform.plan.quorum import Managers, managers, refuse_loss
from polder.platform.site.model import Host, Site

Before = Mapping[str, tuple[str, ...]]
"""Keys of the steps that set each host up."""


@dataclass(slots=True)
class Nodes:
    """``steps`` in order. ``unclear``: why nothing can be done with the swarm now. ``told``: what is worth knowing besides.
    ``managers`` as they are after the steps."""

    steps: list[Step] = field(default_factory=list)
    unclear: list[Problem] = field(default_factory=list)
    told: list[Problem] = field(default_factory=list)
    managers: Managers = field(default_factory=lambda: Managers(frozenset(), frozenset()))


def node_steps(site: Site, seen: Seen, found: Mapping[str, Machine], before: Before) -> Nodes:
    """Refused when a host that people set up has no node (``plan.no-node``), or when quorum would be lost."""
    _refuse_without_node(site, seen, found)
    nodes = Nodes(managers=managers(seen))
    begins = seen.swarm == "none"
    if begins and any(machine.managed for machine in found.values()):
        nodes.unclear = _unclear(found)
    if nodes.unclear:
        return nodes
    first = _first(found) if begins else None
    if begins:
        nodes.steps.append(_init(site, first, before))
    last = ("swarm",) if first else _make_room(nodes, site, seen, found)
    _join(nodes, found, first, before, last)
    for machine in found.values():
        nodes.steps += _label(machine, joined=machine is first or machine.joins)
    _roles(nodes, found)
    return nodes


def _refuse_without_node(site: Site, seen: Seen, found: Mapping[str, Machine]) -> None:
    fresh = seen.swarm == "none" and len(site.hosts) == 1
    problems = [
        Problem("plan.no-node", one.host.where, {"host": one.host.name, "address": one.host.address})
        for one in found.values()
        if not one.managed and one.node is None and not fresh
    ]
    if problems:
        raise Refused(problems)


def _unclear(found: Mapping[str, Machine]) -> list[Problem]:
    """Why a swarm must not be begun now: somebody may be in one that cannot be asked."""
    silent = [m for m in found.values() if m.managed and m.manages and m.look is None]
    inside = [m for m in found.values() if m.look and m.look.docker.swarm in IN_A_SWARM[:3]]
    told = [Problem("plan.manager-silent", m.host.where, {"host": m.host.name}) for m in silent]
    told += [
        Problem("plan.docker-silent", m.host.where, {"host": m.host.name}) for m in found.values() if m.silent
    ]
    told += [Problem("plan.swarm-unasked", m.host.where, {"host": m.host.name}) for m in inside]
    if not told and not any(m.manages for m in found.values() if m.look):
        return [Problem("plan.no-manager", "hosts.yml")]
    return told


def _first(found: Mapping[str, Machine]) -> Machine | None:
    return next((m for m in found.values() if m.managed and m.manages and m.look), None)


def _init(site: Site, first: Machine | None, before: Before) -> Step:
    if first is None:
        address = next((h.address for h in site.hosts.values() if h.address != "local"), "127.0.0.1")
        values = {"address": address}
        return Step("swarm", "prepare", "site", "step.init-swarm", values, InitSwarm(address))
    host, address = first.host, advertised(first.host)
    leave = _leave(first)
    work = AtHost(host.name, (*leave, InitSwarm(address, host.mesh)))
    values = {"address": address}
    after = before.get(host.name, ())
    return Step("swarm", "prepare", f"host/{host.name}", "step.init-swarm", values, work, after)


def _leave(machine: Machine) -> tuple[LeaveSwarm, ...]:
    """A machine that its former swarm removed still believes to be in it."""
    return (LeaveSwarm(force=True),) if machine.look and machine.look.docker.swarm == "error" else ()


def _make_room(nodes: Nodes, site: Site, seen: Seen, found: Mapping[str, Machine]) -> tuple[str, ...]:
    """Managers that leave are demoted before others join (see ``leaving``). Returns the key of the last such step."""
    last: tuple[str, ...] = ()
    if not any(machine.managed and machine.manages and machine.joins for machine in found.values()):
        return last
    for node in leaving_nodes(site, seen, found):
        if node.id in nodes.managers.heard:
            refuse_loss(nodes.managers, node.id, host_of(node), "hosts.yml")
            nodes.managers = nodes.managers.without(node.id)
            nodes.steps.append(demotion(node, last))
            last = (nodes.steps[-1].key,)
    return last


def _join(
    nodes: Nodes,
    found: Mapping[str, Machine],
    first: Machine | None,
    before: Before,
    last: tuple[str, ...],
) -> None:
    heard = [m.host for m in found.values() if m.node and m.node.id in nodes.managers.heard]
    heard += [first.host] if first else []
    for machine in managers_first(m for m in found.values() if m.managed and m.joins and m is not first):
        host = machine.host
        after = (*before.get(host.name, ()), *last)
        nodes.steps.append(_join_step(machine, tuple(swarm_address(h) for h in heard), after))
        if machine.manages:
            last = (f"join:{host.name}",)
            heard.append(host)
            nodes.managers = nodes.managers.plus(node_of(host.name))
    if first:
        nodes.managers = nodes.managers.plus(node_of(first.host.name))


def _join_step(machine: Machine, others: tuple[str, ...], after: tuple[str, ...]) -> Step:
    host, role = machine.host, "manager" if machine.manages else "worker"
    join = JoinSwarm("manager" if machine.manages else "worker", advertised(host), others, host.mesh)
    return Step(
        key=f"join:{host.name}",
        kind="prepare",
        subject=f"host/{host.name}",
        code=f"step.join-{role}",
        values={"host": host.name, "address": advertised(host)},
        work=AtHost(host.name, (*_leave(machine), join)),
        after=after,
    )


def _label(machine: Machine, *, joined: bool) -> list[Step]:
    """Labels and availability, where they differ."""
    host, node = machine.host, machine.node
    if node is None:
        if machine.managed and not joined:
            return []
        before = "swarm" if not machine.managed else ""
        spec: Json = {"Labels": wanted_labels(host), "Availability": "active" if host.open else "drain"}
        return [_node_step(host, node_of(host.name), 0, {}, spec, before)]
    spec = node_spec(host, node, reached=machine.look is not None)
    return [] if spec == node.spec else [_node_step(host, node.id, node.version, node.spec, spec)]


def _node_step(host: Host, node: str, version: int, old: Json, new: Json, after: str = "") -> Step:
    closes = new.get("Availability") == "drain" != old.get("Availability")
    opens = DRAINED_LABEL in (old.get("Labels") or {}) and new.get("Availability") == "active"
    code = "step.drain-host" if closes else "step.open-host" if opens else "step.label-host"
    fresh = (after,) if after else ("swarm", f"join:{host.name}") if not version else ()
    return Step(
        key=f"host:{host.name}",
        kind="prepare",
        subject=f"host/{host.name}",
        code=code,
        values={"host": host.name},
        work=UpdateNode(node, version, new),
        after=fresh,
        changes=differences(
            {"Labels": old.get("Labels") or {}},
            {"Labels": new["Labels"]},
        ),
    )


def _roles(nodes: Nodes, found: Mapping[str, Machine]) -> None:
    known = [m for m in found.values() if m.managed and m.node]
    wanted = [m for m in known if m.manages and m.node and m.node.role == "worker"]
    for machine in wanted:
        nodes.steps.append(_role_step(machine, "manager", (f"host:{machine.host.name}",)))
        nodes.managers = nodes.managers.plus(machine.node.id if machine.node else "")
    ready = tuple(step.key for step in nodes.steps if step.key.startswith(("join:", "promote:")))
    for machine in known:
        if machine.node and not machine.manages and machine.node.role == "manager":
            refuse_loss(nodes.managers, machine.node.id, machine.host.name, machine.host.where)
            nodes.managers = nodes.managers.without(machine.node.id)
            nodes.steps.append(_role_step(machine, "worker", (*ready, f"host:{machine.host.name}")))
            ready = (*ready, f"demote:{machine.host.name}")


def _role_step(machine: Machine, role: str, after: tuple[str, ...]) -> Step:
    assert machine.node is not None
    word = "promote" if role == "manager" else "demote"
    return Step(
        key=f"{word}:{machine.host.name}",
        kind="change",
        subject=f"host/{machine.host.name}",
        code=f"step.{word}-host",
        values={"host": machine.host.name},
        work=UpdateNode(machine.node.id, 0, {"Role": role}),
        after=after,
    )
