"""A statement: something a provider says to the network, as a value. Signed by being in the provider's published folder.

The rules:

1. A statement speaks for the provider in whose folder it is, and for nobody else.
2. What is said stays said: a later statement supersedes an earlier one by its digest; taking back is a statement too (``withdrawn``).
3. Parts may have an audience of their own, which only narrows that of the whole.

``data`` holds the fields of the type, as plain data that was checked by the type's shape when this program knows it (see ``types``).

>>> from polder.commons.statement.access import PUBLIC
>>> said = Statement("news", 1, "moving", "alder", datetime(2026, 11, 22, tzinfo=UTC), PUBLIC, Text({"en": "We move"}))
>>> said.name, said.withdrawn, write_moment(said.date)
('alder/news/moving', False, '2026-11-22T00:00:00Z')
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from polder.commons.statement.access import Rule
from polder.kernel.digest import Digest
from polder.kernel.text import Text

FORMAT, PART_FORMAT = "polder-statement-1", "polder-statement-part-1"
FOLDER, SEALED = "statements", "statements/sealed"
"""Target folders: ``statements/<type>/<id>.json`` is public, ``statements/sealed/<name that says nothing>.age`` is not."""
NOTHING = Text({})
LATEST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
"""No date is later."""


def write_moment(when: datetime) -> str:
    """An aware time as statements write it: UTC, whole seconds, ``Z``, four digits of the year."""
    return f"{when.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat()}Z"


def read_moment(text: str) -> datetime:
    """``2026-11-22T10:00:00Z`` as a time in UTC. ``ValueError`` for any other spelling."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph or fields for some of the readers only. ``rule`` holds besides the statement's own."""

    rule: Rule
    body: Text = NOTHING
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Statement:
    """``type`` and ``version`` of the type; ``id``: a slug, the author's own name for it. ``supersedes``: digests of what it takes
    the place of (one; several when it joins what was split). ``until``: no reader outside ``rule`` hears of it before then."""

    type: str
    version: int
    id: str
    provider: str
    date: datetime
    rule: Rule
    title: Text
    body: Text = NOTHING
    data: Mapping[str, Any] = field(default_factory=dict)
    supersedes: tuple[Digest, ...] = ()
    withdrawn: bool = False
    until: datetime | None = None
    parts: tuple[Part, ...] = ()

    @property
    def key(self) -> str:
        """``type/id``: what its author calls it."""
        return f"{self.type}/{self.id}"

    @property
    def name(self) -> str:
        """``provider/type/id``: what everybody calls it."""
        return f"{self.provider}/{self.key}"


@dataclass(frozen=True, slots=True)
class Heard:
    """A statement as it was found. ``digest``: of its document (unpadded plaintext, without parts). ``opened``: it was encrypted, and
    the provider of this name opened it. ``path``: where it lay. ``understood``: this program knows its type and version."""

    statement: Statement
    digest: Digest
    path: str
    opened: str = ""
    understood: bool = True

    @property
    def key(self) -> str:
        return self.statement.key


@dataclass(frozen=True, slots=True)
class HeardPart:
    """A part as it was found; the digest (``of``) and the name (``key``: ``type/id``) of what it belongs to."""

    part: Part
    of: Digest
    key: str
    provider: str
    path: str
    opened: str = ""
