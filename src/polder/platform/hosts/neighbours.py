"""The other hosts of the site, as one host's firewall and mesh see them: over the mesh where both have one, else by address."""

from __future__ import annotations

import ipaddress

from polder.platform.hosts.view import View
from polder.platform.site.model import Host, Site

MESH_PORT = 51820
"""WireGuard's usual one (UDP)."""
INTERFACE = "polder0"


def others(view: View) -> tuple[Host, ...]:
    """Every other host that has an address of its own, in the order of the file."""
    found = (host for host in view.site.hosts.values() if host.name != view.host.name)
    return tuple(host for host in found if host.address != "local")


def in_mesh(host: Host) -> bool:
    """Whether Polder makes ``host`` part of the mesh."""
    return bool(host.mesh) and host.profile == "baseline" and "mesh" not in host.without


def mesh_peers(view: View) -> tuple[Host, ...]:
    return tuple(host for host in others(view) if in_mesh(host)) if in_mesh(view.host) else ()


def outside_peers(view: View) -> tuple[Host, ...]:
    """Those that are reached past the mesh: one of the two has none, or the swarm was joined before there was one. A node keeps
    the address with which it joined, so closing that way would tear the swarm apart."""
    meshed = {host.name for host in mesh_peers(view)}
    return tuple(h for h in others(view) if h.name not in meshed or _old_way(view, h))


def _old_way(view: View, peer: Host) -> bool:
    seen = ((view.host, view.seen), (peer, view.others.get(peer.name)))
    return any(
        look is not None and look.docker.swarm == "active" and look.docker.address not in ("", host.mesh)
        for host, look in seen
    )


def addresses(hosts: tuple[Host, ...], version: int) -> tuple[str, ...]:
    """Their IPv4 or IPv6 addresses, as the kernel sorts them."""
    found = sorted(a for a in (ipaddress.ip_address(h.address) for h in hosts) if a.version == version)
    return tuple(str(address) for address in found)


def registry_port(site: Site, host: Host) -> int | None:
    """The port at which ``host`` may hold the site's registry: any host may when the registry has a name.

    >>> registry_of("192.0.2.1:5000"), registry_of("registry.lilas.test"), registry_of("registry.test:5000/ours")
    (('192.0.2.1', 5000), ('registry.lilas.test', None), ('registry.test', 5000))
    """
    where, port = registry_of(site.registry)
    return port if not is_address(where) or where in (host.address, host.mesh) else None


def registry_of(registry: str) -> tuple[str, int | None]:
    where, colon, port = registry.partition("/")[0].partition(":")
    return where, int(port) if colon else None


def is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
