"""The digest of a folder of files that a group brings along (its web site), under limits.

The digest covers each path, whether it may be run, its bytes, and where its links lead. Links may not lead out of the
folder: what is baked into an image must not depend on, or reveal, anything beside it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from polder.kernel.digest import Digest, digest_of_data
from polder.kernel.problem import Problem

MOST_BYTES, MOST_FILES = 200 * 2**20, 20_000


class _Fault(Exception):
    def __init__(self, code: str, **values: str | int) -> None:
        self.problem = Problem(code, "", values)


def read_contents(root: Path, wanted: Iterable[str]) -> tuple[dict[str, Digest], dict[str, Problem]]:
    """For each wanted path inside ``root``: its digest, or what is wrong with it (``site.folder-*``)."""
    digests: dict[str, Digest] = {}
    faults: dict[str, Problem] = {}
    for name in wanted:
        try:
            digests[name] = _digest(root, name)
        except _Fault as fault:
            faults[name] = fault.problem
        except OSError as error:
            faults[name] = Problem(
                "site.folder-unreadable", "", {"reason": error.strerror or type(error).__name__}
            )
    return digests, faults


def _digest(root: Path, name: str) -> Digest:
    path = root / name
    if not path.is_dir():
        raise _Fault("site.folder-missing")
    if not path.resolve().is_relative_to(root.resolve()):
        raise _Fault("site.folder-outside")
    found: dict[str, list[str | bool]] = {}
    room = MOST_BYTES
    for entry in _entries(path):
        inside = Path(entry.path).relative_to(path).as_posix()
        if len(found) >= MOST_FILES:
            raise _Fault("site.folder-too-many", limit=MOST_FILES)
        if entry.is_symlink():
            found[inside] = ["link", _link(path, Path(entry.path), inside)]
            continue
        state = entry.stat(follow_symlinks=False)
        room -= state.st_size
        if room < 0:
            raise _Fault("site.folder-too-big", limit=MOST_BYTES)
        found[inside] = [_hash(entry, inside), bool(state.st_mode & 0o100)]
    if not found:
        raise _Fault("site.folder-empty")
    return digest_of_data(found)


def _entries(path: Path) -> Iterator[os.DirEntry[str]]:
    """Files and links below ``path``, by name; version control is no content."""
    with os.scandir(path) as listed:
        entries = sorted(listed, key=lambda entry: entry.name)
    for entry in entries:
        if entry.name == ".git":
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _entries(Path(entry.path))
        else:
            yield entry


def _link(top: Path, path: Path, inside: str) -> str:
    if not path.resolve().is_relative_to(top.resolve()):
        raise _Fault("site.folder-link", path=inside)
    return os.readlink(path)  # noqa: PTH115 - as it is written, not normalised


def _hash(entry: os.DirEntry[str], inside: str) -> str:
    if not entry.is_file(follow_symlinks=False):
        raise _Fault("site.folder-special", path=inside)
    with Path(entry.path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
