"""From what people wrote to the statement that says it: its audience at this moment, its date, and what it supersedes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from polder.commons.statement.access import ANYBODY, NOBODY, Circle, Circles, Rule, may_read
from polder.commons.statement.circle import TYPE as CIRCLE
from polder.commons.statement.earlier import Doc, Earlier
from polder.commons.statement.model import LATEST, NOTHING, Heard, Statement
from polder.commons.statement.source import Source
from polder.commons.statement.types import TYPES
from polder.commons.statement.wire import read_statement, write_part, write_statement
from polder.kernel.digest import Digest
from polder.kernel.problem import Problems

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Place:
    """All that giving depends on. ``own``: our recipients. ``members``: id of each member of the network to its recipients. ``heard``:
    what peers say, as far as we can read it. ``blocks``: who gets nothing that is not public."""

    provider: str
    now: datetime
    own: tuple[str, ...]
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    heard: tuple[Heard, ...] = ()
    blocks: frozenset[str] = NOBODY


def circle_of(source: Source) -> str:
    """The id of the circle that a source of the type ``circle`` is about."""
    return str(source.data.get("circle") or f"{source.provider}/{source.id}")


def in_force(source: Source, now: datetime) -> Rule:
    """Who may read it at ``now``: the first ones until an embargo is over, then the audience."""
    return source.embargo if source.embargo and source.until and now < source.until else source.rule


def draft(
    source: Source, earlier: Earlier, known: Mapping[str, Circle], place: Place, problems: Problems
) -> Statement:
    """The statement, equal to the one given before when it says the same."""
    before = earlier.latest(source.key)
    said = _said(source, place)
    if before and _same(said, before.statement):
        return replace(said, date=before.statement.date, supersedes=before.statement.supersedes)
    date = source.date if source.date and not before else place.now.replace(microsecond=0)
    if before and date <= before.statement.date:
        date = min(before.statement.date, LATEST - SECOND) + SECOND
    if source.type == CIRCLE:
        circle = known.get(circle_of(source))
        supersedes = tuple(sorted(Digest(one) for one in circle.versions)) if circle else ()
    else:
        supersedes = _supersedes(said, source, before, earlier, problems)
    return replace(said, date=date, supersedes=supersedes)


def docs(statement: Statement, path: str) -> list[Doc]:
    """The documents of a statement: itself, and each of its parts."""
    content = write_statement(statement)
    heard = read_statement(content, statement.provider, path)
    base = Doc(content.decode(), (statement.rule,), heard)
    parts = [
        Doc(write_part(statement, heard.digest, part).decode(), (statement.rule, part.rule), heard, part=True)
        for part in statement.parts
    ]
    return [base, *parts]


def _said(source: Source, place: Place) -> Statement:
    early = in_force(source, place.now) is not source.rule
    kept = {"circle": source.data["circle"]} if source.withdrawn and "circle" in source.data else {}
    return Statement(
        type=source.type,
        version=TYPES[source.type].version,
        id=source.id,
        provider=source.provider,
        date=place.now,
        rule=in_force(source, place.now),
        title=NOTHING if source.withdrawn else source.title,
        body=source.reason if source.withdrawn else source.body,
        data=kept if source.withdrawn else source.data,
        withdrawn=source.withdrawn,
        until=source.until if early else None,
        parts=() if source.withdrawn else source.parts,
    )


def _same(said: Statement, before: Statement) -> bool:
    plain = replace(said, date=before.date, supersedes=before.supersedes, parts=())
    return write_statement(plain) == write_statement(before)


def _supersedes(
    said: Statement, source: Source, before: Heard | None, earlier: Earlier, problems: Problems
) -> tuple[Digest, ...]:
    """Only what every new reader could have read is named: a digest tells that there was something."""
    found = [before] if before else []
    if source.supersedes:
        other = earlier.latest(f"{source.type}/{source.supersedes}")
        if other is None:
            where = source.where.get("supersedes", source.file)
            problems.add("statement.unknown-earlier", where, statement=f"{source.type}/{source.supersedes}")
        else:
            found.append(other)
    told = (one for one in found if one.statement.rule == said.rule or _public(one.statement.rule))
    return tuple(sorted({one.digest for one in told}))


def _public(rule: Rule) -> bool:
    return may_read(ANYBODY, rule, Circles())
