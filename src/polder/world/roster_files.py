"""The accepted rosters and what this provider pinned of them, in the network folder.

``roster/N.json`` holds version N as it was accepted, ``roster/rivals/`` evidence that two valid versions had one number, and
``roster/before-*/`` the rosters of a network that was begun anew. ``network.lock`` is JSON that machines write: below ``roster`` the
fingerprint that people compared (``first``), when each version was accepted, and who said that it leaves. Other keys stay as they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, overload

from polder.kernel.names import SLUG
from polder.kernel.plain import read_plain, write_plain
from polder.kernel.problem import Problem, Refused
from polder.world.files import write_atomically
from polder.world.network_store import read_time, write_time

FOLDER, LOCK = "roster", "network.lock"
FORMAT = "polder-network-lock-1"
SEEN, FAMILIAR = "roster-seen.json", "roster-familiar.json"
"""In the state folder: of this machine, in no history."""
FAMILIAR_FORMAT, FAMILIAR_LIMIT = "polder-roster-familiar-1", 20_000_000


class RosterFiles(Sequence[bytes]):
    """Versions 1, 2, 3 ... as far as there are files, each read when it is asked for. A file beyond a gap is none of them."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._count = folder / FOLDER, 0
        while self._path(self._count).is_file():
            self._count += 1

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[bytes, ...]: ...
    def __getitem__(self, index: int | slice) -> bytes | tuple[bytes, ...]:
        if isinstance(index, slice):
            return tuple(self[at] for at in range(self._count)[index])
        return self._path(range(self._count)[index]).read_bytes()

    def _path(self, at: int) -> Path:
        return self._folder / f"{at + 1}.json"


def write_roster(folder: Path, version: int, content: bytes) -> Path:
    """Version ``version``; gives its path."""
    path = folder / FOLDER / f"{version}.json"
    write_atomically(path, content)
    return path


def keep_rival(folder: Path, version: int, digest: str, content: bytes) -> Path:
    """Evidence; what is there already stays."""
    path = folder / FOLDER / "rivals" / f"{version}-{digest.removeprefix('sha256:')[:16]}.json"
    if not path.exists():
        write_atomically(path, content)
    return path


def put_aside(folder: Path, fingerprint: str) -> list[Path]:
    """Move the rosters of a network that was begun anew out of the way; gives every path that is touched."""
    aside = folder / FOLDER / f"before-{fingerprint.removeprefix('sha256:')[:16]}"
    touched = []
    for path in sorted((folder / FOLDER).glob("*.json")):
        aside.mkdir(exist_ok=True)
        path.replace(aside / path.name)
        touched += [path, aside / path.name]
    return touched


def first_seen(state: Path) -> dict[str, datetime]:
    """Since when each open proposal is known here. Nothing when that was lost: it holds up nobody."""
    try:
        held = read_plain((state / SEEN).read_bytes(), SEEN)
    except (OSError, Refused):
        return {}
    return {one: at for one, told in held.items() if (at := read_time(str(told)))}


def note_seen(state: Path, digests: Iterable[str], now: datetime) -> None:
    """Remember since when each proposal is known here; those not named any more are forgotten."""
    before = first_seen(state)
    known = {one: before.get(one, now) for one in sorted(digests)}
    if known != before:
        write_atomically(state / SEEN, write_plain({one: write_time(at) for one, at in known.items()}))


def read_familiar(state: Path) -> tuple[str, frozenset[str]]:
    """The digest of the version up to which peers' files were found to say nothing new, and the hashes of those files. Nothing when that
    was lost or damaged: then they are read again."""
    try:
        held = read_plain((state / FAMILIAR).read_bytes(), FAMILIAR, FAMILIAR_LIMIT)
        return str(held["head"]), frozenset(map(str, held["files"]))
    except (OSError, Refused, KeyError, TypeError):
        return "", frozenset()


def write_familiar(state: Path, head: str, files: Iterable[str]) -> None:
    """Keep them when they are others than before."""
    if read_familiar(state) != (head, frozenset(files)):
        data = {"format": FAMILIAR_FORMAT, "head": head, "files": sorted(files)}
        write_atomically(state / FAMILIAR, write_plain(data))


def read_lock(folder: Path) -> dict[str, Any]:
    """The part of ``network.lock`` that is about the roster; nothing when there is none. Refused (``kernel.not-plain``) when damaged."""
    path = folder / LOCK
    held = read_plain(path.read_bytes(), LOCK).get("roster") if path.is_file() else None
    part = held if isinstance(held, dict) else {}
    if wrong := [key for key, is_right in _LOCKED.items() if key in part and not is_right(part[key])]:
        raise Refused(Problem("kernel.not-plain", LOCK, {"why": f"roster: {', '.join(wrong)}"}))
    return part


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"sha256:[0-9a-f]{64}", value) is not None


def _are_moments(value: object, names: str) -> bool:
    if not isinstance(value, dict) or not all(re.fullmatch(names, name) for name in value):
        return False
    return all(isinstance(one, str) and one[:1] == "2" and read_time(one) for one in value.values())


_LOCKED: Mapping[str, Callable[[object], bool]] = {
    "first": _is_digest,
    "anew": _is_digest,
    "accepted": lambda value: _are_moments(value, "[1-9][0-9]{0,8}"),
    "left": lambda value: _are_moments(value, SLUG.pattern),
}
"""What each key holds; people merge this file."""


def write_lock(folder: Path, part: Mapping[str, Any]) -> bool:
    """Put ``part`` there; whether that changed anything."""
    path = folder / LOCK
    before = path.read_bytes() if path.is_file() else b""
    held = read_plain(before, LOCK) if before else {}
    text = json.dumps({**held, "format": FORMAT, "roster": dict(part)}, indent=1, sort_keys=True) + "\n"
    if text.encode() == before:
        return False
    write_atomically(path, text.encode())
    return True
