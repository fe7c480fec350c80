"""Five providers in memory: they publish, change keys, copy each other, lose what they had, show old states; time goes on.

Each reads all others through the pure rules of acceptance. Whatever order things happen in:

1. what a reader trusts of somebody never goes down (but for the recovery that a new root allows);
2. what it trusts was really published by that provider, byte for byte;
3. when honest sources answer again, every reader comes to the newest state, and a newcomer does so by a copy alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from polder.commons.trust.accept import (
    Trusted,
    accept_first_root,
    accept_root,
    accept_snapshot,
    accept_targets,
    accept_timestamp,
    version_of,
    wanted,
    whole,
)
from polder.kernel.problem import Refused
from support.publisher import Publisher, TestKey

NAMES = ("alder", "beech", "cedar", "dogwood", "elm")
START = datetime(2026, 11, 22, 12, tzinfo=UTC)
Files = dict[str, bytes]
names, days = st.sampled_from(NAMES), st.integers(0, 20)


@dataclass
class Provider:
    """``publisher``: its own folder. ``trusted``: what it believes of others. ``copies``: their folders as it serves them."""

    publisher: Publisher
    trusted: dict[str, Trusted] = field(default_factory=dict)
    copies: dict[str, Files] = field(default_factory=dict)
    history: list[Files] = field(default_factory=list)


class FiveProviders(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.now = START
        self.providers = {name: Provider(Publisher(name, START, people=2, threshold=1)) for name in NAMES}
        self.highest: dict[tuple[str, str], tuple[int, int]] = {}
        for one in self.providers.values():
            one.history.append(dict(one.publisher.files))

    @rule(name=names, word=st.integers(0, 3))
    def publish(self, name: str, word: int) -> None:
        publisher = self.providers[name].publisher
        publisher.given["card.json"] = b"%d" % word
        publisher.robot_files["seen/state.json"] = b"%d" % word
        self._published(name, ["targets", "robot", "snapshot", "timestamp"])

    @rule(name=names)
    def sign_the_timestamp_anew(self, name: str) -> None:
        self._published(name, ["timestamp"])

    @rule(
        name=names,
        role=st.sampled_from(["root", "robot", "snapshot", "timestamp"]),
        number=st.integers(0, 99),
    )
    def change_a_key(self, name: str, role: str, number: int) -> None:
        publisher = self.providers[name].publisher
        old = list(publisher.root_keys)
        if role == "root":
            publisher.root_keys = [old[-1], TestKey(f"{name}-root-new-{number}")]
            publisher.targets_keys = list(publisher.root_keys)
        else:
            publisher.keys[role] = TestKey(f"{name}-{role}-new-{number}")
        publisher.publish_root(self.now, old)
        self._published(name, ["targets", "robot", "snapshot", "timestamp"])

    @rule(reader=names, peer=names)
    def read_the_origin(self, reader: str, peer: str) -> None:
        self._read(reader, peer, self.providers[peer].publisher.files)

    @rule(reader=names, mirror=names, peer=names)
    def read_a_copy(self, reader: str, mirror: str, peer: str) -> None:
        self._read(reader, peer, self.providers[mirror].copies.get(peer, {}))

    @rule(reader=names, peer=names, chance=st.randoms(use_true_random=False))
    def read_an_old_state(self, reader: str, peer: str, chance) -> None:
        self._read(reader, peer, chance.choice(self.providers[peer].history))

    @rule(reader=names, peer=names, chance=st.randoms(use_true_random=False))
    def read_old_and_new_mixed(self, reader: str, peer: str, chance) -> None:
        history = self.providers[peer].history
        every = sorted({name for files in history for name in files})
        self._read(
            reader, peer, {name: chance.choice([f for f in history if name in f])[name] for name in every}
        )

    @rule(reader=names, peer=names, chance=st.randoms(use_true_random=False))
    def read_altered_bytes(self, reader: str, peer: str, chance) -> None:
        files = dict(self.providers[peer].publisher.files)
        name = chance.choice(sorted(one for one in files if one.startswith("metadata/")))
        at = chance.randrange(len(files[name]))
        files[name] = files[name][:at] + bytes([chance.randrange(256)]) + files[name][at + 1 :]
        self._read(reader, peer, files)

    @rule(reader=names, peer=names)
    def lose_everything_known_of_a_peer(self, reader: str, peer: str) -> None:
        self.providers[reader].trusted.pop(peer, None)
        self.highest.pop((reader, peer), None)

    @rule(by=days)
    def time_goes_on(self, by: int) -> None:
        self.now += timedelta(by)

    @invariant()
    def nobody_trusts_what_was_never_published(self) -> None:
        for one in self.providers.values():
            for peer, trusted in one.trusted.items():
                history = self.providers[peer].history
                published = {content for files in history for content in files.values()}
                assert {trusted.snapshot, trusted.targets, trusted.robot} - {b""} <= published
                said = {meaning(content) for content in published}  # a signature nobody needs may be altered
                assert {meaning(content) for content in (*trusted.roots, trusted.timestamp)} <= said | {b""}

    def teardown(self) -> None:
        """Honest sources answer again."""
        if not hasattr(self, "now"):
            return
        for name in NAMES:
            self.now += timedelta(minutes=1)
            self.providers[name].publisher.publish_root(self.now)
            self._published(name, ["targets", "robot", "snapshot", "timestamp"])
        for peer in NAMES:
            newest = self.providers[peer].publisher
            for reader in NAMES:
                self._read(reader, peer, newest.files)
                found = whole(self.providers[reader].trusted[peer], self.now)
                assert found.versions == newest.versions
        for peer in NAMES:
            copy = self.providers["alder"].copies[peer]
            self.providers["elm"].trusted.pop(peer, None)
            self.highest.pop(("elm", peer), None)
            self._read("elm", peer, copy)
            assert self.providers["elm"].trusted[peer] == self.providers["alder"].trusted[peer]

    def _published(self, name: str, parts: list[str]) -> None:
        self.providers[name].publisher.publish(self.now, parts)
        self.providers[name].history.append(dict(self.providers[name].publisher.files))

    def _read(self, reader: str, peer: str, files: Files) -> None:
        """What a reader does; whatever happens on the way, what it has come to trust stays trusted."""
        one = self.providers[reader]
        try:
            for trusted in self._steps(one.trusted.get(peer), peer, files):
                self._trust(reader, peer, trusted)
            whole(one.trusted[peer], self.now)
        except (Refused, KeyError):  # KeyError: a file that is not there
            return
        one.copies[peer] = self._copy(one.trusted[peer])

    def _steps(self, trusted: Trusted | None, peer: str, files: Files):
        publisher = self.providers[peer].publisher
        if trusted is None:
            yield (trusted := accept_first_root(files["metadata/1.root.json"], publisher.pinned))
        while content := files.get(f"metadata/{len(trusted.roots) + 1}.root.json"):
            yield (trusted := accept_root(trusted, content))
        yield (trusted := accept_timestamp(trusted, files["metadata/timestamp.json"], self.now))
        while part := wanted(trusted):
            content = files[f"metadata/{part.name}"]
            if part.role == "snapshot":
                trusted = accept_snapshot(trusted, content, self.now)
            else:
                trusted = accept_targets(trusted, part.role, content, self.now)
            yield trusted

    def _trust(self, reader: str, peer: str, trusted: Trusted) -> None:
        before = self.highest.get((reader, peer), (0, 0))
        version = version_of(trusted, "timestamp")
        here = (len(trusted.roots), version)
        assert here[0] >= before[0] and (here >= before)
        self.highest[reader, peer] = here
        self.providers[reader].trusted[peer] = trusted

    @staticmethod
    def _copy(trusted: Trusted) -> Files:
        """The documents that were verified, under the names by which they are served."""
        roots = {f"metadata/{number}.root.json": root for number, root in enumerate(trusted.roots, start=1)}
        parts = {
            f"metadata/{version_of(trusted, role)}.{role}.json": content
            for role in ("snapshot", "targets", "robot")
            if (content := getattr(trusted, role))
        }
        return {**roots, **parts, "metadata/timestamp.json": trusted.timestamp}


@cache
def meaning(content: bytes) -> bytes:
    """What is signed of a document; ``b""`` for no document."""
    try:
        return json.dumps(json.loads(content)["signed"], sort_keys=True).encode()
    except (ValueError, KeyError, TypeError):
        return b""


TestFiveProviders = FiveProviders.TestCase
TestFiveProviders.settings = settings(max_examples=20, stateful_step_count=25, deadline=None)
TestFiveProviders.pytestmark = [pytest.mark.timeout(300)]
