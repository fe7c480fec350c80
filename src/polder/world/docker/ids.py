"""Ids to names in what the engine shows, names to ids in what it is sent.

The engine accepts a network's name as ``Target`` and resolves it; secrets and configs need their id beside the name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Json = dict[str, Any]
Lookup = Callable[[str, str], str]
"""``(kind, name) -> id`` with kind ``secrets`` or ``configs``."""


def with_names(spec: Json, networks: Mapping[str, str]) -> Json:
    """A service's spec as the engine gives it, with names only. ``networks``: id to name."""
    found = dict(spec)
    if template := spec.get("TaskTemplate"):
        found["TaskTemplate"] = task_with_names(template, networks)
    return found


def task_with_names(template: Json, networks: Mapping[str, str]) -> Json:
    """The same for a ``TaskTemplate`` or a task's spec."""
    found = dict(template)
    if attached := template.get("Networks"):
        found["Networks"] = [
            {**one, "Target": networks.get(one["Target"], one["Target"])} for one in attached
        ]
    if container := template.get("ContainerSpec"):
        found["ContainerSpec"] = _container(container, lambda kind, one: _without_id(kind, one))
    return found


def with_ids(spec: Json, lookup: Lookup) -> Json:
    """A spec ready to send: every secret and config that it names has its id."""
    found = dict(spec)
    template = dict(spec.get("TaskTemplate") or {})
    if container := template.get("ContainerSpec"):
        template["ContainerSpec"] = _container(container, lambda kind, one: _with_id(kind, one, lookup))
        found["TaskTemplate"] = template
    return found


def _container(container: Json, change: Callable[[str, Json], Json]) -> Json:
    found = dict(container)
    for kind in ("Secret", "Config"):
        if references := container.get(f"{kind}s"):
            found[f"{kind}s"] = [change(kind, one) for one in references]
    return found


def _without_id(kind: str, reference: Json) -> Json:
    return {key: value for key, value in reference.items() if key != f"{kind}ID"}


def _with_id(kind: str, reference: Json, lookup: Lookup) -> Json:
    return {**reference, f"{kind}ID": lookup(f"{kind.lower()}s", reference[f"{kind}Name"])}
