"""``script/hosts`` leaves a machine as it found it, also what an owner left that was killed."""

from __future__ import annotations

import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.hosts import script

NETWORK = "10.89"

pytestmark = pytest.mark.engine


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A state folder and networks in which ``script/hosts`` knows only the hosts of this test."""
    with tempfile.TemporaryDirectory(prefix="duo-", dir="/var/tmp") as folder:
        monkeypatch.setenv("POLDER_HOSTS_STATE", f"{folder}/s")
        monkeypatch.setenv("POLDER_HOSTS_NETWORK", NETWORK)
        yield f"{folder}/s"
        script("stop", "all")


def left_behind(state: str, namespaces: list[str]) -> list[str]:
    """Everything on the machine that still names the hosts' network, namespaces or folder."""
    found = [state] if Path(state).exists() else []
    for command in (["ip", "-o", "addr"], ["ip", "netns"], ["iptables", "-w", "-S"], ["ps", "-eo", "args"]):
        lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        names = (f" {NETWORK}.", f"{state}/", *namespaces)
        found += [line for line in lines if any(name in line for name in names)]
    return found + [line for line in Path("/proc/mounts").read_text().splitlines() if state in line]


def test_what_a_killed_owner_left_is_taken_away_by_the_next_and_stopping_leaves_nothing(state: str) -> None:
    owner = subprocess.Popen(["sleep", "600"])
    first = script("start", "--owner", str(owner.pid))
    script("ssh", first["POLDER_HOSTS_INSTANCE"])
    owner.send_signal(signal.SIGKILL)
    owner.wait()

    second = script("start")
    number = second["POLDER_HOSTS_INSTANCE"]
    assert number == first["POLDER_HOSTS_INSTANCE"]
    assert len(list(Path(state).iterdir())) == 1
    script("power", number, "two", "off")
    script("stop", number)

    assert left_behind(state, [f"polder-h{number}one", f"polder-h{number}two"]) == []
