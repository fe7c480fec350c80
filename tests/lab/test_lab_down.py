"""``polder lab down`` leaves a machine as it was: after a good run, after ``kill -9`` in the middle of ``up``, after a crash."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from polder.lab.machine import control_groups
from polder.lab.model import trace
from polder.lab.state import Kept, find_lab, load
from support.lab import polder_lab, start_lab, stop_lab, until

pytestmark = pytest.mark.lab
NAME = f"down-{os.getpid()}"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A state folder of its own, in which every lab is taken away in the end."""
    state = tmp_path / "state"
    monkeypatch.setenv("POLDER_LAB_STATE", str(state))
    yield tmp_path
    if (state / NAME).exists():
        polder_lab("down", "--name", NAME, "--yes")


def traces(number: int, place: Path) -> list[str]:
    """Everything on the machine that still names the lab, its networks or its folders."""
    names = re.compile(rf"({trace(number)}|lab{number}-[a-z]|plab{number})(?!\d)|{re.escape(str(place))}/")
    commands = (
        *(
            "ip netns",
            "ip -o link",
            "ip -4 route",
            "iptables-save",
            "nft list tables",
            "ps -eo args",
            "ip rule",
        ),
        "ls /run/systemd/nspawn/propagate /run/systemd/nspawn/unix-export",
    )
    found = list[str]()
    for command in commands:
        text = subprocess.run(command.split(), capture_output=True, text=True).stdout
        found += [f"{command}: {line}" for line in text.splitlines() if names.search(line)]
    found += [
        f"mount: {line}" for line in Path("/proc/mounts").read_text().splitlines() if names.search(line)
    ]
    found += [
        f"group: {path}"
        for path in (control_groups() or Path()).glob(f"{trace(number)}*")
        if names.search(str(path))
    ]
    return found + [f"file: {path}" for path in place.rglob("*")]


def begin(place: Path) -> subprocess.Popen[bytes]:
    argv = [
        sys.executable,
        "-m",
        "polder",
        "lab",
        "up",
        str(place / "sites"),
        "--providers",
        "2",
        "--hosts",
        "2",
    ]
    return subprocess.Popen(
        [*argv, "--name", NAME, "--yes"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def kept(place: Path) -> Kept | None:
    return load(place / "state" / NAME)


def groups_of(place: Path) -> list[str]:
    lab, top = kept(place), control_groups()
    folder = top / lab.lab.router if lab and top else place / "none"
    return [path.name for path in folder.iterdir()] if folder.is_dir() else []


def hosts_begun(place: Path) -> bool:
    return any(name.startswith("keeper") for name in groups_of(place))


MOMENTS: dict[str, Callable[[Path], bool]] = {
    "only a number is claimed": lambda place: kept(place) is not None,
    "the network is being made": lambda place: (
        bool(lab := kept(place)) and Path("/run/netns", lab.lab.router).exists()
    ),
    "services are starting": lambda place: "services" in groups_of(place),
    "the first host is starting": hosts_begun,
    "the last host has its power": lambda place: sum(n.startswith("keeper") for n in groups_of(place)) == 4,
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_down_takes_away_what_a_killed_up_had_made(moment: str, place: Path) -> None:
    up = begin(place)
    wait_closely(lambda: MOMENTS[moment](place) or up.poll() is not None)
    up.send_signal(signal.SIGKILL)
    up.wait()
    begun = kept(place)
    assert begun and not begun.ready, "up was over before it was killed"

    polder_lab("down", "--name", NAME, "--yes")

    until(lambda: traces(begun.lab.number, place) == [], within=3)


def wait_closely(true: Callable[[], bool]) -> None:
    """Without a pause: the moments are short."""
    while not true():
        pass


def test_down_after_every_kind_of_disaster_leaves_no_trace(place: Path) -> None:
    begin(place).wait()
    lab = find_lab(NAME)
    for words in ("cut alder-1 birch", "slow alder-2 --delay 20ms", "kill birch-1"):
        polder_lab(*words.split(), "--name", NAME)
    subprocess.run(
        ["ssh", "-F", str(lab.ssh_config), "birch-2", "systemctl", "poweroff"], capture_output=True
    )
    assert traces(lab.lab.number, place) != []

    polder_lab("down", "--name", NAME, "--yes")

    until(lambda: traces(lab.lab.number, place) == [], within=3)


def test_a_second_lab_stands_beside_the_first_and_neither_reaches_the_other(place: Path) -> None:
    first, second = start_lab(1, 1), start_lab(1, 1)
    try:
        there = second.address("alder-1")
        assert there != first.address("alder-1")
        assert not first.reaches("alder-1", there)
        assert first.ssh("alder-1", "hostname") == second.ssh("alder-1", "hostname") == "alder-1\n"
    finally:
        stop_lab(second)

    assert first.ssh("alder-1", "hostname") == "alder-1\n"
    stop_lab(first)
    until(lambda: traces(first.model.number, place) == traces(second.model.number, place) == [], within=3)


def test_a_lab_whose_owner_died_is_taken_away_by_the_next_up_of_any_name(place: Path) -> None:
    with subprocess.Popen(["sleep", "600"]) as owner:
        left = start_lab(1, 1, owner=owner.pid)
        owner.kill()

    fresh = start_lab(1, 1)

    assert fresh.model.number == left.model.number
    assert [path.name for path in (place / "state").iterdir() if path.is_dir()] == [fresh.name]
    stop_lab(fresh)


def test_a_lab_that_is_up_is_not_made_again(place: Path) -> None:
    begin(place).wait()
    again = begin(place)

    assert again.wait() == 2
    assert find_lab(NAME).ready


def test_a_folder_that_holds_something_else_is_left_alone(place: Path) -> None:
    (place / "sites").mkdir()
    (place / "sites" / "thesis.txt").write_text("years of work")

    assert begin(place).wait() == 2
    assert (place / "sites" / "thesis.txt").read_text() == "years of work"
    assert not (place / "state").exists()
