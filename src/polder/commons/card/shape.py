"""What ``card.yml`` and ``card.json`` may hold: keys, kinds, and a sentence about each. The two share every key but a few:
``card.json`` has what ``network.yml`` knows (``provider``, ``urls``, ``recipients``) and ``written``; ``card.yml`` has what nobody
else is told (``notes``, ``hide``, ``also``).

A key is a field of the model with ``-`` for ``_``: ``read`` and ``write`` go by that alone.
"""

from __future__ import annotations

from polder.commons.card.kinds import (
    AMOUNT,
    COUNTRY,
    DATE,
    EMAIL,
    KEY,
    LATITUDE,
    LONGITUDE,
    MOMENT,
    REACH,
    URL,
    WRITTEN,
)
from polder.commons.card.model import (
    ENERGY,
    HOST_CONTROL,
    HOST_KINDS,
    HOST_WHERE,
    KINDS,
    SERVICE_STATES,
    STATES,
    WHO,
)
from polder.kernel.kinds import LANGUAGE, LINE, PROSE, SIZE, SLUG, TEXT, TEXTS, YES_NO, between, choice
from polder.kernel.recipient import RECIPIENT
from polder.kernel.shape import Key, Keys, ListOf, MapOf, Raw

PLACE = Keys(
    {
        "country": Key(COUNTRY, "Its country: two capital letters.", example="FR"),
        "country-name": Key(TEXT, "The country's name as you write it."),
        "region": Key(TEXT, "The region."),
        "locality": Key(TEXT, "The town or village."),
        "postcode": Key(WRITTEN, "The postal code."),
        "address": Key(TEXT, "Street and number of your office; never anybody's home."),
        "latitude": Key(LATITUDE, "Degrees north; a rounded one (two decimals) hides a house."),
        "longitude": Key(LONGITUDE, "Degrees east."),
    }
)
CONTACTS = Keys(
    {
        "email": Key(EMAIL, "A mail address that several of you read."),
        "form": Key(URL, "A page where people can write to you."),
        "mailing-list": Key(REACH, "A mailing list that is open to all: its address or its page."),
        "security": Key(REACH, "Where somebody tells you of a hole: a mail address or a page."),
        "chats": Key(MapOf(ListOf(TEXT), KEY), "Chat rooms by kind (irc, matrix, xmpp)."),
        "social": Key(MapOf(TEXT, KEY), "Your accounts in social networks by kind (mastodon, peertube)."),
    }
)
POLICIES = Keys(
    {
        "terms": Key(URL, "Your terms of use."),
        "privacy": Key(URL, "What you do with people's data."),
        "legal": Key(URL, "Legal notices."),
        "user-guide": Key(URL, "Help for people who use your services."),
        "technical-guide": Key(URL, "How you run things."),
    }
)
CAPACITY = Keys(
    {
        "accounts": Key(AMOUNT, "How many accounts there can be."),
        "free-accounts": Key(AMOUNT, "How many of them are free."),
        "groups": Key(AMOUNT, "How many more groups you can take."),
        "storage": Key(SIZE, "How much can be stored.", example="2T"),
        "free-storage": Key(SIZE, "How much of it is free."),
    }
)
COUNTS = Keys(
    {
        "members": Key(AMOUNT, "How many members you have."),
        "accounts": Key(AMOUNT, "How many accounts."),
        "subscribers": Key(AMOUNT, "How many lines to the internet."),
        "nodes": Key(AMOUNT, "How many nodes a wireless network has."),
    }
)
MEMBERSHIP = Keys(
    {
        "since": Key(DATE, "Since when."),
        "until": Key(DATE, "Until when."),
        "state": Key(choice(STATES), "Whether you take part now."),
        "note": Key(LINE, "A remark about it."),
    }
)
SOFTWARE = Keys(
    {
        "name": Key(TEXT, "Its name."),
        "version": Key(WRITTEN, "Which version runs."),
        "licence": Key(TEXT, "Its licence, as SPDX spells it.", example="AGPL-3.0-or-later"),
        "website": Key(URL, "Its website."),
        "source": Key(URL, "Where its source is."),
    }
)
HOST = Keys(
    {
        "name": Key(TEXT, "What you call it."),
        "where": Key(choice(HOST_WHERE), "At home, your machine in a bay, a rented server, or outsourced."),
        "kind": Key(choice(HOST_KINDS), "What sort of machine."),
        "control": Key(choice(HOST_CONTROL), "What you hold: the hardware, the machine, or only an account."),
        "company": Key(TEXT, "Whose machine or data centre it is."),
        "country": Key(COUNTRY, "The country it is in: two capital letters."),
        "country-name": Key(TEXT, "The country's name as you write it."),
        "system": Key(TEXT, "Its operating system."),
        "hypervisor": Key(TEXT, "What virtualises it."),
    }
)
SERVICE = Keys(
    {
        "name": Key(TEXTS, "Its name: language to text."),
        "summary": Key(TEXTS, "What it is for, in a sentence: language to text."),
        "kind": Key(TEXT, "A word such as wiki, mail, pad, calls.", example="wiki"),
        "url": Key(URL, "Where it is."),
        "logo": Key(URL, "Where its logo is."),
        "software": Key(SOFTWARE, "What runs it."),
        "who": Key(ListOf(choice(WHO)), "Who may use it.", example=["account"]),
        "full": Key(YES_NO, "Whether nobody new is taken."),
        "languages": Key(ListOf(LANGUAGE), "Languages you help people in with it."),
        "capacity": Key(CAPACITY, "How much there is for others."),
        "price": Key(TEXTS, "What it costs, in words: language to text."),
        "state": Key(choice(SERVICE_STATES), "How it is now."),
        "state-note": Key(LINE, "A remark about that."),
        "since": Key(DATE, "Since when there is this service."),
        "until": Key(DATE, "Until when."),
        "contact-email": Key(EMAIL, "Whom to write to about it."),
        "contact-form": Key(URL, "A page where people write to you about it."),
        "legal": Key(URL, "Its legal notices."),
        "user-guide": Key(URL, "Help for people who use it."),
        "technical-guide": Key(URL, "How it is run."),
        "host": Key(SLUG, "The host it runs on, one of hosts."),
    }
)
SERVES = Keys(
    {
        "groups": Key(ListOf(TEXT), "Words for whom you serve.", example=["associations", "unions"]),
        "without": Key(ListOf(TEXT), "Words for whom you do not serve."),
        "words": Key(TEXTS, "The same in sentences: language to text."),
    }
)
AREA = Keys(
    {
        "name": Key(TEXT, "What the area is called.", required=True),
        "technologies": Key(ListOf(TEXT), "How one gets access there (ftth, wifi, vpn)."),
        "shape": Key(
            Raw({"type": "object"}), "Its shape, a GeoJSON Polygon or MultiPolygon; longitude comes first."
        ),
    }
)
ENERGY_USE = Keys(
    {
        "source": Key(choice(ENERGY), "Where the electricity comes from."),
        "kilowatt-hours": Key(AMOUNT, "How much all hosts use in a year."),
        "words": Key(TEXTS, "More about it: language to text."),
    }
)
ACCESSIBILITY = Keys(
    {
        "statement": Key(URL, "Your page about accessibility."),
        "words": Key(TEXTS, "What is accessible and what not: language to text."),
    }
)
_SHARED: dict[str, Key] = {
    "name": Key(TEXTS, "Your name: language to text.", required=True, example={"en": "Alder", "fr": "Aulne"}),
    "short": Key(TEXT, "A short name, 15 letters at most."),
    "summary": Key(TEXTS, "What you do, in one sentence: language to text."),
    "description": Key(TEXTS, "What you do, at length: language to text."),
    "languages": Key(ListOf(LANGUAGE), "Languages you help people in.", example=["fr", "en"]),
    "kind": Key(choice(KINDS), "Your legal form."),
    "kind-words": Key(LINE, "The same in your words."),
    "state": Key(choice(STATES), "How you are now: forming, active, resting (nobody new), away."),
    "state-note": Key(LINE, "A remark about that."),
    "progress": Key(between(0, 7), "How far you are as a provider of internet access, 1 to 7.", default=0),
    "since": Key(DATE, "Since when you exist: a year, a month or a day.", example="2014-05"),
    "until": Key(DATE, "Until when you existed."),
    "website": Key(URL, "Your website."),
    "websites": Key(MapOf(URL, KEY), "Other sites of yours: what to what address."),
    "logo": Key(URL, "Where your logo is."),
    "places": Key(ListOf(PLACE), "Where you are, the main place first."),
    "contacts": Key(CONTACTS, "How people reach you."),
    "policies": Key(POLICIES, "Your pages about rules and data."),
    "services": Key(MapOf(SERVICE, SLUG), "What you offer and to whom."),
    "hosts": Key(MapOf(HOST, SLUG), "The machines services run on, as much as you want known."),
    "areas": Key(ListOf(AREA), "Where you give access to the internet."),
    "serves": Key(SERVES, "Which groups you serve, and which not."),
    "capacity": Key(CAPACITY, "How much there is for others."),
    "counts": Key(COUNTS, "How many you are."),
    "memberships": Key(MapOf(MEMBERSHIP, KEY), "Networks you are part of.", example={"chatons": {}}),
    "funding": Key(MapOf(TEXT, KEY), "Where people give you money, by kind; never an account number."),
    "energy": Key(ENERGY_USE, "The electricity of your hosts."),
    "depends": Key(ListOf(TEXT), "Companies without which your services would stop."),
    "accessibility": Key(ACCESSIBILITY, "For people with disabilities."),
    "mirrors": Key(ListOf(URL), "Where others serve copies of your public folder."),
    "created": Key(MOMENT, "When this card was begun.", example="2026-11-22T12:00:00Z"),
    "valid-until": Key(DATE, "When others should no longer believe this without asking."),
}
_OWN: dict[str, Key] = {
    "notes": Key(PROSE, "For yourselves; never published."),
    "hide": Key(
        ListOf(KEY), "What stays out of everything published: keys such as capacity or places.address."
    ),
    "also": Key(
        Raw({"type": "object"}),
        "Keys of directory files that have no place here, by format; they go back into that format only.",
    ),
}
_GIVEN: dict[str, Key] = {
    "format": Key(TEXT, "polder-card-1.", required=True),
    "provider": Key(SLUG, "Its id in the network.", required=True),
    "urls": Key(ListOf(URL), "Where its public folder is served, the origin first."),
    "recipients": Key(ListOf(RECIPIENT), "What is encrypted to it: age recipients or SSH public keys."),
    "written": Key(MOMENT, "When the card last changed."),
}
CARD_YML = Keys({**_SHARED, **_OWN}, title="What a provider says of itself")
CARD_JSON = Keys({**_GIVEN, **_SHARED}, title="A provider's card, as published")
