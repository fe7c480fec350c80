"""A plan and its outcome as lines for people: grouped by app, a sign before each step, what it touches below."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from polder.kernel.digest import short
from polder.kernel.problem import Value
from polder.kernel.sentences import fill, hint, say, say_problem, translate
from polder.kernel.sentences.mark import N_, NP_
from polder.kernel.size import show_bytes
from polder.platform.plan.model import Nothing, Plan, Step
from polder.platform.plan.names import INGRESS

if TYPE_CHECKING:
    from polder.actions.run_plan import Outcome, StepResult

SIGNS = {
    "host": "*",
    "prepare": "*",
    "create": "+",
    "change": "~",
    "restart": "~",
    "rotate": "~",
    "remove": "-",
    "keep": "=",
    "forget": "!",
    "prune": "-",
}
COLOURS = {"+": "green", "~": "yellow", "-": "red", "!": "bold red", "=": "cyan", "*": "blue"}
COUNTS = {
    "host": N_("{number} on machines"),
    "prepare": N_("{number} to prepare"),
    "create": N_("{number} to create"),
    "change": N_("{number} to change"),
    "restart": N_("{number} to wait for"),
    "rotate": N_("{number} to rotate"),
    "remove": N_("{number} to remove"),
    "forget": N_("{number} to destroy"),
    "prune": N_("{number} to tidy away"),
}
N_("site")
ENGINE = N_("{site} on {engine}")
HEADING = N_("Plan {digest} for {site}")
NOTHING = N_("Nothing has to change.")
NOTHING_HEARD = N_("Nothing has to change on what answered.")
MADE_HERE = N_("the key that it makes itself")
AWAY = N_("away for about {seconds} s")
NOT_AWAY = N_("stays reachable")
AWAY_FOR_GOOD = N_("gone for good")
UNDO = {
    "yes": N_("can be undone"),
    "rollback": N_("goes back by itself if it does not become healthy"),
    "no": N_("CANNOT BE UNDONE"),
}
BY_HAND = N_("changed by hand on the engine since; will be set back to what the site says")
DATA = N_("data: {names}")
SECRETS = N_("secrets: {names}")
CHANGE = N_("{path}: {before} -> {after}")
ADDED = N_("{path}: set to {after}")
DROPPED = N_("{path}: no longer {before}")
WIDEST = 100


def plan_lines(plan: Plan, language: str, verbose: bool = False) -> Iterator[tuple[str, str]]:
    """Lines with their style (``""`` for none)."""
    if plan.acting or plan.steps:
        yield _heading(plan, language), "bold"
    for subject, steps in _by_subject(plan).items():
        yield "", ""
        yield (translate(subject, language) if subject == "site" else subject), "bold"
        for step in steps:
            yield from step_lines(step, language, verbose)
    if plan.steps:
        yield "", ""
    for finding in plan.findings:
        loud = finding.code.startswith("plan.removes-everything")
        yield "! " + say_problem(finding, language), "bold red" if loud else "yellow"
        if advice := hint(finding.code, finding.values, language):
            yield "    " + advice, ""
    yield summary(plan, language), "bold"


def _by_subject(plan: Plan) -> dict[str, list[Step]]:
    """Steps by what they are about, in the order in which each is first met."""
    found: dict[str, list[Step]] = {}
    for step in plan.steps:
        found.setdefault(step.subject, []).append(step)
    return found


def _heading(plan: Plan, language: str) -> str:
    where = translate(ENGINE, language).format(site=plan.site, engine=plan.engine)
    return translate(HEADING, language).format(digest=short(plan.digest, 8), site=where)


def summary(plan: Plan, language: str) -> str:
    """``3 to create, 1 to change.`` or that nothing has to."""
    if not plan.acting:
        return translate(NOTHING_HEARD if silent(plan) else NOTHING, language)
    kinds = [step.kind for step in plan.acting]
    parts = [translate(COUNTS[k], language).format(number=kinds.count(k)) for k in COUNTS if k in kinds]
    return ", ".join(parts) + "."


def silent(plan: Plan) -> bool:
    """Whether a host that Polder sets up did not show itself: the plan is whole for the others only."""
    return any(finding.code.startswith("host.") for finding in plan.findings)


def step_lines(step: Step, language: str, verbose: bool) -> Iterator[tuple[str, str]]:
    sign = SIGNS[step.kind]
    yield f"  {sign} {say(step.code, step.values, language)}", COLOURS[sign]
    for change in step.changes:
        template = CHANGE if change.before and change.after else ADDED if change.after else DROPPED
        text = translate(template, language).format(
            path=change.path, before=_cut(change.before), after=_after(change.after, language)
        )
        yield "      " + text, ""
    if step.note:
        yield "      " + say(step.note.code, step.note.values, language), "dim"
    if step.drift:
        yield "      " + translate(BY_HAND, language), "yellow"
    facts = list(_facts(step, language))
    if facts:
        yield "      " + "; ".join(facts), "dim"
    if (advice := hint(step.code, step.values, language)) and (step.kind, step.subject) != ("keep", INGRESS):
        yield "      " + advice, "dim"
    if verbose and not isinstance(step.work, Nothing):
        yield f"      {step.work!r}", "dim"


def _facts(step: Step, language: str) -> Iterator[str]:
    if isinstance(step.values.get("memory"), int) and step.values["memory"]:
        yield show_bytes(int(str(step.values["memory"])))
    if step.data:
        yield translate(DATA, language).format(names=", ".join(step.data))
    if step.secrets and step.kind in ("create", "change", "rotate") and step.wait:
        yield translate(SECRETS, language).format(names=", ".join(step.secrets))
    if step.kind in ("change", "rotate") and step.wait:
        text = translate(AWAY if step.away else NOT_AWAY, language)
        yield text.format(seconds=step.away)
    if step.kind in ("change", "rotate", "forget"):
        yield translate(UNDO[step.undo], language)


def _after(text: str, language: str) -> str:
    return translate(MADE_HERE, language) if text.startswith("{mesh-key:") else _cut(text)


def _cut(text: str) -> str:
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


DONE = NP_(
    "Done: {done} of {all} step in {seconds} s.", "Done: {done} of {all} steps in {seconds} s.", by="all"
)
STOPPED = NP_(
    "Stopped: {done} of {all} steps is done. Not begun:",
    "Stopped: {done} of {all} steps are done. Not begun:",
    by="done",
)
LAST_LINES = N_("Its last lines:")
AGAIN = N_("What was done stays done. Mend the cause, then run polder apply again: it plans the rest.")


def outcome_lines(outcome: Outcome, seconds: float, language: str) -> Iterator[tuple[str, str]]:
    """What was done, what failed and why, what was not begun."""
    done = sum(result.state == "done" for result in outcome.results)
    total = len(outcome.results)
    numbers: dict[str, Value] = {"done": done, "all": total, "seconds": f"{seconds:.1f}"}
    if done == total:
        yield fill(DONE, numbers, language), "bold green"
        return
    for failure in outcome.failed:
        yield from failure_lines(failure, language)
    if not outcome.not_begun:
        yield fill(DONE, numbers, language), "bold red"
    else:
        yield fill(STOPPED, numbers, language), "bold red"
    for result in outcome.not_begun:
        yield "  · " + say(result.step.code, result.step.values, language), ""
    yield translate(AGAIN, language), ""


def failure_lines(failure: StepResult, language: str) -> Iterator[tuple[str, str]]:
    assert failure.problem is not None
    yield "x " + say_problem(failure.problem, language), "red"
    if advice := hint(failure.problem.code, failure.problem.values, language):
        yield "    " + advice, ""
    if failure.logs:
        yield "    " + translate(LAST_LINES, language), ""
        for line in failure.logs:
            yield "    | " + line, "dim"
