"""Carries values over a table of ``Pair``s: out of a file into a card's data, and out of a card's data into a file.

>>> from polder.commons.card.columns import Outgoing, pair
>>> pairs = (pair("organization.type", "kind", "word", {"ASSOCIATION": "association"}), pair("organization.name", "name", "said"))
>>> loose = Loose("alder.properties", "fr")
>>> source = {("organization", "type"): "ASSOCIATION", ("organization", "name"): "Aulne", ("organization", "mascot"): "loutre"}
>>> taken, rest = take(source, pairs, loose)
>>> taken, rest
({('kind',): 'association', ('name', 'fr'): 'Aulne'}, {('organization', 'mascot'): 'loutre'})
>>> give(taken, pairs, Outgoing("fr", ""))[0]
{('organization', 'type'): 'ASSOCIATION', ('organization', 'name'): 'Aulne'}
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from polder.commons.card.columns import Leaves, Outgoing, Pair, Path, filled, matched, words_of
from polder.commons.card.kinds import EMAIL_PATTERN
from polder.commons.card.loose import Loose, says_nothing, shown, stands_for_nothing

IGNORED = "ignored"
"""The kind of a key that says what every such file says: taken, held nowhere."""


def take(source: Leaves, pairs: Iterable[Pair], loose: Loose) -> tuple[Leaves, Leaves]:
    """What the pairs understand of ``source`` as leaves of a card's data, and the rest: keys nobody knows, values nobody understands."""
    taken: Leaves = {}
    rest: Leaves = {}
    listed = tuple(pairs)
    for path, value in source.items():
        if says_nothing(value):
            continue
        found = _pair_of(path, listed)
        if found is None or not _take_one(path, value, found, taken, loose):
            rest[path] = value
    return taken, rest


def _pair_of(path: Path, pairs: tuple[Pair, ...]) -> tuple[Pair, Path] | None:
    for one in pairs:
        if (names := matched(one.key, path)) is not None:
            return one, names
    return None


def _take_one(path: Path, value: Any, found: tuple[Pair, Path], taken: Leaves, loose: Loose) -> bool:
    one, names = found
    if one.kind == IGNORED:
        return True
    key, place = ".".join(path), filled(one.path, names)
    got = read_value(one, value, key, loose)
    if got is None or place in taken:
        return one.kind in ("url", "email", "reach") and stands_for_nothing(value)
    if one.old:
        loose.warn("card.old-key", key)
    if one.kind == "said":
        taken[(*place, loose.language)] = got[loose.language]
    else:
        taken[place] = got
    return True


def read_value(one: Pair, value: Any, key: str, loose: Loose) -> Any:
    """``value`` by the pair's kind; ``None`` when it is not understood."""
    if one.kind == "word":
        return _word(one, value, key, loose)
    if one.kind == "words":
        found = [_word(one, part, key, loose) for part in loose.texts(value, key) or []]
        return [word for word in found if word] or None
    if one.kind == "flag":
        word = _word(one, value, key, loose)
        return None if word is None else word == "yes"
    return getattr(loose, one.kind)(value, key)


def _word(one: Pair, value: Any, key: str, loose: Loose) -> str | None:
    """One of the pair's words; in another case it is one too."""
    known = {theirs.casefold(): ours for theirs, ours in one.words.items()}
    text = str(value).strip()
    if text.casefold() not in known:
        loose.warn("card.unknown-word", key, value=shown(text), known=tuple(one.words))
        return None
    return known[text.casefold()]


def give(mine: Leaves, pairs: Iterable[Pair], out: Outgoing) -> tuple[Leaves, set[Path]]:
    """What a file says of a card's leaves ``mine``, and which of them it carries whole."""
    theirs: Leaves = {}
    carried: set[Path] = set()
    for one in pairs:
        if one.old or one.kind == IGNORED:
            continue
        for path, key in _places(one, mine, out):
            written = _written(one, mine[path])
            if written is not None and key not in theirs:
                theirs[key] = written
                carried.add(path)
    return theirs, carried


def _places(one: Pair, mine: Leaves, out: Outgoing) -> list[tuple[Path, Path]]:
    """Each leaf that the pair can carry, with the key it goes to; of a text only the language asked for, or the next best."""
    if one.kind != "said":
        found = ((path, matched(one.path, path)) for path in mine)
        return [(path, filled(one.key, names)) for path, names in found if names is not None]
    by_key: dict[Path, dict[str, Path]] = {}
    for path in mine:
        names = matched((*one.path, "*"), path)
        if names is not None:
            by_key.setdefault(filled(one.key, names[:-1]), {})[names[-1]] = path
    return [(_best(languages, out.language), key) for key, languages in by_key.items()]


def _best(languages: dict[str, Path], wanted: str) -> Path:
    found = languages.get(wanted) or languages.get("en")
    return found if found is not None else next(iter(languages.values()))


def _written(one: Pair, value: Any) -> Any:
    """The value as their file has it; ``None`` when it has no word for it."""
    if one.kind == "word":
        return words_of(one).get(value)
    if one.kind == "words":
        found = [words_of(one).get(word) for word in value]
        return found if all(found) else None
    if one.kind == "flag":
        return words_of(one).get("yes" if value else "no")
    if one.kind == "email" and not re.fullmatch(EMAIL_PATTERN, value):
        return None
    if one.kind == "one":
        return value[0] if len(value) == 1 else None
    if one.kind == "texts" and any(";" in part for part in value):
        return None
    return value
