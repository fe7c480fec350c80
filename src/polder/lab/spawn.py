"""Starting the lab's long-lived processes, each in its control group from its first moment on."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from polder.lab.machine import PATH

_INTO_GROUP = 'echo $$ >"$0/cgroup.procs" && exec "$@"'


def spawn(place: Path, argv: Sequence[str], log: Path, folder: Path | None = None) -> subprocess.Popen[bytes]:
    """Start ``argv`` in the control group at ``place``, in a session of its own; what it says goes to ``log``."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            ["sh", "-c", _INTO_GROUP, str(place), *argv],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=folder or "/",
            env={"PATH": PATH, "LC_ALL": "C.UTF-8", **_kept()},
            start_new_session=True,
        )


def _kept() -> dict[str, str]:
    names = ("POLDER_LAB_STATE", "POLDER_CACHE", "PYTHONPATH")
    return {name: os.environ[name] for name in names if name in os.environ}


def within(namespace: str, *argv: str) -> tuple[str, ...]:
    """``argv`` as run in a network namespace of the lab."""
    return ("nsenter", f"--net=/run/netns/{namespace}", *argv)
