"""A command of the operator's that carries words to people (``mail``, ``sendxmpp``, a script): run without a shell, for so long at most."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

SECONDS = 30.0
SHOWN = 200
"""Characters of what it says when it fails."""


@contextmanager
def alone(place: Path) -> Iterator[bool]:
    """Whether nobody else is telling people just now (``place``: the file that is locked)."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def hand_over(command: Sequence[str], text: str, folder: Path, seconds: float = SECONDS) -> str:
    """Run ``command`` in ``folder`` with ``text`` on its standard input; why that failed, ``""`` when it did not. When the time is over, it
    and everything that it started in its group is ended."""
    with tempfile.TemporaryFile() as said:
        try:
            running = subprocess.Popen(
                list(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=said,
                cwd=folder,
                start_new_session=True,
            )
        except OSError as error:
            return str(error.strerror or error)[:SHOWN]
        try:
            running.communicate(text.encode(), timeout=seconds)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)
            running.wait()
            return f"{seconds:g} s"
        if running.returncode == 0:
            return ""
        said.seek(0)
        words = said.read(SHOWN * 4).decode(errors="replace").strip()[:SHOWN]
        return f"{running.returncode} {words}".strip()
