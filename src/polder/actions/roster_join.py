"""Come into a network, or begin it anew: the fingerprint that people compared is pinned, and everything else follows from it.

The roster is asked for over any way (an address, a peer that is followed, a folder); whoever hands it over cannot change it, because
version 1 must have the fingerprint and every later one the signatures.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from random import Random

from polder.actions.load_network import load_network
from polder.actions.network_roster import load_chain
from polder.actions.sync_peer import sync_peer
from polder.actions.told_rosters import tell_rosters
from polder.commons.roster.approval import ROSTERS
from polder.commons.roster.changes import Found
from polder.commons.roster.collect import say_the_same
from polder.commons.roster.document import read_edition
from polder.commons.roster.replay import Step, replay
from polder.kernel.digest import Digest, digest_of_bytes
from polder.kernel.peer import Peer
from polder.kernel.problem import Problem, Refused, Unreachable
from polder.kernel.proxy import Proxy
from polder.world.fetch import Source
from polder.world.git import commit_paths
from polder.world.network_store import load_published
from polder.world.publication import hold_publication
from polder.world.roster_files import LOCK, RosterFiles, put_aside, read_lock, write_lock, write_roster


def join(
    folder: Path, fingerprint: Digest, sources: Sequence[str], now: datetime, private: bool = False
) -> tuple[Step, ...]:
    """Pin ``fingerprint`` and take in every version found at ``sources``; gives them as steps.

    Refused: ``roster.begun``, ``roster.pinned``, ``roster.another-network``, ``roster.not-found-there``, ``roster.two-histories``;
    ``roster.nothing-published`` and ``roster.private-address`` for an address.
    """
    if load_chain(folder) is not None:
        raise Refused(Problem("roster.begun"))
    pinned = read_lock(folder).get("first")
    if pinned and pinned != fingerprint:
        raise Refused(Problem("roster.pinned", "", {"fingerprint": str(pinned)}))
    found = [found_at(folder, one, now, private) for one in sources]
    contents, steps = _agreed(found, sources, fingerprint)
    _take_in(folder, contents, fingerprint)
    return steps


def accept_new_beginning(
    folder: Path, fingerprint: Digest, sources: Sequence[str], now: datetime, private: bool = False
) -> tuple[Step, ...]:
    """Put the roster here aside and take in the one that begins anew with ``fingerprint``: when the keys that must sign are lost for
    ever. Never done by itself. Refused: ``roster.not-anew`` when it does not say that it takes the place of ours."""
    chain = load_chain(folder)
    if chain is None:
        raise Refused(Problem("roster.none"))
    ours = chain.editions[0].digest
    found = [found_at(folder, one, now, private) for one in sources]
    contents, steps = _agreed(found, sources, fingerprint)
    change = steps[0].edition.change
    if not isinstance(change, Found) or change.after != ours:
        raise Refused(Problem("roster.not-anew", "", {"fingerprint": ours}))
    _take_in(folder, contents, fingerprint, before=ours)
    return steps


def found_at(folder: Path, source: str, now: datetime, private: bool) -> Mapping[str, bytes]:
    """The published files at an address, in a folder, or of a peer that was verified."""
    if source.startswith(("http://", "https://")):
        return _fetched(source, private, now, load_network(folder).proxy)
    path = Path(source)
    if path.is_dir():
        return {
            f"{ROSTERS}{one.name}": one.read_bytes()
            for one in sorted(path.glob("*.json"))
            if one.stem.isdigit()
        }
    peer = load_published(folder / load_network(folder).state).get(source)
    if peer is None:
        raise Refused(Problem("roster.not-found-there", "", {"source": source}))
    return peer.files


def _fetched(url: str, private: bool, now: datetime, proxy: Proxy | None) -> Mapping[str, bytes]:
    """Everything a provider publishes. Its first root file is taken as it comes: what is wanted of it proves itself."""
    address = url if url.endswith("/") else url + "/"
    root = _first_root(address, private, proxy)
    with tempfile.TemporaryDirectory(prefix="polder-join-") as state:
        peer = Peer("there", digest_of_bytes(root), (address,), private=private, proxy=proxy)
        news = sync_peer(Path(state), peer, now, 50 * 2**20, Random(), insist=True)  # noqa: S311
        found = load_published(Path(state)).get("there")
        if found is None:
            wrong = [one.problem for one in news.troubles if one.kind != "unreachable"]
            if wrong:
                raise Refused(wrong)
            raise Unreachable(address, ", ".join(one.kind for one in news.troubles) or news.state)
        return {path: found.files[path] for path in found.files if path.startswith(ROSTERS)}


def _first_root(address: str, private: bool, proxy: Proxy | None) -> bytes:
    try:
        with Source(address, private, proxy=proxy) as source:
            root = source.get("metadata/1.root.json", 512_000).content
    except Refused as refused:
        (problem, *_) = refused.problems
        if problem.code != "sync.private-address":
            raise
        told = {"url": address, "address": problem.values.get("address", "")}
        raise Refused(Problem("roster.private-address", "", told)) from None
    if root is None:
        raise Refused(Problem("roster.nothing-published", "", {"url": address}))
    return root


def _agreed(
    held: Sequence[Mapping[str, bytes]], sources: Sequence[str], first: Digest
) -> tuple[tuple[bytes, ...], tuple[Step, ...]]:
    """The longest history of those found, replayed; the others must be beginnings of it."""
    found = _histories(held, sources, first)
    longest, told = max(found, key=lambda one: len(one[0]))
    chain, steps = replay(longest, first)
    for contents, source in found:
        if all(say_the_same(one, other) for one, other in zip(contents, longest, strict=False)):
            continue  # what they say was verified just now
        other, _ = replay(contents, first)
        if other.head.digest != chain.editions[other.head.version - 1].digest:
            raise Refused(Problem("roster.two-histories", "", {"one": source, "other": told}))
    return longest, steps


def _histories(
    held: Sequence[Mapping[str, bytes]], sources: Sequence[str], first: Digest
) -> list[tuple[tuple[bytes, ...], str]]:
    """Versions 1, 2, 3 ... as far as each of ``sources`` has them; they begin with ``first``."""
    found = []
    for files, source in zip(held, sources, strict=True):
        contents: list[bytes] = []
        while (path := f"{ROSTERS}{len(contents) + 1}.json") in files:
            contents.append(files[path])
        if not contents:
            raise Refused(Problem("roster.not-found-there", "", {"source": source}))
        begins = read_edition(contents[0], f"{source}: {ROSTERS}1.json").digest
        if begins != first:
            raise Refused(
                Problem("roster.another-network", "", {"source": source, "found": begins, "wanted": first})
            )
        found.append((tuple(contents), source))
    return found


def _take_in(folder: Path, contents: Sequence[bytes], first: Digest, before: str = "") -> None:
    """Write what was verified, where nobody publishes or merges meanwhile. When it was accepted is not noted: who just came does not wait
    for what others did long ago. ``before``: the beginning of the rosters that go aside."""
    with hold_publication(folder / load_network(folder).state):
        touched = put_aside(folder, before) if before else []
        if before:
            write_lock(folder, {})
        touched += [write_roster(folder, number, one) for number, one in enumerate(contents, start=1)]
        write_lock(folder, {"first": first})
        tell_rosters(folder)
        commit_paths(folder, [*touched, folder / LOCK], "roster: It is pinned.")


def replay_folder(folder: Path) -> tuple[Step, ...]:
    """Verify the whole history in the folder again, from the pinned fingerprint. Nothing else is read."""
    first = read_lock(folder).get("first")
    return replay(RosterFiles(folder), Digest(first) if first else None)[1]


def fingerprint(folder: Path) -> Digest:
    """What people compare: the pinned first roster's digest. Refused: ``roster.none``."""
    first = read_lock(folder).get("first")
    if not first:
        raise Refused(Problem("roster.none"))
    return Digest(str(first))


def newest_fingerprint(folder: Path) -> Digest:
    """The digest of the newest version, to compare when two histories are feared."""
    contents = RosterFiles(folder)
    return read_edition(contents[-1]).digest if contents else fingerprint(folder)
