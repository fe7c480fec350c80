"""What a provider says of itself, whoever's file it was said in. Every other form (``card.yml``, ``card.json``, the files of
directories) is read into a ``Card`` or written from one.

The rules:

* nothing is required but a name, so that half a card can be held, shown and mended;
* a text is a mapping of languages to texts; ``und`` (ISO 639-2, undetermined) where a file did not say which language it is in;
* a date is text of one of three lengths: ``2014``, ``2014-05``, ``2014-05-09``; nobody has to know the day;
* what a card holds is public, save what ``hide`` names, ``notes``, and ``also`` (see ``audience``).

>>> Card(name={"en": "Alder", "fr": "Aulne"}).name["fr"]
'Aulne'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FORMAT = "polder-card-1"
TARGET = "card.json"
"""Where a provider's card is among its targets."""

Texts = Mapping[str, str]
"""Language to text."""

UNKNOWN_LANGUAGE = "und"
KINDS = ("association", "informal", "cooperative", "microcompany", "company", "individual", "other")
STATES = ("forming", "active", "resting", "away")
"""``resting``: serves whom it serves, takes nobody new. ``away``: left."""

WHO = ("anyone", "account", "members", "clients")
"""``anyone``: no account needed; ``account``: free for everybody with an account; ``members``: a circle; ``clients``: a contract."""

SERVICE_STATES = ("ok", "warning", "alert", "error", "over", "unknown")
HOST_WHERE = ("home", "bay", "server", "outsourced")
"""``bay``: our machine in somebody's data centre; ``server``: a rented machine; ``outsourced``: others run it for us."""

HOST_KINDS = ("nano", "physical", "virtual", "shared", "cloud")
HOST_CONTROL = ("hardware", "machine", "account")
"""What we hold: the hardware, the machine (root on what others own), or no more than an account."""

ENERGY = ("own", "renewable", "mixed", "unknown")


@dataclass(frozen=True, slots=True)
class Place:
    """``country``: ISO 3166-1 alpha-2. ``latitude`` and ``longitude`` in degrees, both or none. ``address``: street and number."""

    country: str = ""
    country_name: str = ""
    region: str = ""
    locality: str = ""
    postcode: str = ""
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Contacts:
    """``chats``: kind (``irc``, ``matrix``, ``xmpp``) to addresses. ``social``: kind (``mastodon``) to address. ``security``: where
    holes are told, a mail address or a page."""

    email: str = ""
    form: str = ""
    mailing_list: str = ""
    security: str = ""
    chats: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    social: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Policies:
    """Addresses of pages."""

    terms: str = ""
    privacy: str = ""
    legal: str = ""
    user_guide: str = ""
    technical_guide: str = ""


@dataclass(frozen=True, slots=True)
class Capacity:
    """How much there is for others; ``None`` says nothing. ``storage``, ``free_storage`` in bytes."""

    accounts: int | None = None
    free_accounts: int | None = None
    groups: int | None = None
    storage: int | None = None
    free_storage: int | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are now; ``None`` says nothing."""

    members: int | None = None
    accounts: int | None = None
    subscribers: int | None = None
    nodes: int | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """Being part of a network. ``state``: one of ``STATES`` or ``""``."""

    since: str = ""
    until: str = ""
    state: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Software:
    """``licence``: an SPDX expression where one is known."""

    name: str = ""
    version: str = ""
    licence: str = ""
    website: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Host:
    """Where something runs. ``company``: whose data centre or machine; ``country``: ISO 3166-1 alpha-2."""

    name: str = ""
    where: str = ""
    kind: str = ""
    control: str = ""
    company: str = ""
    country: str = ""
    country_name: str = ""
    system: str = ""
    hypervisor: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """One thing offered. ``kind``: a word such as ``wiki``. ``who``: several of ``WHO``. ``full``: nobody new is taken, ``None`` says
    nothing. ``price``: in words. ``host``: the id of one of the card's hosts."""

    name: Texts = field(default_factory=dict)
    summary: Texts = field(default_factory=dict)
    kind: str = ""
    url: str = ""
    logo: str = ""
    software: Software = Software()
    who: tuple[str, ...] = ()
    full: bool | None = None
    languages: tuple[str, ...] = ()
    capacity: Capacity = Capacity()
    price: Texts = field(default_factory=dict)
    state: str = ""
    state_note: str = ""
    since: str = ""
    until: str = ""
    contact_email: str = ""
    contact_form: str = ""
    legal: str = ""
    user_guide: str = ""
    technical_guide: str = ""
    host: str = ""


@dataclass(frozen=True, slots=True)
class Serves:
    """Which groups: words such as ``associations``, and sentences. ``without``: those that are not served."""

    groups: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    words: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Area:
    """Where access to the internet is offered. ``technologies``: ``ftth``, ``wifi``, ``vpn`` ... ``shape``: a GeoJSON Polygon or
    MultiPolygon (RFC 7946), empty when not known."""

    name: str = ""
    technologies: tuple[str, ...] = ()
    shape: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Energy:
    """``source``: one of ``ENERGY``. ``kilowatt_hours``: a year, all hosts."""

    source: str = ""
    kilowatt_hours: int | None = None
    words: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Accessibility:
    """``statement``: address of a page."""

    statement: str = ""
    words: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Card:
    """``provider``: its id in the network, ``""`` outside of one. ``progress``: FFDN's steps 1 to 7 of becoming a provider, 0 says
    nothing. ``depends``: companies without which it would not work. ``mirrors``: addresses where others serve copies of its public
    folder; ``urls``: where it serves that itself. ``recipients``: what is encrypted to it. ``created``, ``written``: when the card
    was begun and last changed (``2026-11-22T12:00:00Z``), ``""`` when not known. ``hide``: fields that stay out of what is
    published. ``also``: keys of directory files that have no place here, by format. ``unknown``: keys of a newer ``card.json``."""

    provider: str = ""
    name: Texts = field(default_factory=dict)
    short: str = ""
    summary: Texts = field(default_factory=dict)
    description: Texts = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    kind: str = ""
    kind_words: str = ""
    state: str = ""
    state_note: str = ""
    progress: int = 0
    since: str = ""
    until: str = ""
    website: str = ""
    websites: Mapping[str, str] = field(default_factory=dict)
    logo: str = ""
    places: tuple[Place, ...] = ()
    contacts: Contacts = Contacts()
    policies: Policies = Policies()
    services: Mapping[str, Service] = field(default_factory=dict)
    hosts: Mapping[str, Host] = field(default_factory=dict)
    areas: tuple[Area, ...] = ()
    serves: Serves = Serves()
    capacity: Capacity = Capacity()
    counts: Counts = Counts()
    memberships: Mapping[str, Membership] = field(default_factory=dict)
    funding: Mapping[str, str] = field(default_factory=dict)
    energy: Energy = Energy()
    depends: tuple[str, ...] = ()
    accessibility: Accessibility = Accessibility()
    urls: tuple[str, ...] = ()
    mirrors: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    created: str = ""
    written: str = ""
    valid_until: str = ""
    notes: str = ""
    hide: tuple[str, ...] = ()
    also: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    unknown: Mapping[str, Any] = field(default_factory=dict)
