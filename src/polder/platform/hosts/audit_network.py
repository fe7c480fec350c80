"""Findings about the network: the firewall, ports that wait for anybody, the mesh, Docker's own doors and settings."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping

from polder.kernel.host import HostSeen, Listener
from polder.platform.hosts.finding import Finding, Level, Values, found
from polder.platform.hosts.firewall import open_ports, plain, rule_changes, ssh_ports, table
from polder.platform.hosts.mesh import UNIT
from polder.platform.hosts.neighbours import MESH_PORT, in_mesh, registry_of
from polder.platform.hosts.view import View
from polder.platform.site.model import Host, Site

DOCKER_PORTS = (2375, 2376)
OLDEST_DOCKER = (20, 10)
"""What Polder speaks (API 1.41)."""
OWN = {
    (2377, "tcp"),
    (7946, "tcp"),
    (7946, "udp"),
    (4789, "udp"),
    (MESH_PORT, "udp"),
    (68, "udp"),
    (546, "udp"),
}
"""What Swarm, the mesh and DHCP listen at."""


Looks = Mapping[str, HostSeen]


def network(seen: HostSeen, host: Host | None, site: Site | None, others: Looks) -> Iterator[Finding]:
    yield from _firewall(seen, host, site, others)
    yield from _ports(seen, host, site)
    yield from _mesh(seen, host)
    yield from _docker(seen)


def _firewall(seen: HostSeen, host: Host | None, site: Site | None, others: Looks) -> Iterator[Finding]:
    if not seen.firewall:
        ours = host is not None and host.profile == "baseline"
        if ours or not seen.filters:
            yield found("no-firewall", {"tables": seen.filters or ("-",)}, seen.filters)
    elif host is not None and site is not None and host.profile == "baseline":
        held, wanted = plain(seen.firewall), plain(table(View(site, host, seen, others)))
        if held != wanted:
            shown = tuple(f"- {c.before}" if c.before else f"+ {c.after}" for c in rule_changes(held, wanted))
            yield found("firewall-changed", {"number": len(shown)}, shown)


def _ports(seen: HostSeen, host: Host | None, site: Site | None) -> Iterator[Finding]:
    declared, kept_shut = _declared(seen, host, site), bool(seen.firewall or seen.filters)
    by_port: dict[tuple[int, str], list[Listener]] = {}
    for one in seen.listeners:
        if not _local(one.address):
            by_port.setdefault((one.port, one.protocol), []).append(one)
    for (port, protocol), ears in sorted(by_port.items()):
        values: Values = {"port": port, "protocol": protocol, "program": ears[0].program or "?"}
        shown = tuple(f"{e.protocol} {e.address}:{e.port} {e.program}".strip() for e in ears)
        if ears[0].program == "dockerd" and port in DOCKER_PORTS:
            yield found("docker-over-network", values, shown)
        elif (port, protocol) not in declared:
            level: Level = "info" if host is None else "low" if kept_shut else "medium"
            yield found("undeclared-port", values, shown, f"{port}-{protocol}", level)


def _declared(seen: HostSeen, host: Host | None, site: Site | None) -> set[tuple[int, str]]:
    """What may wait for others: what the site says, what Swarm and the mesh need, and the SSH server itself."""
    if host is None or site is None:
        ssh = {(e.port, "tcp") for e in seen.listeners if e.program == "sshd"}
        return {*ssh, (22, "tcp"), (68, "udp"), (546, "udp")}
    registry = registry_of(site.registry)[1]
    doors = {(port, kind) for kind, ports in open_ports(View(site, host, seen)).items() for port in ports}
    ssh = {(port, "tcp") for port in ssh_ports(View(site, host, seen))}
    return {*doors, *OWN, *ssh, *({(registry, "tcp")} if registry else ())}


def _local(address: str) -> bool:
    try:
        return ipaddress.ip_address(address.partition("%")[0].strip("[]")).is_loopback
    except ValueError:
        return False


def _mesh(seen: HostSeen, host: Host | None) -> Iterator[Finding]:
    if host is None:
        return
    up = UNIT in seen.units and seen.units[UNIT].active == "active"
    if in_mesh(host) and not (seen.mesh_key and up):
        yield found("no-mesh", {"address": host.mesh})
    elif seen.mesh_key and up and not in_mesh(host):
        yield found("mesh-left", evidence=(UNIT,))


def _docker(seen: HostSeen) -> Iterator[Finding]:
    docker = seen.docker
    if not docker.version:
        return
    if version_of(docker.version) < OLDEST_DOCKER:
        yield found("docker-old", {"version": docker.version})
    if not docker.running:
        yield found("docker-stopped")
    if not docker.log_limited:
        yield found("docker-logs", evidence=("/etc/docker/daemon.json",))
    if docker.live_restore and docker.swarm == "inactive":
        yield found("docker-live-restore", evidence=("/etc/docker/daemon.json",))


def version_of(text: str) -> tuple[int, ...]:
    """The first two numbers.

    >>> version_of("20.10.24+dfsg1"), version_of("26.1.5+dfsg1"), version_of("dev")
    ((20, 10), (26, 1), (0,))
    """
    words = text.split("+")[0].split(".")[:2]
    return tuple(int(word) for word in words if word.isdigit()) or (0,)
