"""``isp.json`` 0.1, the file of providers of internet access in FFDN's database.

Read: blanks after addresses, rings that nobody closed, ``extended-addess``, technologies that the schema never heard of (the list is
open), dates of three lengths. Written: what the schema demands (``name``, ``email``, two counts, areas, version), rings closed.

>>> read = read_isp(b'{"name": "Alder", "email": "a@alder.test ", "memberCount": 4, "progressStatus": 7, "version": 0.1}')
>>> read.status, read.card.contacts.email, read.card.counts.members, read.card.state
('good', 'a@alder.test', 4, 'active')
"""

from __future__ import annotations

from typing import Any

from polder.commons.card.areas import area_trouble, closed
from polder.commons.card.build import build, dropped, kept_unknown, mine
from polder.commons.card.carry import IGNORED, give, take
from polder.commons.card.columns import (
    Exported,
    Imported,
    Leaves,
    Outgoing,
    Pair,
    Path,
    leaves,
    nested,
    pair,
    relisted,
)
from polder.commons.card.countries import country_code, country_name
from polder.commons.card.json_files import merged, read_object, write_object
from polder.commons.card.loose import Loose
from polder.commons.card.model import UNKNOWN_LANGUAGE, Card
from polder.commons.card.words import chat_kind
from polder.kernel.problem import Problem

NAME, FILE, VERSION = "isp", "isp.json", 0.1
PAIRS: tuple[Pair, ...] = (
    pair("version", "", IGNORED),
    pair("name", "name", "said"),
    pair("shortname", "short"),
    pair("description", "summary", "said"),
    pair("logoURL", "logo", "url"),
    pair("website", "website", "url"),
    pair("otherWebsites.*", "websites.*", "url"),
    pair("email", "contacts.email", "email"),
    pair("mainMailingList", "contacts.mailing-list", "email"),
    pair("creationDate", "since", "date"),
    pair("ffdnMemberSince", "memberships.ffdn.since", "date"),
    pair("progressStatus", "progress", "count"),
    pair("memberCount", "counts.members", "count"),
    pair("subscriberCount", "counts.subscribers", "count"),
    pair("registeredOffice.street-address", "places.0.address"),
    pair("registeredOffice.locality", "places.0.locality"),
    pair("registeredOffice.region", "places.0.region"),
    pair("registeredOffice.postal-code", "places.0.postcode"),
    pair("registeredOffice.country-name", "places.0.country-name"),
    pair("coordinates.latitude", "places.0.latitude", "latitude"),
    pair("coordinates.longitude", "places.0.longitude", "longitude"),
)
LISTED: tuple[Pair, ...] = (
    pair("coveredAreas", "areas"),
    pair("coveredAreas.*", "areas"),
    pair("chatrooms", "contacts.chats"),
)
"""Lists, which are read and written by hand."""

REQUIRED = ("name", "email", "memberCount", "subscriberCount", "coveredAreas")
WORKING = 7
"""The last of FFDN's seven steps: fully working."""


def read_isp(content: bytes, file: str = FILE, language: str = UNKNOWN_LANGUAGE) -> Imported:
    data, wrong = read_object(content, file)
    if wrong or not {"memberCount", "subscriberCount", "coveredAreas", "progressStatus"} & set(data):
        problem = wrong or Problem("card.not-this-format", file, {"format": NAME})
        return build(NAME, {}, {}, (), problems=[problem])
    loose = Loose(file, language)
    if data.get("version") != VERSION:
        loose.warn(
            "card.other-version", "version", value=str(data.get("version"))[:20], expected=str(VERSION)
        )
    for key in REQUIRED[1:]:
        if key not in data:
            loose.warn("card.lacks", key)
    areas, chats = data.pop("coveredAreas", []), data.pop("chatrooms", [])
    found, rest = take(leaves(_respelt(data, loose)), PAIRS, loose)
    kept = relisted(nested(rest)) | _areas(areas, found, loose) | _chats(chats, found, loose)
    _country_and_state(found)
    lacks = [] if ("name", language) in found else [Problem("card.lacks", file, {"key": "name"})]
    return build(NAME, found, kept, loose.warnings, lacks, loose.unfilled)


def _respelt(data: dict[str, Any], loose: Loose) -> dict[str, Any]:
    office = data.get("registeredOffice")
    if isinstance(office, dict) and "extended-addess" in office:
        loose.warn("card.old-key", "registeredOffice.extended-addess")
        office["extended-address"] = office.pop("extended-addess")
    return data


