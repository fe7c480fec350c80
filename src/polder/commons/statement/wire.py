"""Statements as the bytes that travel, and bytes from anybody as statements.

What comes in is refused when its author is not the provider in whose folder it lay: nobody speaks for somebody else, and nobody
passes on as its own what was said (or encrypted) by another. Keys that this program does not know are left aside; a type or a version
it does not know is kept with its title and body, and marked as not understood.

>>> from datetime import UTC, datetime
>>> from polder.commons.statement.access import PUBLIC
>>> said = Statement("news", 1, "moving", "alder", datetime(2026, 11, 22, tzinfo=UTC), PUBLIC, Text({"en": "We move"}))
>>> content = write_statement(said)
>>> read_statement(content, "alder", "statements/news/moving.json").statement == said
True
>>> read_statement(content, "cedar", "statements/news/moving.json")
Traceback (most recent call last):
polder.kernel.problem.Refused: cedar/statements/news/moving.json: statement.not-theirs {'provider': 'cedar', 'author': 'alder'}
"""

from __future__ import annotations

from typing import Any

from polder.commons.statement.kinds import DIGEST, MOMENT, RULE, rule_of, to_plain, tree_of, write_rule
from polder.commons.statement.model import (
    FORMAT,
    PART_FORMAT,
    Heard,
    HeardPart,
    Part,
    Statement,
    write_moment,
)
from polder.commons.statement.types import TYPES
from polder.kernel.digest import Digest, digest_of_bytes
from polder.kernel.document import Document
from polder.kernel.kinds import SLUG, TEXTS, YES_NO, between, choice
from polder.kernel.plain import read_plain, write_plain
from polder.kernel.problem import Problem, Problems, Refused
from polder.kernel.shape import Key, Keys, ListOf, Record, read, read_node
from polder.kernel.text import Text

MOST_BYTES = 2**18
"""Of one document, unpadded."""
MOST_DEPTH = 20
_COMMON = {
    "provider": Key(SLUG, "Whose it is.", required=True),
    "type": Key(SLUG, "What kind of statement.", required=True),
    "id": Key(SLUG, "Its author's name for it.", required=True),
    "audience": Key(RULE, "Who may read it.", required=True),
    "body": Key(TEXTS, "What it says."),
}
DOCUMENT = Keys(
    {
        "format": Key(choice((FORMAT,)), "The format.", required=True),
        "version": Key(between(1, 1_000), "Of the type.", required=True),
        "date": Key(MOMENT, "When it was said.", required=True),
        "title": Key(TEXTS, "What it is about."),
        "supersedes": Key(ListOf(DIGEST), "What it takes the place of."),
        "withdrawn": Key(YES_NO, "Whether it takes back what was said.", default=False),
        "until": Key(MOMENT, "Until when only its audience hears of it."),
        **_COMMON,
    }
)
PART = Keys(
    {
        "format": Key(choice((PART_FORMAT,)), "The format.", required=True),
        "of": Key(DIGEST, "The statement it belongs to.", required=True),
        **_COMMON,
    }
)


def write_statement(statement: Statement) -> bytes:
    """The document of ``statement``, without its parts."""
    held: dict[str, Any] = {
        **_written(statement, statement.rule, statement.body, statement.data),
        "format": FORMAT,
        "version": statement.version,
        "date": write_moment(statement.date),
        "title": dict(statement.title.by_language),
    }
    held |= {"supersedes": list(statement.supersedes)} if statement.supersedes else {}
    held |= {"withdrawn": True} if statement.withdrawn else {}
    held |= {"until": write_moment(statement.until)} if statement.until else {}
    return write_plain(held)


def write_part(statement: Statement, of: Digest, part: Part) -> bytes:
    """The document of one part of ``statement``, whose own document has the digest ``of``."""
    return write_plain(
        {**_written(statement, part.rule, part.body, part.data), "format": PART_FORMAT, "of": of}
    )


def _written(statement: Statement, rule: Any, body: Text, data: Any) -> dict[str, Any]:
    held = {"provider": statement.provider, "type": statement.type, "id": statement.id}
    return {**held, "audience": write_rule(rule), "body": dict(body.by_language), "data": dict(data)}


