"""What a directory's file adds to ``card.yml``: only what is not there yet, unless the file shall win. The text keeps its comments.

>>> changes = merge({"name": {"en": "Alder"}, "since": "2014"}, {"name": {"fr": "Aulne"}, "since": "2015"}, replace=False)
>>> [(change.path, change.after, change.taken) for change in changes]
[(('name', 'fr'), 'Aulne', True), (('since',), '2015', False)]
>>> edited("name: {en: Alder}   # ours\\nsince: 2014\\n", changes)
'name: {en: Alder, fr: Aulne}   # ours\\nsince: 2014\\n'
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from polder.commons.card.columns import Path
from polder.commons.card.read import FILE
from polder.kernel.document_text import put


@dataclass(frozen=True, slots=True)
class Change:
    """What the file says at ``path`` of the card, where the card says nothing (``before`` is ``None``) or something else. ``taken``:
    whether it comes into the card."""

    path: Path
    before: Any
    after: Any
    taken: bool


def merge(ours: Mapping[str, Any], theirs: Mapping[str, Any], replace: bool) -> tuple[Change, ...]:
    """The differences, by plain data of both. Mappings are gone into, lists are taken whole."""
    return tuple(_merge(ours, theirs, (), replace))


def _merge(ours: Mapping[str, Any], theirs: Mapping[str, Any], path: Path, replace: bool) -> Iterator[Change]:
    for key, after in theirs.items():
        before = ours.get(key)
        place = (*path, key)
        if isinstance(before, Mapping) and before and isinstance(after, Mapping):
            yield from _merge(before, after, place, replace)
        elif before in (None, {}, [], ""):
            yield Change(place, None, after, True)
        elif before != after:
            yield Change(place, before, after, replace)


def edited(text: str, changes: tuple[Change, ...]) -> str:
    """The text of ``card.yml`` with every change that is taken. Refused with ``site.edit-by-hand`` where it cannot be done safely."""
    for change in changes:
        if change.taken:
            text = put(text, change.path, change.after, FILE)
    return text
