"""``polder key``, ``secret`` and ``trust`` at the door."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from polder.cli.main import polder
from support.sites import RECIPIENT, authority, group, site_files

NAME = "lilas.wiki.password"


@pytest.fixture
def site(tmp_path: Path, clean_environment: Path) -> Path:
    folder = tmp_path / "site"
    mine = run("key", "new").stdout.strip()
    assert mine.startswith("age1")
    for path, text in site_files({"lilas": group("wiki plain")}).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text.replace(RECIPIENT, mine))
    (folder / "internal-ca.crt").write_text(authority())
    return folder


def run(*words: str, given: str | bytes | None = None) -> Result:
    return CliRunner().invoke(polder, list(words), input=given)


def test_a_value_comes_from_standard_input_and_is_never_printed(site: Path) -> None:
    done = run("--site", str(site), "secret", "set", NAME, given="hunter22-very-secret\n")
    assert done.exit_code == 0
    assert "ana" in done.output
    assert "hunter22" not in done.output
    shown = run("--site", str(site), "secret", "show", NAME, "--yes")
    assert shown.stdout == "hunter22-very-secret"


def test_a_value_is_not_shown_to_a_pipe_unless_asked(site: Path) -> None:
    run("--site", str(site), "secret", "set", NAME, given="x")
    done = run("--site", str(site), "secret", "show", NAME)
    assert done.exit_code == 2
    assert "not a terminal" in done.stderr


def test_a_binary_value_survives(site: Path) -> None:
    value = bytes(range(256))
    run("--site", str(site), "secret", "set", NAME, given=value)
    assert run("--site", str(site), "secret", "show", NAME, "--yes").stdout_bytes == value


def test_there_is_no_way_to_give_a_value_in_the_arguments(site: Path) -> None:
    assert run("--site", str(site), "secret", "set", NAME, "hunter22").exit_code == 2


def test_a_wrong_name_is_refused_before_a_value_is_read(site: Path) -> None:
    done = run("--site", str(site), "secret", "set", "lilas.wiki.passwrd", given="x")
    assert done.exit_code == 2
    assert NAME in done.stderr


def test_the_list_is_for_people_and_for_machines(site: Path) -> None:
    run("--site", str(site), "secret", "rotate", NAME)
    assert "a generated password" in run("--site", str(site), "secret", "list").output
    (listed,) = json.loads(run("--site", str(site), "secret", "list", "--json").output)
    assert (listed["name"], listed["there"]) == (NAME, True)


def test_reencryption_says_who_can_read_now_and_what_it_cannot_undo(site: Path) -> None:
    run("--site", str(site), "secret", "rotate", NAME)
    done = run("--site", str(site), "secret", "reencrypt")
    assert done.exit_code == 0
    assert "ana" in done.stdout
    assert "rotate what matters" in done.stderr


def test_a_second_key_does_not_replace_the_first(site: Path) -> None:
    done = run("key", "new")
    assert done.exit_code == 2
    assert "left as it is" in done.stderr


def test_a_new_key_is_written_where_keys_are_looked_for(
    tmp_path: Path, clean_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = tmp_path / "one.txt", tmp_path / "other.txt"
    monkeypatch.setenv("POLDER_IDENTITY", f"{one}:{other}")
    first, second, third = run("key", "new"), run("key", "new"), run("key", "new")
    assert first.stdout.strip() in one.read_text() and second.stdout.strip() in other.read_text()
    assert third.exit_code == 2 and first.stdout.strip() in one.read_text()
    assert not (clean_environment / ".config/polder/identity.txt").exists()


def test_trust_says_the_fingerprint_and_how_on_every_system(site: Path, tmp_path: Path) -> None:
    words = run("--site", str(site), "trust").output
    for system in ("Debian", "Firefox", "Chromium", "Android", "iPhone", "macOS", "Windows"):
        assert system in words
    data = json.loads(run("--site", str(site), "trust", "--json").output)
    assert data["fingerprint"] in words
    saved = run("--site", str(site), "trust", "--save", str(tmp_path / "ca.crt"))
    assert data["fingerprint"] in saved.output
    assert (tmp_path / "ca.crt").read_text() == data["certificate"]
