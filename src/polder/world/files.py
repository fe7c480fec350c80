"""Site and recipe folders on disk: read with limits, written whole or not at all.

Reading trusts nothing: sizes are asked before bytes are read, links that lead out of the folder are not followed, what
cannot be read becomes a fault in the ``Folder`` (the reader of the site places it) and never an exception.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Protocol

from polder.kernel.document import MAX_BYTES
from polder.kernel.folder import Folder
from polder.kernel.problem import Problem, Refused
from polder.world.contents import read_contents

RECIPE_BYTES, RECIPE_FILES = 20 * 2**20, 2_000
GROUPS, SECRETS = 10_000, 50_000
FEW = 50
NEIGHBOUR = re.compile(r"\..+\.[a-z0-9_]{8}")
"""The name of a file that ``write_atomically`` has not finished, or never will: its process was killed."""
TOP_FILES = ("site.yml", "hosts.yml", "polder.lock", "internal-ca.crt")


def read_folder(path: Path, contents: Iterable[str] = ()) -> Folder:
    """The files of the site in ``path`` that are parsed, and the digests of the folders named in ``contents`` (paths inside
    the site). Problems of single files are in ``faults``; a site with no ``site.yml`` has no file of that name."""
    reading = _Reading(path)
    for name in TOP_FILES:
        reading.take(path / name, name)
    for entry in reading.listed("groups", GROUPS):
        reading.group(entry)
    for entry in reading.listed("secrets", SECRETS):
        if entry.name.endswith(".age"):
            reading.take(Path(entry.path), f"secrets/{entry.name}")
    for entry in reading.listed("recipes", GROUPS):
        if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
            reading.tree(Path(entry.path), f"recipes/{entry.name}/", RECIPE_BYTES, RECIPE_FILES)
    return with_contents(reading.folder(), path, contents)


def with_contents(folder: Folder, path: Path, contents: Iterable[str]) -> Folder:
    """``folder`` with the digests (or faults) of the folders named in ``contents``."""
    digests, faults = read_contents(path, contents)
    return Folder(folder.files, digests, folder.executable, {**folder.faults, **faults})


def read_recipe_folder(path: Path) -> Folder:
    """Every file of one recipe."""
    reading = _Reading(path)
    reading.tree(path, "", RECIPE_BYTES, RECIPE_FILES)
    return reading.folder()


@cache
def builtin_root() -> Path:
    """The folder of the recipes that come with Polder: inside the package, or at the root of a checkout."""
    packed = Path(__file__).resolve().parents[1] / "share" / "recipes"
    return packed if packed.is_dir() else Path(__file__).resolve().parents[3] / "recipes"


def builtin_path(name: str) -> Path:
    """The folder of the built-in recipe ``name``; whether it exists is not checked."""
    return builtin_root() / name


class Named(Protocol):
    """What a recipe is, as far as its folder goes."""

    @property
    def name(self) -> str: ...

    @property
    def builtin(self) -> bool: ...


def recipe_path(site: Path, recipe: Named) -> Path:
    """The folder of a recipe that the site in ``site`` uses."""
    return builtin_path(recipe.name) if recipe.builtin else site / "recipes" / recipe.name


def builtin_names() -> list[str]:
    """The names of the recipes that come with Polder."""
    entries = _listed(builtin_root(), GROUPS)
    return [entry.name for entry in entries if Path(entry.path, "recipe.yml").is_file()]


def completed(content: bytes, lines: Iterable[str]) -> bytes:
    """A list of lines (a ``.gitignore``), in whatever encoding it is, with those of ``lines`` at its end that it lacks.

    >>> completed(b"public/", ["state/"]).splitlines()
    [b'public/', b'state/']
    """
    there = set(content.splitlines())
    missing = [line.encode() for line in lines if line.encode() not in there]
    end = b"\n" if missing and content and not content.endswith(b"\n") else b""
    return content + end + b"".join(line + b"\n" for line in missing)


def content_or_nothing(path: Path) -> bytes:
    """What is in the file ``path``; ``b""`` when there is none."""
    return path.read_bytes() if path.is_file() else b""


@contextmanager
def becoming(path: Path, beside: Path) -> Iterator[None]:
    """While ``beside`` is written and becomes ``path``: when that fails, nothing of it takes room, and the trouble is told by the name of
    ``path``."""
    try:
        yield
    except BaseException as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename = str(path)
        raise


def write_beside(path: Path, content: bytes, *, flush: bool = False) -> None:
    """Write ``path`` whole or not at all, by way of a neighbour ``NAME.tmp``: only for one process at a time. Without ``flush`` it may be
    lost when the power fails."""
    beside = path.with_name(f"{path.name}.tmp")
    with becoming(path, beside):
        with beside.open("wb") as file:
            file.write(content)
            if flush:
                file.flush()
                os.fsync(file.fileno())
        beside.replace(path)


def new_neighbour(path: Path) -> tuple[int, Path]:
    """A new file beside ``path`` that only its owner may read, open for writing, and where it is."""
    import tempfile

    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        error.filename = str(path)
        raise
    return handle, Path(name)


def write_atomically(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write whole or not at all: a neighbour file is written, flushed to disk and renamed over ``path`` (POSIX rename)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = new_neighbour(path)
    with becoming(path, beside):
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        kept = stat.S_IMODE(path.stat().st_mode) if path.is_file() else mode
        beside.chmod(kept)
        beside.replace(path)
    _flush_folder(path.parent)


def flush_paths(paths: Iterable[Path]) -> None:
    """Files and folders to disk: a few one by one, many by flushing everything once (a single flush costs milliseconds)."""
    held = list(paths)
    if len(held) > FEW:
        os.sync()
        return
    for path in held:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _flush_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _listed(path: Path, limit: int) -> list[os.DirEntry[str]]:
    """The entries of a folder by name; none when there is no such folder."""
    try:
        with os.scandir(path) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise Refused(Problem("site.file-unreadable", path.name, {"reason": error.strerror or ""})) from None
    if len(found) > limit:
        raise Refused(Problem("site.file-too-many", path.name, {"limit": limit}))
    return found


class _Reading:
    """Gathers files below ``root``. A link is followed when it stays inside."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.resolved = root.resolve()
        self.files: dict[str, bytes] = {}
        self.executable: set[str] = set()
        self.faults: dict[str, Problem] = {}

    def folder(self) -> Folder:
        return Folder(self.files, executable=frozenset(self.executable), faults=self.faults)

    def fault(self, name: str, code: str, **values: str | int) -> None:
        self.faults[name] = Problem(code, "", values)

    def listed(self, name: str, limit: int) -> list[os.DirEntry[str]]:
        """The entries of a folder of the site; none of one that is a link leading out."""
        path = self.root / name
        if path.is_symlink() and not path.resolve().is_relative_to(self.resolved):
            self.fault(name, "site.file-outside")
            return []
        if os.path.lexists(path) and not path.is_dir():
            self.fault(name, "site.file-unreadable", reason=os.strerror(errno.ENOTDIR))
            return []
        return _listed(path, limit)

    def group(self, entry: os.DirEntry[str]) -> None:
        name = f"groups/{entry.name}"
        if entry.name.startswith("."):
            return
        if entry.name.endswith(".yml"):
            self.take(Path(entry.path), name)
        elif entry.name.lower().endswith((".yml", ".yaml")):  # left out, its apps would be removed
            self.fault(name, "site.file-ending")

    def take(self, path: Path, name: str, limit: int = MAX_BYTES) -> None:
        """One file; nothing when there is none."""
        try:
            if path.is_symlink() and not path.resolve().is_relative_to(self.resolved):
                return self.fault(name, "site.file-outside")
            self.files[name] = self.content(path, name, limit)
        except _TooMuch:
            pass
        except FileNotFoundError as error:
            if path.is_symlink():
                self.fault(name, "site.file-unreadable", reason=error.strerror or "")
        except OSError as error:
            self.fault(name, "site.file-unreadable", reason=error.strerror or type(error).__name__)

    def content(self, path: Path, name: str, limit: int) -> bytes:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            state = os.fstat(handle)
            if not stat.S_ISREG(state.st_mode):
                raise OSError(0, "it is not a file")
            if state.st_size > limit:
                self.fault(name, "site.file-too-big", size=state.st_size, limit=limit)
                raise _TooMuch
            if state.st_mode & stat.S_IXUSR:
                self.executable.add(name)
            return file.read(limit)

    def tree(self, path: Path, prefix: str, most_bytes: int, most_files: int) -> None:
        """Every file below ``path``, links inside included, editors' leftovers and hidden files not."""
        room = most_bytes
        for count, file in enumerate(_walk(path)):
            name = prefix + file.relative_to(path).as_posix()
            if count >= most_files:
                return self.fault(prefix.rstrip("/") or ".", "site.file-too-many", limit=most_files)
            self.take(file, name, room)
            room -= len(self.files.get(name, b""))
        return None


class _TooMuch(Exception):
    """A file over its limit; the fault is noted already."""


def _walk(path: Path) -> Iterator[Path]:
    for entry in _listed(path, RECIPE_FILES):
        if entry.name.startswith(".") or entry.name.endswith("~") or entry.name == "__pycache__":
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path))
        else:
            yield Path(entry.path)
