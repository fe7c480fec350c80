"""``polder network keys``, ``publish`` and ``sign`` at the door."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from polder.cli.main import polder
from polder.world.age import new_identity
from polder.world.signing_keys import by_passphrase, key_path, public_keys

PASSPHRASE = "heron walks on wet clay"


def run(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(polder, list(words), input=given)


@pytest.fixture
def folder(tmp_path: Path, clean_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ana has a recipient, ben a passphrase; both are needed. Ana's and the server's private keys are at hand."""
    ana, server = new_identity(tmp_path / "ana.txt"), new_identity(tmp_path / "server.txt")
    monkeypatch.setenv("POLDER_IDENTITY", f"{tmp_path / 'ana.txt'}:{tmp_path / 'server.txt'}")
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    place = tmp_path / "net"
    words = ["--person", f"ana={ana}", "--person", "ben", "--url", "https://alder.example/net/"]
    assert run("network", "init", "alder", *words, str(place)).exit_code == 0
    with (place / "network.yml").open("a") as file:
        file.write(f"recipients: [{server}]\n")
    monkeypatch.setenv("POLDER_SITE", str(place))
    (place / "given").mkdir()
    (place / "given/card.json").write_text("{}")
    return place


def test_the_whole_way_from_no_keys_to_a_published_folder(folder: Path) -> None:
    made = run("network", "keys", "new", given=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    assert made.exit_code == 0, made.output
    assert PASSPHRASE not in made.output
    assert by_passphrase(key_path(folder, "ben").read_bytes())

    proposed = run("network", "publish", "--as", "ana", given="alder\n")
    assert proposed.exit_code == 0, proposed.output
    assert "So many people must sign a change of keys: 2 of 2." in proposed.output
    assert "Signed: ana. May still sign: ben." in proposed.output
    assert not (folder / "public").exists()

    signed = run("network", "sign", "--as", "ben", given=f"alder\n{PASSPHRASE}\n")
    assert signed.exit_code == 0, signed.output
    assert "1 of 2 needed signatures" in signed.output and "2 of 2 needed signatures" in signed.output

    shown = run("network", "publish", "--as", "ana", "--dry-run")
    assert "+ card.json (2 B)" in shown.output and not (folder / "public").exists()
    done = run("network", "publish", "--as", "ana", "--yes")
    assert done.exit_code == 0, done.output
    assert (folder / "public/metadata/1.root.json").exists()
    again = run("network", "publish", "--as", "ana")
    assert again.exit_code == 0 and "nothing to sign" in again.output


def test_saying_no_signs_nothing(folder: Path) -> None:
    run("network", "keys", "new", given=f"{PASSPHRASE}\n{PASSPHRASE}\n")

    done = run("network", "publish", "--as", "ana", given="no\n")

    assert done.exit_code == 4
    assert not (folder / "signing").exists()


def test_everything_is_there_for_machines(folder: Path) -> None:
    run("network", "keys", "new", given=f"{PASSPHRASE}\n{PASSPHRASE}\n")

    listed = json.loads(run("network", "keys", "list", "--json").output)
    assert {row["name"]: row["where"] for row in listed["keys"]} == {
        "ana": "recipients", "ben": "passphrase", "governance": "recipients",
        "robot": "recipients", "snapshot": "recipients", "timestamp": "recipients",
    }  # fmt: skip
    planned = json.loads(run("network", "publish", "--as", "ana", "--dry-run", "--json").output)
    assert [one["role"] for one in planned["sign"]] == ["root"]
    done = json.loads(run("network", "publish", "--as", "ana", "--json").output)
    assert done["waiting"]["missing"] == ["ben"] and done["until"] is None
    assert done["notes"][0]["code"] == "trust.root-waits"
    both = run("network", "sign", "--as", "ben", "--json", given=f"{PASSPHRASE}\n")
    assert json.loads(both.stdout)["complete"] is True
    found = run("network", "keys", "check", "--json")
    assert found.exit_code == 1
    assert [one["code"] for one in json.loads(found.output)] == ["trust.all-needed"]


def test_a_wrong_passphrase_is_said_and_signs_nothing(folder: Path) -> None:
    run("network", "keys", "new", given=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    run("network", "publish", "--as", "ana", "--yes")
    before = (folder / "signing/root-1.json").read_bytes()

    done = run("network", "sign", "--as", "ben", "--yes", given="another one, quite wrong\n")

    assert done.exit_code == 2
    assert "not the passphrase" in done.stderr and "words on paper" in done.stderr
    assert (folder / "signing/root-1.json").read_bytes() == before


def test_from_paper_and_back(folder: Path, tmp_path: Path) -> None:
    run("network", "keys", "new", given=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    refused = run("network", "keys", "paper", "ana")
    assert refused.exit_code == 2 and "not a terminal" in refused.stderr
    page = tmp_path / "page.txt"

    assert run("--language", "fr", "network", "keys", "paper", "ana", "--file", str(page)).exit_code == 0

    assert page.stat().st_mode & 0o777 == 0o600
    words = " ".join(
        line for line in page.read_text().splitlines() if " 7. " in line or line[:3].strip(" .").isdigit()
    )
    ordered = sorted(zip(*[iter(words.split())] * 2, strict=True), key=lambda pair: int(pair[0].rstrip(".")))
    before = public_keys(folder)["ana"]
    key_path(folder, "ana").unlink()
    done = run("network", "keys", "restore", "ana", given=" ".join(word for _, word in ordered) + "\n")
    assert done.exit_code == 0, done.output
    assert public_keys(folder)["ana"] == before and key_path(folder, "ana").exists()


def test_words_that_are_wrong_are_not_repeated(folder: Path) -> None:
    done = run("network", "keys", "restore", "ana", given="secretly " * 24 + "\n")

    assert done.exit_code == 2
    assert "secretly" not in done.output


def test_keys_are_replaced_only_when_asked_twice(folder: Path) -> None:
    run("network", "keys", "new", given=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    before = public_keys(folder)

    assert run("network", "keys", "rotate", "ana", "server", given="no\n").exit_code == 4
    assert public_keys(folder) == before
    done = run("network", "keys", "rotate", "ana", "server", given="alder\n")

    assert done.exit_code == 0, done.output
    after = public_keys(folder)
    assert all(after[name] != before[name] for name in ("ana", "robot", "snapshot", "timestamp"))
    assert after["ana.old"] == before["ana"] and after["ben"] == before["ben"]
    assert "publish --as NAME" in done.output


def test_a_name_that_nobody_has_is_refused(folder: Path) -> None:
    for words in (
        ["keys", "new", "--person", "bob"],
        ["keys", "rotate", "bob", "--yes"],
        ["keys", "replace", "bob"],
        ["publish", "--as", "bob"],
    ):
        done = run("network", *words)
        assert done.exit_code == 2
        assert "bob" in done.stderr


def test_a_file_is_encrypted_anew(folder: Path) -> None:
    run("network", "keys", "new", given=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    before = key_path(folder, "ben").read_bytes()

    done = run(
        "network", "keys", "reencrypt", "ben", given="a lapwing over the dike\n" * 2 + f"{PASSPHRASE}\n"
    )

    assert done.exit_code == 0, done.output
    assert key_path(folder, "ben").read_bytes() != before
    assert "lapwing" not in done.output and PASSPHRASE not in done.output


def test_after_signing_it_is_said_where_it_is_and_whose_turn_it_is(folder: Path) -> None:
    run("network", "keys", "new", given=f"{PASSPHRASE}\n{PASSPHRASE}\n")

    proposed = run("network", "publish", "--as", "ana", "--yes")
    assert "Signed and kept in" in proposed.output and "Then one of ben" in proposed.output
    run("network", "sign", "--as", "ben", "--yes", given=f"{PASSPHRASE}\n")
    run("network", "publish", "--as", "ana", "--yes")

    shown = run("network", "keys", "list").output
    told = json.loads(run("network", "keys", "list", "--json").output)
    assert len(told["words"].split()) == 24
    assert " ".join(told["words"].split()[:6]) in shown


def test_who_signs_is_known_before_anything_is_asked(folder: Path) -> None:
    run("network", "keys", "new", given=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    run("network", "publish", "--as", "ana", "--yes")

    wrong = run("network", "sign", "--as", "bne", given="alder\n")
    there = run("network", "keys", "restore", "ana")

    assert wrong.exit_code == 2 and "Did you mean “ben”?" in wrong.output and "type" not in wrong.output
    assert there.exit_code == 2 and "There is a key for “ana” already" in there.output


def test_a_dry_run_says_that_the_card_would_be_given_anew(folder: Path) -> None:
    run("network", "keys", "new", given=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    (folder / "card.yml").write_text("name: {en: Alder}\n")

    shown = run("network", "publish", "--as", "ana", "--dry-run")

    assert "card.yml was edited" in shown.output
    assert (folder / "given/card.json").read_text() == "{}"


def test_a_key_that_is_there_shows_its_public_half_again(tmp_path: Path) -> None:
    made = run("key", "new", "--file", str(tmp_path / "key.txt"))
    again = run("key", "new", "--file", str(tmp_path / "key.txt"))

    assert again.exit_code == 2
    assert made.stdout.strip() in again.output and "network.yml" in again.output
