"""What the in-memory twin knows of specs and archives: the names in them, and what the engine fills in."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from polder.kernel.engine import ImageSeen, NodeSeen, Operation
from polder.kernel.problem import Problem, Refused

Json = dict[str, Any]


def named(spec: Json) -> dict[str, set[str]]:
    template = spec["TaskTemplate"]
    container = template.get("ContainerSpec") or {}
    return {
        "Target": {one["Target"] for one in template.get("Networks") or []},
        "SecretName": {one["SecretName"] for one in container.get("Secrets") or []},
        "ConfigName": {one["ConfigName"] for one in container.get("Configs") or []},
        "Source": {one.get("Source", "") for one in container.get("Mounts") or []},
    }


def as_kept(spec: Json) -> Json:
    """What the engine fills in."""
    kept = copy(spec)
    template = kept.setdefault("TaskTemplate", {})
    template.setdefault("ForceUpdate", 0)
    template.setdefault("Runtime", "container")
    template.setdefault("ContainerSpec", {}).setdefault("Isolation", "default")
    kept.setdefault("Mode", {"Replicated": {"Replicas": 1}})
    kept.setdefault("Labels", {})
    return kept


def network(spec: Json) -> Json:
    return {"Driver": spec.get("Driver", "overlay"), "Scope": "swarm", "Internal": bool(spec.get("Internal"))}


def copy(data: Json) -> Json:
    found: Json = json.loads(json.dumps(data))
    return found


def member(archive: tarfile.TarFile, name: str) -> bytes:
    opened = archive.extractfile(name)
    return opened.read() if opened else b""


def refuse(code: str, kind: str, name: str, message: str = "") -> NoReturn:
    raise Refused(Problem(code, "", {"kind": kind, "name": name, "message": message}))


@dataclass(slots=True)
class Failure:
    """An error that a test wants for the next ``times`` operations that match; ``after``: once they were done all the same."""

    matches: Callable[[Operation], bool]
    error: Exception
    after: bool
    times: int


def next_failure(wanted: Iterable[Failure], operation: Operation) -> Failure | None:
    """The first that matches and is not used up; it counts one less from now on."""
    for failure in wanted:
        if failure.times > 0 and failure.matches(operation):
            failure.times -= 1
            return failure
    return None


def fault_of(image: str, images: Mapping[str, ImageSeen]) -> str:
    """What containers of ``image`` suffer from: ``missing``, ``never-healthy``, ``crashes`` or ``""``; a test says so in its name."""
    known = images.get(image)
    if image.startswith("sha256:") and known is None:
        return "missing"
    said = image + (known.labels.get("polder.test", "") if known else "")
    return next((fault for fault in ("never-healthy", "crashes") if fault in said), "")


def choose_leader(nodes: Mapping[str, NodeSeen], former: str) -> dict[str, NodeSeen]:
    """``former`` leads no longer; another manager does, if there is one."""
    other = next((one for one in nodes.values() if one.role == "manager" and one.id != former), None)
    changed = [nodes[former], *([other] if other else [])]
    return {one.id: replace(one, leader=one.id != former) for one in changed}
