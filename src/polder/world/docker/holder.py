"""Who holds a lock: a person at a process on a machine, told so that another process can say whether it still lives.

A process is its number *and* the moment it started (numbers are used again), within one boot of one machine and one
namespace of process numbers (containers on a machine share the boot but not the numbers).
"""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from polder.kernel.digest import digest_of_bytes, short

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Holder:
    """``machine`` is the same for processes that can see each other; ``host`` is for people. ``token`` is new each time."""

    who: str
    host: str
    machine: str
    pid: int
    started: str
    since: str
    token: str

    def labels(self) -> dict[str, str]:
        """As labels of the lock's config."""
        return {
            "polder.lock.who": self.who,
            "polder.lock.host": self.host,
            "polder.lock.machine": self.machine,
            "polder.lock.pid": str(self.pid),
            "polder.lock.started": self.started,
            "polder.lock.since": self.since,
            "polder.lock.token": self.token,
        }


def read_holder(labels: Mapping[str, str]) -> Holder:
    """The holder that ``labels`` tell; what is missing is empty."""
    found = {
        key: labels.get(f"polder.lock.{key}", "")
        for key in ("who", "host", "machine", "started", "since", "token")
    }
    pid = labels.get("polder.lock.pid", "")
    return Holder(pid=int(pid) if pid.isdigit() else 0, **found)


def this_process(who: str, since: str) -> Holder:
    """We ourselves."""
    pid = os.getpid()
    return Holder(who, platform.node(), this_machine(), pid, _started(pid), since, os.urandom(8).hex())


def this_machine() -> str:
    """Names the machine, its boot and the namespace of process numbers, ``""`` where that cannot be known."""
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_bytes()
        names = str((PROC / "self/ns/pid").readlink())
    except OSError:
        return ""
    return short(digest_of_bytes(boot + names.encode()))


def is_dead(holder: Holder) -> bool:
    """Whether the holder's process is certainly gone: known only on the same machine."""
    if not holder.machine or holder.machine != this_machine():
        return False
    return _started(holder.pid) != holder.started


def is_here(holder: Holder) -> bool:
    """Whether the holder's process is on this machine and alive."""
    return bool(holder.machine) and holder.machine == this_machine() and not is_dead(holder)


def _started(pid: int) -> str:
    """When the process started (clock ticks since boot: field 22 of ``proc(5)`` stat), ``""`` when it is gone or a zombie."""
    try:
        told = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return ""
    # The name in brackets may itself hold spaces and brackets.
    fields = told.rpartition(")")[2].split()
    return "" if fields[0] in ("Z", "X") else fields[19]
