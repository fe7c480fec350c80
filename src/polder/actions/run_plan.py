"""Run an approved plan: steps whose predecessors are done run side by side; the first failure stops what has not begun.

Rules:
1. What was approved is what runs. Placeholders (an image just built, a secret just made) are the only thing filled in.
2. A step is done when its effect is there: a service step ends when the service is healthy, not when the engine says "accepted".
3. The first failure stops: nothing new begins, what is under way is waited for, and the outcome says what was done and what not.
   Only hosts are set up side by side to the end: one that fails stops itself and what needs it.
4. Every step is journalled before the next one that depends on it begins. Killed at any point, the next plan is the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal, Protocol

from polder.kernel.engine import Engine, Rollout
from polder.kernel.problem import Problem, Refused, Unreachable, file_trouble
from polder.platform.plan.model import Nothing, Plan, Step
from polder.world.docker.rollout import FAILURES

TOGETHER = 8
"""Operations at once: Swarm's creation is bound by its own log; more than this gains nothing (measured)."""
POLL = 0.5
"""Seconds between two looks at services that are on their way up."""

State = Literal["done", "failed", "not-begun", "unfinished"]


@dataclass(frozen=True, slots=True)
class StepResult:
    """``seconds`` from the step's beginning to its end; ``logs`` are the last lines of a container that failed."""

    step: Step
    state: State
    seconds: float = 0
    problem: Problem | None = None
    logs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of every step, in the plan's order."""

    results: tuple[StepResult, ...]

    @property
    def failed(self) -> tuple[StepResult, ...]:
        return tuple(result for result in self.results if result.state in ("failed", "unfinished"))

    @property
    def not_begun(self) -> tuple[StepResult, ...]:
        return tuple(result for result in self.results if result.state == "not-begun")


class Report(Protocol):
    """Told of progress from the running thread; must not raise."""

    def begun(self, step: Step) -> None: ...
    def waiting(self, step: Step, rollout: Rollout) -> None: ...
    def line(self, step: Step, text: str) -> None: ...
    def ended(self, result: StepResult) -> None: ...


class Hands(Protocol):
    """Does one step's work. ``perform`` returns what it made known (placeholder to value); ``ended`` is told what became of a
    step that was waited for."""

    engine: Engine

    def perform(
        self, step: Step, known: Mapping[str, str], line: Callable[[str], None]
    ) -> Mapping[str, str]: ...
    def take_back(self, step: Step) -> None: ...
    def ended(self, result: StepResult) -> None: ...
    def monotonic(self) -> float: ...
    def sleep(self, seconds: float) -> None: ...


@dataclass(slots=True)
class _Run:
    plan: Plan
    hands: Hands
    report: Report
    detach: bool
    known: dict[str, str] = field(default_factory=dict)
    results: dict[str, StepResult] = field(default_factory=dict)
    begun: dict[str, float] = field(default_factory=dict)
    doing: dict[Future[Mapping[str, str]], Step] = field(default_factory=dict)
    rising: dict[str, Step] = field(default_factory=dict)
    broken: bool = False
    keys: frozenset[str] = frozenset()
    left: list[Step] = field(default_factory=list)
    failed_before: dict[str, int] = field(default_factory=dict)
    reached: dict[int, int] = field(default_factory=dict)
    """How far the predecessors of a step are done. Steps share one tuple of them, so each is gone through once for all."""

    def __post_init__(self) -> None:
        self.left = list(self.plan.acting)
        self.keys = frozenset(step.key for step in self.left)

    def ready(self, most: int) -> list[Step]:
        """At most ``most`` steps not begun whose predecessors in this plan are done; they are begun next."""
        if most <= 0:
            return []
        may = (s for s in self.left if (not self.broken or self._goes_on(s)) and self._may_begin(s.after))
        found = list(islice(may, most))
        begun = {step.key for step in found}
        self.left = [step for step in self.left if step.key not in begun] if found else self.left
        return found

    def _goes_on(self, step: Step) -> bool:
        """Whether it is another host's setting up than that of the hosts that failed."""
        failed = [result.step for result in self.results.values() if result.state != "done"]
        hosts = {one.subject for one in failed}
        return step.kind == "host" and step.subject not in hosts and all(one.kind == "host" for one in failed)

    def _may_begin(self, after: tuple[str, ...]) -> bool:
        at = self.reached.get(id(after), 0)
        while at < len(after) and self._is_done(after[at]):
            at += 1
        self.reached[id(after)] = at
        return at == len(after)

    def _is_done(self, key: str) -> bool:
        return key not in self.keys or (key in self.results and self.results[key].state == "done")

    def end(
        self, step: Step, state: State, problem: Problem | None = None, logs: tuple[str, ...] = ()
    ) -> None:
        seconds = self.hands.monotonic() - self.begun[step.key]
        result = StepResult(step, state, seconds, problem, logs)
        self.results[step.key] = result
        if self.rising.pop(step.key, None):
            self.hands.ended(result)
        self.broken = self.broken or state != "done"
        self.report.ended(result)


