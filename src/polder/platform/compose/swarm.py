"""A service as the Engine API's ``ServiceSpec`` (v1.41), by the rules of ``kernel.engine``: names, never ids.

What Polder decides for every service: DNS round robin instead of virtual addresses, ports published by the
host that runs the task, one task updated at a time and rolled back when it fails, a task that ends is started
again, logs that cannot fill a disk. Amounts of 0 are left out, so that hosts which cannot limit processors
still take the spec.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from polder.kernel.engine import Json
from polder.platform.compose.model import FileReference, Health, Limits, Mount, Port, Service

SECOND = 10**9
RESTART_DELAY = 2
"""Seconds before an ended task is started again."""
LOGS: Json = {"Name": "json-file", "Options": {"max-file": "3", "max-size": "10m"}}


def service_spec(
    service: Service,
    *,
    name: str,
    image: str,
    labels: Mapping[str, str],
    networks: Sequence[tuple[str, tuple[str, ...]]],
    volume_name: Callable[[str], str],
    volume_labels: Mapping[str, str],
    secret_name: Callable[[str], str],
    config_name: Callable[[str], str],
    constraints: tuple[str, ...] = (),
    order: str = "stop-first",
    monitor: float = 5.0,
    hostname: str = "",
) -> Json:
    """The spec of ``service``, interpolated. ``networks``: names with aliases; a service on its host's
    network joins none of them. ``constraints`` are added to the service's own; ``hostname`` is for a service
    that has none; ``monitor`` in seconds.
    """
    container = _container(service, image, hostname)
    container |= _some("Mounts", [_mount(m, volume_name, volume_labels) for m in service.mounts])
    container |= _some("Secrets", _references(service.secrets, "SecretName", secret_name))
    container |= _some("Configs", _references(service.configs, "ConfigName", config_name))
    joined: Sequence[tuple[str, tuple[str, ...]]] = [("host", ())] if service.host_network else networks
    changing = _update(service.update_order or order, monitor)
    return {
        "Name": name,
        "Labels": {**service.service_labels, **labels},
        "TaskTemplate": {
            "ContainerSpec": container,
            "Resources": _resources(service),
            "RestartPolicy": {"Condition": "any", "Delay": RESTART_DELAY * SECOND},
            "Placement": _some("Constraints", [*service.constraints, *constraints]),
            "LogDriver": LOGS,
            **_some("Networks", [{"Target": n, **_some("Aliases", list(a))} for n, a in joined]),
        },
        "Mode": {"Global": {}}
        if service.mode == "global"
        else {"Replicated": {"Replicas": service.replicas}},
        "UpdateConfig": {**changing, "FailureAction": "rollback"},
        "RollbackConfig": {**changing, "FailureAction": "pause"},
        "EndpointSpec": {"Mode": "dnsrr", **_some("Ports", [_port(port) for port in service.ports])},
    }


def _container(service: Service, image: str, hostname: str) -> Json:
    """The process itself: Compose's entrypoint is the API's Command, Compose's command its Args."""
    return {
        "Image": image,
        "Init": service.init,
        **_some("Command", list(service.entrypoint)),
        **_some("Args", list(service.command)),
        **_some("Env", [f"{key}={value}" for key, value in service.environment.items()]),
        **_some("Labels", dict(service.labels)),
        **_some("User", service.user),
        **_some("Groups", list(service.groups)),
        **_some("Dir", service.working_dir),
        **_some("Hostname", service.hostname or hostname),
        **_some("ReadOnly", service.read_only),
        **_some("TTY", service.tty),
        **_some("OpenStdin", service.stdin_open),
        **_some("StopSignal", service.stop_signal),
        **_some("StopGracePeriod", _nanoseconds(service.stop_grace)),
        **_some("CapabilityAdd", list(service.cap_add)),
        **_some("CapabilityDrop", list(service.cap_drop)),
        **_some("Sysctls", dict(service.sysctls)),
        **_some("Ulimits", [{"Name": n, "Soft": s, "Hard": h} for n, (s, h) in service.ulimits.items()]),
        **_some("Hosts", [_host(extra) for extra in service.extra_hosts]),
        **_some("Healthcheck", _health(service.health) if service.health else {}),
    }


def _some(key: str, value: object) -> Json:
    """``{key: value}``, or nothing for an empty value."""
    return {key: value} if value else {}


def _nanoseconds(seconds: float) -> int:
    return round(seconds * SECOND)


def _host(extra: str) -> str:
    """``name:address`` as a line of ``/etc/hosts``."""
    name, _, address = extra.partition(":")
    return f"{address.strip('[]')} {name}"


def _health(health: Health) -> Json:
    return {
        **_some("Test", list(health.test)),
        **_some("Interval", _nanoseconds(health.interval)),
        **_some("Timeout", _nanoseconds(health.timeout)),
        **_some("StartPeriod", _nanoseconds(health.start_period)),
        **_some("Retries", health.retries),
    }


def _mount(mount: Mount, volume_name: Callable[[str], str], labels: Mapping[str, str]) -> Json:
    found: Json = {"Type": mount.kind, "Target": mount.target, **_some("ReadOnly", mount.read_only)}
    match mount.kind:
        case "volume":
            options = {**_some("NoCopy", not mount.copy), **_some("Labels", dict(labels))}
            return {**found, "Source": volume_name(mount.source), **_some("VolumeOptions", options)}
        case "bind":
            return {**found, "Source": mount.source}
        case "tmpfs":
            options = {**_some("SizeBytes", mount.size), **_some("Mode", mount.mode)}
            return {**found, **_some("TmpfsOptions", options)}


def _references(references: Iterable[FileReference], key: str, name: Callable[[str], str]) -> list[Json]:
    return [
        {"File": {"Name": r.target, "UID": r.uid, "GID": r.gid, "Mode": r.mode}, key: name(r.source)}
        for r in references
    ]


def _resources(service: Service) -> Json:
    return {
        **_some("Limits", _amounts(service.limits)),
        **_some("Reservations", _amounts(service.reservations)),
    }


def _amounts(limits: Limits) -> Json:
    return {
        **_some("MemoryBytes", limits.memory),
        **_some("NanoCPUs", round(limits.cpus * SECOND)),
        **_some("Pids", limits.pids),
    }


def _update(order: str, monitor: float) -> Json:
    return {
        "Parallelism": 1,
        "Order": order,
        "Monitor": _nanoseconds(monitor),
        "MaxFailureRatio": 0,
    }


def _port(port: Port) -> Json:
    return {
        "Protocol": port.protocol,
        "TargetPort": port.target,
        "PublishedPort": port.published,
        "PublishMode": "host",
    }
