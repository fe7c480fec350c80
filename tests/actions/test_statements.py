"""alder says; beech, in its circle, reads; cedar, blocked, sees nothing; dogwood, in no network, sees what is public."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from polder.actions.edit_circle import adding, begin_circle, begin_data, change_circle, removing
from polder.actions.read_statements import find, listen, show
from polder.actions.say_statement import give
from polder.actions.write_statement import Audience, withdraw
from polder.commons.statement.access import Reader
from polder.kernel.problem import Refused
from polder.world.age import decrypt, load_identities, new_identity
from polder.world.given import read_given
from support.speakers import DAY, HOUR, Speakers, speakers

PLAIN = "The lock of the rack is broken"
CARE = Audience(circles=("care",))
NETWORK = Audience("network")


@pytest.fixture
def world(tmp_path: Path, clean_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Speakers:
    return speakers(tmp_path, monkeypatch)


@pytest.fixture
def care(world: Speakers) -> Speakers:
    """alder's circle with beech in it, and cedar blocked."""
    world.write(
        "alder",
        "circle/care.yml",
        "title: {en: Care}\naudience: network\nstewards: [alder]\nmembers: [beech]\nblocked: [cedar]\n",
    )
    world.give("alder")
    return world


def all_bytes(world: Speakers, name: str) -> bytes:
    return b"".join(path.encode() + content for path, content in world[name].given.items())


def test_what_is_public_is_read_by_everybody(world: Speakers) -> None:
    world.say("alder", "news", "moving", "We move")
    assert [world.titles(name) for name in world.each] == [["We move"]] * 4
    assert list(world["alder"].given) == ["statements/news/moving.json"]


def test_what_is_for_the_network_is_read_by_members_only(world: Speakers) -> None:
    world.say("alder", "news", "rent", PLAIN, audience=NETWORK)
    assert world.titles("beech") == world.titles("cedar") == world.titles("alder") == [PLAIN]
    assert world.titles("dogwood") == []


def test_a_circle_reads_and_who_is_blocked_or_outside_sees_nothing(care: Speakers) -> None:
    care.say("alder", "note", "rack", PLAIN, "Bring tools.", CARE)
    assert PLAIN in care.titles("beech") and PLAIN in care.titles("alder")
    for name in ("cedar", "dogwood"):
        assert care.titles(name) == []
        with pytest.raises(Refused, match="not-found"):
            find(care.sees(name), "alder/note/rack")


def test_a_block_of_the_author_wins_over_membership(world: Speakers) -> None:
    world.write("alder", "blocked.private.yml", "cedar: they sold a list of addresses\n")
    world.say("alder", "news", "rent", PLAIN, audience=NETWORK)
    assert world.titles("beech") == [PLAIN] and world.titles("cedar") == []


def test_who_is_blocked_is_shown_what_is_public_as_everybody_is(world: Speakers) -> None:
    world.write("alder", "blocked.private.yml", "cedar: they sold a list of addresses\n")
    world.say("alder", "news", "moving", "We move")
    world.say("alder", "news", "rent", PLAIN, audience=NETWORK)
    shown = show(world.listens("alder"), Reader("cedar")).heard
    assert [one.statement.title.read("en") for one in shown] == ["We move"]


def test_listing_and_reading_are_one_test_whoever_asks(care: Speakers) -> None:
    care.say("alder", "note", "rack", PLAIN, audience=CARE)
    care.say("alder", "news", "moving", "We move")
    listening = care.listens("alder")
    for reader in (Reader(), Reader("beech"), Reader("cedar"), Reader("dogwood"), Reader("cedar", "ana")):
        shown = show(listening, reader)
        may = {one.statement.key for one in shown.heard}
        for key in ("note/rack", "news/moving", "circle/care"):
            if key in may:
                assert find(shown, f"alder/{key}")
            else:
                with pytest.raises(Refused, match="statement.not-found"):
                    find(shown, f"alder/{key}")


def test_nothing_that_is_not_public_is_in_clear_below_given(care: Speakers) -> None:
    care.say("alder", "note", "rack", PLAIN, "Bring tools.", CARE)
    held = all_bytes(care, "alder")
    for hidden in (PLAIN, "Bring tools", "rack", "note", "care", "Care", "beech", "cedar"):
        assert hidden.encode() not in held, hidden
    assert all(path.startswith("statements/sealed/") for path in care["alder"].given)


