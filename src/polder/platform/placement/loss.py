"""If the biggest host were lost: what could not run any more, and what would have to come back from a copy.

The others keep what they have. What the lost one had is set on them, largest first: its apps without data as Swarm would,
and its apps with data as if they were recovered from a copy made elsewhere (their own data is lost with the host).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from polder.kernel.problem import Problem
from polder.platform.placement.load import stateful
from polder.platform.placement.model import Amount, Facts
from polder.platform.placement.tally import Seat, Tally, roomiest, tally, why_not
from polder.platform.site.model import App, Site


@dataclass(frozen=True, slots=True)
class Loss:
    """``host``: the biggest. ``data``: apps whose data is on it. ``homeless``: app to why the nearest host left cannot take it.
    ``roles``: what no other host does (``ingress``, ``manager``)."""

    host: str
    data: tuple[str, ...]
    moved: tuple[str, ...]
    homeless: Mapping[str, Problem]
    roles: tuple[str, ...]


def loss_of(
    site: Site,
    known: Mapping[str, Amount],
    facts: Facts,
    where: Mapping[str, tuple[str, ...]],
    away: Collection[str],
) -> Loss:
    """``where``: app to the hosts it is on now."""
    seats = tally(site, replace(facts, roaming={}), away).seats
    lost = _biggest_by_use(site, known, where, seats)
    left = Tally({name: seat for name, seat in seats.items() if name != lost})
    mine: list[App] = []
    for app in site.apps:
        stays = [host for host in where[app.id] if host != lost]
        for host in stays:
            left.seats[host].take(known[app.id])
        if not stays and where[app.id]:
            mine.append(app)
    data = tuple(app.id for app in mine if stateful(site.recipes[app.recipe]))
    moved = roam(mine, known, left)
    homeless = {app.id: _why(app, known[app.id], left) for app in mine if app.id not in moved}
    return Loss(lost, data, tuple(moved), homeless, _roles(site, lost))


def _biggest_by_use(
    site: Site, known: Mapping[str, Amount], where: Mapping[str, tuple[str, ...]], seats: Mapping[str, Seat]
) -> str:
    """Where nothing is known of machines, the one with the most promised is the biggest."""
    use = dict.fromkeys(seats, 0)
    for app in site.apps:
        for host in where[app.id]:
            use[host] += known[app.id].memory
    return max(seats, key=lambda name: (seats[name].offer.room.memory, use[name]))


def roam(apps: Iterable[App], known: Mapping[str, Amount], hosts: Tally) -> dict[str, str]:
    """Apps that may run anywhere, the largest first, each on the roomiest host that has what it needs. What fits nowhere is left
    out."""
    found = {}
    for app in sorted(apps, key=lambda app: (-known[app.id].memory, app.id)):
        seats = [seat for seat in hosts.meeting(app.needs) if not seat.closed]
        if seat := roomiest(seats, known[app.id]):
            seat.take(known[app.id])
            found[app.id] = seat.host.name
    return found


def _why(app: App, load: Amount, left: Tally) -> Problem:
    """Of the host that is nearest to taking it: one with the labels before one without."""
    meeting = left.meeting(app.needs)
    nearest = min(
        meeting or left.seats.values(), key=lambda seat: (seat.closed, seat.short(load), seat.host.name)
    )
    return why_not(nearest, app.needs, load, "")


def _roles(site: Site, lost: str) -> tuple[str, ...]:
    """With the last ingress nobody gets in; with half of the managers nothing can be changed."""
    ingress = [name for name, host in site.hosts.items() if "ingress" in host.roles]
    managers = [name for name, host in site.hosts.items() if "manager" in host.roles]
    found = ["ingress"] if ingress == [lost] else []
    without = [name for name in managers if name != lost]
    quorum = len(without) * 2 > len(managers)
    return (*found, *(["manager"] if lost in managers and not quorum else []))
