"""Who may see which field of a card. One function makes what is published, and every door to the outside goes through it: the card
given to the network and the files of directories hold the same.

* ``public``: everybody, for ever: what was published once is in others' mirrors;
* ``own``: nobody but the provider: notes, what is hidden, and what ``also`` keeps of directory files. The last goes back into the
  format it came from, because it was public there, and nowhere else: such files hold telephone numbers, board members, accounts.

>>> from polder.commons.card.model import Place
>>> card = Card(name={"en": "Alder"}, notes="the spare key", hide=("places.address",), places=(Place(country="FR", address="1 Quay"),))
>>> shown = for_everybody(card)
>>> shown.notes, shown.hide, shown.places[0]
('', (), Place(country='FR', country_name='', region='', locality='', postcode='', address='', latitude=None, longitude=None))
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from polder.commons.card.model import Card
from polder.kernel.names import nearest

OWN = ("notes", "hide", "also", "unknown")
"""Fields that never leave the provider."""

PUBLIC = tuple(field.name for field in fields(Card) if field.name not in OWN)
ALWAYS = ("name", "provider", "urls", "recipients")
"""What cannot be hidden: without it a card is nobody's."""


def for_everybody(card: Card) -> Card:
    """The card without what is ``OWN`` and without what ``hide`` names."""
    found: Card = card
    for word in card.hide:
        found = _without(found, tuple(word.replace("-", "_").split(".")))
    blank = Card()
    return replace(found, **{name: getattr(blank, name) for name in OWN})


def unknown_hiding(card: Card) -> Iterator[tuple[str, str]]:
    """Each word of ``hide`` that hides nothing of this card and names no field, with the nearest that would."""
    known = [name.replace("_", "-") for name in PUBLIC if name not in ALWAYS]
    for word in card.hide:
        if word.split(".")[0] not in known:
            yield word, nearest(word.split(".")[0], known)


def _without(value: Any, path: tuple[str, ...]) -> Any:
    """``value`` with what lies at ``path`` blank; lists are gone through, the ids in mappings may be left out."""
    if isinstance(value, tuple):
        return tuple(_without(item, path) for item in value)
    if isinstance(value, Mapping):
        return _without_of_mapping(value, path)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    if path[0] in ALWAYS or path[0] not in {field.name for field in fields(value)}:
        return value
    held = getattr(value, path[0])
    blank = getattr(type(value)(), path[0])
    return replace(value, **{path[0]: _without(held, path[1:]) if path[1:] else blank})


def _without_of_mapping(value: Mapping[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    named = {key for key in value if key.replace("-", "_") == path[0]}
    if not named:
        return {key: _without(held, path) for key, held in value.items()}
    if not path[1:]:
        return {key: held for key, held in value.items() if key not in named}
    return {key: _without(held, path[1:]) if key in named else held for key, held in value.items()}
