"""A recipe's folder in a site, put in place as a whole, and what was there before kept.

1. The new folder is written beside the site's recipes, to the last byte, and then changes places with the old one in one step of the
   file system (``renameat2``, Linux 3.15): whoever reads meanwhile finds the old or the new, never a mixture.
2. What was there before, hidden files and all, is copied to ``.polder/before/`` first; a record beside it is written last and says
   that the copy is whole.
3. Killed at any moment, everything left behind is in ``.polder/`` and is cleared away by the next run.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from polder.kernel.digest import short
from polder.kernel.folder import Folder
from polder.kernel.plain import read_plain, write_plain
from polder.kernel.problem import Problem, Refused
from polder.world.files import write_atomically

OURS = ".polder"
FORMAT = "polder-before-1"
_EXCHANGE, _HERE = 2, -100
"""``RENAME_EXCHANGE`` and ``AT_FDCWD`` of Linux."""


@dataclass(frozen=True, slots=True)
class Before:
    """What was so before a recipe was adopted. ``digest``: of the site's own folder, ``""`` when it had none. ``pinned``, ``taken``: what
    ``polder.lock`` said of it below ``recipes`` and ``adopted``, ``""`` for nothing."""

    name: str
    adopted: str
    digest: str
    pinned: str
    taken: str


@contextmanager
def changing_recipes(site: Path) -> Iterator[None]:
    """One process at a time changes the recipes of ``site``. Refused (``catalogue.busy``) when another does."""
    (site / OURS).mkdir(exist_ok=True)
    with (site / OURS / "adopting.lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(Problem("catalogue.busy")) from None
        shutil.rmtree(site / OURS / "adopting", ignore_errors=True)
        yield


def place_recipe(site: Path, name: str, folder: Folder | Path | None) -> None:
    """Let ``recipes/<name>`` be exactly ``folder`` (a path: a copy of what is there); without one, let it be gone."""
    place = site / "recipes" / name
    if place.is_symlink() or (place.exists() and not place.is_dir()):
        raise Refused(Problem("catalogue.not-a-folder", f"recipes/{name}"))
    beside = site / OURS / "adopting" / name
    beside.parent.mkdir(parents=True, exist_ok=True)
    if folder is not None:
        _write(beside, folder)
        place.parent.mkdir(exist_ok=True)
        _take_place(beside, place)
    elif place.exists():
        place.rename(beside)
    _flush(place.parent)
    shutil.rmtree(site / OURS / "adopting", ignore_errors=True)


def keep_before(site: Path, before: Before) -> None:
    """Keep the site's own folder of the recipe as it is now, for ``read_before``."""
    record, copy = _record(site, before.name, before.adopted)
    place = site / "recipes" / before.name
    if (
        record.is_file() and not place.is_dir()
    ):  # killed between the two steps of a file system that knows no exchange
        return
    record.unlink(missing_ok=True)
    shutil.rmtree(copy, ignore_errors=True)
    if place.is_dir():
        shutil.copytree(place, copy, symlinks=True)
    write_atomically(record, write_plain({"format": FORMAT, **asdict(before)}))


def read_before(site: Path, name: str, adopted: str) -> tuple[Before, Path] | None:
    """What was so before ``adopted`` (a digest) was, and the folder that holds a copy; ``None`` when nothing was kept."""
    record, copy = _record(site, name, adopted)
    if not record.is_file():
        return None
    data = read_plain(record.read_bytes(), record.name)
    return Before(**{key: str(data.get(key, "")) for key in Before.__dataclass_fields__}), copy


def was_before(site: Path, name: str, digest: str) -> bool:
    """Whether ``digest`` (``""``: no folder) is what was so before some adoption of ``name``."""
    kept = (site / OURS / "before").glob(f"{name}-????????????????.json")
    return any(read_plain(path.read_bytes(), path.name).get("digest") == digest for path in kept)


def _record(site: Path, name: str, adopted: str) -> tuple[Path, Path]:
    stem = site / OURS / "before" / f"{name}-{short(adopted, 16)}"
    return stem.with_suffix(".json"), stem


def _write(place: Path, folder: Folder | Path) -> None:
    if isinstance(folder, Path):
        shutil.copytree(folder, place, symlinks=True)
        return
    for path, content in folder.files.items():
        write_atomically(place / path, content, 0o755 if path in folder.executable else 0o644)


def _take_place(beside: Path, place: Path) -> None:
    if not place.exists():
        beside.rename(place)
    elif not _exchange(beside, place):  # a file system that cannot: two steps, and the copy is kept
        place.rename(beside.with_name(f"{beside.name}.old"))
        beside.rename(place)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places at once; whether this system can."""
    import ctypes

    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), ctypes.c_uint(_EXCHANGE)) == 0:
        return True
    if ctypes.get_errno() in (errno.EINVAL, errno.ENOSYS):
        return False
    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(other))


def _flush(folder: Path) -> None:
    if folder.is_dir():
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
