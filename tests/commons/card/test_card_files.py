"""What a provider writes of itself, what the network is given of it, and how a peer's card is read."""

from dataclasses import fields, is_dataclass

import pytest

from polder.commons.card.audience import for_everybody
from polder.commons.card.kinds import is_date
from polder.commons.card.model import Card
from polder.commons.card.read import _NESTED, read_card, read_card_json
from polder.commons.card.shape import CARD_JSON, CARD_YML
from polder.commons.card.write import card_data, card_json, changed_card_json
from polder.kernel.problem import Refused
from polder.kernel.shape import Keys, ListOf, MapOf

NOW, LATER = "2026-11-22T12:00:00Z", "2026-12-01T12:00:00Z"
WHOLE = b"""
name: {en: Alder, fr: Aulne}
summary: {en: Wikis for neighbours}
languages: [en, fr]
kind: association
state: active
since: 2014
website: https://alder.example/
places:
  - {country: FR, locality: Ville, postcode: 01000, address: 1 Quay, latitude: 45.1, longitude: 5.2}
contacts:
  email: hello@alder.example
  chats: {irc: ["irc://irc.example/#alder"]}
services:
  wiki:
    kind: wiki
    url: https://wiki.alder.example/
    who: [account]
    software: {name: DokuWiki, version: 2024.02, licence: GPL-2.0-only}
    host: one
    capacity: {accounts: 50}
hosts:
  one: {where: bay, kind: physical, control: hardware, country: FR}
areas:
  - {name: Valley, technologies: [wifi], shape: {type: Polygon, coordinates: [[[1, 2], [2, 2], [2, 3], [1, 2]]]}}
capacity: {groups: 3, storage: 2T}
memberships: {frankfurt_am_main: {since: 2020}, chatons: {state: active}}
notes: the spare key is with ben
hide: [places.address, capacity]
also: {freifunk: {contact.phone: "1"}}
"""


def codes(content: bytes) -> list[str]:
    with pytest.raises(Refused) as refused:
        read_card(content)
    return [problem.code for problem in refused.value.problems]


def test_a_card_comes_back_from_the_network_without_what_is_hidden() -> None:
    card = read_card(WHOLE)

    seen, notes = read_card_json(card_json(Card(**{**_fields(card), "provider": "alder"}), NOW), "alder")

    assert notes == ()
    assert seen.written == NOW
    assert _fields(seen) | {"written": ""} == _fields(for_everybody(card)) | {"provider": "alder"}
    assert seen.places[0].address == ""
    assert seen.capacity.groups is None
    assert seen.services["wiki"].capacity.accounts == 50
    assert (seen.notes, seen.hide, seen.also) == ("", (), {})


def test_what_looks_like_a_number_is_what_was_written() -> None:
    card = read_card(WHOLE)

    assert card.places[0].postcode == "01000"
    assert card.services["wiki"].software.version == "2024.02"
    assert card.since == "2014"


def test_nothing_that_is_hidden_or_noted_is_in_the_published_bytes() -> None:
    published = card_json(read_card(WHOLE), NOW)

    for word in (b"Quay", b"spare", b"phone", b"storage", b"hide", b"notes"):
        assert word not in published


def test_a_card_that_did_not_change_keeps_its_time() -> None:
    card = Card(provider="alder", name={"en": "Alder"})
    first = changed_card_json(card, None, NOW)

    assert changed_card_json(card, first, LATER) == first
    assert changed_card_json(Card(provider="alder", name={"en": "Elder"}), first, LATER) != first
    assert changed_card_json(card, b"no json", LATER) == card_json(card, LATER)


