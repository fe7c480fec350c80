"""``card.yml`` to a ``Card``, or every problem in it; a peer's ``card.json`` to a ``Card`` and what was not understood in it.

Our own card must be right before anybody sees it. A peer's card is taken as it is: a bad field is blank and noted, an unknown one
kept, and only what is no card at all is refused.

>>> card, notes = read_card_json(b'{"format":"polder-card-1","provider":"beech","name":{"en":"Beech"},"since":"soon","x":1}', "beech")
>>> card.name["en"], card.since, dict(card.unknown), [problem.code for problem in notes]
('Beech', '', {'x': 1}, ['card.not-a-date'])
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from polder.commons.card import model
from polder.commons.card.areas import area_trouble
from polder.commons.card.audience import unknown_hiding
from polder.commons.card.model import FORMAT, Card
from polder.commons.card.shape import CARD_JSON, CARD_YML
from polder.commons.card.words import clean
from polder.kernel.document import Document, Node, Scalar, Sequence, read_document, to_data
from polder.kernel.document import Mapping as Tree
from polder.kernel.plain import read_plain
from polder.kernel.problem import Problem, Problems, Refused
from polder.kernel.shape import Keys, Record, read

FILE = "card.yml"
_NESTED: Mapping[tuple[str, str], type] = {
    ("Card", "places"): model.Place,
    ("Card", "contacts"): model.Contacts,
    ("Card", "policies"): model.Policies,
    ("Card", "services"): model.Service,
    ("Card", "hosts"): model.Host,
    ("Card", "areas"): model.Area,
    ("Card", "serves"): model.Serves,
    ("Card", "capacity"): model.Capacity,
    ("Card", "counts"): model.Counts,
    ("Card", "memberships"): model.Membership,
    ("Card", "energy"): model.Energy,
    ("Card", "accessibility"): model.Accessibility,
    ("Service", "software"): model.Software,
    ("Service", "capacity"): model.Capacity,
}
_MAPS = ("services", "hosts", "memberships")


def read_card(content: bytes) -> Card:
    """Refuses with ``card.*`` and ``kernel.*`` problems, all at once."""
    problems = Problems()
    record = read(CARD_YML, read_document(content, FILE), problems)
    card = make_card(record)
    _check(card, record, problems)
    problems.sort()
    problems.refuse_if_any()
    return card


def read_card_json(content: bytes, provider: str) -> tuple[Card, tuple[Problem, ...]]:
    """The card in the folder of ``provider``, and notes about what was not understood. Whose it is the folder says, not the card.

    Refused with ``kernel.not-plain`` or ``card.not-a-card`` when it is none at all.
    """
    where = provider
    data = _read(content, where)
    if not str(data.get("format", "")).startswith("polder-card-"):
        raise Refused(Problem("card.not-a-card", where))
    card, notes = card_of_data(data, CARD_JSON, where)
    unknown = {key: held for key, held in data.items() if key not in CARD_JSON.keys}
    newer = (
        () if data["format"] == FORMAT else (Problem("card.newer", where, {"format": data["format"][:60]}),)
    )
    said = card.provider
    other = (Problem("card.of-another", where, {"provider": said}),) if said not in ("", provider) else ()
    return replace(card, provider=provider, unknown=unknown), (*newer, *other, *notes)


def _read(content: bytes, where: str) -> dict[str, Any]:
    data = read_plain(content, where)
    try:
        return dict(clean(data))
    except RecursionError:
        raise Refused(Problem("kernel.not-plain", where, {"why": "RecursionError"})) from None


def card_of_data(data: Mapping[str, Any], shape: Keys, where: str) -> tuple[Card, tuple[Problem, ...]]:
    """The card in plain ``data``; what is not of ``shape`` is left out and noted, unknown keys silently."""
    problems = Problems()
    try:
        document = Document(where, _node(data))
        record = read(shape, document, problems)
        card = make_card(record)
    except RecursionError:
        raise Refused(Problem("kernel.not-plain", where, {"why": "RecursionError"})) from None
    known = (p for p in problems.items if not p.code.startswith("kernel.unknown-key"))
    return card, tuple(replace(problem, where=where) for problem in known)


def make_card(record: Record) -> Card:
    """The card of a record that was read by ``CARD_YML`` or ``CARD_JSON``."""
    card: Card = _make(Card, record)
    return card


def _make(kind: Any, record: Record) -> Any:
    """An instance of the dataclass ``kind``: its fields are the record's keys with ``_`` for ``-``."""
    found: dict[str, Any] = {}
    for field in fields(kind):
        key = field.name.replace("_", "-")
        if key in record and record.has(key):
            found[field.name] = _value(record[key], _NESTED.get((kind.__name__, field.name)), field.name)
    return kind(**found)


def _value(value: Any, nested: type | None, name: str) -> Any:
    if nested and name in _MAPS:
        return {key: _make(nested, one) for key, one in value.items()}
    if nested and isinstance(value, list | tuple):
        return tuple(_make(nested, one) for one in value)
    if nested:
        return _make(nested, value)
    if isinstance(value, Record):
        return {key: _value(one, None, "") for key, one in value.items()}
    if isinstance(value, Scalar | Sequence | Tree):
        return to_data(value) or {}
    return tuple(value) if isinstance(value, list) else value


def _node(data: Any) -> Node:
    """Plain data as a tree, all of it in line 1."""
    if isinstance(data, Mapping):
        return Tree(
            {str(key): _node(held) for key, held in data.items()}, 1, dict.fromkeys(map(str, data), 1)
        )
    if isinstance(data, list | tuple):
        return Sequence([_node(item) for item in data], 1)
    return Scalar(data, str(data).lower() if isinstance(data, bool) else str(data), 1)


def _check(card: Card, record: Record, problems: Problems) -> None:
    """What concerns several keys at once."""
    if len(card.short) > 15:
        problems.add("card.short-too-long", record.where("short"), limit=15)
    for name, service in card.services.items():
        if service.host and service.host not in card.hosts:
            where = record["services"][name].where("host")
            problems.add("card.unknown-host", where, host=service.host, service=name)
    for index, place in enumerate(card.places):
        if (place.latitude is None) != (place.longitude is None):
            problems.add("card.half-a-position", record.where("places", index))
    for index, area in enumerate(card.areas):
        if area.shape and (trouble := area_trouble(area.shape)):
            problems.add("card.bad-area", record.where("areas", index), area=area.name, why=trouble)
    for word, near in unknown_hiding(card):
        code = "card.hides-nothing-near" if near else "card.hides-nothing"
        problems.add(code, record.where("hide"), key=word, **({"nearest": near} if near else {}))
    also: object = card.also
    if not isinstance(also, Mapping) or not all(isinstance(held, Mapping) for held in also.values()):
        problems.add("kernel.not-a-mapping", record.where("also"), key="also")
