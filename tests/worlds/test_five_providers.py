"""Five providers in memory: two publish, change keys and are robbed of them; two read, copy and lose what they knew; one comes at the end.

All read through the pure rules of acceptance, from origins, copies, and whoever shows old states, alone or put together with new ones.
Whatever order things happen in:

1. what a reader knows of somebody never goes down, part by part, but where a new root changed the keys of timestamp or snapshot;
2. what it trusts was really signed with that provider's keys, byte for byte;
3. whoever knows the newest state refuses an older part, however it is dressed up, and says which one is older;
4. an honest origin is always believed, and the newcomer comes to the newest state by a copy alone.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import currently_in_test_context, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from polder.commons.trust.accept import (
    Trusted,
    accept_first_root,
    accept_root,
    accept_snapshot,
    accept_targets,
    accept_timestamp,
    wanted,
    whole,
)
from polder.kernel.problem import Refused
from support.publisher import Publisher, TestKey

PEERS, READERS, NEWCOMER = ("alder", "beech"), ("cedar", "dogwood"), "elm"
START = datetime(2026, 11, 22, 12, tzinfo=UTC)
PARTS = ("targets", "robot", "snapshot", "timestamp")
TIMESTAMP = "metadata/timestamp.json"
Files = dict[str, bytes]
peers, readers = st.sampled_from(PEERS), st.sampled_from(READERS)
parts_ = st.sampled_from([PARTS[number:] for number in range(len(PARTS))])
chances = st.randoms(use_true_random=False)


class Provider(Publisher):
    """``history``: every state that was shown with its keys, its own and a thief's; the last one is its own."""

    def __init__(self, name: str) -> None:
        super().__init__(name, START, people=2, threshold=1)
        self.history, self.signed = [dict(self.files)], set(self.files.values())

    def show(self, now: datetime, parts: Sequence[str] = PARTS) -> None:
        self.publish(now, parts)
        self.remember()

    def remember(self) -> None:
        self.history.append(dict(self.files))
        self.signed |= set(self.files.values())


@dataclass
class Known:
    """What a reader has of a provider. ``versions``: the highest of each part under the server's keys of now."""

    trusted: Trusted | None = None
    versions: dict[str, int] = field(default_factory=dict)
    copy: Files = field(default_factory=dict)

    def trust(self, trusted: Trusted) -> None:
        """Nothing that was known is forgotten, and nothing older taken for it, unless the server's keys changed (TUF 5.3.11)."""
        roots = self.trusted.roots if self.trusted else ()
        assert trusted.roots[: len(roots)] == roots
        if recovered(trusted.roots[max(len(roots) - 1, 0) :]):
            self.versions = {}
        now = {part: words(getattr(trusted, part)).get("version", 0) for part in PARTS}
        if not trusted.snapshot:  # the numbers of these two bind through the snapshot that names them
            now |= {"targets": 0, "robot": 0}
        assert {part for part in PARTS if now[part] < self.versions.get(part, 0)} == set()
        self.versions, self.trusted = now, trusted


