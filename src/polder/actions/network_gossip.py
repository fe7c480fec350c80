"""Tell others what was seen of every peer, and hold what they saw against it (``commons.trust.gossip``)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from polder.actions.network_peers import RosterDigests
from polder.commons.network.model import ROBOT, Network
from polder.commons.trust.gossip import (
    PATH,
    Own,
    Seen,
    Word,
    compare,
    digest_of_timestamp,
    read_word,
    worth_telling,
    write_word,
)
from polder.kernel.digest import digest_of_bytes
from polder.kernel.peer import Peer
from polder.kernel.problem import Refused
from polder.world.given import write_given
from polder.world.network_alarms import Alarm, raise_alarm
from polder.world.network_store import Current, PeerStore, load_published, read_time


def listen(folder: Path, network: Network, peers: Mapping[str, Peer], now: datetime) -> list[Alarm]:
    """Alarms for what two of us saw differently."""
    state = folder / network.state
    heard, words, groups = _heard(state, peers)
    alarms = []
    for finding in compare(own_view(state, peers), RosterDigests(folder), words, groups):
        evidence = {f"what {name} says it saw": heard[name] for name in finding.witnesses}
        if finding.subject in peers:
            store = PeerStore(state, finding.subject)
            evidence["what we saw"] = store.read(store.current().parts.get("timestamp", ""))
        key = str(finding.values.get("version", ""))
        code, told = finding.code, finding.values
        alarm = raise_alarm(state, code, finding.subject, told, evidence, now, key, finding.claims)
        alarms.append(alarm)
    return [alarm for alarm in alarms if alarm]


def hear_of_ourselves(
    folder: Path, network: Network, peers: Mapping[str, Peer], now: datetime
) -> list[Alarm]:
    """Alarms when others saw of us what we did not sign. For the machine that signs: another one may be behind."""
    state, mine = folder / network.state, _ours(folder / network.publish, now)
    if mine is None:
        return []
    heard, words, groups = _heard(state, peers)
    found = compare({network.provider: mine}, {}, words, groups)
    evidence = {f"what {name} says it saw": heard[name] for one in found for name in one.witnesses}
    if not found:
        return []
    by = tuple(sorted({name for one in found for name in one.witnesses}))
    claims = [claim for one in found for claim in one.claims]
    code, us = "sync.signed-elsewhere", network.provider
    alarm = raise_alarm(state, code, us, {"by": by}, evidence, now, about=claims)
    return [alarm] if alarm else []


def _heard(
    state: Path, peers: Mapping[str, Peer]
) -> tuple[dict[str, bytes], dict[str, Word], dict[str, str]]:
    """What each peer says it saw, as bytes and as read, and whose voice is whose."""
    published = load_published(state)
    heard = {
        name: published[name].files[PATH]
        for name in peers
        if PATH in getattr(published.get(name), "files", {})
    }
    words = {name: word for name, content in heard.items() if (word := read_word(content))}
    return heard, words, {name: one.group or name for name, one in peers.items()}


def _ours(public: Path, now: datetime) -> Own | None:
    """What is published here now; ``None`` when nothing is."""
    try:
        content = (public / "metadata/timestamp.json").read_bytes()
        first = digest_of_bytes((public / "metadata/1.root.json").read_bytes())
    except FileNotFoundError:
        return None
    digest = digest_of_timestamp(content)
    version = int(json.loads(content)["signed"]["version"])
    roots = len(list((public / "metadata").glob("*.root.json")))
    seen = Seen(first, roots, version, digest, now)
    return Own(seen, {(roots, version): seen.digest}, now)


def tell(folder: Path, network: Network, peers: Mapping[str, Peer], now: datetime) -> bool:
    """Put what was seen where the next publishing finds it; whether it changed."""
    state, place = folder / network.state, folder / network.state / ROBOT
    seen = {name: one.seen for name, one in own_view(state, peers).items()}
    word = Word(seen, RosterDigests(folder).latest, now.replace(microsecond=0))
    if not worth_telling(_told(place), word):
        return False
    return write_given(place, PATH, write_word(word.peers, word.roster, word.at))


def own_view(state: Path, peers: Mapping[str, Peer]) -> dict[str, Own]:
    """What was verified here of each peer."""
    return {name: own for name in peers if (own := _own(PeerStore(state, name)))}


def _own(store: PeerStore) -> Own | None:
    try:
        return _seen_by_us(store, store.current(), store.facts())
    except Refused:  # damaged here; syncing says so
        return None


def _seen_by_us(store: PeerStore, current: Current, facts: Mapping[str, Any]) -> Own | None:
    asked = read_time(str(facts.get("seen", "")))
    if not current.parts or asked is None:
        return None
    at = read_time(str(facts.get("since", ""))) or asked
    digest = digest_of_timestamp(store.read(current.parts["timestamp"]))
    seen = Seen(digest_of_bytes(store.first_root()), current.roots, current.versions["timestamp"], digest, at)
    digests = {_pair(version): str(found) for version, found in dict(facts.get("timestamps") or {}).items()}
    return Own(seen, {**digests, (seen.root, seen.timestamp): digest}, asked)


def _pair(version: str) -> tuple[int, int]:
    root, _, timestamp = version.partition("/")
    return int(root), int(timestamp)


def _told(place: Path) -> Word | None:
    try:
        return read_word((place / PATH).read_bytes())
    except FileNotFoundError:
        return None