def test_every_problem_of_a_card_is_told_with_its_line() -> None:
    content = b"""name: {en: Alder}
lanuages: [fr]
since: 09/06/2016
website: "-"
short: a very long short name
places: [{latitude: 48.0}]
services: {wiki: {host: two, who: [friends]}}
hide: [capacty]
areas: [{name: Here, shape: {type: Point}}]
also: [1]
"""
    with pytest.raises(Refused) as refused:
        read_card(content)

    assert [(problem.where, problem.code) for problem in refused.value.problems] == [
        ("card.yml:2", "kernel.unknown-key-near"),
        ("card.yml:3", "card.not-a-date"),
        ("card.yml:4", "card.not-a-url"),
        ("card.yml:5", "card.short-too-long"),
        ("card.yml:6", "card.half-a-position"),
        ("card.yml:7", "kernel.not-a-choice"),
        ("card.yml:7", "card.unknown-host"),
        ("card.yml:8", "card.hides-nothing-near"),
        ("card.yml:9", "card.bad-area"),
        ("card.yml:10", "kernel.not-a-mapping"),
    ]


def test_an_empty_card_lacks_a_name() -> None:
    assert codes(b"# nothing yet\n") == ["kernel.missing-key"]


def test_a_peers_bad_fields_are_blank_and_noted_and_its_unknown_ones_kept() -> None:
    content = b"""{"format": "polder-card-2", "provider": "beech", "name": {"en": "Beech", "x y": "?"}, "since": [],
        "places": [{"country": "fr", "locality": "There"}, 5], "services": {"a wiki": {}, "pad": {"url": "-"}}, "tide": {"high": 1}}"""

    card, notes = read_card_json(content, "beech")

    assert (card.name, card.since) == ({"en": "Beech"}, "")
    assert [place.locality for place in card.places] == ["There"]
    assert list(card.services) == ["pad"]
    assert card.unknown == {"tide": {"high": 1}}
    assert {note.code for note in notes} >= {"card.newer", "card.not-a-country", "card.not-a-url"}
    assert {note.where for note in notes} == {"beech"}


def test_whose_a_card_is_the_folder_says_that_it_came_from() -> None:
    card, notes = read_card_json(
        b'{"format":"polder-card-1","provider":"alder","name":{"en":"Alder"}}', "beech"
    )

    assert card.provider == "beech"
    assert [note.code for note in notes] == ["card.of-another"]


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"format":"polder-offer-1"}', b"\xff", b'{"format":1}', b"[" * 5000]
)
def test_what_is_no_card_is_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        read_card_json(content, "beech")


def test_a_card_nested_very_deep_is_refused_or_read_but_never_ends_the_program() -> None:
    for depth in (100, 450, 900):
        content = b'{"format":"polder-card-1","x":' + b"[" * depth + b"]" * depth + b"}"
        try:
            read_card_json(content, "beech")
        except Refused as refused:
            assert [problem.code for problem in refused.problems] == ["kernel.not-plain"]


def test_dates_are_as_long_as_they_are_known() -> None:
    assert [is_date(text) for text in ("2014", "2014-05", "2014-05-09", "2014-13", "14", "2014-05-32", "YYYY", "0000")] == [
        True, True, True, False, False, False, False, False,
    ]  # fmt: skip


def test_shapes_and_model_have_the_same_fields() -> None:
    def keys(shape: object) -> dict[str, object]:
        while isinstance(shape, ListOf | MapOf):
            shape = shape.item
        return {name: key.shape for name, key in shape.keys.items()} if isinstance(shape, Keys) else {}

    both = {**keys(CARD_YML), **keys(CARD_JSON)}
    assert set(both) - {"format"} == {field.name.replace("_", "-") for field in fields(Card)} - {"unknown"}
    for (owner, name), kind in _NESTED.items():
        shape = both["services" if owner == "Service" else name]
        shape = keys(shape)[name] if owner == "Service" else shape
        assert set(keys(shape)) == {field.name.replace("_", "-") for field in fields(kind)}, name


def test_every_part_of_the_model_that_is_a_part_is_read_as_one() -> None:
    default = Card()
    parts = {f.name for f in fields(Card) if is_dataclass(getattr(default, f.name))}

    assert parts <= {name for owner, name in _NESTED if owner == "Card"}


def test_data_says_only_what_says_something() -> None:
    assert card_data(Card(name={"en": "Alder"})) == {"name": {"en": "Alder"}}


def _fields(card: Card) -> dict[str, object]:
    return {field.name: getattr(card, field.name) for field in fields(Card)}