def _areas(areas: Any, found: Leaves, loose: Loose) -> dict[str, Any]:
    """Each area of the list; what is none is kept."""
    odd = []
    for index, area in enumerate(areas if isinstance(areas, list) else [areas]):
        name = loose.line(area.get("name", ""), "coveredAreas.name") if isinstance(area, dict) else None
        if not name:
            odd.append(area)
            continue
        place = ("areas", str(index - len(odd)))
        found[(*place, "name")] = name
        if technologies := loose.texts(area.get("technologies", []), "coveredAreas.technologies"):
            found[(*place, "technologies")] = technologies
        if shape := _shape(area.get("area"), name, loose):
            found[(*place, "shape")] = shape
    return {"coveredAreas": odd} if odd else {}


def _shape(shape: Any, name: str, loose: Loose) -> dict[str, Any]:
    if not isinstance(shape, dict):
        return {}
    trouble = area_trouble(shape)
    if trouble == "ring" and not area_trouble(closed(shape)):
        loose.warn("card.open-ring", "coveredAreas.area", area=name)
        return closed(shape)
    if trouble:
        loose.warn("card.bad-area", "coveredAreas.area", area=name, why=trouble)
        return {}
    return shape


def _chats(chats: Any, found: Leaves, loose: Loose) -> dict[str, Any]:
    for address in loose.texts(chats, "chatrooms") or []:
        found.setdefault(("contacts", "chats", chat_kind(address)), []).append(address)
    return {}


def _country_and_state(found: Leaves) -> None:
    if code := country_code(found.get(("places", "0", "country-name"), "")):
        found[("places", "0", "country")] = code
    if progress := found.get(("progress",)):
        found[("state",)] = "active" if progress >= WORKING else "forming"


def write_isp(card: Card, out: Outgoing) -> Exported:
    every = mine(card)
    theirs, carried = give(every, PAIRS, out)
    kept, refused = kept_unknown(leaves(card.also.get(NAME, {})), (*PAIRS, *LISTED))
    data = merged(relisted(nested(kept)), nested(theirs))
    data["coveredAreas"] = _write_areas(every, carried)
    if rooms := _write_chats(every, carried):
        data["chatrooms"] = rooms
    _write_country(every, carried, data)
    _write_progress(every, carried, data)
    data["version"] = VERSION
    wants = tuple(Problem("card.format-wants", FILE, {"key": key}) for key in REQUIRED if key not in data)
    for key in ("memberCount", "subscriberCount"):
        data.setdefault(key, 0)
    for key in ("name", "email"):
        data.setdefault(key, "")
    lost = (*dropped(every, carried), *(f"also.{NAME}.{key}" for key in refused))
    return Exported(NAME, {FILE: write_object(data)}, lost, wants)


def _write_areas(every: Leaves, carried: set[Path]) -> list[dict[str, Any]]:
    listed = nested({p: v for p, v in every.items() if p[0] == "areas" and p[2] != "shape"}, ("areas",)).get(
        "areas", []
    )
    shapes = nested({p: v for p, v in every.items() if p[0] == "areas" and p[2] == "shape"}).get("areas", {})
    carried |= {path for path in every if path[0] == "areas"}
    return [
        {"name": area["name"], "technologies": area.get("technologies", [])}
        | ({"area": closed(shapes[str(index)]["shape"])} if str(index) in shapes else {})
        for index, area in enumerate(listed)
    ]


def _write_chats(every: Leaves, carried: set[Path]) -> list[str]:
    """Addresses with a scheme, each once; their kind comes back when the address tells it."""
    rooms: list[str] = []
    for path, addresses in every.items():
        if path[:2] != ("contacts", "chats"):
            continue
        fit = [address for address in addresses if ":" in address and " " not in address]
        rooms += [address for address in fit if address not in rooms]
        if len(fit) == len(addresses) and all(chat_kind(address) == path[2] for address in fit):
            carried.add(path)
    return rooms


def _write_country(every: Leaves, carried: set[Path], data: dict[str, Any]) -> None:
    code = every.get(("places", "0", "country"), "")
    held = data.get("registeredOffice")
    office = held if isinstance(held, dict) else {}
    name = office.get("country-name") or country_name(code)
    if name and code:
        data["registeredOffice"] = {**office, "country-name": name}
    if code and country_code(name) == code:
        carried.add(("places", "0", "country"))


def _write_progress(every: Leaves, carried: set[Path], data: dict[str, Any]) -> None:
    state = every.get(("state",), "")
    if state == "active" and "progressStatus" not in data:
        data["progressStatus"] = WORKING
    progress = data.get("progressStatus", 0)
    if not isinstance(progress, int) or not 1 <= progress <= WORKING:
        data.pop("progressStatus", None)
    elif state == ("active" if progress == WORKING else "forming"):
        carried.add(("state",))
