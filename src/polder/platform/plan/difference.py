"""The exact difference between two specs, in words of the file format.

>>> [c for c in differences({"TaskTemplate": {"ContainerSpec": {"Env": ["A=1"]}}},
...                         {"TaskTemplate": {"ContainerSpec": {"Env": ["A=2", "B=3"]}}})]
[Change(path='environment A', before='1', after='2'), Change(path='environment B', before='', after='3')]
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from polder.kernel.engine import Json
from polder.kernel.size import show_bytes
from polder.platform.plan.model import Change

_WORDS = {
    "TaskTemplate.ContainerSpec.Image": "image",
    "TaskTemplate.ContainerSpec.Args": "command",
    "TaskTemplate.ContainerSpec.Command": "entrypoint",
    "TaskTemplate.ContainerSpec.Env": "environment",
    "TaskTemplate.ContainerSpec.Mounts": "mount",
    "TaskTemplate.ContainerSpec.Secrets": "secret",
    "TaskTemplate.ContainerSpec.Configs": "config",
    "TaskTemplate.ContainerSpec.Labels": "container label",
    "TaskTemplate.ContainerSpec.Healthcheck": "health check",
    "TaskTemplate.ContainerSpec.User": "user",
    "TaskTemplate.ContainerSpec.ReadOnly": "read-only root",
    "TaskTemplate.ContainerSpec.Init": "init process",
    "TaskTemplate.ContainerSpec.Dir": "working directory",
    "TaskTemplate.ContainerSpec.StopSignal": "stop signal",
    "TaskTemplate.ContainerSpec.StopGracePeriod": "time to stop",
    "TaskTemplate.ContainerSpec.CapabilityAdd": "capability",
    "TaskTemplate.ContainerSpec.CapabilityDrop": "capability dropped",
    "TaskTemplate.ContainerSpec.Sysctls": "sysctl",
    "TaskTemplate.ContainerSpec.Ulimits": "ulimit",
    "TaskTemplate.ContainerSpec.Hosts": "host entry",
    "TaskTemplate.ContainerSpec": "container",
    "TaskTemplate.RestartPolicy": "restart",
    "TaskTemplate.LogDriver": "log",
    "TaskTemplate.ForceUpdate": "forced restart",
    "TaskTemplate.Resources.Limits.Pids": "process limit",
    "TaskTemplate.Networks": "network",
    "TaskTemplate.Placement.Constraints": "placement",
    "TaskTemplate.Resources.Limits.MemoryBytes": "memory limit",
    "TaskTemplate.Resources.Limits.NanoCPUs": "cpu limit",
    "TaskTemplate.Resources.Reservations.MemoryBytes": "memory reserved",
    "Mode.Replicated.Replicas": "replicas",
    "EndpointSpec.Ports": "published port",
    "EndpointSpec.Mode": "endpoint mode",
    "UpdateConfig": "update",
    "RollbackConfig": "roll-back",
    "Labels": "label",
}
# In lists of objects: what tells one item from another.
_DURATIONS = ("Period", "Interval", "Timeout", "Delay", "Monitor", "Window")
_KEYS = ("Target", "SecretName", "ConfigName", "Name", "TargetPort")


def differences(before: Json, after: Json) -> tuple[Change, ...]:
    """Every leaf that differs between two normalised specs, in the order of ``after`` then ``before``."""
    return tuple(_walk(before, after, ""))


def _walk(before: Any, after: Any, path: str) -> Iterator[Change]:
    if before == after:
        return
    if isinstance(before, dict | None) and isinstance(after, dict | None):
        old, new = before or {}, after or {}
        for key in [*new, *(k for k in old if k not in new)]:
            yield from _walk(old.get(key), new.get(key), f"{path}.{key}" if path else key)
    elif isinstance(before, list | None) and isinstance(after, list | None):
        yield from _lists(before or [], after or [], path)
    else:
        yield Change(_words(path), _show(path, before), _show(path, after))


def _lists(before: list[Any], after: list[Any], path: str) -> Iterator[Change]:
    if path.endswith(("Args", "Command", "Test")):
        yield Change(_words(path), " ".join(map(str, before)), " ".join(map(str, after)))
        return
    old, new = _keyed(before), _keyed(after)
    for key in [*new, *(k for k in old if k not in new)]:
        if old.get(key) != new.get(key):
            yield Change(
                f"{_words(path)} {key}".strip(), _show(path, old.get(key)), _show(path, new.get(key))
            )


def _keyed(items: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in items:
        if isinstance(item, str):
            name, equals, value = item.partition("=")
            found[name if equals else item] = value if equals else item
        elif isinstance(item, dict):
            found[
                next((str(item[key]) for key in _KEYS if key in item), json.dumps(item, sort_keys=True))
            ] = item
        else:
            found[str(item)] = item
    return found


def _words(path: str) -> str:
    for prefix, words in _WORDS.items():
        if path == prefix:
            return words
        if path.startswith(prefix + "."):
            return f"{words} {path[len(prefix) + 1 :]}"
    return path


def _show(path: str, value: Any) -> str:
    if value is None:
        return ""
    if path.endswith("MemoryBytes") and isinstance(value, int):
        return show_bytes(value)
    if path.endswith("NanoCPUs") and isinstance(value, int):
        return f"{value / 1e9:g}"
    if path.endswith(_DURATIONS) and isinstance(value, int):
        return f"{value / 1e9:g} s"
    if isinstance(value, dict):
        return _thing(value)
    if path.endswith("ContainerSpec.Image") and str(value).startswith("sha256:"):
        return str(value)[:19]
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _thing(value: Json) -> str:
    """A mount, secret, network or port in a few words; anything else as JSON."""
    match value:
        case {"Type": kind, "Target": _}:
            words = [kind, value.get("Source", ""), "read-only" if value.get("ReadOnly") else ""]
            size = (value.get("TmpfsOptions") or {}).get("SizeBytes")
            return " ".join(filter(None, [*words, show_bytes(size) if size else ""]))
        case {"SecretName": name, "File": file} | {"ConfigName": name, "File": file}:
            owner = f" for user {file['UID']}" if file.get("UID") else ""
            return f"as {file.get('Name', name)}{owner}, mode {file.get('Mode', 0):o}"
        case {"Target": name, **rest} if set(rest) <= {"Aliases"}:
            return f"as {', '.join(rest['Aliases'])}" if rest.get("Aliases") else str(name)
        case {"TargetPort": inside, "PublishedPort": outside}:
            return f"{outside} to {inside}/{value.get('Protocol', 'tcp')}"
    return json.dumps(value, sort_keys=True)
