"""What an in-memory engine keeps besides services: networks, secrets, configurations and volumes, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from polder.kernel.engine import CreateConfig, Json, ObjectSeen, UpdateConfigLabels
from polder.world.docker.memory_rules import named, refuse

CONFIG_LIMIT = 500 * 1000
Kind = Literal["networks", "secrets", "configs", "volumes"]


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a new object gets: an id, a version, the time."""

    next_id: Callable[[], str]
    next_version: Callable[[], int]
    time: str


class Objects:
    """Refuses as Docker does: a name twice, a name that is not there, an object that a service uses."""

    def __init__(self) -> None:
        self._kept: dict[Kind, dict[str, ObjectSeen]] = {
            "networks": {},
            "secrets": {},
            "configs": {},
            "volumes": {},
        }

    def of(self, kind: Kind) -> Iterable[ObjectSeen]:
        return self._kept[kind].values()

    def add(self, kind: Kind, name: str, labels: Mapping[str, str], detail: Json, stamp: Stamp) -> str:
        if name in self._kept[kind]:
            refuse("engine.exists", kind.removesuffix("s"), name)
        version = stamp.next_version()
        made = ObjectSeen(stamp.next_id(), name, version, dict(labels), stamp.time, detail)
        self._kept[kind][name] = made
        return made.id

    def remove(self, kind: Kind, name: str, key: str, specs: Mapping[str, Json]) -> str:
        """``specs``: every service's, by name; ``key``: where they name an object of this kind."""
        if name not in self._kept[kind]:
            refuse("engine.missing", kind.removesuffix("s"), name)
        users = [service for service, spec in specs.items() if name in named(spec)[key]]
        if users:
            refuse("engine.in-use", kind.removesuffix("s"), name, f"in use by service {users[0]}")
        del self._kept[kind][name]
        return ""

    def create_config(self, operation: CreateConfig, stamp: Stamp) -> str:
        if len(operation.content.encode()) > CONFIG_LIMIT:
            said = "config data must be larger than 0 and less than 512000 bytes"
            refuse("engine.said", "config", operation.name, said)
        return self.add("configs", operation.name, operation.labels, {"content": operation.content}, stamp)

    def update_config(self, operation: UpdateConfigLabels, stamp: Stamp) -> str:
        found = self._kept["configs"].get(operation.name)
        if found is None:
            refuse("engine.missing", "config", operation.name)
        if found.version != operation.version:
            refuse("engine.changed-since", "config", operation.name)
        labels, version = dict(operation.labels), stamp.next_version()
        self._kept["configs"][operation.name] = replace(found, labels=labels, version=version)
        return str(version)

    def need_what_is_named(self, spec: Json) -> None:
        """Refuses a service that names a network, secret or configuration which is not there."""
        found = named(spec)
        kinds: tuple[tuple[Kind, str], ...] = (
            ("networks", "Target"),
            ("secrets", "SecretName"),
            ("configs", "ConfigName"),
        )
        for kind, key in kinds:
            for name in found[key]:
                if name not in self._kept[kind]:
                    refuse("engine.missing", kind.removesuffix("s"), name)

    def make_volumes(self, spec: Json, stamp: Stamp) -> None:
        """A volume that a service names is made with it."""
        for mount in spec["TaskTemplate"].get("ContainerSpec", {}).get("Mounts") or []:
            if mount.get("Type") == "volume" and mount["Source"] not in self._kept["volumes"]:
                labels = (mount.get("VolumeOptions") or {}).get("Labels") or {}
                self.add("volumes", mount["Source"], labels, {"Driver": "local"}, stamp)
