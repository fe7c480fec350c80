"""What a person is shown before they sign: what is different in each file, as far as this machine can know and anybody can read."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from polder.actions.network_publish import look, publish
from polder.actions.show_changes import MOST, Shown, show_changes
from polder.cli.main import polder
from polder.commons.trust.readable import WIDEST, changed_lines
from polder.kernel.problem import Refused
from support.network_folder import NOW, NetworkFolder, one_person, publish_as


@pytest.fixture
def alder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NetworkFolder:
    folder = one_person(tmp_path, monkeypatch)
    folder.give("card.json", b'{"name":"Alder","places":[{"city":"Gent"}]}\n')
    folder.give("notes.txt", b"one\ntwo\nthree\n")
    publish_as(folder, "ana")
    return folder


def shown(alder: NetworkFolder) -> dict[str, Shown]:
    found = show_changes(alder.path, look(alder.path, NOW, ("ana",)))
    return {one.change.path: one for one in found}


def test_a_changed_value_is_shown_with_the_way_to_it_and_a_changed_line_as_it_is(
    alder: NetworkFolder,
) -> None:
    alder.give("card.json", b'{"name":"Alder","places":[{"city":"Brugge"}]}\n')
    alder.give("notes.txt", b"one\n2\nthree\n")

    assert shown(alder)["card.json"].lines == ('- places[0].city: "Gent"', '+ places[0].city: "Brugge"')
    assert shown(alder)["notes.txt"].lines == ("- two", "+ 2")


def test_a_new_file_is_shown_up_to_twenty_lines_and_one_that_goes_by_its_name(alder: NetworkFolder) -> None:
    alder.give("list.txt", b"x\n" * 30)
    (alder.path / "given/notes.txt").unlink()

    assert (len(shown(alder)["list.txt"].lines), shown(alder)["list.txt"].more) == (MOST, 10)
    assert shown(alder)["notes.txt"] == Shown(shown(alder)["notes.txt"].change)


def test_what_is_sealed_or_no_text_is_said_to_be_so(alder: NetworkFolder) -> None:
    alder.give("statements/sealed/ab.age", b"age-encryption.org/v1\n")
    alder.give("logo.png", b"\x89PNG\xff\x00")

    assert shown(alder)["statements/sealed/ab.age"].why == "sealed"
    assert shown(alder)["logo.png"].why == "unreadable"


def test_without_the_published_folder_the_history_tells_what_was_signed_and_without_both_nothing_is_guessed(
    alder: NetworkFolder,
) -> None:
    git = ["git", "-C", str(alder.path), "-c", "user.name=ana", "-c", "user.email=ana@alder.example"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "given"], check=True)
    subprocess.run([*git, "commit", "-qm", "given"], check=True)
    shutil.rmtree(alder.public / "targets")
    alder.give("notes.txt", b"one\n2\nthree\n")
    assert shown(alder)["notes.txt"].lines == ("- two", "+ 2")

    shutil.rmtree(alder.path / ".git")
    assert shown(alder)["notes.txt"].why == "unknown"


def test_where_nothing_is_published_what_people_signed_last_is_what_it_is_held_against(
    alder: NetworkFolder,
) -> None:
    """A person's own machine, on which the server's keys do not open."""
    subprocess.run(["git", "init", "-q", str(alder.path)], check=True)
    alder.at("ana")
    shutil.rmtree(alder.public)
    assert shown(alder) == {}

    alder.give("notes.txt", b"one\n2\nthree\n")
    publish_as(alder, "ana")
    assert shown(alder) == {}

    alder.give("notes.txt", b"one\n2\n3\n")
    git = ["git", "-C", str(alder.path), "-c", "user.name=ana", "-c", "user.email=ana@alder.example"]
    subprocess.run([*git, "commit", "-qam", "Committed before it is signed."], check=True)
    assert {path: (one.change.kind, one.lines) for path, one in shown(alder).items()} == {
        "notes.txt": ("changed", ("- three", "+ 3"))
    }

    publish_as(alder, "ana")
    alder.at("server")
    seen = look(alder.path, NOW)
    assert {one.kind for one in seen.decision.changes if one.role == "targets"} == {"new"}


def test_what_is_signed_is_what_was_shown_even_if_another_text_is_as_long(alder: NetworkFolder) -> None:
    alder.give("notes.txt", b"pay ana 100\n")
    seen = look(alder.path, NOW, ("ana",))
    alder.give("notes.txt", b"pay ben 900\n")

    with pytest.raises(Refused) as refused:
        publish(alder.path, NOW, ("ana",), expected=seen.fingerprint)
    assert refused.value.problems[0].code == "trust.look-changed"


def test_the_command_shows_it_and_brief_shows_names_alone(alder: NetworkFolder) -> None:
    alder.give("notes.txt", b"one\n2\nthree\n")
    words = ["--site", str(alder.path), "network", "publish", "--as", "ana", "--dry-run"]
    whole, brief = (CliRunner().invoke(polder, [*words, *more]).output for more in ([], ["--brief"]))

    assert "  ~ notes.txt (12 B)\n        - two\n        + 2\n" in whole
    assert "~ notes.txt (12 B)" in brief and "+ 2" not in brief


def test_lines_are_cut_steer_nothing_and_the_same_values_spelt_otherwise_are_shown_as_text() -> None:
    assert changed_lines(None, b"x" * 1000) == ("+ " + "x" * (WIDEST - 3) + "…",)
    assert "\x1b" not in "".join(changed_lines(None, b'{"a":"\\u001b[2J"}') or ())
    assert "\x1b" not in "".join(changed_lines(None, b"a\x1b[2J") or ())
    assert changed_lines(b'{"a":1}', b'{"a": 1}') == ('- {"a":1}', '+ {"a": 1}')