def read_document(content: bytes, provider: str, path: str, opened: str = "") -> Heard | HeardPart:
    """Whichever of the two ``content`` is."""
    held = _plain(content, provider, path)
    if held.get("format") == PART_FORMAT:
        return _part(held, provider, path, opened)
    return _statement(held, content, provider, path, opened)


def read_statement(content: bytes, provider: str, path: str, opened: str = "") -> Heard:
    """The statement in ``content``, found at ``path`` of what ``provider`` publishes; ``opened``: see ``Heard``.

    Refused with every problem of it, each at ``provider/path``.
    """
    return _statement(_plain(content, provider, path), content, provider, path, opened)


def _plain(content: bytes, provider: str, path: str) -> dict[str, Any]:
    held = read_plain(content.rstrip(b" "), f"{provider}/{path}", MOST_BYTES)
    level: list[Any] = [held]
    for _ in range(MOST_DEPTH):
        level = [inner for one in level for inner in _inside(one)]
        if not level:
            return held
    raise Refused(Problem("statement.too-deep", f"{provider}/{path}", {"limit": MOST_DEPTH}))


def _inside(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [one for one in inner if isinstance(one, dict | list)]


def _statement(held: dict[str, Any], content: bytes, provider: str, path: str, opened: str) -> Heard:
    problems, document = Problems(), Document(f"{provider}/{path}", tree_of(_known(DOCUMENT, held)))
    record = read(DOCUMENT, document, problems)
    _refuse_foreign(record, provider, path, problems)
    known = TYPES.get(record["type"])
    understood = known is not None and record["version"] <= known.version
    data = _data(held, record["type"], understood, not record["withdrawn"], problems, document.file)
    if not held.get("title") and not record["withdrawn"]:
        problems.add("statement.no-title", document.file)
    _refuse(problems)
    statement = Statement(
        type=record["type"],
        version=record["version"],
        id=record["id"],
        provider=provider,
        date=record["date"],
        rule=rule_of(record["audience"]),
        title=Text(dict(record["title"])),
        body=Text(dict(record["body"])),
        data=data,
        supersedes=tuple(record["supersedes"]),
        withdrawn=record["withdrawn"],
        until=record["until"],
    )
    return Heard(statement, digest_of_bytes(content.rstrip(b" ")), path, opened, understood)


def _part(held: dict[str, Any], provider: str, path: str, opened: str) -> HeardPart:
    problems, document = Problems(), Document(f"{provider}/{path}", tree_of(_known(PART, held)))
    record = read(PART, document, problems)
    _refuse_foreign(record, provider, path, problems)
    data = _data(held, record["type"], record["type"] in TYPES, False, problems, document.file)
    _refuse(problems)
    part = Part(rule_of(record["audience"]), Text(dict(record["body"])), data)
    return HeardPart(part, Digest(record["of"]), f"{record['type']}/{record['id']}", provider, path, opened)


def _known(shape: Keys, held: dict[str, Any]) -> dict[str, Any]:
    return {key: held[key] for key in shape.keys if key in held}


def _refuse_foreign(record: Record, provider: str, path: str, problems: Problems) -> None:
    author = record["provider"]
    if author and author != provider:
        problems.add("statement.not-theirs", f"{provider}/{path}", provider=provider, author=author)


def _data(
    held: dict[str, Any], name: str, understood: bool, whole: bool, problems: Problems, file: str
) -> dict[str, Any]:
    """The fields of a type, checked when it is understood; ``whole``: none that is needed may lack."""
    given = held.get("data", {})
    if not isinstance(given, dict):
        problems.add("kernel.not-a-mapping", file, key="data")
        return {}
    if not understood:
        return given
    fields = TYPES[name].fields
    known = {key: held for key, held in given.items() if key in fields.keys}
    wanted = fields if whole else Keys({key: fields.keys[key] for key in known})
    node = tree_of(known)
    record = read_node(wanted, node, Document(file, node), problems, "data")
    if whole and isinstance(record, Record) and not record.bad and (code := TYPES[name].check(record)):
        problems.add(code, file)
    return to_plain(record) if isinstance(record, Record) else {}


def _refuse(problems: Problems) -> None:
    """Lines mean nothing in a document on one line."""
    if problems.items:
        raise Refused([Problem(one.code, one.where.removesuffix(":1"), one.values) for one in problems.items])
