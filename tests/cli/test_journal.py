"""The journal for people: sentences for every line, and the access log of one host or one operator."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from polder.cli.journal_text import journal_line
from polder.cli.main import polder
from polder.world.journal import Journal
from support.sites import group, site_files


@pytest.fixture
def site(tmp_path: Path, clean_environment: Path) -> Path:
    for path, text in site_files({"lilas": group("wiki plain")}).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    ana, ben = Journal(tmp_path, "ana"), Journal(tmp_path, "ben")
    step = {"result": "done", "plan": "ab"}
    ana.write(day(1), "apply-begun", {"plan": "ab12", "steps": 3})
    ana.write(
        day(1),
        "step",
        {**step, "step": "step.host-name", "subject": "host/saule", "values": {"host": "saule"}},
    )
    ben.write(
        day(2),
        "step",
        {
            **step,
            "step": "step.create-service",
            "subject": "lilas/wiki",
            "values": {"service": "w", "host": "saule"},
        },
    )
    ben.write(
        day(2),
        "step",
        {**step, "step": "step.write-lock", "subject": "site", "values": {"recipes": ["plain", "pair"]}},
    )
    ben.write(
        day(3),
        "step-failed",
        {
            "step": "step.create-service",
            "subject": "lilas/wiki",
            "problem": "plan.too-slow",
            "problem_values": {"app": "lilas/wiki", "service": "w", "seconds": 9, "error": "-"},
        },
    )
    ben.write(day(3), "taken-back", {"service": "w", "plan": "ab"})
    ben.write(day(4), "apply-ended", {"plan": "ab12", "result": "failed", "seconds": 12.5})
    ana.write(
        day(5), "operator-removed", {"operator": "ben", "rotated": ["lilas.wiki.password"], "given": []}
    )
    return tmp_path


def day(number: int) -> datetime:
    return datetime(2030, 1, number, 12, tzinfo=UTC)


def run(site: Path, *words: str) -> Result:
    return CliRunner().invoke(polder, ["--site", str(site), *words])


def test_every_line_is_a_sentence(site: Path) -> None:
    lines = run(site, "journal").output.splitlines()
    assert [line.split("  ", 2)[2] for line in lines] == [
        "Began to apply plan ab12: 3 steps",
        "Name the machine saule  done",
        "Start w  done",
        "Write the recipes in force to polder.lock: plain, pair  done",
        "Failed for lilas/wiki: lilas/wiki: w was not healthy within 9 seconds and was taken back. Reason: -",
        "Took back w, which did not become healthy",
        "Applied plan ab12 in part: a step failed, after 12.5 s",
        "Removed the operator ben and changed what they could read: lilas.wiki.password",
    ]
    assert lines[0].startswith("2030-01-01T12:00:00Z  ana  ")


def test_one_host_shows_what_was_done_there_and_to_what_runs_there(site: Path) -> None:
    lines = json.loads(run(site, "journal", "--host", "saule", "--json").output)
    assert [(line["who"], line["step"]) for line in lines] == [
        ("ana", "step.host-name"),
        ("ben", "step.create-service"),
    ]
    assert run(site, "journal", "--host", "lilas").output == ""


def test_one_operator_since_a_day(site: Path) -> None:
    assert len(run(site, "journal", "--operator", "ben").output.splitlines()) == 5
    assert len(run(site, "journal", "--operator", "ben", "--since", "2030-01-03").output.splitlines()) == 3
    assert (
        len(run(site, "journal", "--since", "2030-01-04T12:00:00+00:00", "--last", "1").output.splitlines())
        == 1
    )
    wrong = run(site, "journal", "--since", "yesterday")
    assert wrong.exit_code == 2 and "2030-01-31" in wrong.stderr


def test_lines_of_another_version_are_shown_as_far_as_they_are_understood() -> None:
    old = {
        "when": "t",
        "who": "ana",
        "what": "step",
        "step": "step.write-lock",
        "values": {},
        "result": "done",
    }
    assert journal_line(old, "en") == "t  ana  Write the recipes in force to polder.lock: …  done"
    assert (
        journal_line({"what": "step", "step": "step.of-tomorrow", "result": "done"}, "en").strip()
        == "step.of-tomorrow  done"
    )
    assert journal_line({"what": "of-tomorrow"}, "en").strip() == "of-tomorrow"
    assert journal_line({"what": "apply-ended", "result": ["odd"]}, "en").strip().startswith("Applied plan …")
