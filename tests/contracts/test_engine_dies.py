"""An engine of one's own, outside any swarm: it is made a swarm, and killed while we work with it."""

import subprocess
import threading
import time

import pytest

from polder.kernel.engine import CreateConfig, CreateService, InitSwarm, UpdateNode
from polder.kernel.problem import Refused, Unreachable
from polder.world.docker.http import open_engine

pytestmark = pytest.mark.engine


def test_an_engine_outside_any_swarm_shows_so_and_becomes_a_swarm_that_only_this_machine_reaches(private):
    with open_engine(private.address) as engine:
        seen = engine.look()
        assert (seen.swarm, seen.services, seen.nodes) == ("none", (), ())
        with pytest.raises(Refused) as refused:
            engine.run(UpdateNode("one", 1, {}))
        assert refused.value.problems[0].code == "engine.no-swarm"
        engine.run(InitSwarm("127.0.0.1"))
        seen = engine.look()
        assert (seen.swarm, len(seen.nodes), seen.nodes[0].address) == ("manager", 1, "127.0.0.1")
    assert listening(private) == {"127.0.0.1:2377", "127.0.0.1:7946"}


def listening(private) -> set[str]:
    command = [*private.inside, "ss", "-Hltn"]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    return {line.split()[3] for line in told.stdout.splitlines()}


def test_an_engine_that_dies_in_the_middle_of_the_work_is_unreachable_at_once_in_every_thread(private):
    ended: list[str] = []
    with open_engine(private.address) as engine:
        engine.run(InitSwarm("127.0.0.1"))

        def work(number: int) -> None:
            try:
                for step in range(10_000):
                    engine.run(CreateConfig(f"c-{number}-{step}", {}, "x"))
            except Unreachable as away:
                ended.append(away.why)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(1)
        private.kill()
        began = time.monotonic()
        for thread in threads:
            thread.join(20)
        assert time.monotonic() - began < 5
        assert len(ended) == 4
        with pytest.raises(Unreachable):
            engine.look()
        with pytest.raises(Unreachable):
            engine.run(CreateService("wiki", {"TaskTemplate": {"ContainerSpec": {"Image": "x"}}}))
