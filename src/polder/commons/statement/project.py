"""What one reader sees of a statement: all of it, less the parts that are not for them, or nothing at all.

Everything that shows statements goes through ``project``: reading one, listing many, writing the public document. What a
reader may not see leaves no trace: no title, no count, no empty place.

>>> from datetime import UTC, datetime
>>> from polder.commons.statement.access import NETWORK, PUBLIC
>>> from polder.commons.statement.model import Part
>>> from polder.kernel.text import Text
>>> inside = Part(NETWORK, Text({"en": "The rack is number 7."}))
>>> said = Statement("news", 1, "moving", "alder", datetime(2026, 11, 22, tzinfo=UTC), PUBLIC, Text({"en": "We move"}), parts=(inside,))
>>> circles = Circles({}, frozenset({"alder", "beech"}))
>>> len(project(said, Reader("beech"), circles).parts), len(project(said, ANYBODY, circles).parts)
(1, 0)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from polder.commons.statement.access import ANYBODY, NOBODY, Circles, Reader, blocked, may_read
from polder.commons.statement.circle import TYPE as CIRCLE
from polder.commons.statement.model import Heard, HeardPart, Statement


def project(
    statement: Statement, reader: Reader, circles: Circles, blocks: frozenset[str] = NOBODY
) -> Statement | None:
    """``statement`` as ``reader`` may see it; ``None`` when there is nothing to see."""
    blocks |= blocks_in(statement)
    if not may_read(reader, statement.rule, circles, blocks, statement.provider):
        return None
    seen = tuple(
        part for part in statement.parts if may_read(reader, part.rule, circles, blocks, statement.provider)
    )
    return replace(statement, parts=seen)


def blocks_in(statement: Statement) -> frozenset[str]:
    """Who is blocked by what a statement says itself: a circle's own document is nothing for those whom it blocks."""
    held = statement.data.get("blocked") if statement.type == CIRCLE else None
    return frozenset(name for name in held if isinstance(name, str)) if isinstance(held, list) else NOBODY


def public(statement: Statement, circles: Circles) -> Statement | None:
    """What anybody may see, even without a name."""
    return project(statement, ANYBODY, circles)


def view(
    heard: Iterable[Heard],
    parts: Iterable[HeardPart],
    reader: Reader,
    circles: Circles,
    blocks: frozenset[str] = NOBODY,
) -> tuple[Heard, ...]:
    """What ``reader`` sees of everything that was found, newest first; reading one means looking for it here.

    What the reader's own provider opened with its key was given to it, and is shown although it may have left since; blocks hold. A part
    that calls itself otherwise than its statement is none of it: its fields were checked as those of another type, or not at all.
    """
    found: dict[tuple[str, str, str], list[HeardPart]] = {}
    for part in parts:
        found.setdefault((part.provider, part.of, part.key), []).append(part)
    seen = (
        _seen(one, found.get((one.statement.provider, one.digest, one.key), ()), reader, circles, blocks)
        for one in heard
    )
    return tuple(
        sorted(
            (one for one in seen if one),
            key=lambda one: (one.statement.date, one.statement.name),
            reverse=True,
        )
    )


def _seen(
    one: Heard, parts: Sequence[HeardPart], reader: Reader, circles: Circles, blocks: frozenset[str]
) -> Heard | None:
    """``parts``: those of ``one``."""
    statement = one.statement
    blocks |= blocks_in(statement)
    given = bool(one.opened) and one.opened == reader.provider
    if given and blocked(reader, statement.rule, circles, blocks):
        return None
    base = statement if given else project(statement, reader, circles, blocks)
    if base is None:
        return None
    shown = tuple(part.part for part in parts if _part_seen(part, reader, circles, blocks))
    return replace(one, statement=replace(base, parts=base.parts + shown))


def _part_seen(part: HeardPart, reader: Reader, circles: Circles, blocks: frozenset[str]) -> bool:
    if part.opened and part.opened == reader.provider:
        return not blocked(reader, part.part.rule, circles, blocks)
    return may_read(reader, part.part.rule, circles, blocks, part.provider)