def run_plan(plan: Plan, hands: Hands, report: Report, *, detach: bool = False) -> Outcome:
    """Run every acting step of ``plan``. ``detach``: do not wait for services to be healthy, only until they are accepted.

    Never raises for a step that fails: the outcome holds its problem. Ctrl-C waits for operations under way, then passes on.
    """
    run = _Run(plan, hands, report, detach)
    with ThreadPoolExecutor(TOGETHER, thread_name_prefix="step") as pool:
        while True:
            for step in run.ready(TOGETHER * 2 - len(run.doing)):
                _begin(run, step, pool)
            if not run.doing and not run.rising:
                break
            _collect(run)
            _look_at_rising(run)
    results = (run.results.get(s.key) or StepResult(s, "not-begun") for s in plan.acting)
    return Outcome(tuple(results))


def _begin(run: _Run, step: Step, pool: ThreadPoolExecutor) -> None:
    run.begun[step.key] = run.hands.monotonic()
    run.report.begun(step)
    known = dict(run.known)
    run.doing[pool.submit(run.hands.perform, step, known, lambda text: run.report.line(step, text))] = step


def _collect(run: _Run) -> None:
    """Take in finished operations; returns after one of them ends, or after one poll."""
    if not run.doing:
        run.hands.sleep(POLL)
        return
    finished, _ = wait(run.doing, timeout=POLL if run.rising else None, return_when=FIRST_COMPLETED)
    for future in finished:
        step = run.doing.pop(future)
        try:
            run.known.update(future.result())
        except Refused as refused:
            run.end(step, "failed", refused.problems[0])
        except Unreachable as lost:
            run.end(step, "unfinished", _lost(lost))
        except OSError as error:
            run.end(step, "failed", file_trouble(error))
        else:
            if step.wait and not run.detach:
                run.rising[step.key] = step
            else:
                run.end(step, "done")


def _look_at_rising(run: _Run) -> None:
    waits = {step.wait.service: step for step in run.rising.values() if step.wait}
    if not waits:
        return
    try:
        rollouts = run.hands.engine.rollouts(list(waits))
    except Unreachable as lost:
        for step in waits.values():
            run.end(step, "unfinished", _lost(lost))
    except Refused:
        _look_one_by_one(run, waits)
    else:
        for name, rollout in rollouts.items():
            _judge(run, waits[name], rollout)


def _look_one_by_one(run: _Run, waits: Mapping[str, Step]) -> None:
    """Somebody removed a service that is waited for: only its own step fails."""
    for name, step in waits.items():
        try:
            _judge(run, step, run.hands.engine.rollout(name))
        except Refused as refused:
            run.end(step, "failed", refused.problems[0])
        except Unreachable as lost:
            run.end(step, "unfinished", _lost(lost))


def _lost(lost: Unreachable) -> Problem:
    return Problem("plan.unreachable", "", {"what": lost.what, "why": lost.why})


def _judge(run: _Run, step: Step, rollout: Rollout) -> None:
    """Healthy: done. Rolled back, failing or out of time: failed, with the last lines the container wrote."""
    assert step.wait is not None
    run.report.waiting(step, rollout)
    late = run.hands.monotonic() - run.begun[step.key] > step.wait.within
    if rollout.state == "done":
        run.end(step, "done")
    elif rollout.state == "rolled-back":
        run.end(step, "failed", _problem("plan.rolled-back", step, rollout), _logs(run, step))
    elif late or (step.wait.fresh and _keeps_failing(run, step, rollout)):
        code = "plan.too-slow" if late else "plan.never-healthy"
        logs = _logs(run, step)
        _take_back(run, step)
        run.end(step, "failed", _problem(code, step, rollout), logs)


def _keeps_failing(run: _Run, step: Step, rollout: Rollout) -> bool:
    """Of a service that an earlier plan began, failures from before this one do not count: their cause may be over."""
    before = rollout.failures if isinstance(step.work, Nothing) else 0
    new = rollout.failures - run.failed_before.setdefault(step.key, before)
    return rollout.state == "failing" and (not isinstance(step.work, Nothing) or new >= FAILURES)


def _take_back(run: _Run, step: Step) -> None:
    try:
        run.hands.take_back(step)
    except (Refused, Unreachable, OSError) as error:
        run.report.line(step, str(error))


def _problem(code: str, step: Step, rollout: Rollout) -> Problem:
    within = step.wait.within if step.wait else 0
    values = {
        "app": step.subject,
        "service": str(step.values.get("service", "")),
        "error": rollout.error or "-",
    }
    return Problem(code, "", {**values, "seconds": within})


def _logs(run: _Run, step: Step) -> tuple[str, ...]:
    assert step.wait is not None
    try:
        return run.hands.engine.logs(step.wait.service, 20)
    except (Refused, Unreachable):
        return ()
