"""A card as ChatonsInfos files: one for the provider, one for each service, the first naming the others.

>>> from polder.commons.card.model import Service
>>> card = Card(name={"en": "Alder"}, kind="informal", languages=("en",), services={"wiki": Service(name={"en": "Wiki"})})
>>> made = write_chatonsinfos(card, Outgoing("en", "2026-11-22T12:00:00Z", "https://alder.test/c/"))
>>> sorted(made.files), made.dropped
(['organization.properties', 'wiki.properties'], ('languages',))
>>> "subs.wiki = https://alder.test/c/wiki.properties" in made.files["organization.properties"].decode()
True
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from polder.commons.card.audience import for_everybody
from polder.commons.card.build import dropped, mine
from polder.commons.card.carry import give
from polder.commons.card.chatonsinfos_table import (
    FIGURES,
    HOST,
    NETWORK,
    ORGANIZATION,
    PROTOCOL,
    REQUIRED,
    RESERVED,
    SERVICE,
)
from polder.commons.card.columns import Exported, Leaves, Outgoing, Pair, Path, matched
from polder.commons.card.countries import country_name
from polder.commons.card.model import Card
from polder.commons.card.properties import write_properties
from polder.kernel.names import is_slug
from polder.kernel.problem import Problem

NAME = "chatonsinfos"
FILE = f"{RESERVED}.properties"
Values = dict[str, Any]


def write_chatonsinfos(card: Card, out: Outgoing) -> Exported:
    """The files, what they drop, and what their form insists on that the card does not say."""
    every = mine(card)
    services = for_everybody(card).services
    hidden = set(card.services) - set(services)
    fit = {path: value for path, value in every.items() if all(_can_be_in_a_key(part) for part in path)}
    kept, refused = _kept_unknown(card, services, hidden)
    first, carried = _part(fit, ORGANIZATION, (), out)
    figures = _figures(fit, kept, out)
    whole = _with_country(first)
    files = {FILE: _file("Organization", whole | _subs(services, out) | figures, _kept(kept, ""), out)}
    for name in sorted(_figure_files(kept) - set(services)):
        files[f"{name}.properties"] = _file("Metrics", {}, _kept(kept, name), out)
    for name in services:
        held, more = _service(fit, name, out)
        files[f"{name}.properties"] = _file("Service", held, _kept(kept, name), out)
        carried |= more
    if any(key.startswith("metrics.service.accounts.") for key in (*figures, *_all_keys(kept))):
        carried.add(("counts", "accounts"))
    wants = (Problem("card.format-wants", FILE, {"key": key}) for key in REQUIRED if key not in whole)
    lost = (*dropped(every, carried), *refused)
    return Exported(NAME, files, lost, tuple(wants))


def _part(found: Leaves, table: tuple[Pair, ...], below: Path, out: Outgoing) -> tuple[Values, set[Path]]:
    """The keys that ``table`` makes of what is ``below`` a place of the card, and what of the card they carry."""
    depth = len(below)
    part = {path[depth:]: value for path, value in found.items() if path[:depth] == below}
    theirs, carried = give(part, table, out)
    return {".".join(key): value for key, value in theirs.items()}, {(*below, *path) for path in carried}


def _service(found: Leaves, name: str, out: Outgoing) -> tuple[Values, set[Path]]:
    values, carried = _part(found, SERVICE, ("services", name), out)
    host = found.get(("services", name, "host"))
    if host is None:
        return values, carried
    held, more = _part(found, HOST, ("hosts", host), out)
    named = {("services", name, "host")} if held else set()
    return values | held, carried | more | named


def _can_be_in_a_key(part: str) -> bool:
    return part == part.strip() and not set(part) & set(".=\n") and not part.startswith(("#", "!"))


def _with_country(values: Values) -> Values:
    """The country's name, which the form insists on, where it is known by its letters only."""
    name = country_name(values.get("organization.country.code", ""))
    return {"organization.country.name": name, **values} if name else values


def _subs(services: Iterable[str], out: Outgoing) -> Values:
    return {f"subs.{name}": f"{out.base}{name}.properties" for name in services}


def _figures(found: Leaves, kept: Mapping[str, Any], out: Outgoing) -> Values:
    """The number of accounts, at its month; figures that came with a file stay the ones that are given."""
    count = found.get(("counts", "accounts"))
    there = any(key.startswith("metrics.service.accounts.") for key in _all_keys(kept))
    if count is None or there or not out.written:
        return {}
    cells = [""] * (int(out.written[5:7]) - 1) + [str(count)]
    return {f"metrics.service.accounts.{out.written[:4]}.months": ",".join(cells)}


def _kept_unknown(
    card: Card, services: Iterable[str], hidden: set[str]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What was kept of each file, ``file/key``, to be given back; and what is not: known keys, and those of a file nobody writes."""
    held = {key: str(value) for key, value in card.also.get(NAME, {}).items()}
    figures = {name for name in _figure_files(held) if not _is_of(name, hidden)}
    written = {"", *services, *figures}
    refused = {
        key
        for key in held
        if key.rpartition("/")[0] not in written or _is_known(tuple(key.rpartition("/")[2].split(".")))
    }
    lost = tuple(f"also.{NAME}.{key}" for key in sorted(refused))
    return {key: value for key, value in held.items() if key not in refused}, lost


def _figure_files(kept: Mapping[str, Any]) -> set[str]:
    """Names of files that held nothing but figures."""
    sections: dict[str, set[str]] = {}
    for key in kept:
        name, _, path = key.rpartition("/")
        sections.setdefault(name, set()).add(path.partition(".")[0])
    named = {name for name in sections if is_slug(name) and name != RESERVED}
    return {name for name in named if {"metrics"} <= sections[name] <= FIGURES}


def _is_of(name: str, services: Iterable[str]) -> bool:
    """Whether a file called ``name`` tells of one of ``services``: ``wiki-metrics`` of ``wiki``."""
    return any(f"{name}-".startswith(f"{service}-") for service in services)


def _is_known(path: Path) -> bool:
    return any(matched(one.key, path) is not None for one in (*ORGANIZATION, *SERVICE, *HOST, *NETWORK))


def _all_keys(kept: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(key.rpartition("/")[2] for key in kept)


def _kept(kept: Mapping[str, Any], name: str) -> Values:
    """What was kept of the file ``name`` (``""``: the provider's own)."""
    found = {key: value for key, value in kept.items() if key.rpartition("/")[0] == name}
    return {key.rpartition("/")[2]: value for key, value in found.items() if isinstance(value, str)}


def _file(kind: str, values: Values, kept: Values, out: Outgoing) -> bytes:
    head = {"file.class": kind, "file.protocol": PROTOCOL}
    when = {"file.datetime": out.written.removesuffix("Z")} if out.written else {}
    rest = {key: value for key, value in kept.items() if key not in values}
    return write_properties(head | when | {"file.generator": "Polder"} | values | rest)
