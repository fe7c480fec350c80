"""A service's spec in one spelling, so that what was sent and what the engine gives back compare equal.

An engine fills in what was left out (``Runtime``, ``Isolation``, ``ForceUpdate``, an update's ``FailureAction`` and
``Order``), writes ids beside names, and leaves out what is empty. ``normalise`` drops ids, zeros and defaults, and sorts what
has no order. For every spec that Polder creates, ``normalise(seen.spec) == normalise(sent)``.

Three things that look empty mean something and stay: a label or option whose value is ``""``, ``Replicas: 0``, ``Init: false``.

>>> normalise({"Name": "a", "TaskTemplate": {"Runtime": "container", "ForceUpdate": 0, "ContainerSpec": {"Env": ["B=1", "A=2"]}}})
{'Name': 'a', 'TaskTemplate': {'ContainerSpec': {'Env': ['A=2', 'B=1']}}, 'Mode': {'Replicated': {'Replicas': 1}}}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]

_VERBATIM = frozenset({"Labels", "Options", "DriverOpts", "Sysctls", "Mode", "GenericResources"})
"""Keys below which nothing is dropped: maps in a person's words, and modes."""

_UNORDERED = frozenset(
    [
        "Env",
        "Mounts",
        "Secrets",
        "Configs",
        "Networks",
        "Constraints",
        "CapabilityAdd",
        "CapabilityDrop",
        "Ulimits",
        "Ports",
        "Aliases",
        "Groups",
        "Hosts",
    ]
)
_IDS = frozenset({"SecretID", "ConfigID"})
_OTHER_SPELLING = {"HealthCheck": "Healthcheck", "NanoCpus": "NanoCPUs"}
_CAPABILITIES = frozenset({"CapabilityAdd", "CapabilityDrop"})

_DEFAULTS: Mapping[str, Any] = {
    "Runtime": "container",
    "Isolation": "default",
    "FailureAction": "pause",
    "Order": "stop-first",
    "Condition": "any",
    "PublishMode": "ingress",
    "Protocol": "tcp",
    "UID": "0",
    "GID": "0",
}
_ENDPOINT_MODE = "vip"


def normalise(spec: Json) -> Json:
    """The spec of a service (``ServiceSpec``) in the one spelling; the argument is left alone."""
    found = _mapping(spec)
    found["Mode"] = _mode(spec.get("Mode") or {})
    return found


def normalise_task(template: Json) -> Json:
    """A ``TaskTemplate`` or a task's own spec in the one spelling: tells whether a task is of the service's newest spec."""
    return _mapping(template)


def _mode(mode: Json) -> Json:
    if "Replicated" in mode:
        replicas = (mode["Replicated"] or {}).get("Replicas")
        return {"Replicated": {"Replicas": 1 if replicas is None else replicas}}
    return {key: _mapping(value or {}) for key, value in mode.items()} or {"Replicated": {"Replicas": 1}}


_SPECIAL = frozenset({*_VERBATIM, *_UNORDERED, *_IDS, *_OTHER_SPELLING, *_DEFAULTS, "Init"})


def _mapping(value: Json) -> Json:
    """Most keys are nothing special; a plan goes through hundreds of thousands of them."""
    found: Json = {}
    for key, inner in value.items():
        if key in _SPECIAL:
            _add_special(found, _OTHER_SPELLING.get(key, key), inner)
        elif kept := _mapping(inner) if isinstance(inner, dict) else _value(key, inner) if inner else inner:
            found[key] = kept
    return found


def _add_special(found: Json, key: str, inner: Any) -> None:
    if key in _IDS or _DEFAULTS.get(key, _IDS) == inner:
        return
    kept = _value(key, inner)
    if kept or (kept is not None and key == "Init"):
        found[key] = kept


def _value(key: str, value: Any) -> Any:
    if key == "Mode" and isinstance(value, str):
        return "" if value == _ENDPOINT_MODE else value
    if key in _VERBATIM:
        return value
    if isinstance(value, dict):
        return _mapping(value)
    if isinstance(value, list | tuple):
        return _list(key, value)
    return value


def _list(key: str, values: list[Any] | tuple[Any, ...]) -> list[Any]:
    found: list[Any] = [_mapping(v) if isinstance(v, dict) else v for v in values]
    if key in _CAPABILITIES:
        found = [_capability(v) for v in found]
    return sorted(found, key=_rank) if key in _UNORDERED else found


def _rank(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _capability(name: str) -> str:
    upper = name.upper()
    return upper if upper == "ALL" or upper.startswith("CAP_") else f"CAP_{upper}"
