"""Machines become nodes of one swarm and leave it: two engines in memory, and two real ones that hear each other (``script/hosts``)."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from polder.kernel.engine import (
    JOIN_TOKEN,
    UNLOCK_KEY,
    Engine,
    InitSwarm,
    JoinSwarm,
    LeaveSwarm,
    NodeSeen,
    RemoveNode,
    RotateUnlockKey,
    SetAutolock,
    UnlockSwarm,
    UpdateNode,
)
from polder.kernel.problem import Refused
from polder.kernel.secret import Secret
from polder.world.docker.http import open_engine
from polder.world.docker.memory import MemoryEngine
from support.hosts import start_hosts, stop_hosts


@dataclass
class Pair:
    """``one`` manages a swarm and is heard at ``at``; ``two`` is in none and is heard at ``other``."""

    one: Engine
    two: Engine
    at: str
    other: str

    def join(self, role: str, token: Secret | None = None) -> str:
        assert role in ("manager", "worker")
        operation = JoinSwarm(role, self.other, (f"{self.at}:2377",), self.other)  # type: ignore[arg-type]
        token = token or self.one.join_token(role)  # type: ignore[arg-type]
        return self.two.run(operation, {JOIN_TOKEN: token})

    def node(self, identity: str) -> NodeSeen:
        return next(node for node in self.one.look(tasks=False).nodes if node.id == identity)

    def until(self, identity: str, good: Callable[[NodeSeen], bool]) -> NodeSeen:
        limit = time.monotonic() + 60
        while not good(self.node(identity)):
            assert time.monotonic() < limit, self.node(identity)
            time.sleep(0.2)
        return self.node(identity)

    def gone(self, identity: str) -> None:
        """``two`` is outside again and its node is removed, however a test left it: a manager is demoted before all else."""
        node = next((node for node in self.one.look(tasks=False).nodes if node.id == identity), None)
        if node and node.role == "manager":
            self.one.run(UpdateNode(identity, node.version, {**node.spec, "Role": "worker"}))
            self.wait(lambda: self.two.look(tasks=False).swarm != "manager")
        self.two.run(LeaveSwarm(force=True))
        if node:
            self.wait(lambda: self._removed(identity))

    def _removed(self, identity: str) -> bool:
        try:
            self.one.run(RemoveNode(identity, force=True))
        except Refused as refused:
            assert refused.problems[0].code == "engine.in-use"
            return False
        return True

    def wait(self, good: Callable[[], bool]) -> None:
        limit = time.monotonic() + 60
        while not good():
            assert time.monotonic() < limit
            time.sleep(0.2)


@pytest.fixture(scope="module")
def real() -> Iterator[Pair]:
    hosts = start_hosts()
    try:
        with open_engine(hosts.engine) as one, open_engine(f"unix://{hosts.state}/two/docker.sock") as two:
            pair = Pair(one, two, hosts.one, hosts.two)
            pair.gone(two.look().node_id)
            yield pair
    finally:
        stop_hosts(hosts)


@pytest.fixture(params=["memory", pytest.param("real", marks=pytest.mark.engine)])
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    if request.param == "memory":
        wires: dict[str, MemoryEngine] = {}
        one = MemoryEngine(swarm=False, hosts=("one",), at="192.0.2.1", wires=wires)
        two = MemoryEngine(swarm=False, hosts=("two",), at="192.0.2.2", wires=wires)
        one.run(InitSwarm("192.0.2.1", "192.0.2.1"))
        yield Pair(one, two, "192.0.2.1", "192.0.2.2")
        return
    made: Pair = request.getfixturevalue("real")
    before = {node.id for node in made.one.look(tasks=False).nodes}
    yield made
    seen = made.one.look(tasks=False)  # a test may have made the swarm anew: one's own node stays
    for identity in {node.id for node in seen.nodes} - before - {seen.node_id}:
        made.gone(identity)
    made.two.run(LeaveSwarm(force=True))


def test_an_engine_joins_as_a_worker_and_says_which_node_it_is(pair: Pair) -> None:
    identity = pair.join("worker")
    node = pair.until(identity, lambda node: node.state == "ready")
    assert (node.role, node.availability, node.address) == ("worker", "active", pair.other)
    seen = pair.two.look()
    assert (seen.swarm, seen.node_id, seen.nodes) == ("worker", identity, ())


def test_an_engine_joins_as_a_manager_and_shows_the_whole_swarm(pair: Pair) -> None:
    identity = pair.join("manager")
    node = pair.until(identity, lambda node: node.state == "ready")
    assert node.role == "manager" and node.reachable and not node.leader
    seen = pair.two.look()
    assert (seen.swarm, seen.node_id) == ("manager", identity)
    assert {node.id for node in seen.nodes} == {node.id for node in pair.one.look().nodes}


def test_joining_twice_with_a_wrong_token_or_without_one_is_refused(pair: Pair, refusal) -> None:  # type: ignore[no-untyped-def]
    wrong = Secret("SWMTKN-1-" + "0" * 50 + "-" + "0" * 25)
    assert refusal(lambda: pair.join("worker", wrong)) == "engine.said"
    operation = JoinSwarm("worker", pair.other, (f"{pair.at}:2377",))
    assert refusal(lambda: pair.two.run(operation)) == "engine.no-value"
    pair.two.run(LeaveSwarm(force=True))
    pair.join("worker")
    assert refusal(lambda: pair.join("worker")) == "engine.exists"


def test_a_refused_join_shows_its_token_nowhere(pair: Pair) -> None:
    token, wrong = pair.one.join_token("worker"), "-".join(("SWMTKN", "1", "0" * 50, "0" * 25))
    operation = JoinSwarm("worker", pair.other, (f"{pair.at}:2377",))
    with pytest.raises(Refused) as refused:
        pair.two.run(operation, {JOIN_TOKEN: Secret(wrong)})
    shown = "".join(traceback.format_exception(refused.value)) + repr(refused.value.problems)
    assert wrong not in shown and token.reveal() not in repr((token, operation))


def test_a_worker_has_no_token_to_give(pair: Pair, refusal) -> None:  # type: ignore[no-untyped-def]
    pair.join("worker")
    assert refusal(lambda: pair.two.join_token("worker")) == "engine.no-swarm"


def test_who_left_is_shown_as_down_until_it_is_removed(pair: Pair) -> None:
    identity = pair.join("worker")
    pair.until(identity, lambda node: node.state == "ready")
    pair.two.run(LeaveSwarm())
    pair.two.run(LeaveSwarm())
    assert pair.two.look().swarm == "none"
    pair.until(identity, lambda node: node.state == "down")
    pair.one.run(RemoveNode(identity))
    assert identity not in {node.id for node in pair.one.look().nodes}


def test_a_node_that_is_up_is_removed_by_force_only_and_can_join_again(pair: Pair, refusal) -> None:  # type: ignore[no-untyped-def]
    identity = pair.join("worker")
    pair.until(identity, lambda node: node.state == "ready")
    assert refusal(lambda: pair.one.run(RemoveNode(identity))) == "engine.in-use"
    pair.one.run(RemoveNode(identity, force=True))
    assert identity not in {node.id for node in pair.one.look().nodes}
    assert refusal(lambda: pair.one.run(RemoveNode(identity, force=True))) == "engine.missing"
    pair.two.run(LeaveSwarm(force=True))
    again = pair.join("worker")
    assert again != identity and pair.until(again, lambda node: node.state == "ready")


def test_a_manager_is_demoted_before_it_is_removed(pair: Pair, refusal) -> None:  # type: ignore[no-untyped-def]
    identity = pair.join("manager")
    node = pair.until(identity, lambda node: node.state == "ready" and node.reachable)
    assert refusal(lambda: pair.one.run(RemoveNode(identity, force=True))) == "engine.in-use"
    assert refusal(lambda: pair.two.run(LeaveSwarm())) == "engine.said"
    pair.one.run(UpdateNode(identity, node.version, {**node.spec, "Role": "worker"}))
    pair.until(identity, lambda node: node.role == "worker")
    pair.gone(identity)
    assert identity not in {node.id for node in pair.one.look().nodes}


def test_who_made_the_swarm_leaves_it_once_demoted_and_the_others_go_on(pair: Pair, refusal) -> None:  # type: ignore[no-untyped-def]
    first = pair.one.look(tasks=False).node_id
    identity = pair.join("manager")
    pair.until(identity, lambda node: node.state == "ready" and node.reachable)
    assert refusal(lambda: pair.one.run(LeaveSwarm())) == "engine.said"
    node = pair.node(first)
    pair.one.run(UpdateNode(first, node.version, {**node.spec, "Role": "worker"}))
    try:
        pair.wait(lambda: pair.one.look(tasks=False).swarm == "worker")
        pair.one.run(LeaveSwarm())
        assert pair.one.look(tasks=False).swarm == "none"
        nodes = {node.id: node for node in pair.two.look(tasks=False).nodes}
        assert nodes[identity].leader and nodes[first].role == "worker"
        pair.two.run(RemoveNode(first, force=True))
        assert [node.id for node in pair.two.look(tasks=False).nodes] == [identity]
    finally:
        for engine in (pair.two, pair.one):
            engine.run(LeaveSwarm(force=True))
        pair.one.run(InitSwarm(pair.at, pair.at))


def test_a_swarm_that_locks_has_a_key_and_another_one_when_it_is_rotated(pair: Pair, refusal) -> None:  # type: ignore[no-untyped-def]
    assert refusal(lambda: pair.one.unlock_key()) == "engine.no-swarm"
    pair.one.run(SetAutolock(True))
    assert pair.one.look(tasks=False, storage=False).autolock
    first = pair.one.unlock_key()
    assert first.reveal().startswith("SWMKEY-") and "SWMKEY" not in repr(first)
    pair.one.run(RotateUnlockKey())
    assert pair.one.unlock_key() != first
    pair.one.run(UnlockSwarm(), {UNLOCK_KEY: first})
    assert refusal(lambda: pair.one.run(UnlockSwarm())) == "engine.no-value"
    pair.one.run(SetAutolock(False))
    assert not pair.one.look(tasks=False, storage=False).autolock
