"""Somebody follows a provider by another name than the one it gives itself: that is possible, and told."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from polder.cli.main import polder
from support.publisher import Publisher
from support.web import Web

TOLD = "gum calls itself “beech” in what it publishes."
CARD, INTRODUCTION = "card.json", "governance/introduction.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "network.yml").write_text(
        "provider: alder\nurls: [https://alder.example/net/]\npeople: {ana: {}}\n"
    )
    return tmp_path


def run(folder: Path, *words: str) -> str:
    done = CliRunner().invoke(polder, ["--site", str(folder), "network", *words])
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


def followed_as(folder: Path, name: str, **given: bytes) -> str:
    """What is told after beech, who publishes ``given``, is followed by a signpost that names it ``name``, and read."""
    now = datetime.now(UTC).replace(microsecond=0)
    beech = Publisher("beech", now)
    beech.given = {{"card": CARD, "introduction": INTRODUCTION}[key]: held for key, held in given.items()}
    beech.publish(now)
    with Web(beech.files) as web:
        signpost = f"polder:provider:{name}:{beech.pinned.removeprefix('sha256:')}:{web.url}"
        run(folder, "follow", signpost, "--private", "--yes")
        assert "calls itself" not in run(folder, "status"), "nothing was read yet"
        run(folder, "sync")
    return run(folder, "status")


def card(provider: object) -> bytes:
    data = {"format": "polder-card-1", "provider": provider, "name": {"en": "Beech"}}
    return json.dumps(data).encode()


def test_a_signpost_that_names_it_otherwise_is_told_once_the_card_was_read(folder):
    assert TOLD in followed_as(folder, "gum", card=card("beech"))

    assert TOLD in run(folder, "status", "gum")
    (one,) = json.loads(run(folder, "status", "--json"))["findings"]
    assert (one["code"], one["values"]) == ("sync.calls-itself", {"peer": "gum", "provider": "beech"})


def test_so_is_the_id_in_an_introduction_where_there_is_no_card(folder):
    assert TOLD in followed_as(folder, "gum", introduction=b'{"id":"beech"}')


def test_what_both_say_alike_is_told_once(folder):
    told = followed_as(folder, "gum", card=card("beech"), introduction=b'{"id":"beech"}')

    assert told.count("calls itself") == 1


def test_by_its_own_name_nothing_is_told(folder):
    assert "calls itself" not in followed_as(folder, "beech", card=card("beech"))


@pytest.mark.parametrize(
    "content", [card("Be\x1b[31mech"), card(["beech"]), card(""), b"[", b'{"name":"gum"}'], ids=repr
)
def test_what_is_no_id_is_none(folder, content):
    assert "calls itself" not in followed_as(folder, "gum", card=content)
