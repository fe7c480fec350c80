"""Oddities of files in the wild, one by one, and the published schemas held against what we write."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft7Validator

from polder.commons.card.columns import Outgoing
from polder.commons.card.dates import age_of, loose_date, loose_moment
from polder.commons.card.formats import FORMATS, read_directory_file
from polder.commons.card.librehost import KEYS
from polder.commons.card.merge import edited, merge
from polder.commons.card.model import Card
from polder.commons.card.read import read_card, read_card_json
from polder.commons.card.write import card_data
from polder.kernel.text import UNSEEN
from support.cards import FULL
from support.directory_schemas import FREIFUNK_SCHEMA, ISP_SCHEMA

OUT = Outgoing("en", "2026-11-22T12:00:00Z", "https://alder.test/c/")


def read(format: str, data: dict[str, Any] | str) -> Any:
    content = data if isinstance(data, str) else json.dumps(data)
    return read_directory_file(format, {"x": content.encode()}, "en")


def written(format: str, card: Card) -> dict[str, Any]:
    (content,) = FORMATS[format].write(card, OUT).files.values()
    data: dict[str, Any] = json.loads(content)
    return data


def codes(found: Any) -> list[str]:
    return [problem.code.removeprefix("card.") for problem in (*found.problems, *found.warnings)]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2014", ("2014", "")),
        ("2014-05", ("2014-05", "")),
        ("2014-05-09", ("2014-05-09", "")),
        ("09/05/2014", ("2014-05-09", "day-first")),
        ("9.5.2014", ("2014-05-09", "day-first")),
        ("2020-12-3", ("2020-12-03", "")),
        (" 2014 ", ("2014", "")),
        (2014, ("2014", "")),
        ("YYYY", ("", "unfilled")),
        ("31/02/2014", ("", "bad")),
        ("12/31/2014", ("", "bad")),
        ("spring", ("", "bad")),
        ("٢٠٢٤-٠٥-٠٩", ("", "bad")),
        ("٠٩/٠٥/٢٠٢٤", ("", "bad")),
    ],
)
def test_dates_as_people_write_them(said: Any, meant: tuple[str, str]) -> None:
    assert loose_date(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2019-11-24T01:14Z", "2019-11-24T01:14:00Z"),
        ("2020-12-3T15:02:24Z", "2020-12-03T15:02:24Z"),
        ("2023-09-16T10:00:27.625070Z", "2023-09-16T10:00:27Z"),
        ("2024-05-20T07:03:48+02:00", "2024-05-20T05:03:48Z"),
        ("2023-04-01T10:20:30", "2023-04-01T10:20:30Z"),
        (1368711578, "2013-05-16T13:39:38Z"),
        ("2023-04-01", "2023-04-01T00:00:00Z"),
        ("YYYY-MM-DDTHH:MM:SSZ", ""),
        (True, ""),
        (1e300, ""),
    ],
)
def test_times_as_programs_write_them(said: Any, meant: str) -> None:
    assert loose_moment(said)[0] == meant


def test_lists_are_kept_apart_by_either_sign_and_may_begin_empty() -> None:
    text = "organization.name=A\norganization.chatrooms.irc=;irc://a.test/b;irc://c.test/d\nmetrics.service.accounts.2021.months=,73,33,10\n"

    card = read("chatonsinfos", text).card

    assert card.contacts.chats["irc"] == ("irc://a.test/b", "irc://c.test/d")
    assert card.counts.accounts == 10


def test_quotes_escapes_remarks_sections_and_lines_without_a_sign() -> None:
    text = """\ufeff# a
[Subs]
organization.name = L\\'Aulne
nonsense
organization.website = 'https://aulne.test/'
organization.name = L'Aulne
"""

    found = read("chatonsinfos", text)

    assert found.card.name == {"en": "L'Aulne"}
    assert found.card.website == "https://aulne.test/"
    assert codes(found) == ["no-equals"]


def test_old_spellings_are_read_and_never_written() -> None:
    text = """organization.name = A
organization.startDate = 2011
organization.logo.url = https://a.test/logo.png
organization.technical.url = https://a.test/how
organization.geography.latitude = 45.1
organization.geography.longitude = 5.2
organization.memberof.sankt andreasberg.startDate = 2012
organization.memberof.frankfurt_am_main.startdate = 2013
"""
    found = read("chatonsinfos", text)

    assert found.card.since == "2011"
    assert found.card.policies.technical_guide == "https://a.test/how"
    assert found.card.places[0].latitude == 45.1
    assert {name: one.since for name, one in found.card.memberships.items()} == {
        "sankt andreasberg": "2012",
        "frankfurt_am_main": "2013",
    }
    again = FORMATS["chatonsinfos"].write(found.card, OUT).files["organization.properties"].decode()
    assert not [word for word in ("startDate", "logo.url", "technical.url", "geography") if word in again]
    assert codes(read("chatonsinfos", again)) == []


def test_a_host_in_one_flat_key_is_read() -> None:
    found = read("chatonsinfos", "service.name = Wiki\nhost.provider = HOSTEDBAY\n")

    assert next(iter(found.card.hosts.values())).where == "bay"
    assert codes(found) == ["old-key"]


def test_a_host_whose_provider_is_said_in_words_is_that_company_s() -> None:
    found = read("chatonsinfos", "service.name = Wiki\nhost.name = reed\nhost.provider = A company\n")

    host = next(iter(found.card.hosts.values()))
    assert (host.name, host.company, host.where) == ("reed", "A company", "")
    assert codes(found) == ["old-key"]


def test_where_a_cached_copy_came_from_is_not_said_again() -> None:
    found = read("chatonsinfos", "file.url = https://cache.test/a.properties\norganization.name = A\n")

    made = FORMATS["chatonsinfos"].write(found.card, OUT)

    assert codes(found) == [] and b"cache.test" not in made.files["organization.properties"]


def test_figures_of_two_services_stay_apart_and_go_back_into_files_of_their_own() -> None:
    files = {
        "organization.properties": b"organization.name = A\n",
        **{
            f"{name}-metrics.properties": f"metrics.http.visits.2021.months = {figures}\n".encode()
            for name, figures in (("wiki", "1,2"), ("pad", "3,4"))
        },
    }

    made = FORMATS["chatonsinfos"].write(read_directory_file("chatonsinfos", files, "en").card, OUT)

    assert sorted(made.files) == sorted(files)
    assert made.files["wiki-metrics.properties"].endswith(b"metrics.http.visits.2021.months = 1,2\n")
    assert made.files["pad-metrics.properties"].endswith(b"metrics.http.visits.2021.months = 3,4\n")
    assert b"metrics" not in made.files["organization.properties"]


def test_what_a_service_s_file_says_besides_goes_back_whatever_the_file_is_called() -> None:
    name = "pad.libre.test.properties"
    found = read_directory_file(
        "chatonsinfos", {name: b"service.name = Pad\nservice.install.type = PACKAGE\n"}, "en"
    )

    made = FORMATS["chatonsinfos"].write(found.card, OUT)

    assert b"service.install.type = PACKAGE" in made.files["pad-libre-test.properties"]
    assert made.dropped == ()


def test_files_of_one_name_in_two_folders_are_two_services() -> None:
    files = {f"{folder}/pad.properties": f"service.name = {folder}\n".encode() for folder in ("one", "two")}

    card = read_directory_file("chatonsinfos", files, "en").card

    assert {name: service.name["en"] for name, service in card.services.items()} == {
        "pad": "one",
        "pad-2": "two",
    }


def test_what_came_with_a_service_that_is_gone_or_hidden_is_not_given_away() -> None:
    files = {"pad.properties": b"service.name = Pad\nservice.mascot = otter\n"}
    found = read_directory_file("chatonsinfos", files, "en").card
    gone, hidden = replace(found, services={}), replace(found, hide=("services",))

    for card in (gone, hidden):
        made = FORMATS["chatonsinfos"].write(card, OUT)
        assert list(made.files) == ["organization.properties"]
        assert b"otter" not in made.files["organization.properties"]
        assert "also.chatonsinfos.pad/service.mascot" in made.dropped


def test_figures_of_a_hidden_service_are_hidden_with_it() -> None:
    files = {
        "pad.properties": b"service.name = Pad\nmetrics.http.visits.2021.months = 3\n",
        "pad-metrics.properties": b"metrics.http.visits.2022.months = 4\n",
        "paddle-metrics.properties": b"metrics.http.visits.2022.months = 5\n",
    }
    found = read_directory_file("chatonsinfos", files, "en").card

    made = FORMATS["chatonsinfos"].write(replace(found, hide=("services.pad",)), OUT)

    assert sorted(made.files) == ["organization.properties", "paddle-metrics.properties"]
    assert "also.chatonsinfos.pad-metrics/metrics.http.visits.2022.months" in made.dropped


def test_services_on_one_machine_share_a_host() -> None:
    host = "host.name = Reed\nhost.server.type = VIRTUAL\n"
    files = {f"{name}.properties": f"service.name = {name}\n{host}".encode() for name in ("wiki", "pad")}

    card = read_directory_file("chatonsinfos", files, "en").card

    assert [service.host for service in card.services.values()] == ["host-1", "host-1"]
    assert len(card.hosts) == 1


def test_words_nobody_knows_are_warned_of_and_not_repeated() -> None:
    found = read(
        "chatonsinfos", "organization.name = A\norganization.type = TRIBE\norganization.mascot = otter\n"
    )

    made = FORMATS["chatonsinfos"].write(found.card, OUT)
    text = made.files["organization.properties"].decode()

    assert codes(found) == ["unknown-word"]
    assert "TRIBE" not in text and "organization.mascot = otter" in text
    assert "also.chatonsinfos.organization.type" in made.dropped


def test_a_file_about_a_network_says_so() -> None:
    found = read(
        "chatonsinfos",
        "federation.name = Chatons\nfederation.website = https://c.test/\nsubs.a = https://a.test/a.properties\n",
    )

    assert found.card.name == {"en": "Chatons"}
    assert codes(found) == ["is-a-network"]


def test_an_address_that_there_is_none_misspelt_paths_and_blanks() -> None:
    found = read(
        "librehost",
        {
            "name": "A",
            "homeUrl": "https://a.test/.well_known/x",
            "termsOfServiceUrl": "-",
            "contactUrl": " https://a.test/c ",
            "logo": "a.test/logo.png",
        },
    )

    assert sorted(codes(found)) == ["blanks-around", "misspelt-path", "no-scheme", "says-nothing"]
    assert found.card.website == "https://a.test/.well-known/x"
    assert found.card.logo == "https://a.test/logo.png"
    assert found.card.policies.terms == ""


def test_half_a_position_is_none() -> None:
    found = read(
        "freifunk", {"name": "A", "api": "0.5.3", "location": {"city": "T", "geoCode": {"lat": 50.0}}}
    )

    assert found.card.places[0].latitude is None
    assert codes(found) == ["half-kept-out"]


def test_the_older_a_file_is_the_less_it_is_believed() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    times = (
        "2026-11-01T00:00:00Z",
        "2025-01-01T00:00:00Z",
        "2019-11-24T01:14:00Z",
        "2030-01-01T00:00:00Z",
        "",
    )

    assert [age_of(when, now).level for when in times] == ["fresh", "old", "stale", "unknown", "unknown"]


def test_librehost_has_exactly_its_keys_also_of_an_empty_card() -> None:
    for card in (FULL, Card(name={"en": "A"})):
        data = written("librehost", card)
        assert tuple(data) == KEYS and len(KEYS) == 17
        assert data["isServiceProvider"] is True
        assert isinstance(data["foundingDate"], str)


def test_isp_is_as_its_schema_wants_also_of_an_empty_card() -> None:
    for card in (FULL, Card(name={"en": "A"})):
        Draft7Validator(ISP_SCHEMA).validate(written("isp", card))


def test_freifunk_is_as_its_schema_wants_also_with_keys_of_old_versions() -> None:
    old = {"name": "A", "api": "0.1", "url": "https://a.test/", "techDetails": {"vpn": "x", "routing": "batman"},
           "location": {"city": "T", "lat": 1.0, "lon": 2.0, "address": {"Name": "N"}}, "contact": {"phone": "1"},
           "state": {"lastchange": 1}, "mood": "good", "support": {"club": {"name": "C", "x": 1}}}  # fmt: skip

    for card in (FULL, read("freifunk", old).card):
        Draft7Validator(FREIFUNK_SCHEMA).validate(written("freifunk", card))


def test_a_card_that_lacks_what_a_format_demands_is_told() -> None:
    wants = {name: FORMATS[name].write(Card(name={"en": "A"}), OUT).wants for name in FORMATS}

    assert {name: [str(p.values["key"]) for p in found][:2] for name, found in wants.items()} == {
        "chatonsinfos": ["organization.type", "organization.country.name"],
        "librehost": ["organizationType", "tagLine"],
        "isp": ["email", "memberCount"],
        "freifunk": ["url", "location.city"],
    }


@pytest.mark.parametrize("letter", ["\\u202e", "\\u001b[31m", "\\u0000"])
def test_characters_that_steer_or_hide_or_are_none_do_not_come_in(letter: str) -> None:
    text = '{"name": "A@", "homeUrl": "https://a.test/", "mood@": "good@"}'.replace("@", letter)

    card = read("librehost", text).card
    peer, _ = read_card_json(
        f'{{"format":"polder-card-1","provider":"beech","name":{{"en":"A{letter}"}},"x{letter}":1}}'.encode(),
        "beech",
    )

    for found in (repr(card), repr(peer), repr(card_data(card))):
        assert not UNSEEN.search(found.encode("utf-8", "strict").decode())
        assert "\\x1b" not in found and "\\x00" not in found and "\\u202e" not in found
    assert read_card(edited("", merge({}, card_data(replace(card, written="")), replace=False)).encode()).name
