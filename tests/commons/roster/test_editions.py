"""A long history: daily questions read the end of it, and nothing is lost by that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import overload

import pytest
from securesystemslib.signer import SSlibKey

from polder.commons.roster.approval import roster_path
from polder.commons.roster.chain import Chain, acting
from polder.commons.roster.changes import ChangeMember
from polder.commons.roster.document import Edition
from polder.commons.roster.editions import Editions
from polder.commons.roster.merge import begin, merge
from polder.commons.roster.replay import replay
from polder.commons.trust import tuf
from polder.kernel.digest import digest_of_bytes
from polder.kernel.problem import Refused
from polder.kernel.published import Published
from support.rosters import NAMES, NOW, Hand, beginning, following, introduction

DAY = timedelta(days=1)
LATER = NOW + timedelta(days=40)


def history(count: int) -> list[Edition]:
    """Alder publishes somewhere else every day."""
    found = [beginning()]
    for number in range(1, count):
        when = NOW + number * DAY
        change = ChangeMember(introduction("alder", when, url=f"https://alder.example/{number}/"))
        found.append(following(found[-1], change, NAMES[:3], when))
    return found


HISTORY = history(8)
CONTENTS = [one.document.content for one in HISTORY]


class Watched(Sequence[bytes]):
    """Documents, and the numbers of those that were asked for."""

    def __init__(self, held: Sequence[bytes]) -> None:
        self.held, self.asked = held, set[int]()

    def __len__(self) -> int:
        return len(self.held)

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[bytes]: ...
    def __getitem__(self, index: int | slice) -> bytes | Sequence[bytes]:
        assert isinstance(index, int)
        self.asked.add(index + 1)
        return self.held[index]


class Files(Mapping[str, bytes]):
    """Verified files that know their hashes, and the paths of those that were read."""

    def __init__(self, held: Mapping[str, bytes]) -> None:
        self.held, self.read = held, list[str]()

    def __getitem__(self, path: str) -> bytes:
        self.read.append(path)
        return self.held[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self.held)

    def __len__(self) -> int:
        return len(self.held)

    def __contains__(self, path: object) -> bool:
        return path in self.held

    def sha256(self, path: str) -> str:
        return sha256(self.held[path]).hexdigest()


def told(*contents: bytes) -> Files:
    return Files({roster_path(number): one for number, one in enumerate(contents, start=1)})


def peers(*files: Files) -> dict[str, Published]:
    names = dict(zip(NAMES, files, strict=False))
    return {
        name: Published(name, digest_of_bytes(name.encode()), {}, NOW, NOW, held, "")
        for name, held in names.items()
    }


def test_who_counts_now_is_told_by_the_newest_versions_alone() -> None:
    contents = Watched(CONTENTS)
    chain = Chain(Editions(contents))
    members = {one.id: one.urls for one in acting(chain, LATER)}
    assert members == {one.id: one.urls for one in acting(Chain(tuple(HISTORY)), LATER)}
    assert contents.asked == {7, 8}


@pytest.mark.parametrize("days", range(0, 12, 2))
def test_whoever_reads_lazily_acts_on_the_same_members_at_any_time(days: int) -> None:
    when = NOW + days * DAY
    lazy, whole = Chain(Editions(CONTENTS)), Chain(tuple(HISTORY))
    assert acting(lazy, when) == acting(whole, when)


def test_a_version_that_follows_is_the_new_end() -> None:
    contents = Watched(CONTENTS[:7])
    chain = Chain(Editions(contents)).followed_by(HISTORY[7], LATER)
    assert (chain.head, len(chain.editions), contents.asked) == (HISTORY[7], 8, set())
    assert [one.digest for one in chain.editions[5:]] == [one.digest for one in HISTORY[5:]]
    assert chain.editions[-8].digest == HISTORY[0].digest


def test_a_damaged_version_is_told_when_it_is_asked_for() -> None:
    chain = Chain(Editions([CONTENTS[0], b"{}", *CONTENTS[2:]]))
    assert acting(chain, LATER)
    with pytest.raises(Refused) as refused:
        chain.at(2)
    assert refused.value.problems[0].where == "roster/2.json"


def test_what_many_members_publish_alike_is_read_once_and_then_no_more() -> None:
    chain = Chain(Editions(CONTENTS))
    first = [told(*CONTENTS) for _ in range(4)]
    merged = merge(chain, peers(*first), LATER)
    assert [len(one.read) for one in first] == [8, 0, 0, 0]

    again = [told(*CONTENTS) for _ in range(4)]
    known = Chain(chain.editions, familiar=frozenset(merged.facts.familiar))
    assert merge(known, peers(*again), LATER).facts.familiar == merged.facts.familiar
    assert [len(one.read) for one in again] == [0, 0, 0, 0]


def test_another_version_with_an_old_number_is_found_beside_all_that_is_familiar() -> None:
    chain = Chain(Editions(CONTENTS))
    familiar = frozenset(merge(chain, peers(told(*CONTENTS)), LATER).facts.familiar)
    change = ChangeMember(introduction("beech", NOW + 3 * DAY, url="https://beech.example/elsewhere/"))
    rival = following(HISTORY[2], change, NAMES[2:], NOW + 3 * DAY)
    liar = told(*CONTENTS[:3], rival.document.content, *CONTENTS[4:])

    merged = merge(Chain(chain.editions, familiar=familiar), peers(told(*CONTENTS), liar), LATER)
    assert [(one.version, one.equivocators) for one in merged.rivals] == [(4, ("cedar",))]
    assert liar.read == [roster_path(4)]


def test_the_next_version_is_taken_in_beside_all_that_is_familiar() -> None:
    chain = Chain(Editions(CONTENTS[:7]))
    familiar = frozenset(merge(chain, peers(told(*CONTENTS[:7])), LATER).facts.familiar)
    files = told(*CONTENTS)
    merged = merge(Chain(chain.editions, familiar=familiar), peers(files), LATER)
    assert (merged.chain.head.digest, set(files.read)) == (HISTORY[7].digest, {roster_path(8)})


def test_the_beginning_is_found_without_reading_what_came_of_it() -> None:
    files = told(*CONTENTS)
    begun = begin(HISTORY[0].digest, peers(files))
    assert begun is not None
    assert begun.head.digest == HISTORY[0].digest
    assert set(files.read) == {roster_path(1)}


def test_replaying_tries_each_signature_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A counter around the library's part, not in its place."""
    tried, valid = [], tuf._verifies

    def counted(one: SSlibKey, signature: str, payload: bytes) -> bool:
        tried.append((signature, payload))
        return valid(one, signature, payload)

    monkeypatch.setattr(tuf, "_verifies", counted)
    _, steps = replay(CONTENTS)
    signatures = [one for one in tried if one[1] in {held.document.payload for held in HISTORY}]
    assert len(signatures) == len(set(signatures)) == 5 + 7 * 3
    assert steps[0].signers == tuple(sorted(NAMES))
    assert steps[-1].signers == tuple(NAMES[:3])
    assert Hand("alder").public.id in HISTORY[-1].document.signatures
