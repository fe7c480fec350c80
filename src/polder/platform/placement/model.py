"""What apps take and what hosts offer, in the same three amounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from polder.kernel.problem import Problem
from polder.platform.site.model import Site


@dataclass(frozen=True, slots=True)
class Amount:
    """``memory`` and ``disk`` in bytes, ``cpus`` in cores.

    >>> Amount(1, 2) + Amount(3, 4, 0.5)
    Amount(memory=4, disk=6, cpus=0.5)
    """

    memory: int = 0
    disk: int = 0
    cpus: float = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.memory + other.memory, self.disk + other.disk, self.cpus + other.cpus)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a host has for apps. An amount of 0 is not known, and then it limits nothing. ``machine``: all of its memory, as the
    engine counts it. ``disk_used``: bytes used now on the file system of the apps' data, -1 when nobody looked.
    ``written``: whether ``capacity`` in hosts.yml says something of it."""

    room: Amount = Amount()
    machine: int = 0
    disk_used: int = -1
    written: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What the looks brought. ``offers`` has every host of the site. ``data_at``: app to the host that its running service keeps
    data on; ``left_at``: the same for volumes found without a service. ``roaming``: what apps without data take now, by host."""

    offers: Mapping[str, Offer] = field(default_factory=dict)
    data_at: Mapping[str, str] = field(default_factory=dict)
    left_at: Mapping[str, str] = field(default_factory=dict)
    roaming: Mapping[str, Amount] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Placed:
    """``site`` is the site with a host for every app that keeps data. ``reasons``: app to why it is there (a ``placement.*``
    code and values). ``lock``: what ``polder.lock`` must say. ``unreserved``: apps that reserve no memory, because people
    pinned more to their host than it has."""

    site: Site
    reasons: Mapping[str, Problem] = field(default_factory=dict)
    lock: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Problem, ...] = ()
    unreserved: frozenset[str] = frozenset()
