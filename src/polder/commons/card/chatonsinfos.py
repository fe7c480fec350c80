"""ChatonsInfos files into a card. One provider is several files: its own (organization), one for each service, some with figures; the
first names the others (``subs``). Each is read for itself, and the parts are put together. What no key of a card takes is kept with
the file it came from, so that it goes back there: figures of two services have the same keys.

>>> read = read_chatonsinfos({"alder.properties": b"file.class=Organization\\norganization.name=Alder\\norganization.type=INFORMAL\\n"})
>>> read.status, read.card.name, read.card.kind
('good', {'und': 'Alder'}, 'informal')
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from polder.commons.card.build import build
from polder.commons.card.carry import take
from polder.commons.card.chatonsinfos_table import (
    FIGURES,
    HEAD,
    HOST,
    HOST_FIRST,
    NETWORK,
    ORGANIZATION,
    RESERVED,
    SERVICE,
    WHERE,
)
from polder.commons.card.columns import Imported, Leaves, Pair, Path
from polder.commons.card.loose import Loose, split
from polder.commons.card.model import UNKNOWN_LANGUAGE
from polder.commons.card.properties import Line, read_properties
from polder.commons.card.words import fresh_slug, slug_of
from polder.kernel.problem import Problem

NAME = "chatonsinfos"
_FIGURES = re.compile(r"metrics\.service\.accounts\.(\d{4})\.(months|weeks|days)")


class _Reading:
    """What was found in the files so far: leaves of the card, keys kept, warnings."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.card: Leaves = {}
        self.kept: dict[str, Any] = {}
        self.warnings: list[Problem] = []
        self.places = {RESERVED}
        self.unfilled = self.filled = 0
        self.known = self.about = False

    def file(self, name: str, content: bytes) -> None:
        lines, odd = read_properties(content, name)
        loose = Loose(name, self.language, {line.key: line.number for line in lines})
        source = {tuple(line.key.split(".")): line.value for line in lines}
        sections = {path[0] for path in source}
        self.known = self.known or bool(sections & {"organization", "service", "federation", "metrics"})
        self.about = self.about or bool(sections - FIGURES)
        place, rest = self._sections(name, source, sections, loose)
        self._figures(lines, loose)
        self.filled += "metrics" in sections
        self._keep(place, _subs(rest, loose))
        self.warnings += [*odd, *loose.warnings]
        self.unfilled += loose.unfilled

    def _sections(self, name: str, source: Leaves, sections: set[str], loose: Loose) -> tuple[str, Leaves]:
        """The place that the rest is kept at, ``""`` for the provider's own, and the rest."""
        head, rest = take(source, HEAD, loose)
        if when := head.get(("written",)):
            self.card[("written",)] = max(when, self.card.get(("written",), ""))
        if "federation" in sections:
            loose.warn("card.is-a-network", "federation")
        if "service" in sections:
            return self._service(name, rest, loose)
        network = "federation" in sections and "organization" not in sections
        found, rest = take(rest, NETWORK if network else ORGANIZATION, loose)
        self._add(found, ())
        figures = {"metrics"} <= sections <= FIGURES
        return self._place(_stem(name), "other") if network or figures else "", rest

    def _service(self, name: str, source: Leaves, loose: Loose) -> tuple[str, Leaves]:
        service, rest = take(source, SERVICE, loose)
        host, rest = take(rest, _hosts(rest), loose)
        called = str(service.get(("name", self.language), ""))
        slug = self._place(_stem(name) if slug_of(_stem(name)) else called, "service")
        self._add(service, ("services", slug))
        if host:
            self.card[("services", slug, "host")] = self._host(host)
        return slug, rest

    def _place(self, said: str, otherwise: str) -> str:
        """A name of its own for a file."""
        place = fresh_slug(said, self.places, otherwise)
        self.places.add(place)
        return place

    def _host(self, host: Leaves) -> str:
        """The id of a host like this; services on one machine say the same of it."""
        known = {path[1]: {p[2:]: v for p, v in self.card.items() if p[:2] == path[:2]}
                 for path in self.card if path[0] == "hosts"}  # fmt: skip
        for name, held in known.items():
            if held == host:
                return name
        name = f"host-{len(known) + 1}"
        self._add(host, ("hosts", name))
        return name

    def _figures(self, lines: list[Line], loose: Loose) -> None:
        """The newest number of accounts, of several services together; all figures are kept as they are too."""
        newest: dict[str, str] = {}
        for line in lines:
            found = _FIGURES.fullmatch(line.key)
            cells = [cell for cell in split(line.value) if cell]
            if found and cells and found[1] >= newest.get("year", ""):
                newest = {"year": found[1], "cell": cells[-1], "key": line.key}
        if newest and (count := loose.count(newest["cell"], newest["key"])) is not None:
            before = self.card.get(("counts", "accounts"), 0)
            self.card[("counts", "accounts")] = before + count

    def _add(self, found: Leaves, below: Path) -> None:
        self.filled += len(found)
        for path, value in found.items():
            self.card.setdefault((*below, *path), value)

    def _keep(self, place: str, rest: Leaves) -> None:
        for path, value in rest.items():
            self.kept[f"{place}/{'.'.join(path)}" if place else ".".join(path)] = value


def read_chatonsinfos(files: Mapping[str, bytes], language: str = UNKNOWN_LANGUAGE) -> Imported:
    """The card in one provider's files, by name. ``language``: of their texts."""
    reading = _Reading(language)
    for name, content in files.items():
        reading.file(name, content)
    first = next(iter(files), "")
    if not reading.known:
        return build(
            NAME,
            {},
            {},
            reading.warnings,
            problems=[Problem("card.not-this-format", first, {"format": NAME})],
        )
    empty = reading.filled == 0
    named = empty or not reading.about or _is_named(reading.card)
    lacks = [] if named else [Problem("card.lacks", first, {"key": "organization.name"})]
    return build(
        NAME, reading.card, reading.kept, reading.warnings, problems=lacks, unfilled=reading.unfilled + empty
    )


def _is_named(found: Leaves) -> bool:
    return any(path[0] == "name" or (path[0] == "services" and path[2:3] == ("name",)) for path in found)


def _subs(rest: Leaves, loose: Loose) -> Leaves:
    """Addresses of other files, mended; a generator writes some names with the address behind them."""
    found: Leaves = {}
    for path, value in rest.items():
        key = ".".join(path)
        if path[0] != "subs":
            found[path] = value
            continue
        name, colon, _ = path[1].partition(":") if len(path) > 1 else ("", "", "")
        if colon:
            loose.warn("card.old-key", key)
        if name and (url := loose.url(value, key)):
            found[("subs", name)] = url
    return found


def _hosts(source: Leaves) -> tuple[Pair, ...]:
    """How the keys of a host are meant: the first form of the format names a company in ``host.provider``."""
    provider = str(source.get(("host", "provider"), "")).strip()
    return HOST_FIRST if provider and provider.upper() not in WHERE else HOST


def _stem(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(".properties")