class FiveProviders(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        """Everybody read everybody."""
        self.now, self.keys_made = START, 0
        self.said: Counter[str] = Counter()
        self.peers = {name: Provider(name) for name in PEERS}
        self.known = {(reader, peer): Known() for reader in (*READERS, NEWCOMER) for peer in PEERS}
        for reader, peer in self.known:
            self.read_the_origin(reader, peer)

    @rule(peer=peers, word=st.integers(0, 3), parts=parts_)
    def publish(self, peer: str, word: int, parts: Sequence[str]) -> None:
        self.peers[peer].given["card.json"] = b"%d" % word
        self.peers[peer].robot_files["seen/state.json"] = b"%d" % word
        self.peers[peer].show(self.now, parts)

    @rule(peer=peers, role=st.sampled_from(["root", "robot", "snapshot", "timestamp"]))
    def change_a_key(self, peer: str, role: str) -> None:
        one = self.peers[peer]
        old = list(one.root_keys)
        if role == "root":
            one.root_keys = [old[-1], self._new_key(peer)]
            one.targets_keys = list(one.root_keys)
        else:
            one.keys[role] = self._new_key(peer)
        one.publish_root(self.now, old)
        one.show(self.now)

    @rule(by=st.integers(1, 10))
    def time_goes_on(self, by: int) -> None:
        """And everybody signs anew, as they do."""
        self.now += timedelta(by)
        for one in self.peers.values():
            one.show(self.now)

    @rule(reader=readers, peer=peers)
    def read_the_origin(self, reader: str, peer: str) -> None:
        assert self._read(reader, peer, self.peers[peer].files) == ""
        assert self.known[reader, peer].versions == {part: self.peers[peer].versions[part] for part in PARTS}

    @rule(reader=readers, mirror=readers, peer=peers)
    def read_a_copy(self, reader: str, mirror: str, peer: str) -> None:
        self._read(reader, peer, self.known[mirror, peer].copy)

    @rule(reader=readers, peer=peers, back=st.integers(2, 9))
    def read_an_old_state(self, reader: str, peer: str, back: int) -> None:
        self._read(reader, peer, self.peers[peer].history[-back:][0])

    @rule(reader=readers, peer=peers, chance=chances)
    def read_old_and_new_mixed(self, reader: str, peer: str, chance: Any) -> None:
        history = self.peers[peer].history
        every = sorted({name for files in history for name in files})
        mixed = {name: chance.choice([files for files in history if name in files])[name] for name in every}
        self._read(reader, peer, mixed)

    @rule(reader=readers, peer=peers, chance=chances)
    def read_altered_bytes(self, reader: str, peer: str, chance: Any) -> None:
        files = dict(self.peers[peer].files)
        name = chance.choice(sorted(one for one in files if one.startswith("metadata/")))
        at = chance.randrange(len(files[name]))
        files[name] = files[name][:at] + bytes([chance.randrange(256)]) + files[name][at + 1 :]
        self._read(reader, peer, files)

    @rule(reader=readers, peer=peers, new_root=st.booleans())
    def a_mirror_hands_on_an_old_timestamp(self, reader: str, peer: str, new_root: bool) -> None:
        one = self.peers[peer]
        old = one.files[TIMESTAMP]
        one.show(self.now, ["timestamp"])
        self.read_the_origin(reader, peer)
        if new_root:
            one.publish_root(self.now)
            one.remember()
        assert self._read(reader, peer, {**one.files, TIMESTAMP: old}) == "sync.rollback timestamp"

    @rule(reader=readers, peer=peers, role=st.sampled_from(["snapshot", "targets", "robot"]))
    def a_thief_signs_for_an_old_part(self, reader: str, peer: str, role: str) -> None:
        """With the server's keys, in new documents that name it; the owner, who does not know, goes on after them."""
        one = self.peers[peer]
        one.show(self.now, PARTS[PARTS.index(role) :])
        self.read_the_origin(reader, peer)
        one.versions[role] -= 1
        one.show(self.now, PARTS[max(PARTS.index(role) + 1, PARTS.index("snapshot")) :])
        assert self._read(reader, peer, one.files) == f"sync.rollback {role}"
        one.versions[role] += 1
        one.show(self.now)

    @rule(reader=readers, peer=peers)
    def a_thief_pushes_numbers_up_and_people_begin_them_again(self, reader: str, peer: str) -> None:
        one = self.peers[peer]
        one.versions |= {role: one.versions[role] + 1000 for role in ("snapshot", "timestamp")}
        one.show(self.now)
        self.read_the_origin(reader, peer)
        one.keys |= {role: self._new_key(peer) for role in ("snapshot", "timestamp")}
        one.versions |= {"snapshot": 0, "timestamp": 0}
        one.publish_root(self.now)
        one.show(self.now)

    @rule(reader=readers, peer=peers)
    def lose_everything_known_of_a_peer(self, reader: str, peer: str) -> None:
        self.known[reader, peer] = Known()

    @invariant()
    def nobody_trusts_what_was_never_signed(self) -> None:
        for (_, peer), known in self.known.items():
            if (trusted := known.trusted) is None:
                continue
            signed = self.peers[peer].signed
            assert {trusted.snapshot, trusted.targets, trusted.robot} - {b""} <= signed
            # a signature that nobody needs, and blanks, may be altered in these
            loose = {*trusted.roots, trusted.timestamp} - signed - {b""}
            assert not loose or {meaning(one) for one in loose} <= {meaning(one) for one in signed}

    def teardown(self) -> None:
        """Honest sources answer again."""
        if not hasattr(self, "now"):
            return
        self.now += timedelta(minutes=1)
        for one in self.peers.values():
            one.publish_root(self.now)
            one.show(self.now)
        for reader, peer in self.known:
            self.read_the_origin(reader, peer)
        for peer in PEERS:
            mirror, newcomer = self.known[READERS[0], peer], Known()
            self.known[NEWCOMER, peer] = newcomer
            assert self._read(NEWCOMER, peer, mirror.copy) == "" and newcomer.trusted == mirror.trusted

    def _new_key(self, peer: str) -> TestKey:
        self.keys_made += 1
        return TestKey(f"{peer}-new-{self.keys_made}")

    def _read(self, reader: str, peer: str, files: Files) -> str:
        """What a reader does, and why it stopped: ``""``, or a code and the role that it is about. Whatever happens on the way, what it
        has come to trust stays trusted."""
        known, why = self.known[reader, peer], ""
        try:
            for trusted in self._steps(known.trusted, peer, files):
                known.trust(trusted)
            assert known.trusted
            whole(known.trusted, self.now)
            known.copy = served_copy(known.trusted)
        except KeyError as name:
            why = f"missing {str(name).rpartition('.')[0].rpartition('.')[2]}"
        except Refused as refused:
            problem = refused.problems[0]
            why = f"{problem.code} {problem.values.get('role', '')}".strip()
        self.said[why] += 1
        if currently_in_test_context():
            event(why or "believed")
        return why

    def _steps(self, trusted: Trusted | None, peer: str, files: Files) -> Iterator[Trusted]:
        if trusted is None:
            yield (trusted := accept_first_root(files["metadata/1.root.json"], self.peers[peer].pinned))
        while content := files.get(f"metadata/{len(trusted.roots) + 1}.root.json"):
            yield (trusted := accept_root(trusted, content))
        yield (trusted := accept_timestamp(trusted, files[TIMESTAMP], self.now))
        while part := wanted(trusted):
            content = files[f"metadata/{part.name}"]
            if part.role == "snapshot":
                trusted = accept_snapshot(trusted, content, self.now)
            else:
                trusted = accept_targets(trusted, part.role, content, self.now)
            yield trusted


def served_copy(trusted: Trusted) -> Files:
    """The documents that were verified, under the names by which they are served."""
    roots = {f"metadata/{number}.root.json": root for number, root in enumerate(trusted.roots, start=1)}
    parts = {
        f"metadata/{words(content)['version']}.{role}.json": content
        for role in ("snapshot", "targets", "robot")
        if (content := getattr(trusted, role))
    }
    return {**roots, **parts, TIMESTAMP: trusted.timestamp}


def recovered(roots: Sequence[bytes]) -> bool:
    """Whether the keys of timestamp or snapshot changed from one of ``roots`` to the next."""
    held = [[words(root)["roles"][role] for role in ("timestamp", "snapshot")] for root in roots]
    return any(one != other for one, other in pairwise(held))


@cache
def words(content: bytes) -> dict[str, Any]:
    """What is signed of a document, read by nothing of ours; empty for no document."""
    try:
        return dict(json.loads(content)["signed"])
    except (ValueError, KeyError, TypeError):
        return {}


@cache
def meaning(content: bytes) -> str:
    return json.dumps(words(content), sort_keys=True)


TestFiveProviders = FiveProviders.TestCase
TestFiveProviders.settings = settings(max_examples=20, stateful_step_count=25, deadline=None)
TestFiveProviders.pytestmark = [pytest.mark.timeout(300)]


@pytest.fixture
def world() -> Iterator[FiveProviders]:
    """The same without chance; at the end honest sources answer there too."""
    world = FiveProviders()
    world.begin()
    yield world
    world.nobody_trusts_what_was_never_signed()
    world.teardown()


@pytest.mark.parametrize("new_root", [False, True], ids=["alone", "under a new root"])
def test_an_old_timestamp_is_refused_whatever_root_it_comes_with(world, new_root):
    world.a_mirror_hands_on_an_old_timestamp("cedar", "alder", new_root)


@pytest.mark.parametrize("role", ["snapshot", "targets", "robot"])
def test_old_parts_in_new_documents_are_refused_for_the_part_that_is_old(world, role):
    world.a_thief_signs_for_an_old_part("cedar", "alder", role)


def test_an_old_state_is_refused_but_by_who_lost_what_it_knew(world):
    for parts in (PARTS, ["timestamp"]):
        world.publish("alder", 1, parts)
        world.read_the_origin("cedar", "alder")
        world.read_an_old_state("cedar", "alder", 2)
    assert world.said["sync.rollback timestamp"] == 2

    world.lose_everything_known_of_a_peer("cedar", "alder")
    world.read_an_old_state("cedar", "alder", 2)
    world.read_a_copy("dogwood", "cedar", "alder")
    assert world.said["sync.rollback timestamp"] == 2


def test_numbers_begin_again_with_new_keys_and_not_with_the_old_ones(world):
    world.a_thief_pushes_numbers_up_and_people_begin_them_again("cedar", "alder")
    assert world.known["cedar", "alder"].versions["timestamp"] > 1000
    world.read_the_origin("cedar", "alder")
    assert world.known["cedar", "alder"].versions["timestamp"] == 1

    world.read_an_old_state("cedar", "alder", 2)
    assert world.said["trust.too-few-signatures timestamp"] == 1


def test_one_key_changed_again_and_again_is_a_new_one_each_time(world):
    for role in ("root", "root", "timestamp", "snapshot", "robot", "robot"):
        world.change_a_key("alder", role)
        world.read_the_origin("cedar", "alder")
