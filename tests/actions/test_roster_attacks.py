"""Rival rosters and a fork built on one of them, as a reader meets them: real folders of five members, served and read over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from polder.actions.init_network import init_network
from polder.actions.network_roster import load_chain, merge_all
from polder.actions.roster_join import join
from polder.actions.sync_network import sync_network
from polder.commons.roster.approval import roster_path
from polder.commons.roster.changes import ChangeLeast
from polder.commons.roster.document import Edition
from polder.commons.roster.merge import Merged
from polder.commons.roster.own_word import Introduction, plain_introduction, signed_part
from polder.commons.roster.presets import PRESETS
from polder.commons.roster.propose import found
from support.publisher import Publisher
from support.rosters import NAMES, Hand, following, introduction, signed
from support.web import Web

NOW = datetime.now(UTC).replace(microsecond=0)
BEFORE = NOW - timedelta(days=60)


class Members:
    """Five members who publish, and one reader who pinned their network."""

    def __init__(self, place: Path, web: Web) -> None:
        self.web, self.place = web, place
        self.publishers = {name: Publisher(name, NOW) for name in NAMES}
        self.first = signed(
            found([self._introduction(name) for name in NAMES], PRESETS["polder"], "Waterland", "", BEFORE),
            NAMES,
        )
        for name in NAMES:
            self.tell(name, self.first)
        init_network(place, "reader", ["https://reader.example/net/"], ["ana"])
        with (place / "network.yml").open("a") as file:
            file.write(f"private: [{', '.join(NAMES)}]\n")
        join(place, self.first.digest, [f"{web.url}alder/"], NOW, private=True)

    def _introduction(self, name: str) -> Introduction:
        root = self.publishers[name].pinned
        one = replace(introduction(name, BEFORE, url=f"{self.web.url}{name}/"), root=root)
        return replace(one, signature=Hand(name).sign(signed_part(plain_introduction(one))).hex())

    def tell(self, name: str, *editions: Edition) -> None:
        one = self.publishers[name]
        one.robot_files |= {roster_path(held.version): held.document.content for held in editions}
        one.publish(NOW)
        self.web.files |= {f"{name}/{path}": content for path, content in one.files.items()}  # type: ignore[operator]

    def read(self) -> Merged:
        assert not sync_network(self.place, NOW).failed
        merged = merge_all(self.place, None, NOW)
        assert merged is not None
        return merged


@pytest.fixture
def members(tmp_path: Path) -> Iterator[Members]:
    with Web({}) as web:
        yield Members(tmp_path, web)


def rivals(first: Edition) -> tuple[Edition, Edition]:
    """Two versions with one number; alder signed both."""
    one = following(first, ChangeLeast(1), ("alder", "beech", "cedar"), BEFORE)
    return one, following(first, ChangeLeast(2), ("alder", "dogwood", "elm"), BEFORE)


def test_rival_versions_are_taken_by_nobody_and_who_signed_both_is_named(members: Members) -> None:
    one, other = rivals(members.first)
    members.tell("beech", one)
    members.tell("dogwood", other)

    merged = members.read()

    assert merged.chain.head.digest == members.first.digest
    assert [pair.equivocators for pair in merged.rivals] == [("alder",)]
    assert len(list((members.place / "roster/rivals").iterdir())) == 2


def test_a_roster_forked_from_a_rival_version_is_not_followed(members: Members) -> None:
    one, other = rivals(members.first)
    members.tell("beech", one)
    assert members.read().chain.head.digest == one.digest
    third = following(other, ChangeLeast(3), NAMES, BEFORE)
    for name in ("cedar", "dogwood", "elm"):
        members.tell(name, other, third)

    merged = members.read()

    chain = load_chain(members.place)
    assert chain is not None and chain.head.digest == merged.chain.head.digest == one.digest
    assert {name for pair in merged.rivals for name in pair.equivocators} == {"alder"}


def test_versions_that_too_few_signed_are_nothing_however_many_carry_them(members: Members) -> None:
    few = following(members.first, ChangeLeast(5), ("alder", "beech"), BEFORE)
    for name in NAMES:
        members.tell(name, few)

    merged = members.read()

    assert merged.chain.head.digest == members.first.digest and not merged.rivals
