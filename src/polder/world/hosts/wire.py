"""What passes between us and the worker: one JSON object a line. Pure; pickle would run what it reads, JSON does not.

To the worker: ``{"open": {"reaches": [...], "config": "", "keys": "folder", "deadline": 20}}`` first; then
``{"id": 1, "look": {"host": "ada", "script": "..."}}`` or ``{"id": 2, "run": {"work": {...}, "known": {...}}}``.
From it, for an id: any number of ``{"say": "..."}``, then one of ``{"done": {...}}``, ``{"problem": {"code", "values"}}``,
``{"unreachable": [what, why]}``, ``{"bug": "traceback"}``; and ``{"beat": true}`` while it lives.

>>> work = HostWork("ada", (RemovePath("/etc/motd"),), Guard("true", 5))
>>> work_from(json.loads(json.dumps(as_json(work)))) == work
True
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any

from polder.kernel.host import (
    EnsureAccount,
    Guard,
    HostOperation,
    HostWork,
    InstallPackages,
    PutFile,
    Reach,
    Reboot,
    RemoveAccount,
    RemovePath,
    RunScript,
    SetUnit,
)
from polder.kernel.problem import Problem

Json = dict[str, Any]

OPERATIONS: dict[str, type[HostOperation]] = {
    one.__name__: one
    for one in (
        PutFile,
        RemovePath,
        InstallPackages,
        EnsureAccount,
        RemoveAccount,
        SetUnit,
        RunScript,
        Reboot,
    )
}


def as_json(work: HostWork) -> Json:
    operations = [{"kind": type(one).__name__, **asdict(one)} for one in work.operations]
    return {
        "host": work.host,
        "operations": operations,
        "guard": asdict(work.guard) if work.guard else None,
    }


def work_from(found: Json) -> HostWork:
    operations = tuple(_operation(one) for one in found["operations"])
    return HostWork(found["host"], operations, Guard(**found["guard"]) if found["guard"] else None)


def _operation(found: Json) -> HostOperation:
    kind = OPERATIONS[found["kind"]]
    given = {one.name: found[one.name] for one in fields(kind)}
    make: Callable[..., HostOperation] = kind
    return make(**{k: tuple(v) if isinstance(v, list) else v for k, v in given.items()})


def reach_from(found: Json) -> Reach:
    return Reach(**found)


def problem_as_json(problem: Problem) -> Json:
    return {"code": problem.code, "values": dict(problem.values)}


def problem_from(found: Json) -> Problem:
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in found["values"].items()}
    return Problem(found["code"], "", values)


def line(message: Json) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"
