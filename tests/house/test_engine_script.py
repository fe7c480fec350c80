"""``script/engine`` leaves a machine as it found it, whatever ended the engine."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NETWORK = "10.88"

pytestmark = pytest.mark.engine


@pytest.fixture
def scripted() -> Iterator[dict[str, str]]:
    """An environment in which ``script/engine`` knows only the engines of this test."""
    with tempfile.TemporaryDirectory(prefix="polder-", dir="/var/tmp") as folder:
        environment = {**os.environ, "POLDER_TEST_STATE": f"{folder}/state", "POLDER_TEST_NETWORK": NETWORK}
        yield environment
        engine(environment, "stop", "--test", "all")


def engine(environment: dict[str, str], *words: str) -> dict[str, str]:
    """Run ``script/engine``; gives the settings that it printed."""
    command = [str(ROOT / "script/engine"), *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return dict(line.split("=", 1) for line in done.stdout.splitlines())


def left_behind(number: str, state: str) -> list[str]:
    """Everything on the machine that still names the engine's namespace, network or folder."""
    name = f"polder-t{number}"
    found = [f"folder {state}"] if Path(state).exists() else []
    for command in (
        ["ip", "netns"],
        ["ip", "-br", "link"],
        ["iptables", "-w", "-S"],
        ["iptables", "-w", "-t", "nat", "-S"],
    ):
        lines = subprocess.run(command, capture_output=True, text=True).stdout.splitlines()
        found += [line for line in lines if f"{name} " in f"{line} " or f"{NETWORK}.{number}." in line]
    found += [line for line in Path("/proc/mounts").read_text().splitlines() if state in line]
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = line.read_bytes()
        except OSError:
            continue
        if state.encode() + b"/" in words:
            found.append(f"process {line.parent.name}")
    return found


def test_a_stopped_engine_leaves_nothing(scripted: dict[str, str]) -> None:
    settings = engine(scripted, "start", "--test")
    number, socket = settings["POLDER_TEST_INSTANCE"], settings["DOCKER_HOST"].removeprefix("unix://")
    assert Path(socket).is_socket()

    engine(scripted, "stop", "--test", number)

    assert left_behind(number, str(Path(socket).parent)) == []


def test_an_engine_whose_owner_was_killed_is_taken_away_by_the_next(scripted: dict[str, str]) -> None:
    owner = subprocess.Popen(["sleep", "600"])
    first = engine(scripted, "start", "--test", "--owner", str(owner.pid))
    owner.send_signal(signal.SIGKILL)
    owner.wait()

    second = engine(scripted, "start", "--test", "--owner", str(os.getpid()))
    folder = Path(second["DOCKER_HOST"].removeprefix("unix://")).parent

    assert second["POLDER_TEST_INSTANCE"] == first["POLDER_TEST_INSTANCE"]
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_killed_engine_can_be_taken_away(scripted: dict[str, str]) -> None:
    settings = engine(scripted, "start", "--test")
    folder = Path(settings["DOCKER_HOST"].removeprefix("unix://")).parent
    os.kill(int((folder / "pid").read_text()), signal.SIGKILL)

    engine(scripted, "stop", "--test", settings["POLDER_TEST_INSTANCE"])

    assert left_behind(settings["POLDER_TEST_INSTANCE"], str(folder)) == []


def test_two_engines_stand_beside_each_other(scripted: dict[str, str]) -> None:
    one, two = engine(scripted, "start", "--test"), engine(scripted, "start", "--test")

    assert one["POLDER_TEST_ADDRESS"] != two["POLDER_TEST_ADDRESS"]
    assert one["DOCKER_HOST"] != two["DOCKER_HOST"]
