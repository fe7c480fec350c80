"""Cards of peers as they come over the network: published with real keys, verified, shown with their age."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from polder.actions.network_card import export_card, give_card, is_due, read_import, show_card
from polder.actions.sync_network import sync_network
from polder.commons.card.write import card_json
from polder.kernel.problem import Refused
from support.cards import FULL
from support.publisher import Publisher
from support.web import Web

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WRITTEN = "2026-11-20T12:00:00Z"


@pytest.fixture
def beech() -> Publisher:
    return Publisher("beech", NOW)


@pytest.fixture
def folder(tmp_path: Path, beech: Publisher) -> Iterator[Path]:
    with Web(beech.files) as web:
        follow = {"beech": {"url": web.url, "root": beech.pinned, "private": True}}
        (tmp_path / "network.yml").write_text(
            "provider: alder\nurls: [https://alder.example/net/]\npeople: {ana: {}}\n"
            f"follow: {json.dumps(follow)}\n"
        )
        (tmp_path / "card.yml").write_text("name: {en: Alder}\ncapacity: {accounts: 5}\nhide: [capacity]\n")
        yield tmp_path


def publish(beech: Publisher, folder: Path, content: bytes | None) -> None:
    beech.given = {} if content is None else {"card.json": content}
    beech.publish(NOW)
    sync_network(folder, NOW, ())


def test_a_peers_card_is_shown_as_it_was_verified(folder: Path, beech: Publisher) -> None:
    publish(beech, folder, card_json(replace(FULL, provider="beech"), WRITTEN))

    shown = show_card(folder, "beech", NOW)

    assert (shown.card.provider, shown.card.services["wiki"].url) == ("beech", "https://wiki.alder.test/")
    assert shown.age is not None and (shown.age.level, shown.age.days) == ("fresh", 2)
    assert shown.notes == ()
    assert shown.card.notes == ""


def test_a_peers_card_that_says_it_is_anothers_is_the_peers_and_noted(folder: Path, beech: Publisher) -> None:
    publish(beech, folder, card_json(replace(FULL, provider="alder"), WRITTEN))

    shown = show_card(folder, "beech", NOW + timedelta(days=2000))

    assert shown.card.provider == "beech"
    assert [note.code for note in shown.notes] == ["card.of-another"]
    assert shown.age is not None and shown.age.level == "stale"


@pytest.mark.parametrize(
    ("content", "code"),
    [(None, "card.peer-without"), (b'{"name":"beech"}\n', "card.not-a-card"), (b"\xff", "kernel.not-plain")],
)
def test_a_peer_without_a_card_or_with_something_else_in_its_place(
    folder: Path, beech: Publisher, content: bytes | None, code: str
) -> None:
    publish(beech, folder, content)

    with pytest.raises(Refused) as refused:
        show_card(folder, "beech", NOW)

    assert [problem.code for problem in refused.value.problems] == [code]


def test_a_card_that_is_not_in_utf8_is_refused_with_its_place_before_anything_is_imported(
    folder: Path,
) -> None:
    made = export_card(folder, ["librehost"], "en", "", NOW)
    (folder / "card.yml").write_bytes(b"name: {en: Alder}\n# \xe9t\xe9\n")
    held = made[0].files
    with pytest.raises(Refused) as refused:
        read_import(folder, held, "librehost", "en")

    assert [one.code for one in refused.value.problems] == ["kernel.yaml-not-utf8"]


def test_ones_own_card_has_no_age_and_hides_what_it_gives(folder: Path) -> None:
    assert show_card(folder, "alder", NOW).age is None
    assert give_card(folder, NOW)
    assert not give_card(folder, NOW + timedelta(days=3))
    assert b"capacity" not in (folder / "given/card.json").read_bytes()


def test_the_card_that_is_given_is_in_the_history_with_its_source(folder: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    assert is_due(folder, NOW)

    give_card(folder, NOW)

    known = subprocess.run(["git", "ls-files"], cwd=folder, check=True, capture_output=True, text=True)
    assert known.stdout.split() == ["card.yml", "given/card.json"]
    assert not is_due(folder, NOW + timedelta(days=3))
