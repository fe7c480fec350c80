"""Hosts being filled: what each offers, what is promised there so far, and what one more app would lack."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from polder.kernel.problem import Problem
from polder.kernel.size import show_bytes
from polder.platform.placement.load import ingress_load
from polder.platform.placement.model import Amount, Facts, Offer
from polder.platform.placement.needs import unmet
from polder.platform.site.model import Host, Site


@dataclass(slots=True)
class Seat:
    """One host. ``closed``: it takes no new work now (drained by the site, or away)."""

    host: Host
    offer: Offer
    closed: bool = False
    memory: int = 0
    disk: int = 0
    cpus: float = 0

    def take(self, load: Amount) -> None:
        self.memory += load.memory
        self.disk += load.disk
        self.cpus += load.cpus

    @property
    def promised(self) -> Amount:
        return Amount(self.memory, self.disk, self.cpus)

    @property
    def free(self) -> Amount:
        """Below 0 where more is promised than there is. Where nothing is known of an amount, below 0 by what is promised."""
        room = self.offer.room
        return Amount(room.memory - self.memory, room.disk - self.disk, room.cpus - self.cpus)

    def fits(self, load: Amount) -> bool:
        """Memory and disk are shared out; cores are shared in time, so an app only may not want more than there are."""
        room = self.offer.room
        return (
            (not room.memory or self.memory + load.memory <= room.memory)
            and (not room.disk or self.disk + load.disk <= room.disk)
            and (not room.cpus or load.cpus <= room.cpus)
        )

    def lacks(self, load: Amount) -> tuple[str, str, str]:
        """Which amount is short, how much there is and how much is wanted; for people."""
        room, free = self.offer.room, self.free
        if room.memory and load.memory > free.memory:
            return "memory", show_bytes(max(free.memory, 0)), show_bytes(load.memory)
        if room.disk and load.disk > free.disk:
            return "disk", show_bytes(max(free.disk, 0)), show_bytes(load.disk)
        return "cpus", f"{room.cpus:g}", f"{load.cpus:g}"

    def short(self, load: Amount) -> float:
        """How far from fitting: 0 when it fits, else what is missing of what is wanted, by its share."""
        room, free = self.offer.room, self.free
        parts = [
            (load.memory - free.memory) / load.memory if room.memory and load.memory else 0,
            (load.disk - free.disk) / load.disk if room.disk and load.disk else 0,
            (load.cpus - room.cpus) / load.cpus if room.cpus and load.cpus else 0,
        ]
        return max(0, *parts)


@dataclass(slots=True)
class Tally:
    """Every host of a site, by name."""

    seats: Mapping[str, Seat] = field(default_factory=dict)

    def meeting(self, needs: Mapping[str, str]) -> list[Seat]:
        return [seat for seat in self.seats.values() if not unmet(seat.host, needs)]


def tally(site: Site, facts: Facts, away: Collection[str] = ()) -> Tally:
    """The hosts with nothing on them but the ingress and what runs of apps without data."""
    ingress = ingress_load(site)
    seats = {}
    for name, host in sorted(site.hosts.items()):
        seat = Seat(host, facts.offers.get(name, Offer()), name in away or not host.open)
        if "ingress" in host.roles:
            seat.take(ingress)
        seat.take(facts.roaming.get(name, Amount()))
        seats[name] = seat
    return Tally(seats)


def roomiest(seats: Iterable[Seat], load: Amount) -> Seat | None:
    """The one with the most memory free, then disk; of equals the first by name (``seats`` are in that order)."""
    fitting = [seat for seat in seats if seat.fits(load)]
    return max(fitting, key=_free, default=None)


def _free(seat: Seat) -> tuple[int, int]:
    room = seat.offer.room
    return room.memory - seat.memory, room.disk - seat.disk if room.disk else 0


def why_not(seat: Seat, needs: Mapping[str, str], load: Amount, where: str) -> Problem:
    """Why an app cannot go to this host."""
    name = seat.host.name
    for label in unmet(seat.host, needs):
        found, wanted = seat.host.labels.get(label, "-"), needs[label]
        return Problem(
            "placement.other-label", where, {"host": name, "label": label, "found": found, "needed": wanted}
        )
    if seat.fits(load):
        return Problem("placement.closed", where, {"host": name})
    what, free, wanted = seat.lacks(load)
    return Problem(f"placement.short-of-{what}", where, {"host": name, "free": free, "needed": wanted})
