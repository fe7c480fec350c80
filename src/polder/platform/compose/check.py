"""What must hold between the parts of a project: what is named exists, nothing waits in a circle, ports
differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from polder.kernel.names import nearest
from polder.platform.compose.graph import cycle
from polder.platform.compose.model import Mount, Project, Service
from polder.platform.compose.reader import Reader

DEFAULT_NETWORK = "default"
"""The app's own network, as Compose calls it."""


def check_services(reader: Reader, project: Project) -> None:
    """Adds every problem between services, and reports declared things that no service uses."""
    for service in project.services.values():
        _check_names(reader, project, service)
        _check_targets(reader, service)
        if service.host_network and (service.networks or service.ports):
            reader.problems.add("compose.host-network-alone", service.where, name=service.name)
    _check_order(reader, project.services)
    _check_ports(reader, project)
    if reader.declared:
        _report_unused(reader, project)


def _check_names(reader: Reader, project: Project, service: Service) -> None:
    volumes = (mount.source for mount in service.mounts if mount.kind == "volume")
    _known(reader, service, "compose.unknown-volume", volumes, project.volumes)
    networks = (DEFAULT_NETWORK, *project.networks)
    _known(reader, service, "compose.unknown-network", service.networks, networks)
    _known(reader, service, "compose.unknown-secret", (r.source for r in service.secrets), project.secrets)
    _known(
        reader,
        service,
        "compose.unknown-config",
        (r.source for r in service.configs),
        (*project.configs, *project.given),
    )
    others = [name for name in project.services if name != service.name]
    _known(
        reader,
        service,
        "compose.unknown-service",
        (d for d in service.depends_on if d != service.name),
        others,
    )


def _known(reader: Reader, service: Service, code: str, names: Iterable[str], known: Iterable[str]) -> None:
    known = list(known)
    for name in dict.fromkeys(names):
        if name and name not in known:
            near = nearest(name, known)
            reader.problems.add(code + ("-near" if near else ""), service.where, name=name, near=near)


def _check_targets(reader: Reader, service: Service) -> None:
    seen: set[str] = set()
    for target in (_target(mount) for mount in service.mounts):
        if target in seen:
            reader.problems.add("compose.mounted-twice", service.where, name=service.name, target=target)
        seen.add(target)


def _target(mount: Mount) -> str:
    return mount.target.rstrip("/")


def _check_order(reader: Reader, services: Mapping[str, Service]) -> None:
    found = cycle({name: service.depends_on for name, service in services.items()})
    if found:
        reader.problems.add("compose.cycle", services[found[0]].where, path=" -> ".join(found))


def _check_ports(reader: Reader, project: Project) -> None:
    taken: dict[tuple[int, str], str] = {}
    for service in project.services.values():
        for port in service.ports:
            door = (port.published, port.protocol)
            if door in taken:
                reader.problems.add(
                    "compose.port-twice", service.where, port=port.published, first=taken[door]
                )
            taken.setdefault(door, service.name)


def _report_unused(reader: Reader, project: Project) -> None:
    services = project.services.values()
    used = {
        "volumes": {m.source for s in services for m in s.mounts if m.kind == "volume"},
        "secrets": {r.source for s in services for r in s.secrets},
        "configs": {r.source for s in services for r in s.configs},
        "networks": {n for s in services for n in s.networks} | {DEFAULT_NETWORK},
    }
    declared = {
        "volumes": project.volumes,
        "secrets": project.secrets,
        "configs": tuple(project.configs),
        "networks": tuple(project.networks),
    }
    for section, names in declared.items():
        for name in names:
            if name not in used[section]:
                reader.report("compose.unused", reader.declared[section, name], section=section, name=name)
