"""The way back from an adoption, and a process that is killed on the way there or back."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from polder.actions.adopt_recipe import Wish, undo
from polder.actions.check_site import load_site
from support.adoption import CALENDAR, CALENDAR_2, PLAIN_2, begin_site, clean, codes, files, log, shelf, take
from support.peers import offering
from support.sites import group

WriteSite = Callable[..., Path]


@pytest.fixture
def site(clean_environment: Path, write_site: WriteSite) -> Path:
    return begin_site(write_site)


def test_what_was_there_comes_back_hidden_files_and_all(site: Path) -> None:
    (site / "recipes/plain/.notes").write_text("ours")
    before = files(site)
    take(site, Wish("plain", replace=True), beech=offering("plain", PLAIN_2, "2"))
    assert files(site) != before
    undo(shelf(site), site, "plain")

    assert files(site) == before
    assert clean(site) and log(site)[0] == "Adopt plain no longer."


def test_a_recipe_that_was_not_there_goes_again_unless_an_app_needs_it(site: Path) -> None:
    take(site, Wish("calendar"), beech=offering("calendar", CALENDAR))
    (site / "groups/lilas.yml").write_text(group("wiki plain", "dates calendar"))
    assert codes(lambda: undo(shelf(site), site, "calendar")) == ["site.unknown-recipe"]
    (site / "groups/lilas.yml").write_text(group("wiki plain"))
    undo(shelf(site), site, "calendar")

    assert not (site / "recipes/calendar").exists() and load_site(site).lock.adopted == {}
    assert undo(shelf(site), site, "calendar").files == ()
    assert codes(lambda: undo(shelf(site), site, "plain")) == ["catalogue.nothing-to-undo"]


def test_undoing_goes_back_step_by_step_and_not_over_edits(site: Path) -> None:
    take(site, Wish("calendar"), beech=offering("calendar", CALENDAR))
    take(site, Wish("calendar"), beech=offering("calendar", CALENDAR_2, "2"))
    mine = site / "recipes/calendar/compose.yml"
    held = mine.read_text()
    mine.write_text(held + "# ours\n")
    assert codes(lambda: undo(shelf(site), site, "calendar")) == ["catalogue.own-changes"]
    mine.write_text(held)

    undo(shelf(site), site, "calendar")
    assert load_site(site).lock.adopted == {"calendar": f"beech@{CALENDAR.digest}"}
    undo(shelf(site), site, "calendar")
    assert not (site / "recipes/calendar").exists()


def test_git_revert_is_undo_too(site: Path) -> None:
    before = files(site)
    take(site, Wish("calendar"), beech=offering("calendar", CALENDAR))
    words = ["git", "-c", "user.name=Ana", "-c", "user.email=ana@lilas.test", "revert", "--no-edit", "HEAD"]
    subprocess.run(words, cwd=site, check=True, capture_output=True)

    assert files(site) == before and "calendar" not in load_site(site).lock.recipes


KILLS: dict[str, Any] = {"at": -1, "seen": 0}


def _count(event: str, values: tuple[Any, ...]) -> None:
    """Ends the process, as ``kill -9`` would, before the wanted change of a file or start of a program."""
    writes = event == "open" and isinstance(values[2], int) and values[2] & (os.O_WRONLY | os.O_RDWR)
    if writes or event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "subprocess.Popen"):
        if KILLS["seen"] == KILLS["at"]:
            os._exit(9)
        KILLS["seen"] += 1


def killed(call: Callable[[], object], at: int) -> bool:
    """Run ``call`` in a process that dies at its change number ``at``; whether it died."""
    child = os.fork()
    if not child:
        KILLS.update(at=at, seen=0)
        sys.addaudithook(_count)
        try:
            call()
        except BaseException:  # whatever it is must not go on in a copy of the tests' process
            os._exit(1)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, 9)
    return status == 9


@pytest.mark.parametrize("what", ["adopt", "undo"])
def test_killed_at_any_change_of_a_file_it_is_as_before_or_the_next_run_completes_it(
    site: Path, what: str, tmp_path: Path
) -> None:
    offered = offering("plain", PLAIN_2, "2")
    old = load_site(site).recipes["plain"].digest

    def run() -> object:
        if what == "adopt":
            return take(site, Wish("plain", replace=True), beech=offered)
        return undo(shelf(site), site, "plain")

    if what == "undo":
        take(site, Wish("plain", replace=True), beech=offered)
    begin = tmp_path / "begin"
    shutil.copytree(site, begin, symlinks=True)
    wanted, deaths = (PLAIN_2.digest if what == "adopt" else old), 0
    for at in range(400):
        if not killed(run, at):
            break
        deaths += 1
        assert load_site(site).recipes["plain"].digest in (old, PLAIN_2.digest)
        run()
        assert load_site(site).recipes["plain"].digest == wanted
        assert ("plain" in load_site(site).lock.adopted) == (what == "adopt")
        assert clean(site)
        assert not (site / ".polder/adopting").exists()
        shutil.rmtree(site)
        shutil.copytree(begin, site, symlinks=True)
    assert 15 < deaths < 400
