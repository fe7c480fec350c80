"""Adopting a peer's recipe: files, lock and commit at once or not at all, nothing running changed, and the way back."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from polder.actions.adopt_recipe import Adopted, Wish, adopt, propose, undo
from polder.actions.apply_site import Asked, apply_to
from polder.actions.catalogue import Shelf, open_shelf
from polder.actions.check_site import load_site
from polder.actions.run_plan import StepResult
from polder.commons.catalogue.word import read_adoptions
from polder.kernel.engine import Rollout
from polder.kernel.folder import Folder
from polder.kernel.problem import Refused
from polder.platform.plan.make import make_plan
from polder.platform.plan.model import Plan, Step
from polder.world.docker.memory import MemoryEngine
from polder.world.files import read_recipe_folder
from polder.world.git import commit_paths, start_repository
from polder.world.network_alarms import close_alarm, raise_alarm
from polder.world.recipe_place import changing_recipes
from support.peers import NOW, approving, following, offering, published
from support.sites import BARE, BARE_COMPOSE, IMAGE, NEW_IMAGE, PLAIN, PLAIN_COMPOSE, group

WriteSite = Callable[..., Path]
NETWORK = """provider: alder
urls: [https://alder.example/net/]
people: {ana: {}}
"""
FOLLOWED = following("beech", "cedar", "dogwood", "elm")


def recipe(text: str, compose: str) -> Folder:
    files = {"recipe.yml": text.encode(), "compose.yml": compose.encode(), "image/setup": b"#!/bin/sh\n"}
    return Folder(files if "image:\n" in text else {k: v for k, v in files.items() if k != "image/setup"})


def version(text: str, number: str) -> str:
    return text.replace('version: "1"\nnames', f'version: "{number}"\nnames')


CALENDAR = recipe(BARE.replace("recipe: bare", "recipe: calendar"), BARE_COMPOSE)
CALENDAR_2 = recipe(
    version(BARE, "2").replace("recipe: bare", "recipe: calendar"), BARE_COMPOSE.replace(IMAGE, NEW_IMAGE)
)
PLAIN_2 = recipe(version(PLAIN, "2"), PLAIN_COMPOSE.replace(IMAGE, NEW_IMAGE))


class Quiet:
    """A report that nobody reads."""

    def begun(self, step: Step) -> None: ...

    def waiting(self, step: Step, rollout: Rollout) -> None: ...

    def line(self, step: Step, text: str) -> None: ...

    def ended(self, result: StepResult) -> None: ...


@pytest.fixture
def site(clean_environment: Path, write_site: WriteSite) -> Path:
    """A site in git that runs a wiki of its own recipe, and follows four peers."""
    folder = write_site({"lilas": group("wiki plain")})
    (folder / "network.yml").write_text(f"{NETWORK}{FOLLOWED}")
    start_repository(folder)
    commit_paths(folder, [path for path in folder.rglob("*") if path.is_file()], "Begin.")
    return folder


def shelf(site: Path, *, stale: str = "", **peers: Mapping[str, bytes]) -> Shelf:
    made = {name: published(name, files, stale=name in stale.split()) for name, files in peers.items()}
    return open_shelf(site, site, NOW, made)


def take(site: Path, wish: Wish, *, stale: str = "", **peers: Mapping[str, bytes]) -> Adopted:
    held = shelf(site, stale=stale, **peers)
    return adopt(held, site, propose(held, wish))


def codes(call: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as refused:
        call()
    return [problem.code for problem in refused.value.problems]


def log(site: Path) -> list[str]:
    done = subprocess.run(["git", "log", "--format=%s"], cwd=site, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def clean(site: Path) -> bool:
    """Whether everything is committed, but for what Polder keeps for itself (and the half of a file that a kill left)."""
    done = subprocess.run(
        ["git", "status", "--porcelain"], cwd=site, capture_output=True, text=True, check=True
    )
    return [line for line in done.stdout.splitlines() if " .polder" not in line] == []


def files(site: Path) -> dict[str, bytes]:
    held = (path for path in site.rglob("*") if path.is_file())
    inside = ((path.relative_to(site).as_posix(), path) for path in held)
    return {name: path.read_bytes() for name, path in inside if not name.startswith((".git/", ".polder/"))}


def test_a_recipe_comes_into_the_site_as_one_commit(site: Path) -> None:
    done = take(site, Wish("calendar"), beech=offering("calendar", CALENDAR))

    assert read_recipe_folder(site / "recipes/calendar") == CALENDAR
    lock = load_site(site).lock
    assert lock.recipes["calendar"] == CALENDAR.digest
    assert lock.adopted == {"calendar": f"beech@{CALENDAR.digest}"}
    assert done.files == ("recipes/calendar", "polder.lock") and done.commit.id and clean(site)
    assert log(site)[0].startswith("Adopt calendar 1 from beech (")


def test_what_may_be_run_may_be_run_after_it_travelled(site: Path) -> None:
    image = "image: {build: debian, packages: [lighttpd]}\n"
    built = Folder(
        {
            "recipe.yml": (BARE.replace("recipe: bare", "recipe: calendar") + image).encode(),
            "compose.yml": b"services: {web: {}}\n",
            "image/setup": b"#!/bin/sh\n",
        },
        executable=frozenset({"image/setup"}),
    )
    take(site, Wish("calendar"), beech=offering("calendar", built))

    assert (site / "recipes/calendar/image/setup").stat().st_mode & 0o777 == 0o755
    assert read_recipe_folder(site / "recipes/calendar").digest == built.digest


def test_asked_twice_nothing_more_happens(site: Path) -> None:
    take(site, Wish("calendar"), beech=offering("calendar", CALENDAR))
    before, commits = files(site), log(site)
    again = take(site, Wish("calendar"), beech=offering("calendar", CALENDAR))

    assert (again.files, again.commit.id) == ((), "")
    assert (files(site), log(site)) == (before, commits)


def test_the_plan_shows_what_would_change_and_nothing_that_runs_was_changed_before(
    site: Path, engine: MemoryEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("polder.actions.hands.time.sleep", lambda seconds: None)
    apply_to(engine, site, Asked(), lambda looked: None, lambda plan: True, Quiet())
    assert not plan_of(engine, site).acting
    running = engine.look()

    take(site, Wish("plain", replace=True), beech=offering("plain", PLAIN_2, "2"))

    assert [s.spec for s in engine.look().services] == [s.spec for s in running.services]
    acting = plan_of(engine, site).acting
    assert [(step.subject, step.kind) for step in acting] == [("lilas/wiki", "change")]
    done = apply_to(engine, site, Asked(), lambda looked: None, lambda plan: True, Quiet())
    assert done.outcome and not done.outcome.failed
    images = {s.spec["TaskTemplate"]["ContainerSpec"]["Image"] for s in engine.look().services}
    assert NEW_IMAGE in images and not plan_of(engine, site).acting
    assert load_site(site).lock.adopted == {"plain": f"beech@{PLAIN_2.digest}"}


def plan_of(engine: MemoryEngine, site: Path) -> Plan:
    from datetime import UTC, datetime

    return make_plan(load_site(site), engine.look(), datetime.now(UTC))


RULE = "adopt: {approvals: 2, of: [cedar, dogwood, elm]}\n"
APPROVES = approving("calendar", CALENDAR.digest)
OFFERS = offering("calendar", CALENDAR)


@pytest.mark.parametrize(
    ("rule", "peers", "stale", "code"),
    [
        (RULE, {"beech": OFFERS}, "", "catalogue.too-few-approvals"),
        (RULE, {"beech": OFFERS, "cedar": APPROVES}, "", "catalogue.too-few-approvals"),
        (RULE, {"beech": {**OFFERS, **APPROVES}, "cedar": APPROVES}, "", "catalogue.too-few-approvals"),
        (RULE, {"beech": OFFERS, "cedar": APPROVES, "elm": APPROVES}, "elm", "catalogue.too-few-approvals"),
        (RULE, {"cedar": {**OFFERS, **APPROVES}, "elm": APPROVES}, "", "catalogue.too-few-approvals"),
        (
            RULE,
            {"beech": OFFERS, "cedar": APPROVES, "elm": approving("calendar", CALENDAR_2.digest)},
            "",
            "catalogue.too-few-approvals",
        ),
        ("adopt: {approvals: 1}\n", {"beech": OFFERS}, "", "catalogue.too-few-of-all"),
        ("", {"beech": OFFERS}, "beech", "catalogue.stale"),
    ],
)
def test_what_the_rule_does_not_let_in_stays_out(
    site: Path, rule: str, peers: dict[str, dict[str, bytes]], stale: str, code: str
) -> None:
    (site / "network.yml").write_text(f"{NETWORK}{FOLLOWED}{rule}")
    before = files(site)

    assert codes(lambda: take(site, Wish("calendar"), stale=stale, **peers)) == [code]
    assert files(site) == before


def test_nothing_is_taken_from_a_peer_with_an_open_alarm_until_it_is_closed(site: Path) -> None:
    alarm = raise_alarm(site / "state", "sync.two-versions", "beech", {}, {"a": b"1"}, NOW)
    assert alarm and codes(lambda: take(site, Wish("calendar"), beech=OFFERS)) == ["catalogue.alarm"]
    close_alarm(site / "state", alarm.id, "Their server was restored; we spoke.", NOW)

    assert take(site, Wish("calendar"), beech=OFFERS).commit.id


def test_two_approvals_of_three_named_peers_let_it_in(site: Path) -> None:
    (site / "network.yml").write_text(f"{NETWORK}{FOLLOWED}{RULE}")
    done = take(site, Wish("calendar"), beech=OFFERS, cedar=APPROVES, elm=APPROVES)

    assert done.commit.id


def test_it_is_taken_from_whoever_was_heard_of_when_several_offer_the_same(site: Path) -> None:
    take(site, Wish("calendar"), beech=OFFERS, cedar=OFFERS, stale="beech")

    assert load_site(site).lock.adopted["calendar"].startswith("cedar@")


BUILTIN = recipe(BARE.replace("recipe: bare", "recipe: dokuwiki"), BARE_COMPOSE)
INGRESS = recipe(BARE.replace("recipe: bare", "recipe: ingress"), BARE_COMPOSE)
SYSTEM = recipe(BARE.replace("recipe: bare", "recipe: calendar") + "system: true\n", BARE_COMPOSE)
OLD = recipe(version(PLAIN, "0.9"), PLAIN_COMPOSE)
SOCKET = recipe(
    version(PLAIN, "2"),
    PLAIN_COMPOSE.replace('"data:/data"', '"data:/data", "/run/docker.sock:/run/docker.sock"'),
)


@pytest.mark.parametrize(
    ("wish", "folder", "number", "refused"),
    [
        (Wish("plain"), PLAIN_2, "2", ["catalogue.own-recipe"]),
        (Wish("plain"), OLD, "0.9", ["catalogue.own-recipe", "catalogue.older"]),
        (Wish("plain", replace=True), OLD, "0.9", ["catalogue.older"]),
        (Wish("plain", older=True), OLD, "0.9", ["catalogue.own-recipe"]),
        (Wish("plain", replace=True), SOCKET, "2", ["site.needs-host-paths", "site.needs-docker-socket"]),
        (Wish("dokuwiki"), BUILTIN, "1", ["catalogue.takes-place-of-builtin"]),
        (Wish("ingress", replace=True), INGRESS, "1", ["catalogue.system-recipe"]),
        (Wish("calendar", replace=True), SYSTEM, "1", ["catalogue.system-recipe"]),
    ],
)
def test_what_would_take_something_away_is_said_and_not_done(
    site: Path, wish: Wish, folder: Folder, number: str, refused: list[str]
) -> None:
    before = files(site)
    found = codes(lambda: take(site, wish, beech=offering(wish.name, folder, number)))

    assert [code for code in found if code != "catalogue.same-version"] == refused
    assert files(site) == before


def test_a_recipe_that_comes_with_polder_needs_no_adopting(site: Path, repository: Path) -> None:
    folder = read_recipe_folder(repository / "recipes/static")
    files = offering("static", folder)
    from polder.actions.offer_recipe import offer_recipe

    network = site.parent / "beech"
    network.mkdir()
    (network / "network.yml").write_text(NETWORK.replace("alder", "beech"))
    offer_recipe(network, None, "static", NOW)
    given = network / "given"
    files = {p.relative_to(given).as_posix(): p.read_bytes() for p in given.rglob("*") if p.is_file()}

    assert "catalogue.comes-with-polder" in codes(lambda: take(site, Wish("static"), beech=files))


def test_a_recipe_in_use_that_newly_asks_for_more_waits_for_the_site_s_own_word(site: Path) -> None:
    wish, files = Wish("plain", replace=True), offering("plain", SOCKET, "2")
    assert "site.needs-docker-socket" in codes(lambda: take(site, wish, beech=files))
    with (site / "site.yml").open("a") as file:
        file.write("policy: {allow: {plain: [host-paths, docker-socket]}}\n")

    assert take(site, wish, beech=files).commit.id


def test_an_adopted_recipe_follows_its_provider_and_nobody_else(site: Path) -> None:
    take(site, Wish("calendar"), beech=offering("calendar", CALENDAR))
    newer, other = offering("calendar", CALENDAR_2, "2"), offering("calendar", CALENDAR, "1")
    fake = recipe(version(BARE, "99").replace("recipe: bare", "recipe: calendar"), BARE_COMPOSE)
    bad = offering("calendar", fake, "99")

    assert codes(lambda: take(site, Wish("calendar", provider="elm"), beech=newer, elm=bad)) == [
        "catalogue.other-origin"
    ]
    take(site, Wish("calendar"), beech=newer, elm=bad, cedar=other)
    assert load_site(site).lock.adopted["calendar"] == f"beech@{CALENDAR_2.digest}"
    assert codes(lambda: take(site, Wish("calendar"), beech=other)) == ["catalogue.older"]


def test_edits_of_an_adopted_recipe_are_not_lost_in_silence(site: Path) -> None:
    take(site, Wish("calendar"), beech=offering("calendar", CALENDAR))
    mine = site / "recipes/calendar/compose.yml"
    mine.write_text(mine.read_text() + "# ours\n")
    newer = offering("calendar", CALENDAR_2, "2")

    assert codes(lambda: take(site, Wish("calendar"), beech=newer)) == ["catalogue.own-changes"]
    take(site, Wish("calendar", replace=True), beech=newer)
    undo(shelf(site), site, "calendar")
    assert mine.read_text().endswith("# ours\n")


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
    assert codes(lambda: undo(shelf(site), site, "plain")) == ["catalogue.nothing-kept"]


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


def test_an_edit_made_while_the_question_stood_is_not_written_over(site: Path) -> None:
    held = shelf(site, beech=offering("plain", PLAIN_2, "2"))
    proposal = propose(held, Wish("plain", replace=True))
    (site / "recipes/plain/compose.yml").write_text(PLAIN_COMPOSE + "# now\n")

    assert codes(lambda: adopt(held, site, proposal)) == ["site.changed-meanwhile"]
    assert (site / "recipes/plain/compose.yml").read_text().endswith("# now\n")


def test_one_at_a_time(site: Path) -> None:
    with changing_recipes(site):
        assert codes(lambda: take(site, Wish("calendar"), beech=OFFERS)) == ["catalogue.busy"]


@pytest.mark.parametrize("tell", [True, False])
def test_others_are_told_of_adoptions_only_when_the_provider_wishes(site: Path, tell: bool) -> None:
    if tell:
        with (site / "network.yml").open("a") as file:
            file.write("tell-adoptions: true\n")
    done = take(site, Wish("calendar"), beech=offering("calendar", CALENDAR))
    told = site / "given/recipes/adoptions.json"

    assert done.told == told.is_file() == tell
    if tell:
        adopted = read_adoptions(told.read_bytes(), "")
        assert {name: one.taken_from for name, one in adopted.items()} == {"calendar": "beech"}
        undo(shelf(site), site, "calendar")
        assert not told.exists() and log(site)[0] == "Tell which recipes were adopted."


def test_the_network_folder_may_be_another_one(site: Path, tmp_path: Path) -> None:
    network = tmp_path / "network"
    network.mkdir()
    (network / "network.yml").write_text(f"{NETWORK}tell-adoptions: true\n{FOLLOWED}")
    held = open_shelf(network, site, NOW, {"beech": published("beech", OFFERS)})
    adopt(held, network, propose(held, Wish("calendar")))

    assert (network / "given/recipes/adoptions.json").is_file()
    assert not (site / "given").exists()


KILLS: dict[str, Any] = {"at": -1, "seen": 0}


def _count(event: str, values: tuple[Any, ...]) -> None:
    """Ends the process, as ``kill -9`` would, before the wanted change of a file or start of a program."""
    if KILLS["at"] < 0:
        return
    writes = event == "open" and isinstance(values[2], int) and values[2] & (os.O_WRONLY | os.O_RDWR)
    if writes or event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "subprocess.Popen"):
        if KILLS["seen"] == KILLS["at"]:
            os._exit(9)
        KILLS["seen"] += 1


sys.addaudithook(_count)


def killed(call: Callable[[], object], at: int) -> bool:
    """Run ``call`` in a process that dies at its change number ``at``; whether it died."""
    child = os.fork()
    if not child:
        KILLS.update(at=at, seen=0)
        try:
            call()
        except BaseException:  # whatever it is must not go on in a copy of the tests' process
            os._exit(1)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, 9)
    return status == 9


def moments(first: int, step: int) -> Iterator[int]:
    return iter(range(first, 400, step))


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
    for at in moments(0, 1):
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
    assert deaths > 15
