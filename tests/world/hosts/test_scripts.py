"""The scripts that run on hosts are well-formed for any POSIX shell, and say what they should of names that mean harm."""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from polder.kernel.host import (
    EnsureAccount,
    Guard,
    InstallPackages,
    PutFile,
    Question,
    RemoveAccount,
    RemovePath,
)
from polder.world.hosts import guard_scripts, shell
from polder.world.hosts.ask import script

NASTY = "it's $(touch /tmp/harm) `id` \"; rm -rf / #"
SCRIPTS = {
    "look": script(Question((NASTY,), (NASTY,), (NASTY,), (NASTY,)), "mark"),
    "put": shell.put_file(PutFile(f"/etc/{NASTY}", NASTY)),
    "remove": shell.remove_path(RemovePath(f"/etc/{NASTY}")),
    "packages": shell.prepare_packages(InstallPackages((NASTY, "docker.io"))),
    "keys": shell.account_keys(EnsureAccount(NASTY, (NASTY,), sudo=True)),
    "remove account": shell.remove_account(RemoveAccount(NASTY)),
    "arm": guard_scripts.arm("a1", Guard(NASTY), (PutFile(NASTY, NASTY), RemoveAccount(NASTY))),
    "confirm": guard_scripts.confirm("a1"),
    "take back": guard_scripts.take_back("a1"),
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_script_is_one_that_a_plain_shell_understands(name):
    done = subprocess.run(["sh", "-n"], input=SCRIPTS[name], text=True, capture_output=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="there is no shellcheck here")
@pytest.mark.parametrize("name", [name for name in SCRIPTS if name != "look"])
def test_no_name_breaks_out_of_its_quotes(name):
    quiet = "SC1091,SC2016,SC2034,SC2043,SC2046,SC2086,SC2154,SC2317,SC2329"
    done = subprocess.run(
        ["shellcheck", "-s", "sh", "-S", "warning", "-e", quiet, "-"],
        input=SCRIPTS[name],
        text=True,
        capture_output=True,
    )
    assert done.stdout == ""


def put(path: Path, content: str, mode: int) -> subprocess.CompletedProcess[str]:
    me = pwd.getpwuid(os.geteuid()).pw_name
    group = path.parent.group() if path.parent.exists() else me
    script = shell.put_file(PutFile(str(path), content, mode, me, group))
    return subprocess.run(["sh", "-c", 'eval "$(cat)"'], input=script, text=True, capture_output=True)


def test_a_file_that_is_as_it_should_be_is_not_touched(tmp_path):
    path = tmp_path / "it's here"
    assert put(path, "high\n", 0o640).returncode == 0
    before = path.stat()
    assert put(path, "high\n", 0o640).returncode == 0
    assert path.stat().st_ino == before.st_ino
    assert put(path, "high\n", 0o600).returncode == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert hashlib.sha256(path.read_bytes()).hexdigest() == hashlib.sha256(b"high\n").hexdigest()
    assert [one.name for one in tmp_path.iterdir()] == ["it's here"]


def test_a_link_is_replaced_and_not_followed(tmp_path):
    (tmp_path / "other").write_text("mine\n")
    (tmp_path / "link").symlink_to("other")
    assert put(tmp_path / "link", "mine\n", 0o644).returncode == 0
    assert not (tmp_path / "link").is_symlink()
    assert (tmp_path / "other").read_text() == "mine\n"


def test_a_file_that_cannot_be_put_leaves_nothing_behind(tmp_path):
    (tmp_path / "folder" / "inside").mkdir(parents=True)
    assert put(tmp_path / "folder", "x", 0o644).returncode != 0
    assert [one.name for one in tmp_path.iterdir()] == ["folder"]
