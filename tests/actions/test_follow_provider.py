"""Following a provider that no roster names: what is pinned, and what is refused before anything is written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from polder.actions.follow_provider import follow, meet, unfollow
from polder.actions.init_network import init_network
from polder.actions.load_network import load_network
from polder.commons.roster.fingerprint import spoken
from polder.kernel.problem import Refused
from support.publisher import Publisher
from support.web import Web

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def beech() -> Publisher:
    return Publisher("beech", NOW)


@pytest.fixture
def served(beech: Publisher) -> Iterator[Web]:
    with Web(beech.files) as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    init_network(tmp_path, "alder", ["https://alder.example/net/"], ["ana"])
    return tmp_path


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.code for problem in refused.value.problems]


def test_what_is_pinned_is_the_first_root_that_was_shown(folder: Path, served: Web, beech: Publisher) -> None:
    met = meet(folder, "beech", served.url, private=True)
    assert met.root == beech.pinned
    follow(folder, met)
    held = load_network(folder).follow["beech"]
    assert (held.url, held.root, held.private) == (served.url, beech.pinned, True)


def test_the_words_they_told_must_be_those_of_what_is_there(
    folder: Path, served: Web, beech: Publisher
) -> None:
    told = spoken(beech.pinned, "fr")
    assert meet(folder, "beech", served.url, fingerprint=told, private=True).root == beech.pinned
    other = Publisher("cedar", NOW).pinned
    with pytest.raises(Refused) as refused:
        meet(folder, "beech", served.url, fingerprint=spoken(other), private=True)
    assert codes(refused) == ["sync.another-root"]


def test_another_root_at_the_same_name_is_refused(folder: Path, served: Web, beech: Publisher) -> None:
    follow(folder, meet(folder, "beech", served.url, private=True))
    before = (folder / "network.yml").read_bytes()
    with Web(Publisher("impostor", NOW).files) as elsewhere, pytest.raises(Refused) as refused:
        meet(folder, "beech", elsewhere.url, private=True)
    assert codes(refused) == ["network.follow-known"] and (folder / "network.yml").read_bytes() == before


def test_a_private_address_is_asked_only_when_it_may_be_one(folder: Path, served: Web) -> None:
    with pytest.raises(Refused) as refused:
        meet(folder, "beech", served.url)
    assert codes(refused) == ["sync.private-address"] and served.asked == []


def test_all_that_is_wrong_with_name_and_address_is_said_before_anybody_is_asked(folder: Path) -> None:
    with pytest.raises(Refused) as refused:
        meet(folder, "Beech Wood", "http://127.0.0.1:9/net", private=True)
    assert len(codes(refused)) == 2


def test_who_is_followed_no_longer_is_gone_from_the_file_and_the_nearest_name_is_shown(
    folder: Path, served: Web
) -> None:
    follow(folder, meet(folder, "beech", served.url, private=True))
    with pytest.raises(Refused) as refused:
        unfollow(folder, ["beach"])
    with pytest.raises(Refused) as far:
        unfollow(folder, ["quince"])
    assert [one.code for one in far.value.problems] == ["network.not-followed"]
    assert refused.value.problems[0].values["near"] == "beech"
    unfollow(folder, ["beech"])
    assert load_network(folder).follow == {}
