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

from collections.abc import Mapping, Sequence

from polder.commons.roster.model import Member
from polder.kernel.digest import digest_of_bytes

COPIES = 2


def duties(members: Mapping[str, Member]) -> dict[str, tuple[str, ...]]:
    """Member to the ids whose folders it mirrors, sorted. Dormant members mirror nobody and are mirrored."""
    kept = {name: keepers(name, members) for name in members}
    return {name: tuple(sorted(of for of, by in kept.items() if name in by)) for name in sorted(members)}


def keepers(owner: str, members: Mapping[str, Member]) -> tuple[str, ...]:
    """Who mirrors ``owner``, the nearest on the ring first."""
    ring = _after(owner, members)
    chosen: list[str] = []
    for elsewhere in (True, False):
        for one in ring:
            groups = {_group(members[other]) for other in (owner, *chosen)}
            if (
                len(chosen) < COPIES
                and one not in chosen
                and not (elsewhere and _group(members[one]) in groups)
            ):
                chosen.append(one)
    return tuple(chosen)


def _after(owner: str, members: Mapping[str, Member]) -> Sequence[str]:
    ring = sorted(
        (digest_of_bytes(name.encode()), name) for name, one in members.items() if one.state == "active"
    )
    here = (digest_of_bytes(owner.encode()), owner)
    turned = [entry for entry in ring if entry > here] + [entry for entry in ring if entry < here]
    return [name for _, name in turned]


def _group(one: Member) -> str:
    return one.group or one.id
