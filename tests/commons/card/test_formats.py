"""What goes out into a directory's file comes back; what does not is named; whatever is read, nothing breaks."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polder.commons.card.build import mine
from polder.commons.card.columns import Leaves, Outgoing, leaves
from polder.commons.card.formats import FORMATS, guess, read_directory_file
from polder.commons.card.model import Card
from polder.commons.card.read import read_card_json
from polder.commons.card.write import card_data, card_json
from support.cards import CARDS, FULL

OUT = Outgoing("en", "2026-11-22T12:00:00Z", "https://alder.test/c/")
OURS = {"provider", "urls", "recipients", "written"}
every_format = pytest.mark.parametrize("name", sorted(FORMATS))

LOST = {
    "chatonsinfos": """accessibility areas capacity contacts.mailing-list contacts.security counts.members counts.nodes
        counts.subscribers created depends description energy hosts.one.control hosts.one.name kind-words languages
        memberships.Freifunk Somewhere mirrors places.0.locality places.0.postcode places.0.region places.1
        policies.privacy policies.terms progress serves services.wiki.capacity services.wiki.kind services.wiki.languages
        services.wiki.price short valid-until websites""",
    "librehost": """accessibility areas capacity contacts.chats contacts.email contacts.mailing-list contacts.security
        contacts.social counts depends energy funding hosts memberships mirrors places policies.legal
        policies.technical-guide policies.user-guide progress serves services short state-note until valid-until websites""",
    "isp": """accessibility capacity contacts.form contacts.security contacts.social counts.accounts counts.nodes created
        depends description energy funding hosts kind kind-words languages memberships.Freifunk Somewhere memberships.chatons mirrors
        places.1 policies serves services state-note until valid-until""",
    "freifunk": """accessibility areas capacity contacts.security counts.accounts counts.members counts.subscribers created
        depends description energy funding.liberapay hosts kind kind-words languages logo memberships.chatons memberships.ffdn mirrors
        places.0.country-name policies.legal policies.technical-guide policies.terms policies.user-guide
        progress serves services.wiki.capacity services.wiki.contact-email services.wiki.contact-form services.wiki.full
        services.wiki.host services.wiki.kind services.wiki.languages services.wiki.legal services.wiki.logo
        services.wiki.price services.wiki.since services.wiki.software services.wiki.state services.wiki.state-note
        services.wiki.technical-guide services.wiki.until services.wiki.user-guide services.wiki.who short state valid-until
        websites""",
}
"""Of the full card, by field or by what a field is part of."""


def lost(name: str) -> list[str]:
    return sorted(" ".join(LOST[name].split()).replace("Freifunk Somewhere", "Freifunk_Somewhere").split())


@every_format
def test_an_export_of_a_full_card_drops_what_the_format_has_no_place_for_and_says_so(name: str) -> None:
    dropped = FORMATS[name].write(FULL, OUT).dropped
    named = [word.replace("_", " ") for word in lost(name)]

    assert [path for path in dropped if not any(f"{path}.".startswith(f"{word}.") for word in named)] == []
    assert [word for word in named if not any(f"{path}.".startswith(f"{word}.") for path in dropped)] == []


@every_format
def test_a_full_card_lacks_nothing_that_a_format_wants(name: str) -> None:
    wants = FORMATS[name].write(FULL, OUT).wants

    assert [problem.values["key"] for problem in wants] == []


@every_format
@settings(max_examples=30, deadline=None)
@given(card=CARDS)
def test_what_is_exported_comes_back_unless_it_was_named_as_dropped(name: str, card: Card) -> None:
    made = FORMATS[name].write(card, OUT)

    read = read_directory_file(name, made.files, "en")

    before, after = mine(card), _without_ids(leaves(card_data(read.card)))
    carried = {
        path: value
        for path, value in before.items()
        if ".".join(path) not in made.dropped and path[0] not in OURS
    }
    wanted = _without_ids({_in_english(path): value for path, value in carried.items()})
    changed = {
        path: (values, after.get(path))
        for path, values in wanted.items()
        if not set(values) <= set(after.get(path, []))
    }
    assert changed == {}
    assert read.status == "good"


@every_format
@settings(max_examples=30, deadline=None)
@given(card=CARDS)
def test_exporting_what_was_imported_gives_the_same_files(name: str, card: Card) -> None:
    first = read_directory_file(name, FORMATS[name].write(card, OUT).files, "en").card
    second = FORMATS[name].write(first, OUT).files

    assert FORMATS[name].write(read_directory_file(name, second, "en").card, OUT).files == second


@every_format
@settings(max_examples=30, deadline=None)
@given(card=CARDS)
def test_nothing_private_is_exported(name: str, card: Card) -> None:
    secret = replace(card, notes="zzsecretzz", also={"other": {"phone": "zzsecretzz"}}, services={})
    hidden = replace(secret, short="zzsecretzz", hide=("short",))

    made = FORMATS[name].write(hidden, OUT)

    assert not any(b"zzsecretzz" in content for content in made.files.values())


@settings(max_examples=30, deadline=None)
@given(card=CARDS)
def test_a_card_comes_back_from_what_the_network_is_given(card: Card) -> None:
    seen, notes = read_card_json(card_json(replace(card, provider="alder"), OUT.written), "alder")

    assert notes == ()
    assert mine(seen) == mine(card) | {("provider",): "alder", ("written",): OUT.written}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda held: st.lists(held, max_size=3) | st.dictionaries(st.text(max_size=8), held, max_size=3),
    max_leaves=6,
)  # fmt: skip
KEYS = {
    "librehost": ["name", "homeUrl", "version", "isServiceProvider", "foundingDate", "communicationLanguages"],
    "isp": ["name", "memberCount", "coveredAreas", "chatrooms", "registeredOffice", "coordinates", "version", "otherWebsites"],
    "freifunk": ["name", "location", "contact", "state", "services", "timeline", "support", "metacommunity", "api", "techDetails"],
}  # fmt: skip


@every_format
@settings(max_examples=40, deadline=None)
@given(content=st.binary(max_size=200))
def test_no_bytes_break_a_reader(name: str, content: bytes) -> None:
    assert read_directory_file(name, {"x": content}).status in ("good", "unfilled", "invalid")
    guess("x", content)


@pytest.mark.parametrize("name", sorted(KEYS))
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_json_breaks_a_reader_or_a_writer_of_what_it_read(name: str, data: st.DataObject) -> None:
    found = data.draw(st.dictionaries(st.sampled_from(KEYS[name]), JSON))

    read = read_directory_file(name, {"x.json": json.dumps(found).encode()}, "en")

    FORMATS[name].write(read.card, OUT)


def test_an_office_that_is_a_list_is_written_again_as_it_was() -> None:
    read = read_directory_file("isp", {"x.json": b'{"registeredOffice": [{"": false}]}'}, "en")

    assert FORMATS["isp"].write(read.card, OUT).files


LINES = st.tuples(
    st.sampled_from(["organization.", "service.", "metrics.service.accounts.2021.", "subs.", "file.", "host.", "a"]),
    st.sampled_from(["name", "country.code", "months", "startdate", "registration", "memberof.x y.startDate", "datetime", ""]),
    st.sampled_from([" = ", "=", ":", ""]),
    st.text(max_size=12),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(lines=st.lists(LINES, max_size=6))
def test_no_properties_break_a_reader_or_a_writer_of_what_it_read(
    lines: list[tuple[str, str, str, str]],
) -> None:
    content = "\n".join("".join(line) for line in lines).encode("utf-8", "surrogatepass")

    read = read_directory_file("chatonsinfos", {"x.properties": content}, "en")

    FORMATS["chatonsinfos"].write(read.card, OUT)


def test_json_nested_very_deep_is_invalid() -> None:
    for depth in (300, 600, 900, 50_000):
        content = b'{"location":' + b"[" * depth + b"]" * depth + b',"api":"0.5.3"}'
        read = read_directory_file("freifunk", {"x.json": content})
        assert read.status in ("invalid", "good", "unfilled")


def _in_english(path: tuple[str, ...]) -> tuple[str, ...]:
    """A text that was exported for want of an English one comes back as the file's language."""
    texts = path[-1] in ("en", "fr", "de") and path[-2] in (
        "name",
        "summary",
        "description",
        "words",
        "price",
    )
    return (*path[:-1], "en") if texts else path


def _without_ids(found: Leaves) -> dict[tuple[str, ...], list[str]]:
    """Values by field, of all services, hosts and places: what they are called and how they are ordered here, a format may not say."""
    values: dict[tuple[str, ...], list[str]] = {}
    for path, value in found.items():
        place = (path[0], "*", *path[2:]) if path[0] in ("services", "hosts", "places") else path
        if path[-1] != "host":
            values.setdefault(place, []).append(repr(value))
    return values
