"""Adopting a peer's recipe: files, lock and commit at once or not at all, nothing running changed, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from polder.actions.adopt_recipe import Wish, adopt, propose, undo
from polder.actions.apply_site import Asked, apply_to
from polder.actions.catalogue import open_shelf
from polder.actions.check_site import load_site
from polder.actions.run_plan import StepResult
from polder.commons.catalogue.word import read_adoptions
from polder.kernel.engine import Rollout
from polder.kernel.folder import Folder
from polder.platform.plan.make import make_plan
from polder.platform.plan.model import Plan, Step
from polder.world.docker.memory import MemoryEngine
from polder.world.files import read_recipe_folder
from polder.world.network_alarms import close_alarm, raise_alarm
from polder.world.recipe_place import changing_recipes
from support.adoption import (
    CALENDAR,
    CALENDAR_2,
    FOLLOWED,
    NETWORK,
    PLAIN_2,
    begin_site,
    clean,
    codes,
    files,
    log,
    recipe,
    shelf,
    take,
    version,
)
from support.peers import NOW, approving, offering, published
from support.sites import BARE, BARE_COMPOSE, NEW_IMAGE, PLAIN, PLAIN_COMPOSE

WriteSite = Callable[..., Path]


class Quiet:
    """A report that nobody reads."""

    def begun(self, step: Step) -> None: ...

    def waiting(self, step: Step, rollout: Rollout) -> None: ...

    def line(self, step: Step, text: str) -> None: ...

    def ended(self, result: StepResult) -> None: ...


@pytest.fixture
def site(clean_environment: Path, write_site: WriteSite) -> Path:
    return begin_site(write_site)


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
