"""``statements/<type>/<id>.yml``: a statement as people write it, read into a ``Source`` or refused with every problem.

::

    title: {en: We move, fr: Nous déménageons}
    body: {en: "The wiki is away on Sunday."}
    audience: network          # public, network, or {circles: [care], providers: [beech], mode: any}
    parts:                     # paragraphs for some of these readers only
      - audience: {circles: [care]}
        body: {en: "It is about the rent."}
    narrow:                    # fields of the type for some of these readers only
      address: {providers: [beech]}
    embargo:                   # until then only these hear of it; afterwards everybody in the audience
      audience: {circles: [care]}
      until: 2026-12-01T00:00:00Z

A file whose name ends in ``.private.yml`` stays out of the folder's history (see ``actions.say_statement``); its id ends before that.

>>> source = read_source(b"title: {en: We move}\\naudience: public\\n", "statements/news/moving.yml", "alder")
>>> source.type, source.id, source.rule.scopes[0].kind, source.open
('news', 'moving', 'public', True)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from polder.commons.statement.access import PUBLIC, Rule
from polder.commons.statement.kinds import AUDIENCE, MOMENT, read_audience, to_plain
from polder.commons.statement.model import NOTHING, Part
from polder.commons.statement.typed import Type
from polder.commons.statement.types import TYPES
from polder.kernel.digest import digest_of_bytes
from polder.kernel.document import Document, read_document
from polder.kernel.kinds import SLUG, TEXTS, YES_NO
from polder.kernel.names import is_slug, nearest
from polder.kernel.problem import Problems
from polder.kernel.shape import Key, Keys, ListOf, MapOf, Record, read
from polder.kernel.text import Text

PRIVATE, ENDING = ".private.yml", ".yml"
BLOCKED = "blocked.private.yml"
"""In ``statements/``: who gets nothing that is not public, with the reason (see ``read_blocks``)."""
_PART = Keys(
    {
        "audience": Key(AUDIENCE, "Who may read this part besides being in the audience.", required=True),
        "body": Key(TEXTS, "The paragraph.", required=True),
    }
)
_EMBARGO = Keys(
    {
        "audience": Key(AUDIENCE, "Who hears of it before.", required=True),
        "until": Key(MOMENT, "When everybody in the audience may hear of it.", required=True),
    }
)
COMMON: Mapping[str, Key] = {
    "title": Key(TEXTS, "What it is about, by language."),
    "body": Key(TEXTS, "What it says, by language."),
    "audience": Key(
        AUDIENCE,
        "Who may read it: public, network, or circles and providers.",
        required=True,
        example="network",
    ),
    "parts": Key(ListOf(_PART), "Paragraphs for some of the audience only."),
    "narrow": Key(MapOf(AUDIENCE, SLUG), "Fields for some of the audience only."),
    "embargo": Key(_EMBARGO, "Who hears of it first, and until when."),
    "date": Key(MOMENT, "When it was said; the time it is given when not written."),
    "supersedes": Key(SLUG, "The id of another statement of yours of this type whose place it takes."),
    "withdrawn": Key(YES_NO, "Whether you take it back.", default=False),
    "reason": Key(TEXTS, "Why you take it back."),
}


@dataclass(frozen=True, slots=True)
class Source:
    """``rule`` holds once ``embargo`` (if any) is over. ``wheres``: where the audiences stand, for problems. ``file``: its path in the
    network folder. ``digest``: of the file."""

    type: str
    id: str
    provider: str
    file: str
    rule: Rule
    title: Text
    body: Text
    data: Mapping[str, Any]
    parts: tuple[Part, ...] = ()
    embargo: Rule | None = None
    until: datetime | None = None
    date: datetime | None = None
    supersedes: str = ""
    withdrawn: bool = False
    reason: Text = NOTHING
    where: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""

    @property
    def key(self) -> str:
        return f"{self.type}/{self.id}"

    @property
    def open(self) -> bool:
        """Whether all of it is for everybody, so that its file may be in the folder's history."""
        return self.rule == PUBLIC and self.embargo is None and not self.parts


def shape_of(known: Type) -> Keys:
    """All that a file of this type may hold."""
    return Keys({**COMMON, **known.fields.keys}, title=f"A statement of the type {known.name}")


