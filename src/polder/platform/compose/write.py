"""A project back to a Compose file that ``docker stack deploy`` (from 20.10) and ``docker compose`` both
accept.

Strings come out as JSON strings, which YAML reads the same in every version, with dollar signs doubled. What
the older of the two cannot read is left out, and ``unsaid`` names it.

>>> print(yaml_text({"a": ["x y", 1], "b": {"mode": Octal(0o440), "on": True, "none": {}}}), end="")
a:
  - "x y"
  - 1
b:
  mode: 0440
  "on": true
  none: {}
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from polder.platform.compose.model import FileReference, Health, Limits, Mount, Port, Project, Service

VERSION = "3.9"
"""The newest version that ``docker stack deploy`` 20.10 knows; newer tools ignore it."""
_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_./-]*")
_RESERVED = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_HIDDEN = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")


class Octal(int):
    """A file mode, written with a leading nought as every Compose tool reads it."""


def project_data(
    project: Project, images: Mapping[str, str], volume_names: Mapping[str, str]
) -> dict[str, Any]:
    """The project as plain data. ``images``: service to image; ``volume_names``: volume to its name on the
    engine.

    Secrets and configs become files below ``secrets/`` and ``configs/`` beside the Compose file.
    """
    data: dict[str, Any] = {
        "version": VERSION,
        "services": {name: _service(s, images.get(name, s.image)) for name, s in project.services.items()},
    }
    data |= _some("networks", {name: {"internal": inside} for name, inside in project.networks.items()})
    data |= _some("volumes", {name: {"name": volume_names.get(name, name)} for name in project.volumes})
    data |= _some("secrets", {name: {"file": f"./secrets/{name}"} for name in project.secrets})
    configs = (*project.configs, *(name for name in project.given if name not in project.configs))
    return data | _some("configs", {name: {"file": f"./configs/{name}"} for name in configs})


def unsaid(project: Project) -> Iterator[tuple[str, str]]:
    """Service and key of everything that ``project_data`` leaves out."""
    for service in project.services.values():
        if service.groups:
            yield service.name, "group_add"
        if any(mount.kind == "tmpfs" and mount.mode for mount in service.mounts):
            yield service.name, "tmpfs mode"
        if "healthy" in service.depends_on.values():
            yield service.name, "depends_on condition service_healthy"


def _service(service: Service, image: str) -> dict[str, Any]:
    return {
        **_some("image", image),
        **_some("entrypoint", list(service.entrypoint)),
        **_some("command", list(service.command)),
        **_some("environment", dict(service.environment)),
        **_some("user", service.user),
        **_some("working_dir", service.working_dir),
        **_some("hostname", service.hostname),
        **_some("read_only", service.read_only),
        **_some("tty", service.tty),
        **_some("stdin_open", service.stdin_open),
        "init": service.init,
        **_some("stop_signal", service.stop_signal),
        **_some("stop_grace_period", _duration(service.stop_grace)),
        **_some("cap_add", list(service.cap_add)),
        **_some("cap_drop", list(service.cap_drop)),
        **_some("sysctls", dict(service.sysctls)),
        **_some("ulimits", {n: {"soft": soft, "hard": hard} for n, (soft, hard) in service.ulimits.items()}),
        **_some("extra_hosts", list(service.extra_hosts)),
        **_some("labels", dict(service.labels)),
        **_some("volumes", [_mount(mount) for mount in service.mounts]),
        **_some("secrets", [_reference(r) for r in service.secrets]),
        **_some("configs", [_reference(r) for r in service.configs]),
        **_some("ports", [port_data(port) for port in service.ports]),
        **_network(service),
        **_some("depends_on", list(service.depends_on)),
        **_some("healthcheck", _health(service.health) if service.health else {}),
        "deploy": _deploy(service),
    }


def _some(key: str, value: object) -> dict[str, Any]:
    return {key: value} if value else {}


def _network(service: Service) -> dict[str, Any]:
    if service.host_network:
        return {"network_mode": "host"}
    return _some("networks", {name: _some("aliases", list(a)) for name, a in service.networks.items()})


def _mount(mount: Mount) -> dict[str, Any]:
    found = {"type": mount.kind, **_some("source", mount.source), "target": mount.target}
    found |= _some("read_only", mount.read_only)
    if mount.kind == "tmpfs":
        return found | _some("tmpfs", _some("size", mount.size))
    return found | _some("volume", _some("nocopy", mount.kind == "volume" and not mount.copy))


def _reference(reference: FileReference) -> dict[str, Any]:
    return {
        "source": reference.source,
        "target": reference.target,
        "uid": reference.uid,
        "gid": reference.gid,
        "mode": Octal(reference.mode),
    }


def port_data(port: Port) -> dict[str, Any]:
    return {"target": port.target, "published": port.published, "protocol": port.protocol, "mode": "host"}


def _health(health: Health) -> dict[str, Any]:
    return {
        **_some("test", list(health.test)),
        **_some("interval", _duration(health.interval)),
        **_some("timeout", _duration(health.timeout)),
        **_some("start_period", _duration(health.start_period)),
        **_some("retries", health.retries),
    }


def _deploy(service: Service) -> dict[str, Any]:
    order = {"order": service.update_order} if service.update_order else {}
    resources = _some("limits", _limits(service.limits)) | _some(
        "reservations", _limits(service.reservations)
    )
    return {
        "mode": service.mode,
        **({"replicas": service.replicas} if service.mode == "replicated" else {}),
        "endpoint_mode": "dnsrr",
        "update_config": {**order, "failure_action": "rollback"},
        **_some("labels", dict(service.service_labels)),
        **_some("resources", resources),
        **_some("placement", _some("constraints", list(service.constraints))),
    }


def _limits(limits: Limits) -> dict[str, Any]:
    return {
        **_some("memory", _size(limits.memory)),
        **_some("cpus", f"{limits.cpus:.9f}".rstrip("0").rstrip(".") if limits.cpus else ""),
        **_some("pids", limits.pids),
    }


def _size(amount: int) -> str:
    if amount % 2**20:
        return f"{amount}b"
    return f"{amount // 2**20}M" if amount else ""


def _duration(seconds: float) -> str:
    if not seconds:
        return ""
    return f"{seconds:.0f}s" if seconds == int(seconds) else f"{round(seconds * 1e6)}us"


def yaml_text(data: Mapping[str, Any]) -> str:
    """YAML of nested maps, lists and scalars; strings with doubled dollar signs."""
    return "".join(f"{line}\n" for line in _lines(data))


def _lines(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from _entry(f"{_scalar(key)}:", below, "  ")
    else:
        for item in value:
            yield from _item(item)


def _entry(head: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping | list) and value:
        yield head
        yield from (indent + line for line in _lines(value))
    else:
        yield f"{head} {_scalar(value, value=True)}"


def _item(value: Any) -> Iterator[str]:
    """The first line of a nested map stands beside its dash."""
    lines: Iterable[str] = _lines(value) if isinstance(value, Mapping | list) and value else ()
    first = True
    for line in lines:
        yield ("- " if first else "  ") + line
        first = False
    if first:
        yield f"- {_scalar(value, value=True)}"


def _scalar(found: Any, value: bool = False) -> str:
    match found:
        case bool():
            return "true" if found else "false"
        case Octal():
            return f"{int(found):04o}"
        case int() | float():
            return str(found)
        case str():
            return _string(found.replace("$", "$$") if value else found)
        case _:
            return "{}" if isinstance(found, Mapping) else "[]"


def _string(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _RESERVED:
        return text
    return _HIDDEN.sub(lambda m: f"\\u{ord(m[0]):04x}", json.dumps(text, ensure_ascii=False))
