"""What became of an apply, as data for machines."""

from __future__ import annotations

from typing import Any

from polder.actions.apply_site import Applied
from polder.actions.run_plan import StepResult
from polder.kernel.digest import short
from polder.kernel.sentences import say, say_problem


def outcome_data(applied: Applied, seconds: float, language: str) -> dict[str, Any]:
    """``result``: ``nothing`` (nothing had to change), ``done`` or ``failed``."""
    outcome = applied.outcome
    failed = bool(outcome and (outcome.failed or outcome.not_begun))
    return {
        "site": applied.plan.site,
        "plan": short(applied.plan.digest),
        "result": "nothing" if outcome is None else "failed" if failed else "done",
        "seconds": round(seconds, 2),
        "steps": [_step(result, language) for result in outcome.results] if outcome else [],
    }


def _step(result: StepResult, language: str) -> dict[str, Any]:
    return {
        "key": result.step.key,
        "subject": result.step.subject,
        "sentence": say(result.step.code, result.step.values, language),
        "state": result.state,
        "seconds": round(result.seconds, 2),
        "problem": say_problem(result.problem, language) if result.problem else "",
        "last_lines": list(result.logs),
    }
