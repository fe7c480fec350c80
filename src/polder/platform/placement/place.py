"""Where apps that keep data go, on a site with several hosts.

Rules:
1. What people wrote (``host:``) always holds.
2. Data pins its app: to the host of the service that keeps it, else to the one that ``polder.lock`` names, else to that of a
   volume found on the engine's own host. Nothing is ever moved by itself.
3. A new app goes to the host with the most memory free, of those that meet what it needs, have room, and take new work;
   of equals to the first by name. Large ones choose first. The choice is written into ``polder.lock`` before the app is made.
4. When only hosts that take no new work now would do, the app waits for the roomiest of them; nothing is written down.
5. When no host would do, the plan is refused and says of each host why.
6. Apps without data are left to Swarm, with what they need as constraints and their memory reserved.

Work grows as apps times hosts; nothing is compared with every other app.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from polder.kernel.problem import Problem, Refused
from polder.kernel.size import show_bytes
from polder.platform.placement.load import loads, stateful
from polder.platform.placement.model import Amount, Facts, Placed
from polder.platform.placement.needs import SHOWN, unmet
from polder.platform.placement.tally import Seat, Tally, roomiest, tally, why_not
from polder.platform.site.model import App, Site


def place(site: Site, facts: Facts, away: Collection[str] = ()) -> Placed:
    """``away``: hosts that can run nothing new now. Refused with ``placement.*`` problems when an app fits nowhere, or when its
    data is on a host that the site does not have any more. A site with one host is given back as it is."""
    if len(site.hosts) < 2:
        return Placed(site, lock=dict(site.lock.placements))
    placing = _Placing(site, facts, tally(site, facts, away))
    placing.written()
    placing.held()
    placing.new()
    if placing.problems:
        raise Refused(placing.problems)
    return placing.placed()


@dataclass(slots=True)
class _Placing:
    site: Site
    facts: Facts
    hosts: Tally
    chosen: dict[str, str] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
    reasons: dict[str, Problem] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    findings: list[Problem] = field(default_factory=list)
    unreserved: set[str] = field(default_factory=set)
    loads: dict[str, Amount] = field(default_factory=dict)
    free: list[App] = field(default_factory=list)
    meeting: dict[tuple[tuple[str, str], ...], list[Seat]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.loads = loads(self.site)
        self.free = [a for a in self.site.apps if a.host is None and stateful(self.site.recipes[a.recipe])]

    def written(self) -> None:
        """Apps that people pinned. Swarm would never start one that reserves more than its host has left: those beyond that
        reserve nothing, and a finding says so."""
        over: dict[str, list[str]] = {}
        for app in sorted((a for a in self.site.apps if a.host in self.hosts.seats), key=lambda a: a.id):
            seat, load = self.hosts.seats[str(app.host)], self.loads[app.id]
            self.reasons[app.id] = Problem("placement.written", app.where, {"host": seat.host.name})
            if seat.offer.machine and seat.memory + load.memory > seat.offer.machine:
                self.unreserved.add(app.id)
            seat.take(load)
            if seat.offer.room.memory and seat.memory > seat.offer.room.memory:
                over.setdefault(seat.host.name, []).append(app.id)
        self.findings += [self._overfull(host, apps) for host, apps in over.items()]

    def _overfull(self, host: str, apps: list[str]) -> Problem:
        seat = self.hosts.seats[host]
        amounts = {"promised": show_bytes(seat.memory), "offered": show_bytes(seat.offer.room.memory)}
        shown = tuple(apps[:SHOWN])
        return Problem("placement.overfull", seat.host.where, {"host": host, **amounts, "apps": shown})

    def held(self) -> None:
        """Apps that have data already."""
        left = []
        for app in self.free:
            host = self._data_of(app)
            if not host:
                left.append(app)
            elif host not in self.hosts.seats:
                known = tuple(self.hosts.seats)
                self.problems.append(
                    Problem("placement.host-gone", app.where, {"app": app.id, "host": host, "known": known})
                )
            else:
                self._put(
                    app, self.hosts.seats[host], Problem("placement.by-data", app.where, {"host": host})
                )
                self._elsewhere(app, self.hosts.seats[host])
        self.free = left

    def _data_of(self, app: App) -> str:
        facts = self.facts
        return (
            facts.data_at.get(app.id)
            or self.site.lock.placements.get(app.id)
            or facts.left_at.get(app.id, "")
        )

    def _elsewhere(self, app: App, seat: Seat) -> None:
        for label in unmet(seat.host, app.needs):
            found = seat.host.labels.get(label, "-")
            values = {"app": app.id, "host": seat.host.name, "label": label, "needed": app.needs[label]}
            self.findings.append(Problem("placement.needs-elsewhere", app.where, {**values, "found": found}))

    def new(self) -> None:
        for app in sorted(self.free, key=self._size):
            seats, load = self._meeting(app), self.loads[app.id]
            fitting = [seat for seat in seats if not seat.closed and seat.fits(load)]
            if seat := roomiest(fitting, load):
                self._put(app, seat, self._reason(app, seat, len(fitting)))
            elif seat := roomiest(seats, load):
                self.waiting.add(app.id)
                self._put(app, seat, Problem("placement.waits", app.where, {"host": seat.host.name}))
            else:
                self.problems += self._nowhere(app, load)

    def _size(self, app: App) -> tuple[int, int, str]:
        load = self.loads[app.id]
        return -load.memory, -load.disk, app.id

    def _meeting(self, app: App) -> list[Seat]:
        key = tuple(sorted(app.needs.items()))
        if key not in self.meeting:
            self.meeting[key] = self.hosts.meeting(app.needs)
        return self.meeting[key]

    @staticmethod
    def _reason(app: App, seat: Seat, fitting: int) -> Problem:
        name, free = seat.host.name, seat.free.memory
        if fitting == 1:
            return Problem("placement.only", app.where, {"host": name})
        if not seat.offer.room.memory:
            return Problem("placement.least-promised", app.where, {"host": name, "count": fitting})
        return Problem(
            "placement.most-room", app.where, {"host": name, "count": fitting, "free": show_bytes(free)}
        )

    def _nowhere(self, app: App, load: Amount) -> Iterator[Problem]:
        """The app, then each host with what it lacks, the nearest first."""
        amounts = {"memory": show_bytes(load.memory), "disk": show_bytes(load.disk)}
        seats = sorted(
            self.hosts.seats.values(),
            key=lambda seat: (len(unmet(seat.host, app.needs)), seat.short(load), seat.host.name),
        )
        nearest = seats[0].host.name
        yield Problem("placement.nowhere", app.where, {"app": app.id, **amounts, "nearest": nearest})
        for seat in seats[:SHOWN]:
            yield why_not(seat, app.needs, load, seat.host.where)

    def _put(self, app: App, seat: Seat, reason: Problem) -> None:
        seat.take(self.loads[app.id])
        self.chosen[app.id] = seat.host.name
        self.reasons[app.id] = reason

    def placed(self) -> Placed:
        return Placed(
            _with_hosts(self.site, self.chosen),
            self.reasons,
            self._lock(),
            tuple(self.findings),
            frozenset(self.unreserved),
        )

    def _lock(self) -> dict[str, str]:
        """Where data is: chosen hosts, and those of apps that are gone while their data is kept."""
        apps = {app.id for app in self.site.apps}
        forgotten = {f"{g.slug}/{name}" for g in self.site.groups.values() for name in g.forget_data}
        kept = {a: h for a, h in self.site.lock.placements.items() if a not in apps and a not in forgotten}
        return kept | {app: host for app, host in self.chosen.items() if app not in self.waiting}


def _with_hosts(site: Site, chosen: Mapping[str, str]) -> Site:
    groups = {
        slug: replace(
            group,
            apps={
                name: replace(app, host=chosen[app.id]) if app.id in chosen else app
                for name, app in group.apps.items()
            },
        )
        for slug, group in site.groups.items()
    }
    return replace(site, groups=groups)
