"""What the hosts still have room for: offered, promised, free; what fits yet; who is served by which power.

Rules:
1. Promised is what apps may use at most: the memory limits of their services, the disk that their sizes name.
2. Apps without data count where they run now; where nobody looked, they are set on the roomiest hosts, as Swarm would.
3. What is not known (no engine asked, nothing in hosts.yml) is shown as such and limits nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from polder.kernel.problem import Problem, Refused
from polder.platform.placement.load import loads, stateful
from polder.platform.placement.loss import Loss, loss_of, roam
from polder.platform.placement.model import Amount, Facts
from polder.platform.placement.needs import show_needs
from polder.platform.placement.place import place
from polder.platform.placement.tally import Seat, Tally, tally
from polder.platform.recipe.model import Recipe
from polder.platform.site.model import App, Site

MOST = 9_999
"""A recipe that asks for nothing that is known would fit for ever."""


@dataclass(frozen=True, slots=True)
class HostCapacity:
    """``offered``: 0 where not known. ``disk_used``: bytes used now, -1 when nobody looked. ``apps``: those that are there.
    ``people``: for how many their sizes are. ``open``: takes new work."""

    name: str
    offered: Amount
    promised: Amount
    free: Amount
    disk_used: int
    apps: tuple[str, ...]
    people: int
    power: str
    open: bool


@dataclass(frozen=True, slots=True)
class Fit:
    """How many more apps of one size there is room for: by host, and together. A host of which nothing is known has -1."""

    recipe: str
    size: str
    load: Amount
    people: int
    by_host: Mapping[str, int]

    @property
    def together(self) -> int:
        return sum(count for count in self.by_host.values() if count > 0)


@dataclass(frozen=True, slots=True)
class Power:
    """Hosts fed by one kind of power (``""``: nobody said), and how many people their apps are for."""

    power: str
    hosts: tuple[str, ...]
    apps: int
    people: int


@dataclass(frozen=True, slots=True)
class Capacity:
    """``roaming``: apps without data that run nowhere yet. ``lone_needs``: apps whose needs one host alone meets, as
    (app, needs, host). ``unplaced``: why apps that keep data have no host."""

    hosts: tuple[HostCapacity, ...]
    fits: tuple[Fit, ...]
    loss: Loss | None
    power: tuple[Power, ...]
    lone_needs: tuple[tuple[str, tuple[str, ...], str], ...]
    unplaced: tuple[Problem, ...]
    findings: tuple[Problem, ...] = field(default=())
    looked: bool = False


def capacity(
    site: Site,
    facts: Facts,
    recipes: Iterable[Recipe],
    away: Collection[str] = (),
    running: Mapping[str, tuple[str, ...]] | None = None,
) -> Capacity:
    """``recipes``: those to count room for. ``running``: app without data to the hosts it runs on; ``None``: nobody asked."""
    settled, unplaced, findings = _settled(site, facts, away)
    known = loads(settled)
    filled = tally(settled, replace(facts, roaming={}), away)
    where = _fill(settled, known, filled, running)
    hosts = tuple(_host(settled, seat, facts, where) for seat in filled.seats.values())
    return Capacity(
        hosts,
        tuple(_fit(recipe, size, filled) for recipe in recipes for size in recipe.sizes),
        loss_of(settled, known, facts, where, away) if len(filled.seats) > 1 else None,
        _power(hosts),
        _lone(settled, filled),
        unplaced,
        findings,
        running is not None,
    )


def _settled(
    site: Site, facts: Facts, away: Collection[str]
) -> tuple[Site, tuple[Problem, ...], tuple[Problem, ...]]:
    """The site with every app that keeps data on its host, as far as that is possible."""
    try:
        placed = place(site, facts, away)
    except Refused as refused:
        return site, refused.problems, ()
    return placed.site, (), placed.findings


def _fill(
    site: Site, known: Mapping[str, Amount], filled: Tally, running: Mapping[str, tuple[str, ...]] | None
) -> dict[str, tuple[str, ...]]:
    """Puts every app on its seats; app to the hosts it is on."""
    found: dict[str, tuple[str, ...]] = {}
    free: list[App] = []
    for app in site.apps:
        held = (app.host,) if app.host else (running or {}).get(app.id, ())
        seats = [filled.seats[host] for host in held if host in filled.seats]
        for seat in seats:
            seat.take(known[app.id])
        found[app.id] = tuple(seat.host.name for seat in seats)
        if not seats and not stateful(site.recipes[app.recipe]):
            free.append(app)
    found |= {name: (host,) for name, host in roam(free, known, filled).items()}
    return found


def _host(site: Site, seat: Seat, facts: Facts, where: Mapping[str, tuple[str, ...]]) -> HostCapacity:
    mine = [app for app in site.apps if seat.host.name in where[app.id]]
    people = sum(site.recipes[app.recipe].sizes[app.size].people for app in mine)
    return HostCapacity(
        seat.host.name,
        seat.offer.room,
        seat.promised,
        seat.free,
        seat.offer.disk_used,
        tuple(app.id for app in mine),
        people,
        seat.host.labels.get("power", ""),
        not seat.closed,
    )


def _fit(recipe: Recipe, size: str, filled: Tally) -> Fit:
    load = size_load(recipe, size)
    counts = {name: _times(seat, load) for name, seat in filled.seats.items()}
    return Fit(recipe.name, size, load, recipe.sizes[size].people, counts)


def size_load(recipe: Recipe, size: str) -> Amount:
    """What an app of this size takes: services whose limit follows the size or is not said take the size's memory."""
    wanted = recipe.sizes[size]
    services = recipe.project.services.values()
    memory = sum((service.limits.memory or wanted.memory) * max(service.replicas, 1) for service in services)
    return Amount(memory, wanted.disk, wanted.cpus)


def _times(seat: Seat, load: Amount) -> int:
    """How many more fit on one host; -1 where nothing is known of it, 0 where it takes no new work."""
    room, free = seat.offer.room, seat.free
    if seat.closed or (room.cpus and load.cpus > room.cpus):
        return 0
    counts = [free.memory // load.memory] if room.memory and load.memory else []
    counts += [free.disk // load.disk] if room.disk and load.disk else []
    return max(0, min(MOST, *counts)) if counts else -1


def _power(hosts: tuple[HostCapacity, ...]) -> tuple[Power, ...]:
    found: dict[str, list[HostCapacity]] = {}
    for host in hosts:
        found.setdefault(host.power, []).append(host)
    return tuple(
        Power(power, tuple(h.name for h in held), sum(len(h.apps) for h in held), sum(h.people for h in held))
        for power, held in sorted(found.items(), key=lambda item: (item[0] == "", item[0]))
    )


def _lone(site: Site, filled: Tally) -> tuple[tuple[str, tuple[str, ...], str], ...]:
    found = []
    if len(filled.seats) > 1:
        for app in site.apps:
            meeting = filled.meeting(app.needs) if app.needs else []
            if len(meeting) == 1:
                found.append((app.id, show_needs(app.needs), meeting[0].host.name))
    return tuple(found)
