"""A plan as data for machines (``polder plan --json``). Holds names of secrets, never values."""

from __future__ import annotations

from dataclasses import asdict, is_dataclass
from typing import Any

from polder.kernel.digest import short
from polder.kernel.sentences import say
from polder.platform.plan.model import Nothing, Plan, Step


def plan_data(plan: Plan, language: str = "en") -> dict[str, Any]:
    """The whole plan as JSON-like data."""
    return {
        "site": plan.site,
        "engine": plan.engine,
        "plan": short(plan.digest),
        "made": plan.made.isoformat(timespec="seconds"),
        "changes": len(plan.acting),
        "steps": [step_data(step, language) for step in plan.steps],
        "findings": [
            {"code": f.code, "sentence": say(f.code, f.values, language), **_plain(f.values)}
            for f in plan.findings
        ],
    }


def step_data(step: Step, language: str = "en") -> dict[str, Any]:
    """One step: its sentence, what it touches, and exactly what will run."""
    return {
        "key": step.key,
        "kind": step.kind,
        "subject": step.subject,
        "code": step.code,
        "sentence": say(step.code, step.values, language),
        "note": say(step.note.code, step.note.values, language) if step.note else "",
        "changes": [asdict(change) for change in step.changes],
        "data": list(step.data),
        "secrets": list(step.secrets),
        "undo": step.undo,
        "away_seconds": step.away,
        "by_hand": step.drift,
        "after": list(step.after),
        "runs": None
        if isinstance(step.work, Nothing)
        else {"do": type(step.work).__name__, **_fields(step.work)},
    }


def _fields(work: Any) -> dict[str, Any]:
    return _plain(asdict(work)) if is_dataclass(work) and not isinstance(work, type) else {}


def _plain(values: Any) -> Any:
    match values:
        case dict():
            return {str(key): _plain(value) for key, value in values.items()}
        case list() | tuple():
            return [_plain(value) for value in values]
        case str() | int() | float() | None:
            return values
        case _:
            return str(values)