def test_names_and_sizes_of_encrypted_files_say_little(care: Speakers) -> None:
    care.say("alder", "note", "rack", "A", audience=CARE)
    care.say("alder", "news", "longer", "B" * 300, audience=NETWORK)
    sizes = [len(content) for content in care["alder"].given.values()]
    assert len(sizes) == 3 and max(sizes) - min(sizes) < 512, (
        sizes
    )  # age puts a stanza of random length into each


def test_history_and_journal_hold_nothing_of_it(
    tmp_path: Path, clean_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = speakers(tmp_path, monkeypatch, git=True)
    world.say("alder", "news", "moving", "We move")
    world.say("alder", "note", "rack", PLAIN, audience=NETWORK)
    folder = world["alder"].folder
    log = subprocess.run(
        ["git", "-C", folder, "log", "-p", "--all", "--text"], capture_output=True, check=True
    ).stdout
    assert b"We move" in log and PLAIN.encode() not in log and b"rack" not in log
    status = subprocess.run(
        ["git", "-C", folder, "status", "--porcelain"], capture_output=True, check=True
    ).stdout
    assert b"private" not in status and b"rack" not in status
    assert (folder / "statements/note/rack.private.yml").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("before", [b"\xe9t\xe9/\r\n", b"\xe9t\xe9/"])
def test_ignored_names_in_another_encoding_stay_and_private_files_are_left_out(
    world: Speakers, before: bytes
) -> None:
    place = world["alder"].folder / ".gitignore"
    place.write_bytes(before)
    world.say("alder", "news", "moving", "We move")

    assert place.read_bytes().startswith(before) and b"*.private.yml" in place.read_bytes().splitlines()


def test_a_statement_that_is_not_in_utf8_is_refused_with_its_place(world: Speakers) -> None:
    world.say("alder", "news", "moving", "We move")
    place = world["alder"].folder / "statements/news/moving.yml"
    place.write_bytes(place.read_bytes() + b"\n# d\xe9m\xe9nagement\n")
    with pytest.raises(Refused) as refused:
        withdraw(world["alder"].folder, "moving", {}, world.now)

    assert [one.code for one in refused.value.problems] == ["kernel.yaml-not-utf8"]


def test_a_file_in_history_that_is_not_for_everybody_is_told(
    tmp_path: Path, clean_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = speakers(tmp_path, monkeypatch, git=True)
    world.write("alder", "note/rack.yml", f"title: {{en: {PLAIN}}}\naudience: network\n")
    given = world.give("alder")
    assert "statement.not-private" in [one.code for one in given.news]
    log = subprocess.run(
        ["git", "-C", world["alder"].folder, "log", "-p"], capture_output=True, check=True
    ).stdout
    assert PLAIN.encode() not in log


def test_who_a_file_is_for_is_told_when_it_is_given_and_not_at_every_later_command(
    tmp_path: Path, clean_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = speakers(tmp_path, monkeypatch, git=True)
    text = "title: {en: Rack}\naudience: {providers: [beech, dogwood]}\n"
    told = {"statement.not-private", "statement.not-a-member"}
    world.write("alder", "note/rack.yml", text)
    assert {one.code for one in world.give("alder").news} == told
    assert world.give("alder").news == ()
    assert world.say("alder", "news", "moving", "We move").news == ()
    world.write("alder", "note/rack.yml", text.replace("Rack", "The rack"))
    assert {one.code for one in world.give("alder").news} == told
    world.members = ("alder", "cedar")
    (told_anew,) = [one for one in world.give("alder").news if one.code == "statement.not-a-member"]
    assert told_anew.values["providers"] == ("beech", "dogwood")


def test_a_name_that_nobody_has_is_refused_before_anything_is_written(world: Speakers) -> None:
    wrong = Audience(providers=("bech", "nobody-else"))
    with pytest.raises(Refused) as refused:
        world.say("alder", "note", "rack", PLAIN, audience=wrong)
    near, far = refused.value.problems
    assert (near.code, near.values["nearest"]) == ("statement.unknown-provider-near", "beech")
    assert far.code == "statement.unknown-provider"
    assert not (world["alder"].folder / "statements").exists() and not world["alder"].given
    given = world.say("alder", "note", "rack", PLAIN, audience=wrong, strangers=True)
    assert [one.code for one in given.news] == ["statement.not-a-member"]


def test_a_name_that_nobody_has_comes_into_no_circle(care: Speakers) -> None:
    def add(key: str, *names: str) -> None:
        alder = care["alder"]
        with care.key_of("alder"):
            published = care.published("alder")
            change = adding(key, names)
            change_circle(alder.folder, "care", change, care.now + HOUR, published, care.recipients)

    for key, name in (("members", "cedr"), ("stewards", "cedr"), ("blocked", "cedr/ana")):
        with pytest.raises(Refused) as refused:
            add(key, name)
        assert [one.values.get("nearest") for one in refused.value.problems] == ["cedar"]
    add("members", "cedar")


def test_giving_twice_gives_nothing_the_second_time(care: Speakers) -> None:
    care.say("alder", "note", "rack", PLAIN, audience=CARE)
    before = care["alder"].given
    again = care.give("alder")
    assert (again.written, again.dropped) == ((), ()) and care["alder"].given == before


def test_a_new_member_of_a_circle_gets_it_encrypted_anew_and_only_that(care: Speakers) -> None:
    care.say("alder", "note", "rack", PLAIN, audience=CARE)
    care.say("alder", "news", "rent", "The rent", audience=NETWORK)
    before = care["alder"].given
    care.members = (*care.members, "dogwood")
    with care.key_of("alder"):
        change_circle(
            care["alder"].folder,
            "care",
            adding("members", ("dogwood",)),
            care.now + DAY,
            care.published("alder"),
            care.recipients,
        )
    assert PLAIN in care.titles("dogwood")
    same = [path for path, content in before.items() if care["alder"].given.get(path) == content]
    assert same == []  # the network grew too, so what is for the network is encrypted anew as well


def test_only_what_changed_is_encrypted_again(care: Speakers) -> None:
    care.say("alder", "note", "rack", PLAIN, audience=CARE)
    before = care["alder"].given
    care.say("alder", "news", "rent", "The rent", audience=NETWORK)
    assert before.items() <= care["alder"].given.items()


def test_who_left_a_circle_keeps_what_it_had_and_that_is_said(care: Speakers) -> None:
    care.say("alder", "note", "rack", PLAIN, audience=CARE)
    old = care["alder"].given
    with care.key_of("alder"):
        _, given = change_circle(
            care["alder"].folder,
            "care",
            removing(("beech",)),
            care.now + DAY,
            care.published("alder"),
            care.recipients,
        )
    told = [one for one in given.news if one.code == "statement.reads-old"]
    assert [one.values["providers"] for one in told] == [("beech",)]
    assert PLAIN not in care.titles("beech")
    for path, content in old.items():  # somebody kept a copy
        (care["alder"].folder / "given" / path).write_bytes(content)
    assert PLAIN in care.titles("beech")


def test_taking_back_is_said_to_the_same_readers(care: Speakers) -> None:
    care.say("alder", "note", "rack", PLAIN, audience=CARE)
    with care.key_of("alder"):
        withdraw(
            care["alder"].folder,
            "rack",
            {"en": "Mended"},
            care.now + DAY,
            care.published("alder"),
            care.recipients,
        )
    (seen,) = find(care.sees("beech"), "rack")
    assert seen.statement.withdrawn and seen.statement.body.read("en") == "Mended"
    assert not seen.statement.title.by_language
    assert PLAIN.encode() not in all_bytes(care, "alder")


def test_a_later_version_takes_the_place_of_the_earlier(world: Speakers) -> None:
    world.say("alder", "news", "moving", "We move on Sunday")
    with pytest.raises(Refused, match="statement.exists"):
        world.say("alder", "news", "moving", "We move on Monday")
    world.say("alder", "news", "moving", "We move on Monday", again=True)
    assert world.titles("beech") == ["We move on Monday"]
    (seen,) = find(world.sees("beech"), "moving")
    assert len(seen.statement.supersedes) == 1


def test_one_statement_takes_the_place_of_another(world: Speakers) -> None:
    world.say("alder", "news", "moving", "We move on Sunday")
    world.say("alder", "news", "moved", "We have moved", supersedes="moving")
    assert world.titles("beech") == ["We have moved"]


def test_parts_and_fields_reach_only_those_they_are_for(care: Speakers) -> None:
    care.write(
        "alder",
        "event/party.private.yml",
        "title: {en: Party}\naudience: public\nbegins: 2026-12-01T18:00:00Z\naddress: Dike Street 7\nplace: {en: The harbour}\n"
        "narrow:\n  address: network\nparts:\n  - audience: {circles: [care]}\n    body: {en: It is for the rent}\n",
    )
    care.give("alder")
    beech, cedar, dogwood = (
        find(care.sees(name), "party")[0].statement for name in ("beech", "cedar", "dogwood")
    )
    assert [part.body.read("en") for part in beech.parts if part.body.by_language] == ["It is for the rent"]
    assert any(part.data == {"address": "Dike Street 7"} for part in beech.parts)
    assert [part.data for part in cedar.parts] == [{"address": "Dike Street 7"}]
    assert (
        dogwood.parts == ()
        and "address" not in dogwood.data
        and dogwood.data["place"] == {"en": "The harbour"}
    )
    held = all_bytes(care, "alder")
    assert b"Dike Street" not in held and b"the rent" not in held and b"Party" in held


def test_what_is_published_and_what_is_projected_agree_for_every_reader(care: Speakers) -> None:
    care.write(
        "alder",
        "event/party.private.yml",
        "title: {en: Party}\naudience: public\nbegins: 2026-12-01T18:00:00Z\nparts:\n"
        "  - audience: {circles: [care]}\n    body: {en: For care}\n"
        "  - audience: {providers: [cedar]}\n    body: {en: For cedar}\n",
    )
    care.give("alder")
    listening = care.listens("alder")
    for name in ("beech", "cedar", "dogwood"):
        projected = find(show(listening, Reader(name)), "party")[0].statement
        published = find(care.sees(name), "party")[0].statement
        assert {part.body.read("en") for part in projected.parts} == {
            part.body.read("en") for part in published.parts
        }


def test_before_an_embargo_ends_nothing_public_exists_and_afterwards_the_same_source_is_public(
    care: Speakers,
) -> None:
    until = (care.now + 2 * DAY).strftime("%Y-%m-%dT%H:%M:%SZ")
    care.say("alder", "note", "rack", PLAIN, first=CARE, until=until)
    assert all(path.startswith("statements/sealed/") for path in care["alder"].given)
    assert PLAIN.encode() not in all_bytes(care, "alder")
    assert PLAIN in care.titles("beech") and care.titles("dogwood") == []
    assert find(care.sees("beech"), "rack")[0].statement.until is not None
    care.now += 2 * DAY
    care.give("alder")
    assert care.titles("dogwood") == [PLAIN]
    (seen,) = find(care.sees("dogwood"), "rack")
    assert seen.statement.supersedes == () and seen.statement.until is None
    assert care.titles("beech").count(PLAIN) == 1


def test_a_ciphertext_of_another_is_refused(care: Speakers) -> None:
    care.say("alder", "note", "rack", PLAIN, audience=CARE)
    for path, content in care["alder"].given.items():
        place = care["cedar"].folder / "given" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    seen = care.listens("beech")
    assert {one.statement.provider for one in show(seen).heard} == {"alder"}
    refused = [one for one in seen.news if one.code == "statement.not-theirs"]
    assert refused and all(one.where.startswith("cedar/") for one in refused)


def test_a_statement_in_the_name_of_another_is_refused(world: Speakers) -> None:
    world.say("alder", "news", "moving", "We move")
    (content,) = world["alder"].given.values()
    place = world["cedar"].folder / "given/statements/news/moving.json"
    place.parent.mkdir(parents=True)
    place.write_bytes(content)
    assert world.titles("beech") == ["We move"]
    assert [one.where for one in world.listens("beech").news] == ["cedar/statements/news/moving.json"]


def test_what_was_given_is_found_again_when_the_memory_of_it_is_lost(care: Speakers) -> None:
    care.say("alder", "note", "rack", PLAIN, audience=CARE)
    care.say("alder", "news", "moving", "We move")
    (care["alder"].folder / "state/statements.json").unlink()
    before = {name: care.sees(name).heard for name in ("beech", "cedar", "dogwood")}
    given = care.give("alder")
    assert given.written == given.dropped == ()
    for name, heard in before.items():
        assert [(one.statement, one.digest) for one in care.sees(name).heard] == [
            (one.statement, one.digest) for one in heard
        ]
    assert care.give("alder").written == ()


def test_a_missing_source_takes_nothing_away(care: Speakers) -> None:
    care.say("alder", "note", "rack", PLAIN, audience=CARE)
    (care["alder"].folder / "statements/note/rack.private.yml").unlink()
    given = care.give("alder")
    assert ("statement.source-missing", "note/rack") in [
        (one.code, one.values.get("statement")) for one in given.news
    ]
    assert given.dropped == () and PLAIN in care.titles("beech")


def test_a_circle_founded_elsewhere_is_changed_by_its_steward(world: Speakers) -> None:
    with world.key_of("alder"):
        data = begin_data({"en": "Watch"}, ("alder", "beech"), (), "strict", "network")
        begin_circle(
            world["alder"].folder, "watch", data, world.now, world.published("alder"), world.recipients
        )
    with world.key_of("beech"):
        change_circle(
            world["beech"].folder,
            "watch",
            adding("members", ("cedar",)),
            world.now + DAY,
            world.published("beech"),
            world.recipients,
        )
    for name in ("alder", "beech", "cedar"):
        circle = world.listens(name).circles.known["alder/watch"]
        assert circle.members == ("alder", "beech", "cedar") and not circle.split
    world.now += 2 * DAY
    world.say("beech", "note", "tonight", "Tonight at nine", audience=Audience(circles=("watch",)))
    assert "Tonight at nine" in world.titles("cedar") and "Tonight at nine" not in world.titles("dogwood")


def test_who_is_no_steward_changes_no_circle(care: Speakers) -> None:
    with care.key_of("beech"), pytest.raises(Refused, match="statement.not-a-steward"):
        change_circle(
            care["beech"].folder,
            "alder/care",
            adding("members", ("dogwood",)),
            care.now,
            care.published("beech"),
            care.recipients,
        )
    care.write(
        "beech",
        "circle/mine.yml",
        "title: {en: Mine}\naudience: network\ncircle: alder/care\nstewards: [beech]\n",
    )
    with pytest.raises(Refused, match="statement.not-a-steward"):
        care.give("beech")
    assert not (care["beech"].folder / "given").exists()


def test_a_circle_that_nobody_made_is_told_with_the_nearest_at_its_line(care: Speakers) -> None:
    care.write("alder", "note/rack.private.yml", "title: {en: A}\naudience:\n  circles: [carre]\n")
    with pytest.raises(Refused) as refused:
        care.give("alder")
    (problem,) = refused.value.problems
    assert (problem.code, problem.where) == (
        "statement.unknown-circle-near",
        "statements/note/rack.private.yml:2",
    )
    assert problem.values["nearest"] == "care"


def test_every_problem_of_every_file_is_told_at_once(world: Speakers) -> None:
    world.write("alder", "nwes/a.yml", "title: {en: A}\n")
    world.write("alder", "event/b.yml", "titel: {en: B}\nbegins: tomorrow\n")
    with pytest.raises(Refused) as refused:
        world.give("alder")
    assert {(one.code, one.where) for one in refused.value.problems} == {
        ("statement.unknown-type-near", "statements/nwes/a.yml"),
        ("kernel.unknown-key-near", "statements/event/b.yml:1"),
        ("statement.no-title", "statements/event/b.yml:1"),
        ("kernel.missing-key", "statements/event/b.yml:1"),
        ("statement.not-a-moment", "statements/event/b.yml:2"),
    }


def test_more_recipients_than_one_file_takes_are_told_and_all_can_read(
    world: Speakers, tmp_path: Path
) -> None:
    many = tuple(new_identity(tmp_path / f"{n}.key") for n in range(120))
    with world.key_of("alder"):
        world.write("alder", "news/rent.private.yml", "title: {en: Rent}\naudience: network\n")
        given = give(
            world["alder"].folder, world.now, {}, {"alder": (), "beech": (*many, world["beech"].recipient)}
        )
    assert [one.values["files"] for one in given.news if one.code == "statement.many-recipients"] == [2]
    assert len(given.written) == 2 and world.titles("beech") == ["Rent"]


def test_without_recipients_of_ones_own_nothing_is_encrypted(world: Speakers) -> None:
    path = world["alder"].folder / "network.yml"
    path.write_text(path.read_text().rpartition("recipients")[0])
    with pytest.raises(Refused, match="statement.no-own-recipients"):
        world.say("alder", "news", "rent", PLAIN, audience=NETWORK)


def test_types_of_tomorrow_are_kept_and_marked(world: Speakers) -> None:
    document = {
        "format": "polder-statement-1",
        "type": "loan",
        "version": 3,
        "id": "van",
        "provider": "beech",
        "date": "2026-11-22T10:00:00Z",
        "audience": {"scopes": ["public"]},
        "title": {"en": "A van to lend"},
        "body": {},
        "data": {"seats": 9},
        "mood": "good",
    }
    place = world["beech"].folder / "given/statements/loan/van.json"
    place.parent.mkdir(parents=True)
    place.write_bytes(json.dumps(document).encode())
    (seen,) = world.sees("alder").heard
    assert not seen.understood and seen.statement.title.read("en") == "A van to lend"
    assert seen.statement.data == {"seats": 9}


def test_what_was_opened_once_is_remembered_encrypted_and_forgotten_when_it_goes(care: Speakers) -> None:
    care.say("alder", "note", "rack", PLAIN, audience=CARE)
    for name in ("beech", "cedar"):
        first, second = care.titles(name), care.titles(name)
        assert first == second
    opened = care["beech"].folder / "state/opened"

    def remembered() -> bytes:
        with care.key_of("beech"):
            return decrypt((opened / "opened.age").read_bytes(), load_identities()).reveal_bytes()

    assert PLAIN.encode() in remembered()
    assert all(PLAIN.encode() not in path.read_bytes() for path in opened.iterdir())
    assert len(json.loads((care["cedar"].folder / "state/opened/not-ours.json").read_text())["not-ours"]) == 2
    with care.key_of("alder"):
        withdraw(care["alder"].folder, "rack", {}, care.now + DAY, care.published("alder"), care.recipients)
    assert PLAIN not in care.titles("beech")
    assert PLAIN.encode() not in remembered()


def test_what_is_remembered_changes_nothing_of_what_is_shown(care: Speakers) -> None:
    """Whatever changes: what is said, withdrawn, who is in the circle, who is blocked."""
    circle = care["alder"].folder / "statements/circle/care.yml"

    def shown() -> dict[str, list[str]]:
        return {name: care.titles(name) for name in ("beech", "cedar", "dogwood")}

    def compared() -> list[str]:
        remembered = shown()
        for name in remembered:
            shutil.rmtree(care[name].folder / "state/opened", ignore_errors=True)
        assert remembered == shown()
        return remembered["beech"]

    assert compared() == ["Care"]
    care.say("alder", "note", "rack", PLAIN, audience=CARE)
    assert PLAIN in compared()
    care.say("alder", "note", "rack", "It is mended", audience=CARE, again=True)
    assert {PLAIN, "It is mended"} & set(compared()) == {"It is mended"}
    circle.write_text(circle.read_text().replace("members: [beech]", "members: []"))
    care.give("alder")
    care.say("alder", "note", "keys", "A new lock", audience=CARE, strangers=True)
    assert "A new lock" not in compared()
    circle.write_text(circle.read_text().replace("[cedar]", "[beech]"))
    care.give("alder")
    compared()
    with care.key_of("alder"):
        withdraw(care["alder"].folder, "rack", {}, care.now + DAY, care.published("alder"), care.recipients)
    assert "It is mended" not in compared()


def test_another_key_tries_again_what_the_last_one_did_not_open(care: Speakers) -> None:
    care.say("alder", "note", "rack", PLAIN, audience=CARE)
    assert PLAIN not in care.titles("dogwood")
    care["dogwood"].key.write_bytes(care["dogwood"].key.read_bytes() + care["beech"].key.read_bytes())
    os.utime(care["dogwood"].key, (1, 1))
    assert PLAIN in care.titles("dogwood")


def test_a_second_machine_says_nothing_old_again(care: Speakers, tmp_path: Path) -> None:
    care.say("alder", "note", "rack", PLAIN, audience=CARE)
    first, second = care["alder"].folder, tmp_path / "second"
    shutil.copytree(first, second)
    with care.key_of("alder"):
        withdraw(first, "rack", {}, care.now + DAY, care.published("alder"), care.recipients)
    shutil.rmtree(second / "given")
    shutil.copytree(first / "given", second / "given")  # as git brings it
    with care.key_of("alder"):
        given = give(second, care.now + 2 * DAY, care.published("alder"), care.recipients)
    assert ("statement.source-behind", "statements/note/rack.private.yml") in [
        (one.code, one.where) for one in given.news
    ]
    assert read_given(second / "given") == care["alder"].given


def test_a_giving_that_was_cut_off_is_brought_to_its_end_by_the_next(care: Speakers) -> None:
    sealed = care["alder"].folder / "given/statements/sealed"
    (there,) = sealed.iterdir()
    there.chmod(0o644)
    kept, content = there.name, there.read_bytes()
    there.unlink()
    sealed.rmdir()
    sealed.write_bytes(b"")  # nothing can be written into it
    with pytest.raises(OSError):
        care.say("alder", "note", "rack", PLAIN, audience=CARE)
    sealed.unlink()
    sealed.mkdir()
    (sealed / kept).write_bytes(content)
    care.give("alder")
    assert sorted(care.titles("beech")) == sorted(["Care", PLAIN])
    assert len(list(sealed.iterdir())) == 2 and care.give("alder").written == ()


def test_who_is_in_the_network_no_longer_is_heard_no_longer(world: Speakers) -> None:
    world.say("beech", "news", "moving", "We move")
    state = world["alder"].folder / "state"
    with world.key_of("alder"):
        shown = show(replace(world.listens("alder"), speakers=frozenset({"alder", "cedar"})))
    assert shown.heard == () and not state.joinpath("statements.json").exists()


def test_old_news_are_told_as_old(world: Speakers) -> None:
    world.say("beech", "news", "moving", "We move")
    published = {"beech": replace(world.published("alder")["beech"], expires=world.now)}
    with world.key_of("alder"):
        listening = listen(world["alder"].folder, world.now, published, world.recipients)
    assert [one.code for one in listening.news] == ["statement.stale"] and len(show(listening).heard) == 1


def test_a_newcomer_of_a_circle_for_its_members_gets_all_of_its_versions(world: Speakers) -> None:
    def change(name: str, *members: str) -> None:
        world.now += HOUR
        with world.key_of(name):
            change_circle(
                world[name].folder,
                "care",
                adding("members", members),
                world.now,
                world.published(name),
                world.recipients,
                strangers=True,
            )

    with world.key_of("alder"):
        data = begin_data({"en": "Care"}, ("alder", "beech"), (), "strict", {"circles": ["alder/care"]})
        begin_circle(
            world["alder"].folder, "care", data, world.now, world.published("alder"), world.recipients
        )
    assert world.titles("beech") == ["Care"] and world.titles("cedar") == []
    change("beech", "cedar")
    assert "alder/care" not in world.listens("cedar").circles.known  # alder's first version is not for it yet
    world.give("alder")
    assert world.listens("cedar").circles.known["alder/care"].members == ("alder", "beech", "cedar")
    assert world.titles("cedar") == ["Care"] and world.titles("dogwood") == []
    change("alder", "dogwood")
    world.members = (*world.members, "dogwood")
    for name in ("alder", "beech"):
        world.give(name)
    assert world.listens("dogwood").circles.known["alder/care"].members == (
        "alder",
        "beech",
        "cedar",
        "dogwood",
    )
    assert not world.listens("beech").circles.known["alder/care"].split


@pytest.mark.parametrize("year", ["9999-12-31T23:59:59Z", "0226-11-22T00:00:00Z"])
def test_what_is_dated_at_the_end_of_time_or_long_ago_is_given_and_can_be_changed(
    world: Speakers, year: str
) -> None:
    for title in ("We move", "We moved"):
        world.write("alder", "news/moving.yml", f"title: {{en: {title}}}\naudience: public\ndate: {year}\n")
        world.give("alder")
        given = json.loads(world["alder"].given["statements/news/moving.json"])
        assert given["title"] == {"en": title}
        assert world.titles("beech") == [title]
    assert given["date"] == max(year, "2026-11-22T12:00:00Z")
