"""Statements, circles and advisories at the door."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from polder.cli.main import polder
from polder.world.age import new_identity

FOLLOW = f"follow: {{beech: {{url: https://beech.example/net/, root: sha256:{'0' * 64}}}}}\n"


@pytest.fixture
def folder(tmp_path: Path, clean_environment: Path) -> Path:
    mine = new_identity(clean_environment / ".config/polder/identity.txt")
    folder = tmp_path / "net"
    folder.mkdir()
    (folder / "network.yml").write_text(
        f"provider: alder\nurls: [https://alder.example/net/]\npeople: {{ana: {{}}}}\nrecipients: [{mine}]\n"
    )
    return folder


def run(folder: Path, *words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(polder, ["--site", str(folder), "network", *words], input=typed)


def test_something_is_said_listed_read_and_taken_back(folder: Path) -> None:
    words = ("--title", "We move", "--title", "fr=Nous déménageons", "--text", "-", "--for", "public")
    done = run(folder, "say", "news", "moving", *words, typed="On Sunday.\n")
    assert done.exit_code == 0, done.output
    assert "polder network publish" in done.output
    listed = run(folder, "said")
    assert "alder/news/moving" in listed.output and "everybody" in listed.output
    (found,) = json.loads(run(folder, "said", "--type", "news", "--json").stdout)
    assert found["title"] == {"en": "We move", "fr": "Nous déménageons"} and found["body"] == {
        "en": "On Sunday."
    }
    assert "On Sunday." in run(folder, "read", "moving").output
    assert run(folder, "withdraw", "moving", typed="no\n").exit_code == 4
    gone = run(folder, "withdraw", "moving", "--reason", "We stay.", typed="news/moving\n")
    assert gone.exit_code == 0, gone.output
    read = run(folder, "read", "moving").output
    assert "We stay." in read and "took this back" in read and "Sunday" not in read


def test_who_may_read_it_must_be_said(folder: Path) -> None:
    for words in ((), ("--for", "public", "--circle", "care"), ("--for", "public", "--first", "care")):
        refused = run(folder, "say", "news", "moving", "--title", "We move", *words)
        assert refused.exit_code == 2 and not (folder / "statements").exists()


def test_a_wrong_type_and_a_wrong_name_are_told_with_the_nearest(folder: Path) -> None:
    assert "news" in run(folder, "say", "nwes", "a", "--title", "A", "--for", "public").output
    run(folder, "say", "news", "moving", "--title", "We move", "--for", "public")
    missing = run(folder, "read", "movin")
    assert missing.exit_code == 2 and "moving" in missing.output


def test_a_name_that_nobody_has_wants_a_yes(folder: Path) -> None:
    network = folder / "network.yml"
    network.write_text(network.read_text() + FOLLOW)
    words = ("say", "note", "rack", "--title", "The rack", "--provider", "bech")
    refused = run(folder, *words)
    assert refused.exit_code == 2 and "did you mean “beech”" in refused.output and "--yes" in refused.output
    assert not (folder / "statements").exists()
    assert run(folder, *words, "--yes").exit_code == 0
    circle = ("circle", "new", "care", "--title", "Care", "--member", "bech")
    assert run(folder, *circle).exit_code == 2 and run(folder, *circle, "--yes").exit_code == 0
    add = ("circle", "add", "care", "beach")
    assert run(folder, *add).exit_code == 2 and run(folder, *add, "--yes").exit_code == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("said", "--as", "bech"), "Did you mean “beech”?"),
        (("said", "--from", "bech"), "Did you mean “beech”?"),
        (("said", "--as", "quince", "--json"), "There is no peer “quince”."),
        (("said", "--type", "nwes"), "did you mean “news”?"),
        (("said", "--circle", "caer"), "did you mean “care”?"),
        (("circle", "remove", "care", "cedar", "ceder"), "did you mean “cedar”?"),
        (("circle", "remove", "care", "beech"), "“beech” is neither a member nor a steward"),
    ],
)
def test_whoever_asks_about_nobody_is_told_and_shown_nothing(
    folder: Path, words: tuple[str, ...], told: str
) -> None:
    network = folder / "network.yml"
    network.write_text(network.read_text() + FOLLOW)
    run(folder, "circle", "new", "care", "--title", "Care", "--member", "cedar", "--yes")
    run(folder, "say", "news", "moving", "--title", "We move", "--for", "public")
    refused = run(folder, *words)

    assert refused.exit_code == 2 and told in " ".join(refused.output.split())
    assert refused.stdout == ""
    assert "cedar" in run(folder, "circle", "show", "care").output


def test_what_somebody_outside_would_see_may_be_asked_when_something_is_for_them(folder: Path) -> None:
    run(folder, "say", "note", "rack", "--title", "The rack", "--provider", "fir", "--yes")

    assert "alder/note/rack" in run(folder, "said", "--as", "fir").output
    for who in ("anybody", "alder"):
        assert run(folder, "said", "--as", who, "--from", "alder", "--type", "note").exit_code == 0


def test_a_circle_begins_changes_and_is_shown(folder: Path) -> None:
    assert run(folder, "circle", "new", "care", "--title", "Care", "--member", "beech").exit_code == 0
    assert run(folder, "circle", "add", "care", "cedar").exit_code == 0
    assert run(folder, "circle", "steward", "care", "beech").exit_code == 0
    assert run(folder, "circle", "block", "care", "cedar/ana").exit_code == 0
    assert run(folder, "circle", "remove", "care", "cedar").exit_code == 0
    (found,) = json.loads(run(folder, "circle", "list", "--json").stdout)
    assert found["id"] == "alder/care" and found["stewards"] == ["alder", "beech"]
    assert found["members"] == ["alder", "beech"] and found["blocked"] == ["cedar/ana"]
    assert "alder/care: Care" in run(folder, "circle", "show", "care").output
    assert "alder/care" in run(folder, "circle", "list").output
    assert run(folder, "circle", "add", "care", "beech").exit_code == 2
    refused = run(folder, "circle", "remove", "care", "alder", "beech")
    assert refused.exit_code == 2 and "steward" in refused.output


def test_a_circle_known_to_its_members_only_is_encrypted(folder: Path) -> None:
    done = run(folder, "circle", "new", "care", "--title", "Care", "--member", "beech", "--for", "members")
    assert done.exit_code == 0, done.output
    assert [path.parent.name for path in (folder / "given").rglob("*.*")] == ["sealed"]
    assert "alder/care" in run(folder, "circle", "list").output


def test_after_editing_by_hand_give_brings_it_up(folder: Path) -> None:
    run(folder, "say", "news", "moving", "--title", "We move", "--for", "public")
    path = folder / "statements/news/moving.yml"
    path.write_text(path.read_text().replace("We move", "We have moved"))
    assert "1 new" in run(folder, "give").output
    assert "Nothing new" in run(folder, "give").output
    assert "We have moved" in run(folder, "read", "moving").output


def test_advisories_end_with_a_status_that_machines_see(folder: Path) -> None:
    assert run(folder, "advisories").exit_code == 0
    (folder / "software.yml").write_text(
        "software:\n- {name: DokuWiki, version: 2024-02-06b, where: the wiki}\n"
    )
    fields = ("software=DokuWiki", "affected=< 2025", "severity=high", "do.en=Update it.")
    words = [word for field in fields for word in ("--field", field)]
    said = run(folder, "say", "advisory", "hole", "--title", "A hole", "--for", "public", *words)
    assert said.exit_code == 0, said.output
    found = run(folder, "advisories")
    assert found.exit_code == 1 and "high: DokuWiki 2024-02-06b at the wiki is affected." in found.output
    assert "Update it." in found.output
    (data,) = json.loads(run(folder, "advisories", "--json").stdout)
    assert data["verdict"] == "affected" and data["urgent"]
    assert run(folder, "advisories", "ack", "hole", "--reason", "Behind a login.").exit_code == 0
    after = run(folder, "advisories")
    assert after.exit_code == 0 and "Behind a login." in after.output


def test_without_a_key_what_is_public_is_shown_and_that_is_said(
    folder: Path, clean_environment: Path
) -> None:
    run(folder, "say", "news", "moving", "--title", "We move", "--for", "public")
    run(folder, "say", "note", "rack", "--title", "Rack", "--for", "network")
    (clean_environment / ".config/polder/identity.txt").unlink()
    listed = run(folder, "said")
    assert "moving" in listed.output and "rack" not in listed.output.lower()
    assert "No key of yours was found" in listed.output
    refused = run(folder, "give")
    assert refused.exit_code == 2 and "with a key" in refused.output


def test_what_others_see_is_shown_before_it_is_published(folder: Path) -> None:
    run(folder, "say", "news", "moving", "--title", "We move", "--for", "public")
    run(folder, "say", "note", "rack", "--title", "Rack", "--provider", "beech")
    assert "moving" in run(folder, "said", "--as", "anybody").output
    assert "rack" not in run(folder, "said", "--as", "cedar").output
    assert "rack" in run(folder, "said", "--as", "beech").output


def test_a_key_that_is_none_of_this_providers_is_told(folder: Path, clean_environment: Path) -> None:
    path = clean_environment / ".config/polder/identity.txt"
    path.unlink()
    new_identity(path)
    run(folder, "say", "news", "moving", "--title", "We move", "--for", "public")
    said = run(folder, "said").output
    refused = run(folder, "say", "note", "rack", "--title", "Rack", "--for", "network")
    assert "No key of yours was found" in said and refused.exit_code == 2
    for told in (said, refused.output):
        assert "add its recipient below recipients" in told and "polder key new makes one" not in told
    assert not (folder / "statements/note").exists()


def test_a_list_of_blocks_under_another_name_is_refused_before_anything_is_given(folder: Path) -> None:
    (folder / "statements").mkdir()
    (folder / "statements/blocked.yml").write_text("cedar: they sold a list of addresses\n")
    refused = run(folder, "say", "note", "rack", "--title", "Rack", "--for", "network")
    assert refused.exit_code == 2 and "rename it to statements/blocked.private.yml" in refused.output
    assert not (folder / "statements/note").exists() and not (folder / "given").exists()


def test_somebody_who_is_blocked_and_whom_nobody_knows_is_told(folder: Path) -> None:
    (folder / "network.yml").write_text((folder / "network.yml").read_text() + FOLLOW)
    (folder / "statements").mkdir()
    (folder / "statements/blocked.private.yml").write_text(
        "beach/ana: sold it\nbeech: sold it\nzzz: sold it\n"
    )
    told = run(folder, "give").output
    assert "names “beach/ana”, and no such provider is known here. Did you mean “beech”?" in told
    assert "names “zzz”, and no such provider is known here." in told and told.count("names “") == 2
