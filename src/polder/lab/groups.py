"""Control groups: every process of a lab is in one below ``polder-labN``, so that all of a host, or of the lab, can be ended at once.

Only the second version's tree is used (also where the first one is mounted beside it). ``cgroup.kill`` (Linux 5.14) ends all that is
below a group, without a moment in which something could be started anew: for a host that is a power cut.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

from polder.lab.machine import control_groups


def group(*names: str) -> Path:
    """The folder of the group, below that of the lab; it may not exist."""
    top = control_groups()
    return Path(top or "/sys/fs/cgroup").joinpath(*names)


def make_group(*names: str) -> Path:
    """The group, empty. What can be counted and limited on this machine is handed down to it."""
    place = group(*names)
    end_group(place)
    place.mkdir(parents=True, exist_ok=True)
    for parent in (group(), *(group(*names[:count]) for count in range(1, len(names)))):
        _hand_down(parent)
    return place


def _hand_down(parent: Path) -> None:
    if parent == group():
        return
    for controller in (parent / "cgroup.controllers").read_text().split():
        with suppress(OSError):
            (parent / "cgroup.subtree_control").write_text(f"+{controller}")


def end_group(place: Path) -> None:
    """End, hard, whatever runs in the group and below, and remove it. A group that is not there is fine."""
    if not place.is_dir():
        return
    with suppress(OSError):
        (place / "cgroup.kill").write_text("1")
    deadline = time.monotonic() + 20
    while not _remove(place) and time.monotonic() < deadline:
        time.sleep(0.02)


def _remove(place: Path) -> bool:
    """Whether the group is gone; it cannot go while one of its processes is still ending."""
    try:
        for below in sorted((p for p in place.rglob("*") if p.is_dir()), key=lambda p: -len(p.parts)):
            below.rmdir()
        place.rmdir()
    except FileNotFoundError:
        return not place.exists()
    except OSError:
        return False
    return True


def members(place: Path) -> tuple[int, ...]:
    """Process ids in the group and below."""
    found: list[int] = []
    for file in place.rglob("cgroup.procs") if place.is_dir() else ():
        with suppress(OSError):
            found += [int(word) for word in file.read_text().split() if word != "0"]
    return tuple(found)


def memory(place: Path) -> int:
    """Bytes that the group's processes have for themselves, shared pages divided among those that share them."""
    total = 0
    for pid in members(place):
        with suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
    return total
