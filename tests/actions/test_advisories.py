"""beech warns; alder's steward holds it against what alder runs and tells alder alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from polder.actions.network_advisories import Found, acknowledge, due_warnings, match
from polder.actions.say_statement import due
from polder.actions.write_statement import Audience
from polder.kernel.digest import digest_of_bytes
from polder.kernel.plain import write_plain
from polder.world.given import write_given
from support.sites import group, site_files
from support.speakers import DAY, Speakers, speakers

HOLE = (
    "software=DokuWiki",
    "affected=< 2030-01-01",
    "severity=high",
    "do.en=Update it.",
    "fixed-in=2030-01-01",
)


@pytest.fixture
def world(tmp_path: Path, clean_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Speakers:
    world = speakers(tmp_path, monkeypatch)
    software = "software:\n- {name: DokuWiki, version: 2024-02-06b, where: wiki.alder.example}\n"
    (world["alder"].folder / "software.yml").write_text(software)
    return world


def found(world: Speakers, name: str) -> Found:
    with world.key_of(name):
        return match(world[name].folder, world.published(name), world.now, world.recipients)


def verdicts(world: Speakers, name: str) -> list[tuple[str, str]]:
    return [(one.verdict, one.where) for one in found(world, name).findings]


def test_who_runs_it_is_told_who_does_not_is_not(world: Speakers) -> None:
    world.say("beech", "advisory", "wiki-hole", "A hole in the wiki", fields=HOLE)
    assert verdicts(world, "alder") == [("affected", "wiki.alder.example")]
    assert verdicts(world, "cedar") == [("absent", "")]


@pytest.mark.parametrize("type_", ["advisory", "event", "of-tomorrow"])
def test_a_part_adds_to_an_advisory_only_what_an_advisory_may_say(world: Speakers, type_: str) -> None:
    world.say("beech", "advisory", "wiki-hole", "A hole in the wiki", fields=HOLE)
    content = world["beech"].given["statements/advisory/wiki-hole.json"]
    part = {
        "format": "polder-statement-part-1",
        "of": digest_of_bytes(content),
        "provider": "beech",
        "id": "wiki-hole",
    }
    part |= {"type": type_, "audience": {"scopes": ["public"]}, "body": {"en": "More."}}
    part["data"] = (
        {"fixed-in": ["2024-02-06b"]}
        if type_ == "advisory"
        else {"affected": 5, "do": ["x"], "software": [{}]}
    )
    write_given(world["beech"].folder / "given", f"statements/{type_}/more.json", write_plain(part))

    assert verdicts(world, "alder") == [
        ("clear" if type_ == "advisory" else "affected", "wiki.alder.example")
    ]


def test_what_a_provider_runs_is_in_nothing_that_it_gives(world: Speakers) -> None:
    world.say("beech", "advisory", "wiki-hole", "A hole in the wiki", fields=HOLE)
    found(world, "alder")
    world.say("alder", "news", "moving", "We move")
    assert all(b"wiki" not in path.encode() + content for path, content in world["alder"].given.items())
    store = world["alder"].folder / "state/advisories.json"
    assert b"2024-02-06b" in store.read_bytes() and store.stat().st_mode & 0o077 == 0


def test_what_is_seen_to_stays_so_until_the_advisory_changes(world: Speakers) -> None:
    world.say("beech", "advisory", "wiki-hole", "A hole in the wiki", fields=HOLE)
    assert [(one.new, one.urgent) for one in found(world, "alder").findings] == [(True, True)]
    with world.key_of("alder"):
        acknowledge(
            world["alder"].folder,
            "wiki-hole",
            "Behind a login.",
            world.now,
            world.published("alder"),
            world.recipients,
        )
    (seen,) = found(world, "alder").findings
    assert (seen.ack, seen.urgent, seen.new) == ("Behind a login.", False, False)
    world.say(
        "beech",
        "advisory",
        "wiki-hole",
        "Worse than thought",
        fields=(*HOLE, "severity=critical"),
        again=True,
    )
    (again,) = found(world, "alder").findings
    assert (again.severity, again.ack, again.urgent, again.new) == ("critical", "", True, True)


def test_before_the_embargo_ends_the_circle_knows_and_nobody_else(world: Speakers) -> None:
    world.write(
        "beech",
        "circle/care.yml",
        "title: {en: Care}\naudience: network\nstewards: [beech]\nmembers: [alder]\n",
    )
    world.give("beech")
    until = (world.now + 3 * DAY).strftime("%Y-%m-%dT%H:%M:%SZ")
    care = Audience(circles=("care",))
    world.say("beech", "advisory", "wiki-hole", "A hole in the wiki", fields=HOLE, first=care, until=until)
    assert verdicts(world, "alder") == [("affected", "wiki.alder.example")]
    assert found(world, "alder").findings[0].until == until
    assert verdicts(world, "cedar") == verdicts(world, "dogwood") == []
    assert b"wiki" not in b"".join(path.encode() + held for path, held in world["beech"].given.items())
    world.now += 3 * DAY
    world.give("beech")
    assert verdicts(world, "dogwood") == verdicts(world, "cedar") == [("absent", "")]


def test_apps_of_the_site_are_what_runs(world: Speakers) -> None:
    folder = world["alder"].folder
    (folder / "software.yml").unlink()
    for path, text in site_files({"lilas": group("wiki dokuwiki")}).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    world.say("beech", "advisory", "wiki-hole", "A hole in the wiki", fields=HOLE)
    assert verdicts(world, "alder") == [("affected", "lilas/wiki")]
    world.say(
        "beech",
        "advisory",
        "php",
        "PHP",
        fields=("software=php8.4-xml", "affected=*", "severity=low", "order=debian"),
    )
    assert ("unknown", "lilas/wiki") in verdicts(world, "alder")


def test_an_advisory_that_was_taken_back_warns_no_more(world: Speakers) -> None:
    world.say("beech", "advisory", "wiki-hole", "A hole in the wiki", fields=HOLE)
    path = world["beech"].folder / "statements/advisory/wiki-hole.yml"
    path.write_text(path.read_text() + "withdrawn: true\n")
    world.give("beech")
    assert verdicts(world, "alder") == []


def test_the_steward_tells_what_is_new_once_and_when_something_is_to_be_given(world: Speakers) -> None:
    world.members = ()
    world.write("alder", "circle/care.yml", "title: {en: Care}\naudience: network\nstewards: [alder]\n")
    world.give("alder")
    until = (world.now + 3 * DAY).strftime("%Y-%m-%dT%H:%M:%SZ")
    care = Audience(circles=("care",))
    world.say("alder", "advisory", "wiki-hole", "A hole in the wiki", fields=HOLE, first=care, until=until)
    folder = world["alder"].folder
    with world.key_of("alder"):
        told = [[one.code for one in due_warnings(folder, world.now)] for _ in range(2)]
        assert told == [["advisory.affected"], []]
        world.now += 3 * DAY
        assert [one.code for one in due_warnings(folder, world.now)] == ["statement.give-due"]
    world.give("alder")
    with world.key_of("alder"):
        assert "statement.give-due" not in [one.code for one in due_warnings(folder, world.now)]


def test_a_member_that_came_or_left_makes_giving_due(world: Speakers) -> None:
    world.say("alder", "news", "rent", "The rent", audience=Audience("network"))
    folder = world["alder"].folder
    with world.key_of("alder"):
        assert due(folder, world.now, {}, world.recipients) == ()
        fewer = {name: held for name, held in world.recipients.items() if name != "cedar"}
        (told,) = due(folder, world.now, {}, fewer)
    assert (told.code, told.values["count"]) == ("statement.give-due", 1)
