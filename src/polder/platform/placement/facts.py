"""What one look at the engine and at the hosts says of room and of where data is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from polder.kernel.engine import NodeSeen, Seen, ServiceSeen
from polder.kernel.host import HostSeen
from polder.kernel.problem import Problem
from polder.platform.placement.model import Amount, Facts, Offer
from polder.platform.plan.hosts import find_node, pinned_to
from polder.platform.plan.names import INGRESS
from polder.platform.site.model import Host, Site

SYSTEM_MEMORY = 256 * 2**20
"""Kept for Debian and Docker on each host, where hosts.yml does not say what is for apps."""
SYSTEM_DISK = 10
"""One part in so many of the disk is kept for the system, images and logs."""
DATA = ("/var/lib/docker", "/var/lib", "/var", "/")
"""Where the apps' data may be a file system of its own; the first that is one."""


def facts(site: Site, seen: Seen, looks: Mapping[str, HostSeen | Problem] | None = None) -> Facts:
    """``looks``: what hosts showed over SSH, where somebody looked."""
    nodes = {host.name: find_node(host, site, seen) for host in site.hosts.values()}
    shown = {name: one for name, one in (looks or {}).items() if isinstance(one, HostSeen)}
    offers = {name: offer(host, nodes[name], shown.get(name)) for name, host in site.hosts.items()}
    names = {node.id: name for name, node in nodes.items() if node}
    return Facts(offers, dict(_pinned(site, seen)), _volumes(site, seen, names), _roaming(site, seen, names))


def offer(host: Host, node: NodeSeen | None, look: HostSeen | None) -> Offer:
    """What hosts.yml says counts; else what the machine has, less a part for the system."""
    machine = node.memory if node else look.memory if look else 0
    cpus = node.nano_cpus / 1e9 if node else look.cpus if look else 0
    size, used = _disk(look) if look else (0, -1)
    room = Amount(
        host.capacity.memory or max(machine - SYSTEM_MEMORY, machine // 2),
        host.capacity.disk or size - size // SYSTEM_DISK,
        host.capacity.cpus or cpus,
    )
    return Offer(room, machine, used, any((host.capacity.memory, host.capacity.disk, host.capacity.cpus)))


def _disk(look: HostSeen) -> tuple[int, int]:
    mounts = {mount.path: mount for mount in look.mounts}
    held = next((mounts[path] for path in DATA if path in mounts), None)
    return (held.size, held.used) if held else (0, -1)


def _volumes(site: Site, seen: Seen, names: Mapping[str, str]) -> dict[str, str]:
    """An engine shows the volumes of its own host only."""
    here = names.get(seen.node_id, "")
    own = (v for v in seen.volumes if here and v.labels.get("polder.site") == site.slug)
    return {volume.labels["polder.app"]: here for volume in own if "polder.app" in volume.labels}


def _pinned(site: Site, seen: Seen) -> Iterator[tuple[str, str]]:
    for service in seen.services:
        if _ours(site, service) and _keeps(service) and (host := pinned_to(service.spec)):
            yield service.labels.get("polder.app", ""), host


def _ours(site: Site, service: ServiceSeen) -> bool:
    return service.labels.get("polder.site") == site.slug


def _keeps(service: ServiceSeen) -> bool:
    mounts = service.spec["TaskTemplate"]["ContainerSpec"].get("Mounts") or ()
    return any(mount.get("Type") == "volume" for mount in mounts)


def _roaming(site: Site, seen: Seen, names: Mapping[str, str]) -> dict[str, Amount]:
    """Swarm moves nothing that runs: what apps without data take on a host is taken. The ingress is counted by its role."""
    taken = {
        service.id: Amount(_memory(service))
        for service in seen.services
        if _ours(site, service)
        and not pinned_to(service.spec)
        and service.labels.get("polder.app") != INGRESS
    }
    found: dict[str, Amount] = {}
    for task in seen.tasks:
        host = names.get(task.node_id)
        if host and task.desired == "running" and task.service_id in taken:
            found[host] = found.get(host, Amount()) + taken[task.service_id]
    return found


def _memory(service: ServiceSeen) -> int:
    resources = service.spec["TaskTemplate"].get("Resources") or {}
    amounts = resources.get("Reservations") or resources.get("Limits") or {}
    return int(amounts.get("MemoryBytes") or 0)
