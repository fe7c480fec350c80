"""``polder operator`` at the door."""

from __future__ import annotations

import json
import socket
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from polder.actions.secrets import show_secret
from polder.cli.main import polder
from polder.world.age import new_identity
from support.sites import RECIPIENT, group, site_files

SSH = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC8V5KIeDq02BPZx0oYdYK+wNGT4RPtQzXbzcZC1hZ3h ben@home"


@pytest.fixture
def site(tmp_path: Path, clean_environment: Path) -> Path:
    mine = new_identity(clean_environment / ".config/polder/identity.txt")
    folder = tmp_path / "site"
    for path, text in site_files({"lilas": group("wiki plain")}).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text.replace(RECIPIENT, mine))
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "-c", "user.name=ana", "-c", "user.email=ana@lilas.test", "commit", "-qm", "Begin.")
    return folder


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", folder, *words], capture_output=True, text=True, check=True).stdout


def run(site: Path, *words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(polder, ["--site", str(site), *words], input=typed)


def test_an_operator_comes_with_a_key_for_hosts_and_is_listed(site: Path, tmp_path: Path) -> None:
    ben = new_identity(tmp_path / "ben.txt")
    done = run(site, "operator", "add", "ben", ben, "--ssh-key", SSH)
    assert done.exit_code == 0 and "polder secret reencrypt" in done.output
    assert f'ben: ["{SSH}"]' in (site / "site.yml").read_text() or SSH in (site / "site.yml").read_text()
    found = {one["operator"]: one for one in json.loads(run(site, "operator", "list", "--json").output)}
    assert found["ben"] == {"operator": "ben", "recipient": ben, "ssh_keys": [SSH]}
    listed = run(site, "operator", "list").output
    assert "SHA256:" in listed and "an age key" in listed


def test_an_operator_goes_after_their_name_was_typed_and_no_value_is_printed(
    site: Path, tmp_path: Path
) -> None:
    run(site, "operator", "add", "ben", new_identity(tmp_path / "ben.txt"), "--ssh-key", SSH)
    run(site, "secret", "rotate", "lilas.wiki.password")
    before = show_secret(site, "lilas.wiki.password").reveal()
    assert run(site, "operator", "remove", "ben", typed="yes\n").exit_code == 4
    done = run(site, "operator", "remove", "ben", typed="ben\n")
    after = show_secret(site, "lilas.wiki.password").reveal()
    assert done.exit_code == 0 and before != after
    assert before not in done.output and after not in done.output
    assert "lilas.wiki.password" in done.output and "history" in done.output
    assert [one["operator"] for one in json.loads(run(site, "operator", "list", "--json").output)] == ["ana"]
    assert (
        git(site, "log", "-1", "--format=%s")
        == "Remove the operator ben, and give new values to what they could read.\n"
    )


def test_a_script_gets_the_whole_removal_as_data(site: Path, tmp_path: Path) -> None:
    run(site, "operator", "add", "ben", new_identity(tmp_path / "ben.txt"))
    run(site, "secret", "rotate", "lilas.wiki.password")
    done = json.loads(run(site, "operator", "remove", "ben", "--json").stdout)
    assert (done["rotated"], done["operators"], done["authority"]) == (
        ["lilas.wiki.password"],
        ["ana"],
        "none",
    )


def test_a_host_that_cannot_be_asked_is_named_with_what_is_still_there(site: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:  # and nobody listens there
        taken.bind(("127.0.0.1", 0))
        place = f"address: 127.0.0.1, port: {taken.getsockname()[1]}, host-key: {SSH.rsplit(' ', 1)[0]}"
        hosts = f"ada: {{{place}, profile: baseline, roles: [manager, ingress]}}\n"
        (site / "hosts.yml").write_text(hosts)
        run(site, "operator", "add", "ben", new_identity(tmp_path / "ben.txt"), "--ssh-key", SSH)
        done = run(site, "operator", "remove", "ben", "--yes")
        assert done.exit_code == 0
        assert "ada could not be asked: ben's account and keys are still there" in done.output
        assert "go from" not in done.output and "127.0.0.1" in done.output
        run(site, "operator", "add", "carla", new_identity(tmp_path / "carla.txt"), "--ssh-key", SSH)
        data = json.loads(run(site, "operator", "remove", "carla", "--json").stdout)
    assert (data["hosts"], data["hosts_unasked"]) == (["ada"], ["ada"])


def test_the_last_operator_stays(site: Path) -> None:
    done = run(site, "operator", "remove", "ana", "--yes")
    assert done.exit_code == 2 and "last operator" in done.stderr


def test_an_edit_on_no_branch_is_committed_and_said(site: Path) -> None:
    git(site, "checkout", "-q", "--detach")
    done = run(site, "group", "add", "velo", "--name", "Vélo")
    assert done.exit_code == 0
    assert "is on no branch" in done.stderr and "git branch KEEP" in done.stderr
    assert "is on no branch" in run(site, "secret", "rotate", "lilas.wiki.password").stderr
    git(site, "checkout", "-q", "main")
    assert "is on no branch" not in run(site, "group", "add", "velo", "--name", "Vélo").stderr
