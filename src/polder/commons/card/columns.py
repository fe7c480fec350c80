"""One table for both ways: which key of a directory's file is which field of a card.

A format's module lists ``Pair``s; this one reads files and writes them by that list, keeps what no pair took, and says which fields
of a card no pair carries. So the table in the documentation, what an import keeps and what an export drops are the same thing.

>>> pairs = (pair("contact.email", "contacts.email", "email"), pair("chatrooms.*", "contacts.chats.*", "texts"))
>>> matched(pairs[1].key, ("chatrooms", "irc")), matched(pairs[1].key, ("contact", "email"))
(('irc',), None)
>>> nested({("places", "0", "country"): "FR", ("name", "en"): "Alder"}, lists=("places",))
{'places': [{'country': 'FR'}], 'name': {'en': 'Alder'}}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from polder.commons.card.model import Card
from polder.kernel.problem import Problem

Path = tuple[str, ...]
Leaves = dict[Path, Any]


@dataclass(frozen=True, slots=True)
class Pair:
    """``key``: where it is in their file, ``path``: where in a card's data; ``*`` stands for one name, the same in both. ``kind``: how
    it is read and written (a method of ``Loose``). ``words``: their word to ours. ``old``: read, never written."""

    key: Path
    path: Path
    kind: str
    words: Mapping[str, str] = field(default_factory=dict)
    old: bool = False


def pair(
    key: str, path: str, kind: str = "line", words: Mapping[str, str] | None = None, old: bool = False
) -> Pair:
    return Pair(tuple(key.split(".")), tuple(path.split(".")), kind, words or {}, old)


@dataclass(frozen=True, slots=True)
class Imported:
    """``status``: ``good``; ``unfilled``, a template that nobody filled in (never to be listed); ``invalid``, with its ``problems``.
    ``warnings``: what was odd and what was made of it."""

    format: str
    card: Card
    status: str = "good"
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Exported:
    """``files``: name to content. ``dropped``: fields of the card that the format has no place for (``places.0.address``).
    ``wants``: what the format demands and the card does not say."""

    format: str
    files: Mapping[str, bytes]
    dropped: tuple[str, ...] = ()
    wants: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What an export needs besides the card: the language of texts, the time it is written at, where the files will be served."""

    language: str
    written: str
    base: str = ""


def leaves(data: Any, path: Path = ()) -> Leaves:
    """Every leaf with its path. Lists of mappings are gone into (``("places", "0", "country")``), other lists are leaves."""
    if isinstance(data, Mapping) and data:
        found: Leaves = {}
        for key, held in data.items():
            found |= leaves(held, (*path, str(key)))
        return found
    if isinstance(data, list) and data and all(isinstance(item, Mapping) for item in data):
        found = {}
        for index, held in enumerate(data):
            found |= leaves(held, (*path, str(index)))
        return found
    return {path: data} if path else {}


def nested(found: Leaves, lists: tuple[str, ...] = ()) -> dict[str, Any]:
    """The way back: mappings in mappings; below the names in ``lists``, numbered ones become a list."""
    root: dict[str, Any] = {}
    for path, value in found.items():
        place = root
        for part in path[:-1]:
            held = place.setdefault(part, {})
            place = held if isinstance(held, dict) else {}
        place[path[-1]] = value
    listed: dict[str, Any] = _listed(root, lists)
    return listed


def relisted(data: Any) -> Any:
    """``data`` with every mapping of ``0``, ``1``, ``2`` ... as a list again."""
    if not isinstance(data, dict):
        return data
    found = {key: relisted(held) for key, held in data.items()}
    numbered = found and all(str(number) in found for number in range(len(found)))
    return [found[str(number)] for number in range(len(found))] if numbered else found


def _listed(data: Any, lists: tuple[str, ...]) -> Any:
    if not isinstance(data, dict):
        return data
    found = {key: _listed(held, lists) for key, held in data.items()}
    for key in set(lists) & set(found):
        held = found[key]
        if isinstance(held, dict) and all(name.isdecimal() for name in held):
            found[key] = [held[name] for name in sorted(held, key=int)]
    return found


def matched(pattern: Path, path: Path) -> Path | None:
    """What the ``*`` of ``pattern`` stand for in ``path``; ``None`` when it does not match."""
    if len(pattern) != len(path):
        return None
    names = []
    for wanted, given in zip(pattern, path, strict=True):
        if wanted == "*":
            names.append(given)
        elif wanted != given:
            return None
    return tuple(names)


def filled(pattern: Path, names: Iterable[str]) -> Path:
    """``pattern`` with ``names`` for its ``*``."""
    given = iter(names)
    return tuple(next(given) if part == "*" else part for part in pattern)


def words_of(found: Pair) -> dict[str, str]:
    """Our word to theirs, the first where several of theirs mean the same."""
    ours: dict[str, str] = {}
    for theirs, word in found.words.items():
        ours.setdefault(word, theirs)
    return ours


def dotted(paths: Iterable[Path]) -> tuple[str, ...]:
    return tuple(sorted(".".join(path) for path in paths))
