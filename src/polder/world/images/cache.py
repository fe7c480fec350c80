"""The builder's folders: finished things by content, work aside, locks, and the rename that joins them.

``made/<inputs>/`` finished images, ``base/<layer>/`` unpacked bases, ``keys/`` the callers' names, ``work/``
builds going on, ``locks/``. A work folder belongs to whoever holds its lock; the lock of a dead build is
free, and the next build removes what it left.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from polder.kernel.problem import Problem, Refused
from polder.kernel.size import show_bytes
from polder.world.images.model import Say

_FULL = (errno.ENOSPC, errno.EDQUOT)


def cache_folder() -> Path:
    """``$POLDER_CACHE``; else ``/var/cache/polder`` for root; else ``polder`` in the person's own cache
    folder."""
    if given := os.environ.get("POLDER_CACHE"):
        return Path(given)
    if os.geteuid() == 0:
        return Path("/var/cache/polder")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "polder"


@contextmanager
def locked(cache: Path, name: str, say: Say, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock ``name``; say so when somebody else has it. The kernel frees it when this process ends,
    however."""
    folder = cache / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    with (folder / f"{name}.lock").open("a") as handle:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            say("image.waiting", {"name": name})
            fcntl.flock(handle, kind)
        yield


@contextmanager
def work_folder(cache: Path) -> Iterator[Path]:
    """A folder on the cache's own disk, gone afterwards; removes those of dead builds first."""
    parent = cache / "work"
    parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        # A folder just made, its lock not held yet, looks like one of a dead build: one at a time.
        with locked(cache, "work", lambda code, values: None):
            _remove_dead(parent)
            folder = Path(tempfile.mkdtemp(prefix="build-", dir=parent))
            handle = held.enter_context((parent / f"{folder.name}.lock").open("a"))
            fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            yield folder
        finally:
            remove_tree(folder)
            Path(handle.name).unlink(missing_ok=True)


def _remove_dead(parent: Path) -> None:
    for lock in parent.glob("build-*.lock"):
        with suppress(FileNotFoundError, BlockingIOError), lock.open("r+") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            remove_tree(lock.with_suffix(""))
            lock.unlink(missing_ok=True)


def remove_tree(folder: Path) -> None:
    """Remove ``folder`` and all in it, if it is there."""
    if folder.exists():
        shutil.rmtree(folder)


def publish(made: Path, place: Path) -> None:
    """Let a finished folder appear at ``place`` at once, its bytes on the disk first; one already there goes
    away."""
    place.parent.mkdir(parents=True, exist_ok=True)
    sync_disk(made)
    if place.exists():
        aside = made.with_name(f"{made.name}-former")
        place.rename(aside)
    made.rename(place)
    sync_folder(place.parent)


def sync_disk(path: Path) -> None:
    """Everything written to the file system of ``path`` reaches the disk."""
    import ctypes

    handle = os.open(path, os.O_RDONLY)
    try:
        if ctypes.CDLL(None, use_errno=True).syncfs(handle) != 0:
            raise OSError(ctypes.get_errno(), "syncfs", str(path))
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_json(path: Path, data: Any) -> None:
    """Write ``data`` whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    with os.fdopen(handle, "w") as file:
        json.dump(data, file, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    Path(aside).rename(path)


def read_json(path: Path) -> Any:
    """The data in ``path``, or ``None`` when it is not there or not whole."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None


def free_bytes(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def disk_full(cache: Path, needed: int) -> Refused:
    values = {"folder": str(cache), "free": show_bytes(free_bytes(cache)), "needed": show_bytes(needed)}
    return Refused(Problem("image.disk-full", values=values))


@contextmanager
def enough_disk(cache: Path, needed: int) -> Iterator[None]:
    """Refuse at once when ``needed`` bytes are not free; turn a disk that fills up later into the same
    problem."""
    cache.mkdir(parents=True, exist_ok=True)
    if free_bytes(cache) < needed:
        raise disk_full(cache, needed)
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise disk_full(cache, needed) from error
        raise
