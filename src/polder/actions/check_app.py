"""Use an app as its people would: run its recipe's check over its HTTPS name, and say how each step went.

Rules: steps run in the order written; after a failure only the ``clean`` steps still run, so that nothing is left behind;
no result and no error holds a secret.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from polder.kernel.problem import Problem, Refused, Unreachable
from polder.kernel.secret import Secret
from polder.platform.plan.names import secret_file
from polder.platform.recipe.check import Request, app_values, captures, hide, judge, names_used, request_of
from polder.platform.recipe.model import CheckStep
from polder.platform.site.model import App, Site
from polder.world.web import Answer, Visitor

Phase = Literal["seed", "verify", "clean"]
EVERY_PHASE: tuple[Phase, ...] = ("seed", "verify", "clean")


@dataclass(frozen=True, slots=True)
class CheckResult:
    """``say``: the step in words. ``status``: the answer's, 0 when there was none. ``seconds``: how long it took."""

    say: str
    phase: Phase
    state: Literal["passed", "failed", "skipped"]
    status: int = 0
    seconds: float = 0
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class AppChecked:
    """One app's results; ``passed`` also when its recipe has no check (then ``results`` is empty)."""

    app: str
    results: tuple[CheckResult, ...]

    @property
    def passed(self) -> bool:
        return all(result.state == "passed" for result in self.results)

    @property
    def seconds(self) -> float:
        return sum(result.seconds for result in self.results)


def check_app(
    folder: Path,
    site: Site,
    app: App,
    language: str,
    *,
    phases: Sequence[Phase] = EVERY_PHASE,
    report: Callable[[CheckResult], None] = lambda _: None,
) -> AppChecked:
    """Run the check of ``app``; ``report`` is told of each step as it ends. Refused when a secret it needs cannot be opened."""
    from polder.actions.addresses import ingress_address

    steps = tuple(step for step in site.recipes[app.recipe].check if step.phase in phases)
    values = {**app_values(app), **_secrets(folder, app, steps)}
    results = run_check(
        steps,
        domain=app.domain,
        connect_to=ingress_address(site),
        ca_pem=site.internal_ca,
        values=values,
        language=language,
        report=report,
    )
    return AppChecked(app.id, results)


def run_check(
    steps: Sequence[CheckStep],
    *,
    domain: str,
    connect_to: str,
    ca_pem: str,
    values: Mapping[str, str | Secret],
    language: str,
    report: Callable[[CheckResult], None] = lambda _: None,
) -> tuple[CheckResult, ...]:
    """Run ``steps`` as one visitor of ``https://domain``, reached at ``connect_to`` (``IP:port``). ``random`` is added to ``values``."""
    known: dict[str, str | Secret] = {"random": secrets.token_hex(8), **values}
    results: list[CheckResult] = []
    with Visitor(domain, connect_to, ca_pem) as visitor:
        for step in steps:
            broken = any(result.state == "failed" for result in results)
            if broken and step.phase != "clean":
                result = _skipped(step, language)
            else:
                result = _run(visitor, step, known, language, broken)
            results.append(result)
            report(result)
    return tuple(results)


def _run(
    visitor: Visitor, step: CheckStep, known: dict[str, str | Secret], language: str, broken: bool
) -> CheckResult:
    """One step. A step that cleans up after a failure and lacks a value is skipped: there is nothing to clean."""
    began, status = time.monotonic(), 0
    try:
        request = request_of(step, known)
        answer = _ask(visitor, request)
        status = answer.status
        problem = judge(step, status, answer.body, known)
        if problem is None:
            known |= captures(step, answer.body)
    except Refused as refused:
        if broken:
            return _skipped(step, language)
        problem = refused.problems[0]
    except Unreachable as lost:
        problem = Problem("app.check-no-answer", "", {"what": lost.what, "why": hide(lost.why, known)})
    state: Literal["passed", "failed"] = "failed" if problem else "passed"
    return CheckResult(step.say.read(language), step.phase, state, status, time.monotonic() - began, problem)


def _ask(visitor: Visitor, request: Request) -> Answer:
    return visitor.ask(
        request.method,
        request.path,
        headers=request.headers,
        form=request.form,
        body=request.body,
        auth=request.auth,
        follow=request.follow,
    )


def _skipped(step: CheckStep, language: str) -> CheckResult:
    return CheckResult(step.say.read(language), step.phase, "skipped", problem=Problem("app.check-skipped"))


def _secrets(folder: Path, app: App, steps: Sequence[CheckStep]) -> dict[str, Secret]:
    """The secrets that the steps use, opened with the operator's key; none opened when none is used."""
    wanted = sorted(name for name in names_used(steps) if name.startswith("secret."))
    if not wanted:
        return {}
    from polder.actions.secrets import open_secret

    return {name: open_secret(folder, secret_file(app.group, app.name, name[7:])) for name in wanted}
