"""Somebody is read no longer: what they said wrongly, and how old their word is, is told no longer either."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from polder.actions.read_statements import listen
from polder.cli.main import polder
from support.publisher import Publisher
from support.web import Web

WRONG, LATER = "speaks for dogwood", timedelta(days=20)


def run(folder: Path, *words: str) -> str:
    done = CliRunner().invoke(polder, ["--site", str(folder), "network", *words])
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


def statement(provider: str) -> bytes:
    said = {"format": "polder-statement-1", "provider": provider, "type": "news", "id": "hi", "version": 1}
    about = {"date": "2026-11-20T10:00:00Z", "audience": {"mode": "all", "scopes": ["public"]}, "data": {}}
    return json.dumps({**said, **about, "title": {"en": "Hi"}, "body": {"en": "Hello."}}).encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """alder follows beech, who spoke for dogwood."""
    lines = "provider: alder\nurls: [https://alder.example/net/]\npeople: {ana: {}}\n"
    (tmp_path / "network.yml").write_text(lines)
    now = datetime.now(UTC).replace(microsecond=0)
    beech = Publisher("beech", now)
    beech.given = {"statements/news/hi.json": statement("dogwood")}
    beech.publish(now)
    with Web(beech.files) as web:
        signpost = f"polder:provider:beech:{beech.pinned.removeprefix('sha256:')}:{web.url}"
        run(tmp_path, "follow", signpost, "--private", "--yes")
        run(tmp_path, "sync")
    return tmp_path


def told_later(folder: Path) -> set[str]:
    return {one.code for one in listen(folder, datetime.now(UTC) + LATER).news}


def test_of_who_is_followed_both_is_told(folder):
    assert WRONG in run(folder, "said") and WRONG in run(folder, "give")
    assert {"statement.stale", "statement.not-theirs"} <= told_later(folder)


def test_of_who_is_followed_no_longer_nothing_is_told(folder):
    run(folder, "unfollow", "beech")

    assert WRONG not in run(folder, "said") and WRONG not in run(folder, "give")
    assert not {"statement.stale", "statement.not-theirs"} & told_later(folder)
