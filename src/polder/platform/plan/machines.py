"""Each host of the site with all that is known of it: its node in the swarm, and what a look over SSH showed.

A host with ``profile: none`` is never looked at; its node is found by label, address or name (see ``hosts``). A host that Polder
sets up says itself which node it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from polder.kernel.engine import NodeSeen, Seen
from polder.kernel.host import HostSeen
from polder.kernel.problem import Problem
from polder.platform.plan.hosts import find_node
from polder.platform.site.model import Host, Site

Looks = Mapping[str, HostSeen | Problem]
IN_A_SWARM = ("active", "pending", "locked", "error")


@dataclass(frozen=True, slots=True)
class Machine:
    """``look``: what it showed, ``fault``: why it did not; both ``None`` when nobody looked."""

    host: Host
    node: NodeSeen | None = None
    look: HostSeen | None = None
    fault: Problem | None = None

    @property
    def managed(self) -> bool:
        return self.host.profile == "baseline"

    @property
    def manages(self) -> bool:
        """Whether the site wants it to be a manager."""
        return "manager" in self.host.roles

    @property
    def silent(self) -> bool:
        """Whether its Docker runs and says nothing (as while a swarm chooses a leader): then nobody knows what it is part of."""
        if self.look is None or self.look.docker.running or not self.look.docker.version:
            return False
        unit = self.look.units.get("docker.service")
        return unit is not None and unit.active == "active"

    @property
    def joins(self) -> bool:
        """Whether it can be made a node: it is reached, and none yet. One that was removed from a swarm says ``error``."""
        if self.look is None or self.node is not None or self.silent:
            return False
        return not self.look.docker.running or self.look.docker.swarm in ("inactive", "error")

    @property
    def locked(self) -> bool:
        """Whether it is a manager that started anew and waits for the unlock key."""
        return self.look is not None and self.look.docker.swarm == "locked"

    @property
    def elsewhere(self) -> bool:
        """Whether it is a node of a swarm that is not this one."""
        known = self.node or self.joins or self.silent or self.locked
        return self.look is not None and not known


def machines(site: Site, seen: Seen, looks: Looks | None) -> dict[str, Machine]:
    """Every host of the site, in the order of the file."""
    return {name: _machine(host, site, seen, (looks or {}).get(name)) for name, host in site.hosts.items()}


def _machine(host: Host, site: Site, seen: Seen, look: HostSeen | Problem | None) -> Machine:
    if host.profile == "none" or look is None:
        return Machine(host, find_node(host, site, seen))
    if isinstance(look, Problem):
        return Machine(host, find_node(host, site, seen), fault=look)
    own = next((n for n in seen.nodes if n.id == look.docker.node_id), None)
    mute = (look.docker.version and not look.docker.running) or look.docker.swarm == "locked"
    return Machine(host, find_node(host, site, seen) if mute else own, look)


def managers_first(found: Iterable[Machine]) -> list[Machine]:
    """Managers before the others, else in the order of the file."""
    return sorted(found, key=lambda machine: not machine.manages)


def advertised(host: Host) -> str:
    """Where the other hosts reach it: inside the mesh when there is one."""
    return host.mesh or host.address


def swarm_address(host: Host) -> str:
    """Where its manager listens to those who join.

    >>> swarm_address(Host("ada", "2001:db8::1", frozenset(), {}, ""))
    '[2001:db8::1]:2377'
    """
    address = advertised(host)
    return f"[{address}]:2377" if ":" in address else f"{address}:2377"


def first_manager(site: Site, looks: Looks) -> Host | None:
    """The host whose engine makes the swarm: the first manager that was reached."""
    return next((h for h in managed_managers(site) if isinstance(looks.get(h.name), HostSeen)), None)


def swarm_managers(site: Site, looks: Looks) -> list[Host]:
    """The hosts that are managers of a swarm already, the site's own order."""
    found = []
    for host in site.hosts.values():
        look = looks.get(host.name)
        if isinstance(look, HostSeen) and look.docker.manager and look.docker.swarm == "active":
            found.append(host)
    return found


def managed_managers(site: Site) -> list[Host]:
    return [h for h in site.hosts.values() if h.profile == "baseline" and "manager" in h.roles]
