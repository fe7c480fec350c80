"""A card as a file of the Freifunk API 0.5.3.

>>> made = write_freifunk(Card(name={"en": "Alder"}, kind="association"), Outgoing("en", "2026-11-22T12:00:00Z"))
>>> made.dropped, [str(problem.values["key"]) for problem in made.wants]
(('kind',), ['url', 'location.city', 'location.geoCode', 'contact'])
"""

from __future__ import annotations

import re
from typing import Any

from polder.commons.card.build import dropped, kept_unknown, mine
from polder.commons.card.carry import give
from polder.commons.card.columns import Exported, Leaves, Outgoing, Pair, Path, leaves, nested, pair, relisted
from polder.commons.card.freifunk import BEGAN, ENDED, FILE, NAME
from polder.commons.card.freifunk_table import CAMPAIGNS, ITEM_LISTS, PAIRS, VERSION, WORD_LISTS, is_known
from polder.commons.card.json_files import merged, write_object
from polder.commons.card.model import Card
from polder.kernel.problem import Problem

_REGION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_ELSEWHERE = ("chatons", "ffdn")
"""Networks that have files of their own kind."""

_PLACE: tuple[Pair, ...] = (
    pair("city", "locality"),
    pair("country", "country", "country"),
    pair("geoCode.lat", "latitude", "latitude"),
    pair("geoCode.lon", "longitude", "longitude"),
)
_SERVICE: tuple[Pair, ...] = (
    pair("serviceName", "name", "said"),
    pair("serviceDescription", "summary", "said"),
    pair("externalUri", "url", "url"),
)
Json = dict[str, Any]


def write_freifunk(card: Card, out: Outgoing) -> Exported:
    every = mine(card)
    fit = {
        path: value for path, value in every.items() if path[-1] != "region" or _REGION.fullmatch(str(value))
    }
    theirs, carried = give(fit | ({("written",): out.written} if out.written else {}), PAIRS, out)
    kept, refused = _kept(card)
    data = merged(kept, nested(theirs))
    data |= _network(every, carried)
    _places(every, carried, data, out)
    _put(data, "services", _services(card, every, carried, out))
    _put(data, "timeline", _timeline(every, carried) + list(data.get("timeline", [])))
    _campaigns(every, carried, data)
    data["api"] = VERSION
    lost = (*dropped(every, carried), *refused)
    return Exported(NAME, {FILE: write_object(data)}, lost, _wants(data))


def _kept(card: Card) -> tuple[Json, tuple[str, ...]]:
    """What came with a file and 0.5.3 has a place for; and what not."""
    held = {path: value for path, value in leaves(card.also.get(NAME, {})).items() if path[0] != "services"}
    unknown, known = kept_unknown(held, PAIRS)
    fit = {path: value for path, value in unknown.items() if is_known(path) and _is_of_its_kind(path, value)}
    lost = (*known, *(".".join(path) for path in unknown if path not in fit))
    return relisted(nested(fit)), tuple(sorted(f"also.{NAME}.{key}" for key in lost))


def _is_of_its_kind(path: Path, value: Any) -> bool:
    """Whether a kept value is a list where 0.5.3 wants one: older files had a word there."""
    return isinstance(value, list) == (path[-1] in WORD_LISTS) or (
        path[-1] not in WORD_LISTS and path[-1] not in ITEM_LISTS
    )


def _put(data: Json, key: str, held: list[Any]) -> None:
    if held:
        data[key] = held


def _network(every: Leaves, carried: set[Path]) -> Json:
    names = [path[1] for path in every if path[0] == "memberships" and path[1] not in _ELSEWHERE]
    if not names:
        return {}
    if ("memberships", names[0]) in every:
        carried.add(("memberships", names[0]))
    return {"metacommunity": names[0]}


def _places(every: Leaves, carried: set[Path], data: Json, out: Outgoing) -> None:
    """The places after the first."""
    numbers = sorted({path[1] for path in every if path[0] == "places" and path[1] != "0"}, key=int)
    more = []
    for number in numbers:
        place, done = _below(every, ("places", number), _PLACE, out)
        carried |= done
        if place:
            more.append(place)
    if more:
        location = data.setdefault("location", {})
        location["additionalLocations"] = more + list(location.get("additionalLocations", []))


def _below(every: Leaves, place: Path, table: tuple[Pair, ...], out: Outgoing) -> tuple[Json, set[Path]]:
    depth = len(place)
    part = {path[depth:]: value for path, value in every.items() if path[:depth] == place}
    theirs, carried = give(part, table, out)
    return nested(theirs), {(*place, *path) for path in carried}


def _services(card: Card, every: Leaves, carried: set[Path], out: Outgoing) -> list[Json]:
    kept = card.also.get(NAME, {}).get("services", {})
    found = []
    for name in card.services:
        service, done = _below(every, ("services", name), _SERVICE, out)
        carried |= done
        inside = kept.get(name, {}).get("internalUri") if isinstance(kept, dict) else None
        named = {"serviceName": name} | service
        found.append(named | ({"internalUri": inside} if isinstance(inside, str) else {}))
    return found


def _timeline(every: Leaves, carried: set[Path]) -> list[Json]:
    found = []
    for field, words in (("since", BEGAN), ("until", ENDED)):
        if when := every.get((field,)):
            carried.add((field,))
            found.append({"description": words, "timestamp": when})
    return found


def _campaigns(every: Leaves, carried: set[Path], data: Json) -> None:
    found = []
    for provider in CAMPAIGNS:
        projects = every.get(("funding", provider), "").split()
        carried |= {("funding", provider)} if projects else set()
        found += [{"provider": provider, "projectid": project} for project in projects]
    if found:
        donations = data.setdefault("support", {}).setdefault("donations", {})
        donations["campaigns"] = found + list(donations.get("campaigns", []))


def _wants(data: Json) -> tuple[Problem, ...]:
    location = data.get("location", {})
    there = {
        "name": "name" in data,
        "url": "url" in data,
        "location.city": "city" in location,
        "location.geoCode": "geoCode" in location,
        "contact": bool(data.get("contact")),
        "state.lastchange": "lastchange" in data.get("state", {}),
    }
    return tuple(
        Problem("card.format-wants", FILE, {"key": key}) for key, is_there in there.items() if not is_there
    )
