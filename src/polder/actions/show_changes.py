"""What a person is about to sign, file by file: the bytes that were signed before held against those that would be signed now.

The bytes of before are looked for where this machine may have them, in the published folder and in the history (its last commit, and
the one that went with the signature), and count only when their hash says that they are what was signed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from polder.actions.network_publish import Look
from polder.commons.network.model import GIVEN, SIGNING
from polder.commons.statement.model import SEALED
from polder.commons.trust.present import TARGETS
from polder.commons.trust.publication import Change
from polder.commons.trust.readable import changed_lines
from polder.kernel.published import served_name
from polder.world.git import last_committed

MOST = 20
"""Lines of one file; how many more there are is said."""


@dataclass(frozen=True, slots=True)
class Shown:
    """``lines``: what is different, ``more`` beyond them. ``why``: why nothing is shown: ``sealed``, ``unreadable``, ``unknown`` (what was
    signed before, or would be now, is not on this machine); ``""`` when there is nothing to explain."""

    change: Change
    lines: tuple[str, ...] = ()
    more: int = 0
    why: str = ""


def show_changes(folder: Path, look: Look) -> tuple[Shown, ...]:
    """Every change in its order. What the server reports, and what is withdrawn, is named only."""
    return tuple(_show(folder, look, one) for one in look.decision.changes)


def _show(folder: Path, look: Look, one: Change) -> Shown:
    if one.path.startswith(f"{SEALED}/"):
        return Shown(one, why="sealed")
    if one.role != "targets" or one.kind == "withdrawn":
        return Shown(one)
    before, after = (_find(folder, look, one.path, sha256) for sha256 in (one.before, one.after))
    if after is None or (one.before and before is None):
        return Shown(one, why="unknown")
    lines = changed_lines(before, after)
    if lines is None:
        return Shown(one, why="unreadable")
    return Shown(one, lines[:MOST], len(lines[MOST:]))


def _find(folder: Path, look: Look, path: str, sha256: str) -> bytes | None:
    """The content with this hash; ``None`` for no hash."""
    for content in _candidates(folder, look, path, sha256) if sha256 else ():
        if content is not None and hashlib.sha256(content).hexdigest() == sha256:
            return content
    return None


def _candidates(folder: Path, look: Look, path: str, sha256: str) -> Iterator[bytes | None]:
    yield (look.wanted.files or {}).get(path)
    with suppress(OSError):
        yield (folder / look.network.publish / "targets" / served_name(path, sha256)).read_bytes()
    yield last_committed(folder, f"{GIVEN}/{path}")
    yield last_committed(folder, f"{GIVEN}/{path}", since=f"{SIGNING}/{TARGETS}")
