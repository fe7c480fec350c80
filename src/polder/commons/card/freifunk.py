"""Files of the Freifunk API (0.1 to 0.5.3) into a card: communities that run wireless networks, each in its place.

>>> read = read_freifunk(b'{"name": "Alder", "url": "http://alder.test", "location": {"city": "Town", "country": "Germany",'
...     b' "lat": 50.1, "lon": 8.2}, "contact": {"ml": "a@alder.test "}, "state": {"lastchange": 1374226369}, "api": "0.1"}')
>>> read.card.places[0].country, read.card.places[0].latitude, read.card.written, read.card.contacts.mailing_list
('DE', 50.1, '2013-07-19T09:32:49Z', 'a@alder.test')
"""

from __future__ import annotations

from typing import Any

from polder.commons.card.build import build
from polder.commons.card.carry import take
from polder.commons.card.columns import Imported, Leaves, leaves, nested, relisted
from polder.commons.card.dates import loose_date
from polder.commons.card.freifunk_table import CAMPAIGNS, PAIRS, VERSION
from polder.commons.card.json_files import read_object
from polder.commons.card.loose import Loose
from polder.commons.card.model import UNKNOWN_LANGUAGE
from polder.commons.card.words import fresh_slug
from polder.kernel.problem import Problem

NAME, FILE = "freifunk", "freifunk.json"
BEGAN, ENDED = "Founded in", "Ended"
_BEGINNINGS, _ENDS = ("founded in", "founded", "since"), ("ended", "closed", "until")
Json = dict[str, Any]


def read_freifunk(content: bytes, file: str = FILE, language: str = UNKNOWN_LANGUAGE) -> Imported:
    data, wrong = read_object(content, file)
    if wrong or not _is_one(data):
        problem = wrong or Problem("card.not-this-format", file, {"format": NAME})
        return build(NAME, {}, {}, (), problems=[problem])
    loose = Loose(file, language)
    if data.get("api") != VERSION:
        loose.warn("card.other-version", "api", value=str(data.get("api"))[:20], expected=VERSION)
    found: Leaves = {}
    kept = _by_hand(data, found, loose)
    taken, rest = take(leaves(data), PAIRS, loose)
    found |= taken
    kept = _joined(relisted(nested(rest)), kept)
    lacks = [] if ("name", language) in found else [Problem("card.lacks", file, {"key": "name"})]
    return build(NAME, found, kept, loose.warnings, lacks, loose.unfilled)


def _is_one(data: Json) -> bool:
    return bool({"location", "metacommunity", "techDetails"} & set(data)) or {"api", "state"} <= set(data)


def _by_hand(data: Json, found: Leaves, loose: Loose) -> Json:
    """Takes the lists out of ``data``; gives what of them is kept."""
    kept: Json = {}
    if name := loose.line(data.pop("metacommunity", "") or "", "metacommunity"):
        found[("memberships", name)] = {}
    kept |= _services(_list(data, "services"), found, loose)
    kept |= _timeline(_list(data, "timeline"), found, loose)
    location = data["location"] if isinstance(data.get("location"), dict) else {}
    address = location.get("address")
    if isinstance(address, dict) and "Name" in address:
        address.setdefault("name", address.pop("Name"))
    kept |= _places(_list(location, "additionalLocations"), found, loose)
    support = data.get("support") if isinstance(data.get("support"), dict) else {}
    donations = support.get("donations") if isinstance(support, dict) else None
    if isinstance(donations, dict):
        odd = _campaigns(_list(donations, "campaigns"), found, loose)
        kept |= {"support": {"donations": {"campaigns": odd}}} if odd else {}
    return kept


def _list(data: Json, key: str) -> list[Any]:
    held = data.pop(key, None)
    return held if isinstance(held, list) else [] if held is None else [held]


def _services(items: list[Any], found: Leaves, loose: Loose) -> Json:
    pairs = (("serviceName", "name"), ("serviceDescription", "summary"))
    kept: Json = {}
    known: set[str] = set()
    for item in (one for one in items if isinstance(one, dict)):
        slug = fresh_slug(str(item.get("serviceName", "")), known, "service")
        known.add(slug)
        place = ("services", slug)
        for theirs, ours in pairs:
            if text := loose.text(item.get(theirs) or "", f"services.{theirs}"):
                found[(*place, ours, loose.language)] = text
        address = item.get("externalUri")
        if address and (url := loose.url(address, "services.externalUri")):
            found[(*place, "url")] = url
        rest = {
            key: value for key, value in item.items() if key not in (*dict(pairs), "externalUri") and value
        }
        kept |= {slug: rest} if rest else {}
    return {"services": kept} if kept else {}


def _timeline(items: list[Any], found: Leaves, loose: Loose) -> Json:
    """When it began and ended, when an event says so in the generator's words; other events are kept."""
    kept = []
    for item in items:
        said = str(item.get("description", "")).strip().casefold() if isinstance(item, dict) else ""
        field = "since" if said in _BEGINNINGS else "until" if said in _ENDS else ""
        when = loose_date(item.get("timestamp", ""))[0] if field else ""
        if when and (field,) not in found:
            found[(field,)] = when
        else:
            kept.append(item)
    return {"timeline": kept} if kept else {}


def _places(items: list[Any], found: Leaves, loose: Loose) -> Json:
    kept = []
    for item in items:
        taken, rest = take(leaves({"location": item}), PAIRS, loose)
        place = {path[2:]: value for path, value in taken.items() if path[:2] == ("places", "0")}
        number = str(1 + len({path[1] for path in found if path[0] == "places"}))
        if not place or rest:
            kept.append(item)
        else:
            found |= {("places", number, *path): value for path, value in place.items()}
    return {"location": {"additionalLocations": kept}} if kept else {}


def _campaigns(items: list[Any], found: Leaves, loose: Loose) -> list[Any]:
    """Campaigns by provider; several of one provider stand in one text."""
    kept = []
    for item in items:
        provider = item.get("provider") if isinstance(item, dict) else None
        project = (
            loose.line(item.get("projectid") or "", "campaigns.projectid") if provider in CAMPAIGNS else None
        )
        if project and " " not in project:
            before = found.get(("funding", str(provider)), "")
            found[("funding", str(provider))] = f"{before} {project}".strip()
        elif item:
            kept.append(item)
    return kept


def _joined(rest: Json, kept: Json) -> Json:
    both = dict(rest)
    for key, held in kept.items():
        before = both.get(key)
        both[key] = _joined(before, held) if isinstance(before, dict) and isinstance(held, dict) else held
    return both
