"""What is waited for when a node is drained, on an engine in memory whose clock stands while nobody sleeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from polder.actions.moved import await_moved, running_on
from polder.kernel.engine import CreateService, Json, RemoveService, UpdateNode
from polder.kernel.problem import Problem, Refused, Unreachable
from polder.platform.plan.model import AwaitNode
from polder.world.docker.memory import MemoryEngine


class Clock:
    """``during``: what happens while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.during: Callable[[], object] = lambda: None

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.during()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine() -> MemoryEngine:
    """Two nodes; the services of the tests begin on the first."""
    made = MemoryEngine(hosts=("ada", "bela"), starts_after=4)
    one, two = made.look().nodes
    for node, name in ((one, "ada"), (two, "bela")):
        made.run(UpdateNode(node.id, node.version, {**node.spec, "Labels": {"polder.host": name}}))
    return made


def node(engine: MemoryEngine, name: str) -> str:
    return next(one.id for one in engine.look().nodes if one.hostname == name)


def start(
    engine: MemoryEngine, name: str, site: str = "lilas", host: str = "", image: str = "it", **more: Json
) -> None:
    placement = {"Placement": {"Constraints": [f"node.labels.polder.host=={host}"]}} if host else {}
    template = {"ContainerSpec": {"Image": image}, **placement}
    engine.run(CreateService(name, {"Labels": {"polder.site": site}, "TaskTemplate": template, **more}))
    for _ in range(6):
        engine.look()


def drain(engine: MemoryEngine, name: str) -> None:
    held = next(one for one in engine.look().nodes if one.hostname == name)
    engine.run(UpdateNode(held.id, held.version, {**held.spec, "Availability": "drain"}))


def wait(engine: MemoryEngine, clock: Clock, state: str = "moved", ran: Iterable[str] = ()) -> list[str]:
    """What was told meanwhile."""
    told: list[Problem] = []
    work = AwaitNode("n", "ada", state, 30, "lilas")  # type: ignore[arg-type]
    await_moved(engine, work, node(engine, "ada"), set(ran), told.append, clock)
    return [str(one.values["services"]) for one in told]


def missing(engine: MemoryEngine, clock: Clock, state: str = "moved") -> object:
    with pytest.raises(Refused) as refused:
        wait(engine, clock, state)
    (problem,) = refused.value.problems
    assert problem.code == "plan.not-moved" and clock.now < 35
    return problem.values["services"]


def test_what_moves_is_waited_for_and_told_once(engine: MemoryEngine, clock: Clock) -> None:
    start(engine, "page")
    drain(engine, "ada")
    assert wait(engine, clock) == ["('page',)"]
    assert clock.now > 0


def test_what_ran_elsewhere_is_of_another_site_or_has_no_other_place_is_not(
    engine: MemoryEngine, clock: Clock
) -> None:
    start(engine, "there", host="bela")
    start(engine, "pinned", host="ada")
    start(engine, "theirs", site="elm")
    start(engine, "everywhere", Mode={"Global": {}})
    drain(engine, "ada")
    assert wait(engine, clock) == [] and clock.now == 0


def test_what_was_broken_before_is_not_waited_for_until_the_host_goes_for_good(
    engine: MemoryEngine, clock: Clock
) -> None:
    start(engine, "ill", image="crashes")
    drain(engine, "bela")
    engine.set_node(node(engine, "bela"), availability="active")
    ill = next(task for task in engine.look().tasks if task.state == "failed")
    assert ill.node_id == node(engine, "ada")
    engine.set_node(node(engine, "ada"), availability="drain")
    assert missing(engine, clock, "settled") == ("ill",)


def test_before_a_host_goes_for_good_what_could_run_nowhere_without_it_counts_too(
    engine: MemoryEngine, clock: Clock
) -> None:
    start(engine, "pinned", host="ada")
    drain(engine, "ada")
    assert missing(engine, clock, "settled") == ("pinned",)


def test_but_not_what_waits_for_another_host(engine: MemoryEngine, clock: Clock) -> None:
    start(engine, "there", host="bela")
    engine.set_node(node(engine, "bela"), state="down")
    assert wait(engine, clock, "settled") == [] and clock.now == 0


def test_what_keeps_failing_elsewhere_stays_waited_for_when_the_engine_forgot_where_it_ran(
    engine: MemoryEngine, clock: Clock
) -> None:
    start(engine, "page")
    engine.add_image("it", {"polder.test": "crashes"})
    drain(engine, "ada")
    assert missing(engine, clock) == ("page",)
    assert node(engine, "ada") not in {task.node_id for task in engine.look().tasks}


def test_what_was_seen_before_the_drain_is_waited_for_though_the_engine_forgot_it_all(
    engine: MemoryEngine, clock: Clock
) -> None:
    start(engine, "page")
    start(engine, "there", host="bela")
    ran = running_on(engine, "lilas", node(engine, "ada"))
    assert ran == {"page"}
    engine.add_image("it", {"polder.test": "crashes"})
    drain(engine, "ada")
    for _ in range(60):
        engine.look()
    assert wait(engine, clock) == []
    with pytest.raises(Refused):
        wait(engine, clock, ran=ran)


def test_a_service_that_somebody_removes_meanwhile_is_waited_for_no_more(
    engine: MemoryEngine, clock: Clock
) -> None:
    start(engine, "page")
    drain(engine, "ada")
    engine.starts_after = 1000
    engine.add_image("it", {"polder.test": "crashes"})
    clock.during = lambda: [engine.run(RemoveService(s.name, s.version)) for s in engine.look().services]
    assert wait(engine, clock) == ["('page',)"]


def test_a_manager_that_is_silent_for_a_moment_is_asked_again_and_one_that_stays_so_ends_the_wait(
    engine: MemoryEngine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(engine, "page")
    drain(engine, "ada")
    silent, look, until = node(engine, "ada"), engine.look, [5.0]

    def shy(**asked: bool) -> object:
        if clock.now < until[0]:
            raise Unreachable("it", "cut")
        return look(**asked)

    monkeypatch.setattr(engine, "look", shy)
    work = AwaitNode("n", "ada", "moved", 30, "lilas")
    await_moved(engine, work, silent, set(), lambda told: None, clock)
    until[0] = 1000.0
    with pytest.raises(Unreachable):
        await_moved(engine, work, silent, set(), lambda told: None, clock)
    assert clock.now < 310
