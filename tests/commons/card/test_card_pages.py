"""The page about cards says what the code does: which field goes into which key of which format."""

from pathlib import Path

from polder.commons.card import chatonsinfos_table as chatons
from polder.commons.card import freifunk_table, isp, librehost
from polder.commons.card.build import mine
from polder.commons.card.carry import IGNORED
from polder.commons.card.columns import Outgoing, Pair
from polder.commons.card.columns import Path as Place
from polder.commons.card.formats import FORMATS
from polder.commons.card.shape import CARD_YML
from support.cards import FULL

PAGE = Path(__file__).resolve().parents[3] / "docs/reference/formats/card.md"
ORDER = ("chatonsinfos", "librehost", "isp", "freifunk")
OUT = Outgoing("en", "2026-11-22T12:00:00Z", "https://alder.test/c/")
TEXTS = ("name", "summary", "description", "words", "price")
IDS = (("services", "wiki"), ("hosts", "one"), ("areas", "0"))
BY_HAND = {
    ("chatonsinfos", "counts.accounts"): "metrics.service.accounts.YEAR.months",
    ("chatonsinfos", "services.*.host"): "(the keys host.* beside it)",
    ("librehost", "kind"): "organizationType",
    ("isp", "memberships.*.since"): "ffdnMemberSince (of ffdn)",
    ("freifunk", "contacts.chats.*"): "contact.irc, contact.jabber, contact.matrix",
    ("freifunk", "contacts.social.*"): "contact.mastodon, contact.twitter, contact.facebook",
    ("isp", "state"): "progressStatus (7: active, 1 to 6: forming)",
    ("isp", "places.0.country"): "registeredOffice.country-name",
    ("isp", "contacts.chats.*"): "chatrooms",
    ("isp", "areas.*.name"): "coveredAreas.name",
    ("isp", "areas.*.technologies"): "coveredAreas.technologies",
    ("isp", "areas.*.shape"): "coveredAreas.area",
    ("freifunk", "since"): "timeline (Founded in)",
    ("freifunk", "until"): "timeline (Ended)",
    ("freifunk", "memberships.*"): "metacommunity",
    ("freifunk", "funding.*"): "support.donations.campaigns (betterplace, boost)",
    ("freifunk", "places.1.*"): "location.additionalLocations (town, country, position)",
    ("freifunk", "places.0.region"): "location.state (as ISO 3166-2)",
    ("freifunk", "services.*.name"): "services.serviceName",
    ("freifunk", "services.*.summary"): "services.serviceDescription",
    ("freifunk", "services.*.url"): "services.externalUri",
}


def pairs() -> dict[str, tuple[tuple[str, tuple[Pair, ...]], ...]]:
    """The tables of each format, with the place in the card that they begin from."""
    tables = (("", chatons.ORGANIZATION), ("services.*.", chatons.SERVICE), ("hosts.*.", chatons.HOST))
    return {
        "chatonsinfos": tables,
        "librehost": (("", librehost.PAIRS),),
        "isp": (("", isp.PAIRS),),
        "freifunk": (("", freifunk_table.PAIRS),),
    }


def row_of(path: Place) -> str:
    """The field a leaf of the full card belongs to, with ``*`` for ids that people choose."""
    parts = list(path[:-1] if path[-1] == "en" and path[-2] in TEXTS else path)
    if tuple(parts[:2]) in IDS or parts[0] in ("memberships", "funding", "websites"):
        parts[1] = "*"
    if parts[:2] in (["contacts", "chats"], ["contacts", "social"]):
        parts[2] = "*"
    if parts[:2] == ["places", "1"]:
        parts[2:] = ["*"]
    if parts[:3] == ["areas", "*", "shape"]:
        parts = parts[:3]
    return ".".join(parts)


def key_of(format: str, row: str) -> str:
    if (format, row) in BY_HAND:
        return BY_HAND[format, row]
    for below, listed in pairs()[format]:
        for one in listed:
            if not one.old and one.kind != IGNORED and f"{below}{'.'.join(one.path)}" == row:
                return ".".join(one.key)
    raise AssertionError(f"{format} carries {row} by no pair")


def table() -> str:
    carried = {
        name: {
            row_of(path)
            for path in mine(FULL)
            if ".".join(path) not in FORMATS[name].write(FULL, OUT).dropped
        }
        for name in ORDER
    }
    rows = list(
        dict.fromkeys(
            row_of(path) for path in mine(FULL) if path[0] not in ("provider", "urls", "recipients")
        )
    )
    lines = [
        "| field | ChatonsInfos | librehost.json | isp.json | Freifunk API |",
        "| --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        cells = [f"`{key_of(name, row)}`" if row in carried[name] else "–" for name in ORDER]
        lines.append(f"| `{row}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def test_the_table_of_the_page_is_that_of_the_code() -> None:
    assert table() in PAGE.read_text(), f"the table in {PAGE.name} should be:\n{table()}"


def test_the_page_names_every_key_of_the_card() -> None:
    text = PAGE.read_text()

    assert [key for key in CARD_YML.keys if f"`{key}`" not in text] == []
