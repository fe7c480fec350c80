"""What changed between two folders of a recipe, file by file, as lines that people read. Pure.

Lines are as they are in the files: whoever shows them makes them harmless first (``kernel.text``).

>>> old, new = Folder({"setup": b"one\\n"}), Folder({"setup": b"two\\n"})
>>> [(one.path, one.kind, one.lines[-2:]) for one in changes(old, new)]
[('setup', 'changed', ('-one', '+two'))]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from polder.kernel.folder import Folder

MOST_BYTES, MOST_COMPARED, MOST_LINES = 200_000, 3_000, 400
"""Bytes and lines of a file that is compared line by line (both sides together), and lines shown of it."""
ChangeKind = Literal["added", "removed", "changed", "may-run-now", "may-not-run-now"]


@dataclass(frozen=True, slots=True)
class FileChange:
    """``lines``: a unified diff. ``more``: how many lines were left out. ``unread``: it has none, because the file is no text or too
    long: somebody has to look at the file itself."""

    path: str
    kind: ChangeKind
    lines: tuple[str, ...] = ()
    more: int = 0
    unread: bool = False


def changes(before: Folder, after: Folder) -> tuple[FileChange, ...]:
    """Every file that differs, by name."""
    return tuple(
        change for path in sorted({*before.files, *after.files}) for change in _of_file(path, before, after)
    )


def _of_file(path: str, before: Folder, after: Folder) -> Iterator[FileChange]:
    old, new = before.files.get(path), after.files.get(path)
    if old != new:
        kind: ChangeKind = "added" if old is None else "removed" if new is None else "changed"
        lines = _diff(path, old or b"", new or b"")
        shown, more = tuple(lines[:MOST_LINES]), max(0, len(lines) - MOST_LINES)
        yield FileChange(path, kind, shown, more, unread=not lines and bool(old or new))
    ran, runs = path in before.executable, path in after.executable
    if new is not None and ran != runs:
        yield FileChange(path, "may-run-now" if runs else "may-not-run-now")


def _diff(path: str, old: bytes, new: bytes) -> list[str]:
    import difflib

    if len(old) + len(new) > MOST_BYTES:
        return []
    try:
        one, other = old.decode().split("\n"), new.decode().split("\n")
    except UnicodeDecodeError:
        return []
    if len(one) + len(other) > MOST_COMPARED:
        return []
    found = difflib.unified_diff(_whole(one), _whole(other), path, path, lineterm="", n=2)
    return list(found)


def _whole(lines: list[str]) -> list[str]:
    """Without the empty text behind the last newline."""
    return lines[:-1] if lines and not lines[-1] else lines
