"""Which key of ChatonsInfos 0.5 is which field of a card.

Sources: the ontology of StatoolInfos, the models that ChatonsInfos gives away, and what a generator writes. Kinds of file:
organization (a provider), service (with software and host), federation (a network: read, never written).
"""

from __future__ import annotations

from polder.commons.card.carry import IGNORED
from polder.commons.card.columns import Pair, pair

PROTOCOL = "ChatonsInfos-0.5"
RESERVED = "organization"
"""What the provider's own file is called when we write it."""

KIND = {
    "ASSOCIATION": "association",
    "INFORMAL": "informal",
    "COOPERATIVE": "cooperative",
    "MICROCOMPANY": "microcompany",
    "COMPANY": "company",
    "INDIVIDUAL": "individual",
    "OTHER": "other",
}
LEVEL = {"ACTIVE": "active", "IDLE": "resting", "AWAY": "away"}
STATUS = {
    **{word: word.casefold() for word in ("OK", "WARNING", "ALERT", "ERROR", "OVER")},
    "VOID": "unknown",
    "ON": "ok",
    "MAINTENANCE": "warning",
    "DOWN": "error",
    "OFF": "over",
    "DRAFT": "unknown",
}
"""The last five are of an older form: read, never written."""

WHO = {"None": "anyone", "Free": "account", "Member": "members", "Client": "clients"}
LOAD = {"OPEN": "no", "FULL": "yes"}
WHERE = {"HOME": "home", "HOSTEDBAY": "bay", "HOSTEDSERVER": "server", "OUTSOURCED": "outsourced"}
SERVER = {word.upper(): word for word in ("nano", "physical", "virtual", "shared", "cloud")}


def _about(section: str) -> tuple[Pair, ...]:
    """What organizations and networks are told by alike."""
    return (
        pair(f"{section}.name", "name", "said"),
        pair(f"{section}.description", "summary", "said"),
        pair(f"{section}.website", "website", "url"),
        pair(f"{section}.logo", "logo", "url"),
        pair(f"{section}.logo.url", "logo", "url", old=True),
        pair(f"{section}.contact.url", "contacts.form", "url"),
        pair(f"{section}.contact.email", "contacts.email", "email"),
        pair(f"{section}.legal.url", "policies.legal", "url"),
        pair(f"{section}.guide.technical", "policies.technical-guide", "url"),
        pair(f"{section}.technical.url", "policies.technical-guide", "url", old=True),
        pair(f"{section}.guide.user", "policies.user-guide", "url"),
        pair(f"{section}.startdate", "since", "date"),
        pair(f"{section}.startDate", "since", "date", old=True),
        pair(f"{section}.enddate", "until", "date"),
        pair(f"{section}.endDate", "until", "date", old=True),
        pair(f"{section}.socialnetworks.pixelfeld", "contacts.social.pixelfed", old=True),
        pair(f"{section}.socialnetworks.*", "contacts.social.*"),
        pair(f"{section}.chatrooms.*", "contacts.chats.*", "texts"),
    )


ORGANIZATION: tuple[Pair, ...] = (
    *_about("organization"),
    pair("organization.type", "kind", "word", KIND),
    pair("organization.status.level", "state", "word", LEVEL),
    pair("organization.status.description", "state-note"),
    pair("organization.country.name", "places.0.country-name"),
    pair("organization.country.code", "places.0.country", "country"),
    pair("organization.geolocation.latitude", "places.0.latitude", "latitude"),
    pair("organization.geolocation.longitude", "places.0.longitude", "longitude"),
    pair("organization.geolocation.address", "places.0.address"),
    pair("organization.geography.latitude", "places.0.latitude", "latitude", old=True),
    pair("organization.geography.longitude", "places.0.longitude", "longitude", old=True),
    pair("organization.geography.address", "places.0.address", old=True),
    pair("organization.memberof.*.startdate", "memberships.*.since", "date"),
    pair("organization.memberof.*.startDate", "memberships.*.since", "date", old=True),
    pair("organization.memberof.*.enddate", "memberships.*.until", "date"),
    pair("organization.memberof.*.endDate", "memberships.*.until", "date", old=True),
    pair("organization.memberof.*.status.level", "memberships.*.state", "word", LEVEL),
    pair("organization.memberof.*.status.description", "memberships.*.note"),
    pair("organization.funding.Tipee", "funding.tipeee", old=True),
    pair("organization.funding.tipee", "funding.tipeee", old=True),
    pair("organization.funding.*", "funding.*"),
)
NETWORK: tuple[Pair, ...] = _about("federation")
SERVICE: tuple[Pair, ...] = (
    pair("service.name", "name", "said"),
    pair("service.description", "summary", "said"),
    pair("service.website", "url", "url"),
    pair("service.logo", "logo", "url"),
    pair("service.logo.url", "logo", "url", old=True),
    pair("service.legal.url", "legal", "url"),
    pair("service.guide.technical", "technical-guide", "url"),
    pair("service.technical.url", "technical-guide", "url", old=True),
    pair("service.guide.user", "user-guide", "url"),
    pair("service.contact.url", "contact-form", "url"),
    pair("service.contact.email", "contact-email", "email"),
    pair("service.startdate", "since", "date"),
    pair("service.startDate", "since", "date", old=True),
    pair("service.enddate", "until", "date"),
    pair("service.endDate", "until", "date", old=True),
    pair("service.status.level", "state", "word", STATUS),
    pair("service.status.description", "state-note"),
    pair("service.registration", "who", "words", WHO),
    pair("service.registration.load", "full", "flag", LOAD),
    pair("software.name", "software.name"),
    pair("software.website", "software.website", "url"),
    pair("software.license.name", "software.licence"),
    pair("software.version", "software.version"),
    pair("software.source.url", "software.source", "url"),
)
"""Below ``services.<id>`` of a card's data."""


def _host(
    key: str, path: str, kind: str = "line", words: dict[str, str] | None = None, old: bool = False
) -> Pair:
    return pair(f"host.{key}", path, kind, words, old)


HOST: tuple[Pair, ...] = (
    _host("name", "company"),
    _host("server.distribution", "system"),
    _host("server.type", "kind", "word", SERVER),
    _host("provider.type", "where", "word", WHERE),
    _host("provider", "where", "word", WHERE, old=True),
    _host("provider.hypervisor", "hypervisor"),
    _host("country.name", "country-name"),
    _host("country.code", "country", "country"),
)
"""Below ``hosts.<id>``. ``host.name`` is whose machine it is, says the form that writes it."""

HOST_FIRST: tuple[Pair, ...] = (_host("name", "name"), _host("provider", "company", old=True), *HOST)
"""As the first form had it: ``host.name`` is the machine's name, ``host.provider`` in words is whose it is."""

FIGURES = {"metrics", "file", "subs"}
"""Sections of a file that holds figures of a service and says nothing else."""

HEAD: tuple[Pair, ...] = (
    pair("file.class", "", IGNORED),
    pair("file.protocol", "", IGNORED),
    pair("file.generator", "", IGNORED),
    pair("file.url", "", IGNORED),
    pair("file.datetime", "written", "moment"),
)
REQUIRED = (
    "organization.name",
    "organization.type",
    "organization.country.name",
)
"""What the form of a generator insists on (membership apart)."""

PAIRS_POSSIBLE = {
    "home": ("nano", "physical", "virtual", "shared", "cloud"),
    "bay": ("nano", "physical", "virtual", "shared", "cloud"),
    "server": ("physical", "virtual", "shared", "cloud"),
    "outsourced": ("virtual", "shared", "cloud"),
}
"""Which kind of machine can be where."""
