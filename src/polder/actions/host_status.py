"""How the machines are: by what the swarm says of its nodes, and, when they were looked at, by what they say themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from polder.actions.look_site import Looked
from polder.kernel.engine import NodeSeen
from polder.kernel.host import HostSeen
from polder.kernel.problem import Problem
from polder.platform.plan.hosts import host_of
from polder.platform.plan.machines import Machine, machines


@dataclass(frozen=True, slots=True)
class HostStatus:
    """``state`` and ``availability``: Swarm's words, ``absent`` when it is no node. ``reached``: whether it answered over SSH,
    ``None`` when nobody asked; the rest is known only then: ``release`` (``trixie``), ``updates`` and ``security`` (packages
    waiting), ``reboot``."""

    host: str
    state: str
    availability: str
    role: str = ""
    leader: bool = False
    drained: bool = False
    reached: bool | None = None
    release: str = ""
    updates: int = 0
    security: int = 0
    reboot: bool = False


def host_statuses(looked: Looked) -> tuple[HostStatus, ...]:
    """The site's hosts in the order of the file, then nodes that it has no host for."""
    found = machines(looked.site, looked.seen, looked.hosts)
    known = {machine.node.id for machine in found.values() if machine.node}
    return (
        *(_status(machine) for machine in found.values()),
        *_strangers(looked, known),
    )


def _status(machine: Machine) -> HostStatus:
    look, node = machine.look, machine.node
    return HostStatus(
        machine.host.name,
        node.state if node else "absent",
        node.availability if node else "",
        node.role if node else "",
        bool(node and node.leader),
        not machine.host.open,
        _reached(look, machine.fault),
        look.codename if look else "",
        len(look.upgrades) if look else 0,
        len(look.security) if look else 0,
        bool(look and look.reboot_needed),
    )


def _reached(look: HostSeen | None, fault: Problem | None) -> bool | None:
    return True if look else False if fault else None


def _strangers(looked: Looked, known: set[str]) -> Iterator[HostStatus]:
    nodes: Iterator[NodeSeen] = (node for node in looked.seen.nodes if node.id not in known)
    for node in nodes:
        yield HostStatus(host_of(node), node.state, node.availability, node.role, node.leader)
