"""How long a run waits for a service, seen with an engine whose answers are written down beforehand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

import pytest

from polder.actions.run_plan import Outcome, StepResult, run_plan
from polder.kernel.digest import digest_of_data
from polder.kernel.engine import CreateService, Rollout
from polder.platform.plan.model import Nothing, Plan, Step, Wait, Work
from polder.world.docker.memory import MemoryEngine


class Told(MemoryEngine):
    """Its one service goes the way that ``course`` says, the last answer for ever."""

    def __init__(self, course: Iterable[Rollout]) -> None:
        super().__init__()
        self.course = list(course)

    def rollouts(self, services: Sequence[str]) -> Mapping[str, Rollout]:
        now = self.course.pop(0) if len(self.course) > 1 else self.course[0]
        return dict.fromkeys(services, now)

    def logs(self, service: str, lines: int = 20) -> tuple[str, ...]:
        return ("what it said last",)


class Waiting:
    """Hands that do nothing, and a clock that goes on with every look."""

    def __init__(self, engine: MemoryEngine) -> None:
        self.engine, self.now, self.taken_back = engine, 0.0, 0

    def perform(self, step: Step, known: Mapping[str, str], line: Callable[[str], None]) -> Mapping[str, str]:
        return {}

    def take_back(self, step: Step) -> None:
        self.taken_back += 1

    def ended(self, result: StepResult) -> None:
        pass

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Silent:
    def begun(self, step: Step) -> None:
        pass

    def waiting(self, step: Step, rollout: Rollout) -> None:
        pass

    def line(self, step: Step, text: str) -> None:
        pass

    def ended(self, result: StepResult) -> None:
        pass


def went(work: Work, *course: Rollout) -> tuple[Outcome, Waiting]:
    values, wait = {"service": "web"}, Wait("web", 90, True)
    step = Step("wait:web", "change", "garden/site", "step.wait", values, work, wait=wait)
    hands = Waiting(Told(course))
    plan = Plan("alder", (step,), (), digest_of_data([]), datetime(2026, 11, 22, tzinfo=UTC))
    return run_plan(plan, hands, Silent()), hands


def failing(count: int) -> Rollout:
    return Rollout("failing", 0, 1, "port is already allocated", count)


UP = Rollout("done", 1, 1)
NEW = CreateService("web", {})


def test_failures_from_before_do_not_end_the_wait_for_what_an_earlier_plan_began() -> None:
    outcome, hands = went(Nothing(), failing(4), failing(4), UP)
    assert [result.state for result in outcome.results] == ["done"] and hands.taken_back == 0


def test_failures_that_go_on_end_that_wait_too() -> None:
    outcome, _ = went(Nothing(), failing(4), failing(5), failing(6), failing(7))
    problem = outcome.results[0].problem
    assert problem and problem.code == "plan.never-healthy"


def test_a_service_that_this_plan_made_may_not_fail_again_and_again() -> None:
    outcome, hands = went(NEW, failing(3), UP)
    assert [result.state for result in outcome.results] == ["failed"]
    assert hands.taken_back == 1 and outcome.results[0].logs == ("what it said last",)


@pytest.mark.parametrize("work", [Nothing(), NEW])
def test_no_wait_is_longer_than_its_limit(work: Work) -> None:
    outcome, hands = went(work, Rollout("converging", 0, 1))
    problem = outcome.results[0].problem
    assert problem and problem.code == "plan.too-slow" and 90 < hands.now < 92
