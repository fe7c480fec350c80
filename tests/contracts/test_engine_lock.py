"""One operator at a time: ``world.docker.lock`` on the twin and on a real engine."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from polder.kernel.engine import CreateConfig, InitSwarm, RemoveConfig, UpdateConfigLabels
from polder.kernel.problem import Refused, Unreachable
from polder.world.docker.holder import is_dead, is_here, read_holder, this_process
from polder.world.docker.lock import hold
from polder.world.docker.memory import MemoryEngine

BEAT = 0.4


def lock_of(bench):
    return next((one for one in bench.engine.look().configs if one.name == f"{bench.mark}_lock"), None)


def labels_of_elsewhere(who: str) -> dict[str, str]:
    """A holder on another machine."""
    return {**this_process(who, "2026-03-01T10:00:00Z").labels(), "polder.lock.machine": "elsewhere"}


def test_while_one_holds_it_the_second_is_told_who_and_since_when(bench):
    with hold(bench.engine, bench.mark, "Ana", beat=BEAT) as lock:
        lock.check()
        with pytest.raises(Refused) as refused, hold(bench.engine, bench.mark, "Bo", beat=BEAT):
            pass
    (problem,) = refused.value.problems
    assert problem.code == "engine.locked"
    assert str(problem.values["by"]).startswith("Ana")
    assert problem.values["since"] == lock.holder.since


def test_afterwards_it_is_gone_and_the_next_may_hold_it(bench):
    with hold(bench.engine, bench.mark, "Ana", beat=BEAT):
        assert lock_of(bench) is not None
    assert lock_of(bench) is None
    with hold(bench.engine, bench.mark, "Bo", beat=BEAT) as lock:
        assert lock.held


def test_it_is_given_back_when_the_work_inside_fails(bench):
    with pytest.raises(ZeroDivisionError), hold(bench.engine, bench.mark, "Ana", beat=BEAT):
        raise ZeroDivisionError
    assert lock_of(bench) is None


def test_two_sites_on_one_engine_do_not_wait_for_each_other(bench):
    with (
        hold(bench.engine, bench.mark, "Ana", beat=BEAT) as one,
        hold(bench.engine, f"{bench.mark}-b", "Bo", beat=BEAT) as two,
    ):
        assert one.held
        assert two.held


def test_of_many_who_start_at_once_exactly_one_gets_it(bench):
    inside, told, most = [], [], []
    all_tried = threading.Barrier(6)

    def try_it(number: int) -> None:
        try:
            with hold(bench.engine, bench.mark, f"P{number}", beat=BEAT):
                inside.append(number)
                most.append(len(inside))
                all_tried.wait(20)
                inside.remove(number)
        except Refused as refused:
            told.append(refused.problems[0].code)
            all_tried.wait(20)

    threads = [threading.Thread(target=try_it, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]
    assert told == ["engine.locked"] * 5


def test_steps_side_by_side_that_find_the_new_swarm_take_it_once():
    engine = MemoryEngine(swarm=False)
    with hold(engine, "t", "Ana", beat=BEAT) as lock:
        engine.run(InitSwarm("127.0.0.1"))
        refused, both = [], threading.Barrier(6)

        def check() -> None:
            both.wait(20)
            try:
                lock.check()
            except Refused as problem:
                refused.append(problem)

        threads = [threading.Thread(target=check) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (refused, lock.held) == ([], True)


def test_a_beat_whose_answer_is_lost_does_not_lose_the_lock():
    engine = MemoryEngine()
    with hold(engine, "t", "Ana", beat=60) as lock:
        engine.fail_on(lambda one: isinstance(one, UpdateConfigLabels), Unreachable("it", "cut"), after=True)
        with pytest.raises(Unreachable):
            lock._beat()
        lock._beat()
        lock._beat()
        lock.check()
    assert engine.look().configs == ()


def test_a_holder_elsewhere_that_still_beats_is_respected(bench):
    name = f"{bench.mark}_lock"
    labels = labels_of_elsewhere("Ana")
    bench.engine.run(CreateConfig(name, labels, "x"))
    version = lock_of(bench).version
    done = threading.Event()

    def beat() -> None:
        at = version
        while not done.wait(BEAT):
            at = int(bench.engine.run(UpdateConfigLabels(name, at, {**labels, "polder.lock.beat": str(at)})))

    heart = threading.Thread(target=beat)
    heart.start()
    with pytest.raises(Refused) as refused, hold(bench.engine, bench.mark, "Bo", beat=BEAT):
        pass
    done.set()
    heart.join()
    assert str(refused.value.problems[0].values["by"]).startswith("Ana")


def test_a_holder_elsewhere_that_fell_silent_is_replaced_by_one_of_two_who_wait(bench):
    bench.engine.run(CreateConfig(f"{bench.mark}_lock", labels_of_elsewhere("Ana"), "x"))
    held, told = [], []

    def try_it(who: str) -> None:
        try:
            with hold(bench.engine, bench.mark, who, beat=BEAT):
                held.append(who)
                time.sleep(4 * BEAT)
        except Refused as refused:
            told.append(refused.problems[0].values["by"])

    began = time.monotonic()
    threads = [threading.Thread(target=try_it, args=(who,)) for who in ("Bo", "Cleo")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - began > 2 * BEAT
    assert len(held) == 1
    assert len(told) == 1
    assert str(told[0]).startswith(held[0])


def test_a_holder_whose_lock_was_taken_stops_at_its_next_step(bench):
    with hold(bench.engine, bench.mark, "Ana", beat=BEAT) as lock:
        bench.until(lambda: take_by_hand(bench), bool)
        bench.until(lambda: time.sleep(BEAT / 4) or lock.lost, bool)
        with pytest.raises(Refused) as refused:
            lock.check()
    assert refused.value.problems[0].code == "engine.lost-lock"
    assert lock_of(bench).labels["polder.lock.who"] == "Bo"


def take_by_hand(bench) -> bool:
    found = lock_of(bench)
    try:
        bench.engine.run(UpdateConfigLabels(found.name, found.version, labels_of_elsewhere("Bo")))
    except Refused:
        return False
    return True


def test_a_holder_whose_machine_slept_looks_again_before_its_next_step(bench):
    with hold(bench.engine, bench.mark, "Ana", beat=60) as lock:
        lock.check()
        assert take_by_hand(bench)
        lock._beaten -= 600
        with pytest.raises(Refused) as refused:
            lock.check()
    assert refused.value.problems[0].code == "engine.lost-lock"


def test_a_lock_removed_by_hand_is_lost_too(bench):
    with hold(bench.engine, bench.mark, "Ana", beat=BEAT) as lock:
        bench.engine.run(RemoveConfig(f"{bench.mark}_lock"))
        bench.until(lambda: time.sleep(BEAT / 4) or lock.lost, bool)
        with pytest.raises(Refused):
            lock.check()


HOLDER = """
import sys, time
from polder.world.docker.http import open_engine
from polder.world.docker.lock import hold
with hold(open_engine(sys.argv[1]), sys.argv[2], "Ana"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.mark.engine
def test_a_holder_killed_without_a_word_is_replaced_at_once(real_bench):
    command = [sys.executable, "-c", HOLDER, real_bench.engine.address, real_bench.mark]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(Refused), hold(real_bench.engine, real_bench.mark, "Bo"):
            pass
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
    assert lock_of(real_bench) is not None
    began = time.monotonic()
    with hold(real_bench.engine, real_bench.mark, "Bo") as lock:
        assert lock.held
    assert time.monotonic() - began < 2


def test_without_a_swarm_there_is_nothing_to_hold_until_there_is_one():
    engine = MemoryEngine(swarm=False)
    with hold(engine, "lilas", "Ana", beat=BEAT) as lock:
        lock.check()
        assert not lock.held
        engine.run(InitSwarm("127.0.0.1"))
        lock.check()
        assert lock.held
        with pytest.raises(Refused), hold(engine, "lilas", "Bo", beat=BEAT):
            pass
    assert engine.look().configs == ()


def test_a_process_of_the_same_number_that_began_at_another_time_is_another():
    alive = this_process("Ana", "")
    labels = {**alive.labels(), "polder.lock.started": "1"}
    assert is_here(alive)
    assert not is_dead(alive)
    assert is_dead(read_holder(labels))


def test_nobody_elsewhere_is_called_dead():
    assert not is_dead(read_holder(labels_of_elsewhere("Ana")))