def id_of(file: str) -> str:
    """The id that the name of ``file`` says."""
    name = file.rpartition("/")[2]
    return name.removesuffix(PRIVATE if name.endswith(PRIVATE) else ENDING)


def read_source(content: bytes, file: str, provider: str) -> Source:
    """``file``: ``statements/<type>/<id>.yml`` as the network folder has it. Refused with every problem."""
    problems = Problems()
    folder = file.split("/")[-2]
    if folder not in TYPES:
        near = nearest(folder, TYPES)
        code = "statement.unknown-type-near" if near else "statement.unknown-type"
        problems.add(code, file, type=folder, nearest=near, known=tuple(TYPES))
    if not is_slug(id_of(file)):
        problems.add("statement.bad-id", file, id=id_of(file))
    problems.refuse_if_any()
    known, document = TYPES[folder], read_document(content, file)
    record = read(_lenient(known, document), document, problems)
    source = replace(_source(record, known, document, provider, problems), digest=digest_of_bytes(content))
    problems.sort()
    problems.refuse_if_any()
    return source


def _lenient(known: Type, document: Document) -> Keys:
    """What is withdrawn needs no fields any more."""
    shape = shape_of(known)
    entries = getattr(document.root, "entries", {})
    if getattr(entries.get("withdrawn"), "value", False) is not True:
        return shape
    return Keys({name: Key(key.shape, key.help, default=key.default) for name, key in shape.keys.items()})


def _source(record: Record, known: Type, document: Document, provider: str, problems: Problems) -> Source:
    withdrawn = record["withdrawn"]
    if not withdrawn:
        if not record["title"] and "title" not in record.bad:
            problems.add("statement.no-title", record.where())
        if not set(known.fields.keys) & record.bad and (code := known.check(record)):
            problems.add(code, record.where())
    rule = _rule(record, "audience", document, problems) or Rule(())
    data = {name: to_plain(record[name]) for name in known.fields.keys if record.has(name)}
    parts, data = _narrowed(record, known, data, document, problems)
    embargo = record["embargo"] if record.has("embargo") else None
    return Source(
        type=known.name,
        id=id_of(document.file),
        provider=provider,
        file=document.file,
        rule=rule,
        title=Text(dict(record["title"])),
        body=Text(dict(record["body"])),
        data=data,
        parts=(*_parts(record, document, problems), *parts),
        embargo=_rule(embargo, "audience", document, problems) if embargo else None,
        until=embargo["until"] if embargo else None,
        date=record["date"],
        supersedes=record["supersedes"],
        withdrawn=withdrawn,
        reason=Text(dict(record["reason"])),
        where={key: record.where(key) for key in ("audience", "parts", "narrow", "embargo", "supersedes")},
    )


def _rule(record: Record, key: str, document: Document, problems: Problems) -> Rule | None:
    if key not in record.node.entries:
        return None
    return read_audience(record.node.entries[key], document, problems, key)


def _parts(record: Record, document: Document, problems: Problems) -> tuple[Part, ...]:
    return tuple(
        Part(_rule(part, "audience", document, problems) or Rule(()), Text(dict(part["body"])))
        for part in record["parts"]
    )


def _narrowed(
    record: Record, known: Type, data: dict[str, Any], document: Document, problems: Problems
) -> tuple[tuple[Part, ...], dict[str, Any]]:
    """Fields that are for some only, as parts, and the fields that are for all."""
    parts, left = [], dict(data)
    for name in record["narrow"]:
        where = record["narrow"].where(name)
        rule = read_audience(record["narrow"].node.entries[name], document, problems, name)
        if name not in known.optional:
            near = nearest(name, known.optional)
            problems.add("statement.field-for-all", where, field=name, nearest=near, known=known.optional)
        elif name in left:
            parts.append(Part(rule, NOTHING, {name: left.pop(name)}))
    return tuple(parts), left


def read_blocks(content: bytes) -> frozenset[str]:
    """``statements/blocked.private.yml``: a provider, or ``provider/person``, to the reason."""
    from polder.commons.statement.kinds import READER_NAME
    from polder.kernel.kinds import PROSE

    problems = Problems()
    found = read(MapOf(PROSE, READER_NAME), read_document(content, f"statements/{BLOCKED}"), problems)
    problems.refuse_if_any()
    return frozenset(found)
