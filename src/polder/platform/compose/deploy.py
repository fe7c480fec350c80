"""``deploy``: how many, where, and with how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from polder.kernel.document import Node
from polder.platform.compose.container import read_labels
from polder.platform.compose.keys import DEPLOY, LIMITS, PLACEMENT, RESERVATIONS, RESOURCES, UPDATE
from polder.platform.compose.model import Limits
from polder.platform.compose.reader import Reader


@dataclass(slots=True)
class Deploy:
    """``replicas`` is ``None`` when the file does not say."""

    replicas: int | None = None
    mode: Literal["replicated", "global"] = "replicated"
    limits: Limits = field(default_factory=Limits)
    reservations: Limits = field(default_factory=Limits)
    constraints: tuple[str, ...] = ()
    order: Literal["start-first", "stop-first", ""] = ""
    labels: Mapping[str, str] = field(default_factory=dict)


def read_deploy(reader: Reader, node: Node, key: str) -> Deploy:
    found = Deploy()
    for name, value in reader.entries(node, key, DEPLOY):
        match name:
            case "replicas":
                found.replicas = reader.integer(value, name)
            case "mode":
                found.mode = cast(
                    Literal["replicated", "global"], reader.choice(value, name, ("replicated", "global"))
                )
            case "labels":
                found.labels = read_labels(reader, value, name)
            case "resources":
                _resources(reader, value, found)
            case "placement":
                _placement(reader, value, found)
            case "update_config":
                _updates(reader, value, found)
    return found


def _resources(reader: Reader, node: Node, found: Deploy) -> None:
    for name, value in reader.entries(node, "resources", RESOURCES):
        if name == "limits":
            found.limits = _limits(reader, value, name)
        else:
            found.reservations = _limits(reader, value, name)


def _limits(reader: Reader, node: Node, key: str) -> Limits:
    memory, cpus, pids = 0, 0.0, 0
    for name, value in reader.entries(node, key, LIMITS if key == "limits" else RESERVATIONS):
        match name:
            case "memory":
                memory = reader.size(value, name)
            case "cpus":
                cpus = reader.cores(value, name)
            case "pids":
                pids = read_pids(reader, value, name)
    return Limits(memory, cpus, pids)


def read_pids(reader: Reader, node: Node, key: str) -> int:
    """A number of processes; -1 and 0 for no limit."""
    return max(0, reader.integer(node, key, least=-1))


def _placement(reader: Reader, node: Node, found: Deploy) -> None:
    for name, value in reader.entries(node, "placement", PLACEMENT):
        found.constraints = tuple(reader.text(item, name) for item in reader.items(value, name))


def _updates(reader: Reader, node: Node, found: Deploy) -> None:
    for name, value in reader.entries(node, "update_config", UPDATE):
        order = reader.choice(value, name, ("stop-first", "start-first"))
        found.order = cast(Literal["start-first", "stop-first"], order)
