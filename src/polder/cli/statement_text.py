"""How statements are shown at the door, as lines for people and as data for machines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from polder.commons.statement.access import Rule, Scope
from polder.commons.statement.kinds import write_rule
from polder.commons.statement.model import Heard, Part, write_moment
from polder.kernel.sentences import say, translate
from polder.kernel.sentences.mark import N_
from polder.kernel.text import one_line

HEADERS = (N_("date"), N_("statement"), N_("title"), N_("for"))
RIVAL = N_("beside another")
TAKEN_BACK = N_("taken back")
Line = tuple[str, str]


def audience_text(rule: Rule, words: str) -> str:
    """Who is meant, in words."""
    names = tuple(_scope(scope, words) for scope in rule.scopes)
    if not names:
        return say("statement.for-nobody-else", {}, words)
    if len(names) == 1:
        return names[0]
    return say(
        "statement.for-all-of" if rule.mode == "all" else "statement.for-any-of", {"names": names}, words
    )


def _scope(scope: Scope, words: str) -> str:
    if scope.kind == "public":
        return say("statement.for-public", {}, words)
    return ", ".join(scope.names) if scope.names else say("statement.for-network", {}, words)


def row(heard: Heard, rivals: frozenset[str], words: str) -> list[str]:
    """One line of a list."""
    said = heard.statement
    title = translate(TAKEN_BACK, words) if said.withdrawn else said.title.read(words)
    if not heard.understood:
        title = (
            f"{title} ({say('statement.unknown-kind', {'type': said.type, 'version': said.version}, words)})"
        )
    if said.name in rivals:
        title = f"{title} ({translate(RIVAL, words)})"
    return [said.date.strftime("%Y-%m-%d"), said.name, title, audience_text(said.rule, words)]


def statement_lines(heard: Heard, words: str) -> Iterator[Line]:
    """The whole of one statement."""
    said = heard.statement
    head = {
        "provider": said.provider,
        "date": write_moment(said.date),
        "type": said.type,
        "audience": audience_text(said.rule, words),
    }
    yield say("statement.head", head, words), "dim"
    if not heard.understood:
        yield say("statement.unknown-kind", {"type": said.type, "version": said.version}, words), "yellow"
    if said.until:
        yield say("statement.embargo", {"until": write_moment(said.until)}, words), "yellow"
    if said.withdrawn:
        yield say("statement.took-back", {"provider": said.provider}, words), "yellow"
    yield from ((text, "bold") for text in [one_line(said.title.read(words))] if text)
    yield from _body(Part(said.rule, said.body, said.data), words)
    for part in said.parts:
        yield say("statement.part-for", {"audience": audience_text(part.rule, words)}, words), "cyan"
        yield from _body(part, words)


def _body(part: Part, words: str) -> Iterator[Line]:
    text = part.body.read(words)
    yield from ((line, "") for line in text.splitlines())
    for key, value in sorted(part.data.items()):
        yield one_line(f"  {key}: {_value(value, words)}"), ""


def _value(value: Any, words: str) -> str:
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    if isinstance(value, dict) and value and all(isinstance(one, str) for one in value.values()):
        return str(value.get(words) or value.get("en") or next(iter(value.values())))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def statement_data(heard: Heard, rivals: frozenset[str]) -> dict[str, Any]:
    """For machines: what was read, and how it was found."""
    said = heard.statement
    return {
        "name": said.name,
        "provider": said.provider,
        "type": said.type,
        "id": said.id,
        "version": said.version,
        "understood": heard.understood,
        "date": write_moment(said.date),
        "digest": heard.digest,
        "supersedes": list(said.supersedes),
        "withdrawn": said.withdrawn,
        "until": write_moment(said.until) if said.until else None,
        "audience": write_rule(said.rule),
        "encrypted": bool(heard.opened),
        "beside_another": said.name in rivals,
        "title": dict(said.title.by_language),
        "body": dict(said.body.by_language),
        "data": dict(said.data),
        "parts": [
            {"audience": write_rule(part.rule), "body": dict(part.body.by_language), "data": dict(part.data)}
            for part in said.parts
        ],
    }
