"""An engine of one's own, outside any swarm: it is made a swarm, and killed while we work with it."""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from polder.kernel.engine import CreateConfig, CreateService, InitSwarm, UpdateNode
from polder.kernel.problem import Refused, Unreachable
from polder.world.docker.http import open_engine

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(
        os.geteuid() != 0 or not shutil.which("dockerd"), reason="starts an engine: needs root, dockerd"
    ),
]

START = """
ip link set lo up; mount --make-rprivate /; mkdir -p /run/docker; mount --bind "$1/run" /run/docker
exec dockerd --data-root "$1/data" --exec-root "$1/exec" -H "unix://$1/engine.sock" --pidfile "$1/pid"
"""


@dataclass
class Private:
    """``kill`` is a power cut: the engine and all it started are gone at once."""

    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        return f"unix://{self.folder}/engine.sock"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def private(tmp_path: Path) -> Iterator[Private]:
    for name in ("run", "data", "exec"):
        (tmp_path / name).mkdir()
    command = [
        "unshare",
        "-n",
        "-m",
        "--uts",
        "--pid",
        "--fork",
        "--kill-child",
        "--mount-proc",
        "sh",
        "-c",
        START,
    ]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([*command, "sh", str(tmp_path)], stdout=log, stderr=log)
    made = Private(tmp_path, process)
    until = time.monotonic() + 30
    while not (tmp_path / "engine.sock").exists() and time.monotonic() < until:
        time.sleep(0.1)
    yield made
    made.kill()


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


def listening(private: Private) -> set[str]:
    children = Path(f"/proc/{private.process.pid}/task/{private.process.pid}/children")
    inside = children.read_text().split()[0]
    told = subprocess.run(
        ["nsenter", "-t", inside, "-n", "ss", "-Hltn"], capture_output=True, text=True, check=True
    )
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
