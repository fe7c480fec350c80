"""How late a packet of a slowed host is, decided without a clock: what the relay does with each.

Rules: a packet is as late as its sender's and its receiver's delays together. A rate holds for each direction of each slowed host by
itself: packets follow one another no faster, and those that would have to wait longer than ``LONGEST_QUEUE`` are lost, as in a router
whose memory is full (a bounded first-in-first-out queue, RFC 7567, section 4).

>>> line = Line({"198.18.1.1": Slowness(0.1, 8000)})
>>> line.leaves("198.18.1.1", "198.18.2.1", 500, now=10.0), line.leaves("198.18.1.1", "198.18.2.1", 500, now=10.0)
(10.6, 11.1)
>>> line.leaves("198.18.1.1", "198.18.2.1", 500, now=10.0) is None
True
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

LONGEST_QUEUE = 1.0
"""Seconds."""
_UNITS = {"bit": 1, "kbit": 1_000, "mbit": 1_000_000, "gbit": 1_000_000_000}


@dataclass(frozen=True, slots=True)
class Slowness:
    """``delay``: seconds for each packet, in each direction. ``rate``: bits a second in each direction; 0: as fast as it goes."""

    delay: float = 0
    rate: int = 0


class Line:
    """Remembers, for each slowed host and direction, until when the wire is taken."""

    def __init__(self, slowed: Mapping[str, Slowness]) -> None:
        self.slowed = slowed
        self.taken: dict[tuple[str, str], float] = {}

    def leaves(self, source: str, target: str, size: int, now: float) -> float | None:
        """When a packet of ``size`` bytes that came ``now`` (seconds) goes on; ``None``: it is lost."""
        at = now
        for way, address in (("from", source), ("to", target)):
            if slow := self.slowed.get(address):
                sent = self._sent((way, address), size * 8 / slow.rate if slow.rate else 0, at)
                if sent is None:
                    return None
                at = sent + slow.delay
        return at

    def _sent(self, wire: tuple[str, str], takes: float, now: float) -> float | None:
        begins = max(now, self.taken.get(wire, 0.0))
        if begins - now > LONGEST_QUEUE - 0.001 and takes:
            return None
        if takes:
            self.taken[wire] = begins + takes
        return begins + takes


def addresses_of(packet: bytes) -> tuple[str, str]:
    """Sender and receiver of an IPv4 packet (RFC 791, section 3.1)."""
    return ".".join(map(str, packet[12:16])), ".".join(map(str, packet[16:20]))


def read_delay(text: str) -> float | None:
    """``100ms``, ``1.5s`` or ``0``: seconds, at most 60; ``None`` when it is none of these.

    >>> read_delay("100ms"), read_delay("1.5s"), read_delay("0"), read_delay("fast")
    (0.1, 1.5, 0.0, None)
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s)?", text.strip().lower())
    if not found or (not found[2] and float(found[1]) != 0):
        return None
    seconds = float(found[1]) / (1000 if found[2] == "ms" else 1)
    return seconds if seconds <= 60 else None


def read_rate(text: str) -> int | None:
    """``1mbit``, ``256kbit``: bits a second, at least 1000; ``None`` when it is neither.

    >>> read_rate("1mbit"), read_rate("256kbit"), read_rate("1MB")
    (1000000, 256000, None)
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(bit|kbit|mbit|gbit)", text.strip().lower())
    rate = int(float(found[1]) * _UNITS[found[2]]) if found else 0
    return rate if rate >= 1000 else None
