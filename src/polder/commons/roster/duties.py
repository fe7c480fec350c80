"""Who mirrors whom: everybody two others, so that there are three copies of each folder as soon as there are three members.

The active members stand on a ring in the order of the digests of their ids; each folder is mirrored by the next two on the ring
that are of other groups than its owner and each other (by the next ones at all where there are not enough groups). Nobody
decides anything, and a member that comes or goes changes the duties of its neighbours on the ring only.

>>> from polder.kernel.digest import Digest
>>> from polder.kernel.signing import PublicKey
>>> alone = Member("alder", "", (), Digest("sha256:00"), PublicKey("11" * 32))
>>> duties({"alder": alone})
{'alder': ()}
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from polder.commons.roster.model import Member
from polder.kernel.digest import digest_of_bytes

COPIES = 2


def duties(members: Mapping[str, Member]) -> dict[str, tuple[str, ...]]:
    """Member to the ids whose folders it mirrors, sorted. Dormant members mirror nobody and are mirrored."""
    ring = _ring(members)
    found: dict[str, list[str]] = {name: [] for name in sorted(members)}
    for owner in sorted(members):
        for one in _keepers(owner, members, ring):
            found[one].append(owner)
    return {name: tuple(kept) for name, kept in found.items()}


def keepers(owner: str, members: Mapping[str, Member]) -> tuple[str, ...]:
    """Who mirrors ``owner``, the nearest on the ring first."""
    return _keepers(owner, members, _ring(members))


def _keepers(owner: str, members: Mapping[str, Member], ring: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    chosen: list[str] = []
    groups = {_group(members[owner])}
    for one in _after(owner, ring):
        if len(chosen) < COPIES and _group(members[one]) not in groups:
            chosen.append(one)
            groups.add(_group(members[one]))
        if len(chosen) == COPIES:
            return tuple(chosen)
    rest = (one for one in _after(owner, ring) if one not in chosen)
    return (*chosen, *islice(rest, COPIES - len(chosen)))


def _ring(members: Mapping[str, Member]) -> list[tuple[str, str]]:
    return sorted((_place(name), name) for name, one in members.items() if one.state == "active")


def _after(owner: str, ring: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Everybody else, once around from ``owner``'s place."""
    start = bisect_right(ring, (_place(owner), owner))
    for number in range(len(ring)):
        name = ring[(start + number) % len(ring)][1]
        if name != owner:
            yield name


def _place(name: str) -> str:
    return digest_of_bytes(name.encode())


def _group(one: Member) -> str:
    return one.group or one.id
