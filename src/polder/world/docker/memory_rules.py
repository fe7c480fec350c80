"""What the in-memory twin knows of specs and archives: the names in them, and what the engine fills in."""

from __future__ import annotations

import json
import tarfile
from typing import Any, NoReturn

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
