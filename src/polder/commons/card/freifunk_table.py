"""Which key of the Freifunk API 0.5.3 is which field of a card, and what else the API knows.

Source: the published JSON schema of 0.5.3, and files of older versions (0.1 to 0.4), whose keys are read and never written.
"""

from __future__ import annotations

from typing import Any

from polder.commons.card.carry import IGNORED
from polder.commons.card.columns import Pair, pair

VERSION = "0.5.3"
CAMPAIGNS = ("betterplace", "boost")
CHATS = {"irc": "irc", "jabber": "xmpp", "matrix": "matrix"}
SOCIAL = ("facebook", "identica", "googleplus", "mastodon", "twitter")

PAIRS: tuple[Pair, ...] = (
    pair("api", "", IGNORED),
    pair("name", "name", "said"),
    pair("url", "website", "url"),
    pair("location.city", "places.0.locality"),
    pair("location.country", "places.0.country", "country"),
    pair("location.state", "places.0.region"),
    pair("location.geoCode.lat", "places.0.latitude", "latitude"),
    pair("location.geoCode.lon", "places.0.longitude", "longitude"),
    pair("location.lat", "places.0.latitude", "latitude", old=True),
    pair("location.lon", "places.0.longitude", "longitude", old=True),
    pair("location.address.street", "places.0.address"),
    pair("location.address.Street", "places.0.address", old=True),
    pair("location.address.zipcode", "places.0.postcode"),
    pair("location.address.Zipcode", "places.0.postcode", old=True),
    pair("contact.email", "contacts.email", "email"),
    pair("contact.ml", "contacts.mailing-list", "reach"),
    pair("contact.webform", "contacts.form", "url"),
    *(pair(f"contact.{theirs}", f"contacts.chats.{ours}", "one") for theirs, ours in CHATS.items()),
    *(pair(f"contact.{name}", f"contacts.social.{name}") for name in SOCIAL),
    pair("state.nodes", "counts.nodes", "count"),
    pair("state.message", "state-note"),
    pair("state.description", "summary", "said"),
    pair("state.lastchange", "written", "moment"),
    pair("privacy.policyurl", "policies.privacy", "url"),
)
"""Lists (places, services, timeline, campaigns) and the network one is part of are read and written by hand."""

KNOWN: dict[str, Any] = {
    "location": {"address": {"name"}},
    "contact": {"phone"},
    "timeline": None,
    "feeds": None,
    "nodeMaps": None,
    "state": {"focus"},
    "support": {
        "club": {"name", "street", "zip", "city", "url", "email", "board"},
        "donations": {"bankaccount": {"IBAN", "BIC", "usage"}, "campaigns": None},
    },
    "socialprojects": {"number", "website", "contact"},
    "techDetails": {
        "firmware": {
            "name",
            "url",
            "docs",
            "vpnaccess",
            "registrationurl",
            "orgrestrictions",
            "techrestrictions",
        },
        "dns": None,
        "networks": {"ipv4", "ipv6"},
        "routing": None,
        "legals": None,
        "updatemode": None,
    },
}
"""What 0.5.3 knows besides the pairs: ``None`` stands for anything, a set for its keys. Other keys cannot be written back: the
schema allows none."""


WORD_LISTS = ("routing", "legals", "updatemode", "focus", "board", "nameserver")
ITEM_LISTS = ("timeline", "feeds", "nodeMaps", "dns", "ipv4", "ipv6", "campaigns", "additionalLocations")
"""Of words, and of mappings."""


def is_known(path: tuple[str, ...]) -> bool:
    """Whether 0.5.3 has a place for a kept key."""
    place: Any = KNOWN
    for part in path:
        if place is None:
            return True
        if part not in place:
            return False
        place = place[part] if isinstance(place, dict) else None
    return place is None
