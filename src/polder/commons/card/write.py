"""A ``Card`` to plain data, and to the bytes of ``card.json``.

>>> card_data(Card(name={"en": "Alder"}, kind_words="a club", since="2014"))
{'name': {'en': 'Alder'}, 'kind-words': 'a club', 'since': '2014'}
>>> card_json(Card(provider="alder", name={"en": "Alder"}, notes="ours"), "2026-11-22T12:00:00Z")
b'{"format":"polder-card-1","name":{"en":"Alder"},"provider":"alder","written":"2026-11-22T12:00:00Z"}\\n'
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from polder.commons.card.audience import for_everybody
from polder.commons.card.model import FORMAT, Card
from polder.kernel.plain import read_plain, write_plain
from polder.kernel.problem import Refused

Data = dict[str, Any]


def card_data(card: Any) -> Data:
    """Plain data of a card, or of any part of it: only what says something, ``-`` for ``_``; unknown keys of a peer included."""
    unknown = dict(card.unknown) if isinstance(card, Card) else {}
    found = {
        field.name.replace("_", "-"): _plain(getattr(card, field.name))
        for field in fields(card)
        if field.name != "unknown" and _says_something(field.name, getattr(card, field.name))
    }
    return {key: held for key, held in found.items() if held != {} and held != []} | unknown


def card_json(card: Card, written: str) -> bytes:
    """What is published of ``card``, as changed at ``written`` (UTC, ``Z``)."""
    data = card_data(for_everybody(card))
    return write_plain({**data, "format": FORMAT, "written": written})


def changed_card_json(card: Card, before: bytes | None, now: str) -> bytes:
    """The same, with the time of ``before`` when nothing else changed: mirrors fetch only what is new."""
    try:
        written = read_plain(before or b"").get("written", now)
    except Refused:
        return card_json(card, now)
    same = card_json(card, written) if isinstance(written, str) else b""
    return same if same == before else card_json(card, now)


def flat(data: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf with its path (``services.wiki.url``, ``places.0.country``); a list of plain values is one leaf.

    >>> dict(flat({"a": {"b": 1}, "c": ["x"], "d": [{"e": 2}]}))
    {'a.b': 1, 'c': ['x'], 'd.0.e': 2}
    """
    below: Any = ()
    if isinstance(data, Mapping):
        below = data.items()
    elif isinstance(data, list) and data and all(isinstance(item, Mapping) for item in data):
        below = enumerate(data)
    if not below:
        yield path, data
    for key, held in below:
        yield from flat(held, f"{path}.{key}" if path else str(key))


def _says_something(name: str, value: Any) -> bool:
    if value is None or value == "" or (name == "progress" and value == 0):
        return False
    return not (isinstance(value, tuple | Mapping) and not value)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return card_data(value)
    if isinstance(value, Mapping):
        return {key: _plain(held) for key, held in value.items()}
    return [_plain(item) for item in value if _is_filled(item)] if isinstance(value, tuple | list) else value


def _is_filled(item: Any) -> bool:
    """Whether an item of a list says something: a place of which nothing is known is none."""
    return not is_dataclass(item) or isinstance(item, type) or bool(card_data(item))
