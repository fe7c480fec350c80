"""The published folder on disk, and ``signing/``: read lazily, written so that a reader sees the state before or the one after, whole.

Rules:

1. One at a time: ``hold_publication`` takes a lock that the system gives back when its holder dies.
2. Every file is written beside its place, flushed to disk and renamed; in the order given. A process killed at any moment leaves files
   that nothing names yet, and the next run writes over or past them.
3. What is published can be read by everybody (files 0644, folders 0755), whatever the umask says: a web server is another user.
"""

from __future__ import annotations

import fcntl
import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from polder.kernel.problem import Problem, Refused
from polder.world.files import becoming, flush_paths, new_neighbour, write_atomically

LOCK, SECONDS, COPIES = "publish.lock", 30.0, "mirrors"
_LEFT_OVER = re.compile(r"\.(?:[0-9]+\.[a-z]+\.json|timestamp\.json|[0-9a-f]{64}\..+)\.[a-z0-9_]{8}")
"""A neighbour file of ours (``world.files``) whose writer was killed."""


class FolderFiles(Mapping[str, bytes]):
    """The files below ``folder`` in its sub-folder ``below``, by path; each is read when it is asked for."""

    def __init__(self, folder: Path, below: str = "") -> None:
        self._folder, self._below = folder, below

    def __getitem__(self, path: str) -> bytes:
        try:
            return (self._folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise KeyError(path) from None

    def __iter__(self) -> Iterator[str]:
        for path in sorted((self._folder / self._below).rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                yield path.relative_to(self._folder).as_posix()

    def __len__(self) -> int:
        return sum(1 for _ in self)


def stored_contents(public: Path) -> dict[str, int]:
    """Name below ``targets/`` to size of every content file that is published."""
    top = public / "targets"
    return {
        path.relative_to(top).as_posix(): path.stat().st_size for path in top.rglob("*") if path.is_file()
    }


def write_publication(public: Path, files: Sequence[tuple[str, bytes]]) -> tuple[str, ...]:
    """Write ``files`` (path below ``public``, content) in their order; the paths that were not there in these bytes already.

    Contents at the beginning, which nothing names yet, are flushed to disk together; from the first document on one by one.
    """
    changed = [(path, held) for path, held in files if not _is_there(public / path, held)]
    first = next(
        (at for at, (path, _) in enumerate(changed) if not path.startswith("targets/")), len(changed)
    )
    _write_together(public, changed[:first])
    for path, content in changed[first:]:
        _folders(public, (public / path).parent)
        write_atomically(public / path, content, 0o644)
        (public / path).chmod(0o644)
    return tuple(path for path, _ in changed)


def _is_there(place: Path, content: bytes) -> bool:
    return place.is_file() and place.read_bytes() == content


def _write_together(public: Path, files: Sequence[tuple[str, bytes]]) -> None:
    """Write all, then flush all, then rename all."""
    begun: list[tuple[Path, Path]] = []
    try:
        for path, content in files:
            place = public / path
            _folders(public, place.parent)
            handle, beside = new_neighbour(place)
            begun.append((beside, place))
            with becoming(place, beside), os.fdopen(handle, "wb") as file:
                file.write(content)
        flush_paths(beside for beside, _ in begun)
        for beside, place in begun:
            beside.chmod(0o644)
            beside.replace(place)
    except BaseException:
        for beside, _ in begun:
            beside.unlink(missing_ok=True)
        raise
    flush_paths({place.parent for _, place in begun})


def write_signing(folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write those of ``files`` (name, content) that changed below ``folder``."""
    for name, content in files:
        place = folder / name
        if not place.is_file() or place.read_bytes() != content:
            write_atomically(place, content)


def remove_published(public: Path, paths: Iterable[str]) -> tuple[str, ...]:
    """Remove files, and folders below ``targets/`` that are empty then; the paths that were there."""
    removed = []
    for path in paths:
        place = public / path
        if place.is_file():
            place.unlink()
            removed.append(path)
        _remove_empty(place.parent, public / "targets")
    return tuple(removed)


def sweep(public: Path) -> int:
    """Remove what killed writers left, and say how many files that were. Only for whoever holds the lock, which is not about copies of
    peers: another process may be writing those."""
    ours = (path for path in public.rglob(".*") if path.relative_to(public).parts[0] != COPIES)
    left = [path for path in ours if path.is_file() and _LEFT_OVER.fullmatch(path.name)]
    for path in left:
        path.unlink()
    return len(left)


@contextmanager
def hold_publication(state: Path, *, seconds: float = SECONDS) -> Iterator[None]:
    """Publish alone: others wait up to ``seconds``, then are refused with ``trust.publishing``."""
    state.mkdir(parents=True, exist_ok=True)
    handle = os.open(state / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _wait(handle, time.monotonic() + seconds)
        yield
    finally:
        os.close(handle)


def _wait(handle: int, until: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise Refused(Problem("trust.publishing")) from None
            time.sleep(0.05)
        else:
            return


def _folders(public: Path, folder: Path) -> None:
    """Make ``folder`` and those above it up to ``public``, open to everybody."""
    missing = [one for one in (folder, *folder.parents) if one == public or public in one.parents]
    for one in reversed(missing):
        if not one.is_dir():
            one.mkdir(parents=True, exist_ok=True)
            one.chmod(0o755)


def _remove_empty(folder: Path, top: Path) -> None:
    while folder != top and top in folder.parents:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent
