"""Files that providers really published, dirty ones included (tests/cases/directory/SOURCES.md): what each is read as."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from polder.commons.card.columns import Outgoing
from polder.commons.card.dates import age_of
from polder.commons.card.formats import FORMATS, guess, read_directory_file
from polder.kernel.sentences import say_problem

CASES = Path(__file__).resolve().parents[2] / "cases/directory"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
OUT = Outgoing("und", "2026-11-22T12:00:00Z", "https://alder.test/c/")

OLD_PLACE = "old-key:location.lat old-key:location.lon"
OLD_ADDRESS = "old-key:location.address.Street old-key:location.address.Zipcode"
VERSION = "other-version:api"
TEMPLATE = " ".join(
    f"left-from-template:{key}"
    for key in [
        "contactUrl",
        "dateCreated",
        "foundingDate",
        "homeUrl",
        "logo",
        "privacyPolicyUrl",
        "termsOfServiceUrl",
    ]
)
# file: status, problems and warnings (code without "card.", and key), age
TABLE = {
    "chatonsinfos/chapril-first.properties": ("good", "", "unknown"),
    "chatonsinfos/chapril.properties": ("good", "", "unknown"),
    "chatonsinfos/chatons-network.properties": ("good", "is-a-network:federation", "stale"),
    "chatonsinfos/wiki-metrics.properties": ("good", "", "unknown"),
    "chatonsinfos/yunohost-empty.properties": ("unfilled", "", "stale"),
    "chatonsinfos/yunohost-nextcloud.properties": ("good", "", "stale"),
    "chatonsinfos/yunohost-organization.properties": (
        "good",
        "day-first:organization.startdate day-first:organization.memberof.chatons.startdate"
        " old-key:organization.funding.Tipee old-key:organization.socialnetworks.pixelfeld"
        " misspelt-path:subs.nextcloud old-key:subs.wiki:https://other.test/wiki.properties",
        "stale",
    ),
    "librehost/allmende.json": ("good", "other-version:version", "stale"),
    "librehost/blyat.json": ("good", "same-address:termsOfServiceUrl", "stale"),
    "librehost/libreops.json": ("good", "same-address:termsOfServiceUrl", "stale"),
    "librehost/model.json": ("unfilled", TEMPLATE, "stale"),
    "librehost/nixium.json": ("unfilled", TEMPLATE, "stale"),
    "librehost/nixnet.json": ("good", "says-nothing:termsOfServiceUrl", "stale"),
    "librehost/privacytools.json": ("good", "says-nothing:termsOfServiceUrl", "stale"),
    "librehost/snopyta.json": ("good", "", "stale"),
    "isp/teleragno.json": ("good", "old-key:registeredOffice.extended-addess", "unknown"),
    "isp/tilima.json": ("good", "blanks-around:mainMailingList open-ring:coveredAreas.area", "unknown"),
    "isp/token.json": ("invalid", "not-this-format:", "unknown"),
    "freifunk/aachen.json": ("good", f"kept-private:bankaccount {OLD_PLACE} {VERSION}", "stale"),
    "freifunk/ansbach.json": ("good", f"kept-private:phone {OLD_PLACE} {VERSION}", "stale"),
    "freifunk/aschaffenburg.json": ("good", f"kept-private:phone {VERSION}", "stale"),
    "freifunk/brilon-template.json": ("unfilled", "template-marks:", "unknown"),
    "freifunk/castrop.json": ("good", f"kept-private:phone {OLD_ADDRESS} {OLD_PLACE} {VERSION}", "stale"),
    "freifunk/darmstadt.json": ("good", "kept-private:bankaccount kept-private:phone", "stale"),
    "freifunk/emskirchen.json": ("good", f"{OLD_PLACE} {VERSION}", "stale"),
    "freifunk/ennepe-ruhr-kreis.json": ("invalid", "not-json:", "unknown"),
    "freifunk/essen.json": ("good", f"{OLD_ADDRESS} {OLD_PLACE} {VERSION}", "stale"),
    "freifunk/euskirchen.json": ("good", f"kept-private:bankaccount {OLD_PLACE} {VERSION}", "stale"),
    "freifunk/greifswald.json": (
        "good",
        f"kept-private:phone no-scheme:services.externalUri {OLD_ADDRESS} {OLD_PLACE} {VERSION}",
        "stale",
    ),
    "freifunk/krefeld.json": ("invalid", "not-json:", "unknown"),
    "freifunk/luebeck.json": ("good", f"{OLD_ADDRESS} {OLD_PLACE} {VERSION}", "stale"),
    "freifunk/luebeck-2013.json": (
        "good",
        f"blanks-around:contact.ml kept-private:phone {OLD_PLACE} {VERSION}",
        "stale",
    ),
    "freifunk/muenchen.json": (
        "good",
        f"kept-private:bankaccount no-scheme:services.externalUri {VERSION}",
        "old",
    ),
    "freifunk/trier.json": ("good", f"kept-private:phone {OLD_PLACE} {VERSION}", "stale"),
    "freifunk/troisdorf.json": ("good", f"kept-private:bankaccount {OLD_PLACE} {VERSION}", "stale"),
    "freifunk/ulm.json": ("good", f"{OLD_ADDRESS} {OLD_PLACE} {VERSION}", "stale"),
    "freifunk/waldheim.json": ("good", f"{OLD_PLACE} {VERSION}", "stale"),
    "freifunk/weimarnetz.json": ("good", f"kept-private:phone {OLD_ADDRESS} {OLD_PLACE} {VERSION}", "stale"),
    "freifunk/witten.json": ("good", f"country-by-name:location.country {OLD_PLACE} {VERSION}", "stale"),
}
every_file = pytest.mark.parametrize("name", sorted(TABLE))
good_files = pytest.mark.parametrize("name", sorted(name for name, row in TABLE.items() if row[0] == "good"))


def format_of(name: str) -> str:
    return name.partition("/")[0]


def files(name: str) -> dict[str, bytes]:
    return {name.rpartition("/")[2]: (CASES / name).read_bytes()}


def test_every_file_is_in_the_table_and_its_source_is_named() -> None:
    there = {path.relative_to(CASES).as_posix() for path in CASES.rglob("*.*") if path.suffix != ".md"}
    sources = (CASES / "SOURCES.md").read_text()

    assert there == set(TABLE)
    assert [name for name in there if f"| {name} |" not in sources] == []


@every_file
def test_a_file_is_read_as_what_it_is(name: str) -> None:
    status, odd, age = TABLE[name]

    read = read_directory_file(format_of(name), files(name))

    told = {
        f"{p.code.removeprefix('card.')}:{p.values.get('key', '')}" for p in (*read.problems, *read.warnings)
    }
    assert (read.status, age_of(read.card.written, NOW).level) == (status, age)
    assert told == set(odd.split())
    assert all(say_problem(problem) for problem in (*read.problems, *read.warnings))


@good_files
def test_a_file_tells_which_format_it_is(name: str) -> None:
    content = (CASES / name).read_bytes()

    assert guess("-", content) == format_of(name)


@good_files
def test_what_was_read_can_be_written_and_read_again_without_a_change(name: str) -> None:
    write = FORMATS[format_of(name)].write
    first = read_directory_file(format_of(name), files(name)).card
    written = write(first, OUT).files

    second = read_directory_file(format_of(name), written)

    assert second.status == "good"
    assert write(second.card, OUT).files == written
    assert [p.code for p in second.warnings if p.code not in ("card.kept-private", "card.same-address")] == []


def test_facts_of_a_provider_of_access_to_the_internet() -> None:
    card = read_directory_file("isp", files("isp/tilima.json")).card

    assert (card.state, card.progress, card.since, card.counts.members) == ("forming", 4, "2016-06-09", 20)
    ring = card.areas[0].shape["coordinates"][0]
    assert (len(ring), ring[0]) == (54, ring[-1])


def test_facts_of_a_wireless_network_in_several_places() -> None:
    card = read_directory_file("freifunk", files("freifunk/muenchen.json")).card

    assert [place.locality for place in card.places] == ["München", "Augsburg"]
    assert sorted(card.services) == [
        "cryptpad",
        "dns-over-https",
        "dns-over-tls",
        "etherpad",
        "freifunk-meet",
        "mattermost",
    ]
    assert "bankaccount" in card.also["freifunk"]["support"]["donations"]


def test_two_campaigns_of_one_provider_both_come_back() -> None:
    card = read_directory_file("freifunk", files("freifunk/essen.json")).card

    assert card.funding == {"boost": "2774", "betterplace": "16049 34173"}
    assert b"34173" in FORMATS["freifunk"].write(card, OUT).files["freifunk.json"]


def test_a_broken_file_is_told_with_the_line_it_breaks_in() -> None:
    read = read_directory_file("freifunk", files("freifunk/krefeld.json"))

    where = read.problems[0].where
    lines = (CASES / "freifunk/krefeld.json").read_text().splitlines()
    assert where in {
        f"krefeld.json:{number}" for number in (lines.index("    },") + 1, lines.index("    },") + 2)
    }


def test_facts_of_an_organization_that_left_most_keys_empty() -> None:
    states = [
        read_directory_file("chatonsinfos", files(f"chatonsinfos/{name}.properties"), "fr").card
        for name in ("chapril-first", "chapril")
    ]

    card = states[1]
    assert states[0] == card
    assert (card.name, card.summary) == ({"fr": "Chapril"}, {"fr": "A sentence that isn't ours."})
    assert (card.website, card.logo, card.since) == ("https://www.chapril.org/", "", "")
    assert (card.contacts.email, card.contacts.form) == (
        "contact@chapril.org",
        "https://www.chapril.org/contact.xhtml",
    )
    assert card.also["chatonsinfos"] == {
        "organization.owner.name": "April",
        "organization.owner.website": "https://www.april.org/",
    }


def test_an_organization_with_an_owner_is_written_with_it_and_reads_back() -> None:
    card = read_directory_file("chatonsinfos", files("chatonsinfos/chapril.properties"), "fr").card

    made = FORMATS["chatonsinfos"].write(card, Outgoing("fr", "", "https://c.test/"))

    text = made.files["organization.properties"].decode()
    assert "organization.owner.name = April\n" in text and "organization.startdate" not in text
    assert made.dropped == ()
    assert {problem.values["key"] for problem in made.wants} == {
        "organization.type",
        "organization.country.name",
    }
    assert read_directory_file("chatonsinfos", made.files, "fr").card == card


def test_what_a_network_says_of_itself_beyond_a_card_does_not_get_into_a_provider_s_file() -> None:
    card = read_directory_file("chatonsinfos", files("chatonsinfos/chatons-network.properties"), "fr").card

    made = FORMATS["chatonsinfos"].write(card, Outgoing("fr", "", "https://c.test/"))

    assert made.dropped == ("also.chatonsinfos.chatons-network/federation.favicon",)
    assert not any(b"federation" in content for content in made.files.values())


def test_several_files_of_one_provider_are_one_card() -> None:
    names = ("yunohost-organization", "yunohost-nextcloud")
    both = {f"{name}.properties": (CASES / f"chatonsinfos/{name}.properties").read_bytes() for name in names}

    card = read_directory_file("chatonsinfos", both, "fr").card

    assert (card.name, card.since, card.memberships["chatons"].since) == (
        {"fr": "Le petit chaton"},
        "2018-09-15",
        "2019-12-01",
    )
    assert card.services["yunohost-nextcloud"].who == ("members",)
    assert card.hosts["host-1"].where == "outsourced"
    assert (card.places[0].latitude, card.places[0].longitude) == (48.85, 2.35)
    written = FORMATS["chatonsinfos"].write(card, Outgoing("fr", "", "https://c.test/")).files
    text = written["organization.properties"].decode()
    assert "subs.wiki = https://other.test/wiki.properties" in text
    assert "subs.nextcloud = https://chaton.test/.well-known/" in text
    assert "pixelfeld" not in text and "Tipee " not in text
