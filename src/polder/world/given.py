"""What is given to the network next, as files below ``given/`` (and ``state/robot/``): target paths to bytes, nothing hidden in between.

It may be read while others write and remove: what a writer has not finished, or left when it was killed, is not given.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from polder.kernel.problem import Problem, Problems, Refused
from polder.kernel.published import is_target_path
from polder.world.files import NEIGHBOUR, write_atomically


def read_given(folder: Path) -> dict[str, bytes]:
    """Target path to content of every file below ``folder``, in the order of their paths; nothing when there is no folder.

    Refused with ``network.bad-path`` for every name that no target may have; links are refused too.
    """
    found: dict[str, bytes] = {}
    problems = Problems()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if NEIGHBOUR.fullmatch(path.name) and not path.is_symlink():
            continue
        if path.is_symlink() or not is_target_path(name):
            problems.add("network.bad-path", "", path=name)
        elif path.is_file():
            with suppress(FileNotFoundError):
                found[name] = path.read_bytes()
    problems.refuse_if_any()
    return found


def write_given(folder: Path, path: str, content: bytes) -> bool:
    """Put ``content`` at the target path ``path`` below ``folder``, whole or not at all; whether that changed anything."""
    place = _place(folder, path)
    if place.is_file() and place.read_bytes() == content:
        return False
    write_atomically(place, content)
    return True


def remove_given(folder: Path, path: str) -> bool:
    """Give ``path`` no longer; whether it was given."""
    place = _place(folder, path)
    there = place.is_file()
    place.unlink(missing_ok=True)
    return there


def _place(folder: Path, path: str) -> Path:
    if not is_target_path(path):
        raise Refused(Problem("network.bad-path", "", {"path": path}))
    return folder / path
