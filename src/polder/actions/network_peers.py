"""Whom this provider reads, and whom it mirrors: the roster's members and those it follows besides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from polder.commons.network.model import Network
from polder.kernel.names import is_slug, nearest
from polder.kernel.peer import Peer
from polder.kernel.plain import read_plain
from polder.kernel.problem import Problem, Refused
from polder.kernel.published import Published
from polder.world.network_store import PeerStore, load_one

OWN_IDS = {"card.json": "provider", "governance/introduction.json": "id"}
"""Where a provider says its own id: files that it publishes, and the key in each."""


def find_peers(folder: Path, network: Network, now: datetime) -> Mapping[str, Peer]:
    """By id, this provider itself not among them. One folder that is read under two names is one voice: both are of one group."""
    from polder.actions.network_roster import acting_members, peers

    found = {one.id: one for one in peers(folder, now) if one.id != network.provider}
    if len({one.root for one in found.values()}) == len(found):
        return found
    members = {one.id for one in acting_members(folder, now)}
    groups: dict[str, str] = {}
    for name in sorted(found, key=lambda name: (name not in members, name)):
        groups.setdefault(found[name].root, found[name].group or name)
    return {name: replace(one, group=groups[one.root]) for name, one in found.items()}


def mirrored_peers(
    folder: Path, network: Network, peers: Mapping[str, Peer], now: datetime
) -> frozenset[str]:
    """Whose folders this provider serves copies of: as network.yml says, and as the roster asks of it."""
    from polder.actions.network_roster import mirrored

    return frozenset({*network.mirror, *mirrored(folder, now)} & set(peers))


class RosterDigests(Mapping[int, str]):
    """Version to digest (of what its signatures cover) of every roster accepted here, read when it is asked for; nothing outside any
    network."""

    def __init__(self, folder: Path) -> None:
        from polder.actions.network_roster import load_chain

        self._chain = load_chain(folder)

    def __getitem__(self, version: int) -> str:
        found = self._chain.at(version) if self._chain else None
        if found is None:
            raise KeyError(version)
        return str(found.digest)

    def __iter__(self) -> Iterator[int]:
        return iter(range(1, len(self) + 1))

    def __len__(self) -> int:
        return len(self._chain.editions) if self._chain else 0

    def __contains__(self, version: object) -> bool:
        return isinstance(version, int) and 0 < version <= len(self)

    @property
    def latest(self) -> tuple[int, str] | None:
        """The newest version."""
        return (len(self), self[len(self)]) if len(self) else None


def named(peers: Mapping[str, Peer], names: tuple[str, ...]) -> dict[str, Peer]:
    """The peers with these names, all when there are none. Refused (``sync.unknown-peer``) with every wrong one."""
    wrong = [name for name in names if name not in peers]
    if wrong:
        raise Refused(_unknown(name, peers) for name in wrong)
    return {name: peers[name] for name in names or peers}


def must_know(name: str, known: Iterable[str]) -> None:
    """Refused (``sync.unknown-peer``, with the nearest that is known) when ``name`` is none of ``known``: a slip of the fingers must not
    look like somebody who says nothing."""
    everybody = set(known)
    if name not in everybody:
        raise Refused(_unknown(name, everybody))


def _unknown(name: str, peers: Iterable[str]) -> Problem:
    if near := nearest(name, peers):
        return Problem("sync.unknown-peer-near", "", {"peer": name, "near": near})
    return Problem("sync.unknown-peer", "", {"peer": name})


def misnamed(folder: Path, network: Network, now: datetime) -> tuple[Problem, ...]:
    """Names below “mirror” and “private” in network.yml that are nobody's here (``sync.names-nobody``): a slip of the fingers there
    would leave a copy unmade for ever. This provider's own name is known before any roster has it."""
    from polder.actions.network_roster import current_roster

    roster = current_roster(folder)
    known = {network.provider, *find_peers(folder, network, now), *network.follow}
    known |= set(roster.members) if roster else set()
    found = []
    for key, names in (("mirror", network.mirror), ("private", network.private)):
        for name in sorted(set(names) - known):
            near = nearest(name, sorted(known - {network.provider}))
            told = {"key": key, "name": name, **({"near": near} if near else {})}
            found.append(Problem(f"sync.names-nobody{'-near' if near else ''}", "network.yml", told))
    return tuple(found)


def called_otherwise(folder: Path, network: Network, names: Iterable[str]) -> tuple[Problem, ...]:
    """Which of the peers ``names`` say another id of themselves, in what was verified of them (``sync.calls-itself``). That is refused to
    nobody: whom one follows, one may call as one likes, and who a peer is, its first root file says."""
    found = []
    for name in names:
        published = load_one(PeerStore(folder / network.state, name))
        others = sorted(_own_ids(published) - {name}) if published else []
        found += [Problem("sync.calls-itself", "", {"peer": name, "provider": one}) for one in others]
    return tuple(found)


def _own_ids(published: Published) -> set[str]:
    """The ids that a provider gives itself; what cannot be read, or is no id, is none."""
    ids = set()
    for path, key in OWN_IDS.items():
        with suppress(Refused, OSError, KeyError):
            said = read_plain(published.files[path]).get(key)
            if isinstance(said, str) and is_slug(said):
                ids.add(said)
    return ids
