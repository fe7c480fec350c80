"""A folder that was restored without ``state/`` goes on telling newcomers the accepted rosters, and tells none that do not hold."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from polder.actions.network_publish import freshen, look
from polder.actions.roster_join import found_at, join
from polder.actions.sync_network import sync_network
from polder.actions.told_rosters import tell_rosters
from polder.commons.roster.changes import ChangeLeast
from polder.world.roster_files import write_lock, write_roster
from support import rosters
from support.network_folder import NOW, NetworkFolder, one_person, publish_as
from support.publisher import Publisher
from support.web import Web

FIRST = rosters.beginning("alder", "beech", "cedar")
SECOND = rosters.following(FIRST, ChangeLeast(3), ("alder", "beech", "cedar"))
TOLD = ["seen/roster-1.json", "seen/roster-2.json"]
LATER = NOW + timedelta(days=2)


@pytest.fixture
def alder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NetworkFolder:
    """Two versions were accepted and are published; then ``state/`` was lost."""
    folder = one_person(tmp_path, monkeypatch)
    for edition in (FIRST, SECOND):
        write_roster(folder.path, edition.version, edition.document.content)
    write_lock(folder.path, {"first": FIRST.digest})
    tell_rosters(folder.path)
    publish_as(folder, "ana")
    shutil.rmtree(folder.path / "state")
    folder.at("server")
    return folder


def told(alder: NetworkFolder) -> list[str]:
    """The rosters that a newcomer finds at alder's address."""
    with Web(dict(alder.files())) as web:
        return sorted(found_at(alder.path, web.url, LATER, private=True))


def test_what_is_published_without_state_still_brings_a_newcomer_in(
    alder: NetworkFolder, tmp_path: Path
) -> None:
    beech = Publisher("beech", NOW)
    with Web(beech.files) as web:
        text = (alder.path / "network.yml").read_text()
        line = f"  beech: {{url: {web.url}, root: '{beech.pinned}', private: true}}\n"
        (alder.path / "network.yml").write_text(f"{text}follow:\n{line}")
        sync_network(alder.path, LATER)
    changes = [one.path for one in look(alder.path, LATER).decision.changes]
    freshen(alder.path, LATER)

    assert changes == ["seen/state.json"], "nothing is withdrawn"
    assert told(alder) == TOLD
    fir = tmp_path / "fir"
    shutil.copytree(
        alder.path, fir, ignore=shutil.ignore_patterns("roster", "state", "public", "network.lock")
    )
    with Web(dict(alder.files())) as web:
        assert len(join(fir, FIRST.digest, [web.url], LATER, private=True)) == 2


def test_a_look_writes_nothing_and_the_next_round_finds_nothing_to_sign(alder: NetworkFolder) -> None:
    decision = look(alder.path, NOW).decision

    assert decision.nothing and not (alder.path / "state").exists()


def test_a_version_that_came_by_the_history_is_told_without_a_merge(alder: NetworkFolder) -> None:
    third = rosters.following(SECOND, ChangeLeast(2), ("alder", "beech", "cedar"))
    write_roster(alder.path, 3, third.document.content)
    freshen(alder.path, LATER)

    assert told(alder) == [*TOLD, "seen/roster-3.json"]


def altered(alder: NetworkFolder) -> None:
    content = json.loads((alder.path / "roster/2.json").read_bytes())
    content["signed"]["roles"]["root"]["threshold"] = 1
    (alder.path / "roster/2.json").write_text(json.dumps(content))


def unsigned(alder: NetworkFolder) -> None:
    write_roster(alder.path, 2, SECOND.with_signatures({}).document.content)


def pinned_otherwise(alder: NetworkFolder) -> None:
    write_lock(alder.path, {"first": "sha256:" + "0a" * 32})


def not_pinned(alder: NetworkFolder) -> None:
    (alder.path / "network.lock").unlink()


@pytest.mark.parametrize("spoil", [altered, unsigned, pinned_otherwise, not_pinned])
def test_rosters_that_do_not_hold_are_not_told_and_stop_no_signature(alder: NetworkFolder, spoil) -> None:
    spoil(alder)
    tell_nothing = look(alder.path, LATER).wanted.robot
    before = alder.versions()["snapshot"]
    freshen(alder.path, LATER)

    assert tell_nothing == {} and alder.versions()["snapshot"] > before


def test_what_this_machine_still_tells_stays_when_the_rosters_in_the_folder_do_not_hold(
    alder: NetworkFolder,
) -> None:
    tell_rosters(alder.path)
    altered(alder)
    freshen(alder.path, LATER)

    assert told(alder) == TOLD
    with Web(dict(alder.files())) as web:
        held = found_at(alder.path, web.url, LATER, private=True)
    assert held["seen/roster-2.json"] == SECOND.document.content
