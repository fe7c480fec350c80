"""What is different in a file that is to be signed, in lines that a person reads.

1. JSON is one line for each value, with the way to it, so that a line means something by itself; other text is its lines.
2. ``None`` when it is neither: nobody should believe to have read what cannot be read.
3. Lines are cut, and hold nothing that steers a terminal.

>>> changed_lines(b'{"name":"Alder","also":{"city":"Gent"}}', b'{"name":"Alders","also":{"city":"Gent"}}')
('- name: "Alder"', '+ name: "Alders"')
>>> changed_lines(None, b"one\\ntwo\\n"), changed_lines(b"one", b"\\xff\\x00")
(('+ one', '+ two'), None)
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import unified_diff
from typing import Any

from polder.kernel.plain import read_plain
from polder.kernel.problem import Refused
from polder.kernel.text import one_line

WIDEST, LONGEST = 160, 2_000
"""Characters of a line; lines of a text that are held against each other (more would take too long)."""


def changed_lines(before: bytes | None, after: bytes) -> tuple[str, ...] | None:
    """Each line that went (``- …``) or came (``+ …``); ``before`` is ``None`` for a new file."""
    old, new = _values(before or b"{}"), _values(after)
    if old is not None and new is not None and (told := tuple(_of_values(old, new))):
        return tuple(_cut(line) for line in told)
    was, now = _lines(before or b""), _lines(after)
    if was is None or now is None:
        return None
    found = list(unified_diff(was, now, n=0, lineterm=""))[2:]
    return tuple(_cut(f"{line[0]} {line[1:]}") for line in found if not line.startswith("@@"))


def _of_values(old: dict[str, str], new: dict[str, str]) -> Iterator[str]:
    for way in sorted(old.keys() | new.keys()):
        if old.get(way) != new.get(way):
            yield from (
                f"{mark} {way}: {held[way]}" for mark, held in (("-", old), ("+", new)) if way in held
            )


def _values(content: bytes) -> dict[str, str] | None:
    """Way to value, of JSON."""
    try:
        return dict(_flat(read_plain(content), ""))
    except Refused:
        return None


def _flat(data: Any, way: str) -> Iterator[tuple[str, str]]:
    match data:
        case dict() if data:
            for name, held in data.items():
                yield from _flat(held, f"{way}.{name}" if way else name)
        case list() if data:
            for number, held in enumerate(data):
                yield from _flat(held, f"{way}[{number}]")
        case _ if way:
            yield way, json.dumps(data, ensure_ascii=False)
        case _:
            return


def _lines(content: bytes) -> list[str] | None:
    try:
        found = content.decode().splitlines()
    except UnicodeDecodeError:
        return None
    return found if len(found) <= LONGEST and "\0" not in "".join(found) else None


def _cut(line: str) -> str:
    told = one_line(line)
    return told if len(told) <= WIDEST else told[: WIDEST - 1] + "…"
