"""What was remembered of a peer was changed by hand, or by a disk, into something that is still JSON: it is told as damage."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from polder.actions.network_roster import load_chain
from polder.actions.network_status import network_status
from polder.actions.sync_network import sync_network
from polder.kernel.problem import Refused
from polder.world.network_alarms import TEXTS, raise_alarm, read_alarms
from polder.world.network_store import load_published
from polder.world.roster_files import LOCK
from support.publisher import Publisher
from support.roster_folders import Providers
from support.web import Web

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=6)
WRONG = [None, 5, "x", [], {"a": 5}, {"a": [1]}, [[1]], True, 10**30]


@pytest.fixture
def alder(tmp_path: Path) -> Iterator[Path]:
    """A provider that follows beech and cedar, and has read both."""
    peers = {name: Publisher(name, NOW) for name in ("beech", "cedar")}
    with Web(peers["beech"].files) as one, Web(peers["cedar"].files) as two:
        urls = {"beech": one.url, "cedar": two.url}
        follow = {
            name: {"url": url, "root": peers[name].pinned, "private": True} for name, url in urls.items()
        }
        text = "provider: alder\nurls: [https://alder.example/net/]\npeople: {ana: {}}\n"
        (tmp_path / "network.yml").write_text(f"{text}follow: {json.dumps(follow)}\n")
        sync_network(tmp_path, NOW)
        yield tmp_path


def change(alder: Path, file: str, key: str, value: object) -> None:
    path = alder / "state/peers/beech" / file
    path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))


@pytest.mark.parametrize(
    "key", ["roots", "binding", "parts", "versions", "expires", "index", "before", "root_hashes"]
)
def test_what_is_believed_in_another_form_is_damage_of_that_peer_alone(alder, key):
    for value in WRONG:
        change(alder, "current.json", key, value)
        found = sync_network(alder, LATER, ("beech", "cedar"))
        states = {one.peer: one.state for one in network_status(alder, LATER)}

        assert not found.alarms and found.news[1].state == "same", value
        assert states["cedar"] == "fresh" and "cedar" in load_published(alder / "state"), value


def test_a_believed_state_nested_without_end_is_damage_too(alder):
    (alder / "state/peers/beech/current.json").write_bytes(b"[" * 200_000)
    found = sync_network(alder, LATER, ("beech", "cedar"))
    assert [one.state for one in found.news] == ["failed", "same"]
    assert found.news[0].troubles[0].problem.code == "sync.damaged"


def test_what_is_remembered_of_trying_in_another_form_is_lost_and_nothing_more(alder):
    for value in [*WRONG, {"1/1": 5}]:
        change(alder, "facts.json", "timestamps", value)
        assert [one.state for one in sync_network(alder, LATER, ("beech", "cedar")).news] == ["same"] * 2


def test_what_people_merged_wrongly_into_network_lock_is_said_by_its_key(tmp_path, monkeypatch):
    providers = Providers(tmp_path, monkeypatch)
    providers.found("alder", "beech")
    lock = tmp_path / "alder" / LOCK
    held = json.loads(lock.read_text())
    wrong = [*WRONG, {"one": "2026-11-22T12:00:00Z"}, {"2": "9999-99-99T00:00:00Z"}, {"2": "22 November"}]
    for key in ("first", "accepted", "left"):
        for value in wrong:
            lock.write_text(json.dumps({**held, "roster": {**held["roster"], key: value}}))
            if key == "left" and value == wrong[len(WRONG)]:
                continue  # "one" may be a member
            with pytest.raises(Refused) as refused:
                load_chain(tmp_path / "alder")
            assert [(one.where, one.values["why"]) for one in refused.value.problems] == [
                (LOCK, f"roster: {key}")
            ]


def test_a_file_beyond_the_last_roster_is_no_roster(tmp_path, monkeypatch):
    providers = Providers(tmp_path, monkeypatch)
    providers.found("alder", "beech")
    alder = tmp_path / "alder"
    for name in ("99", "²", "x"):
        (alder / f"roster/{name}.json").write_bytes(b"{}")
    held = load_chain(alder)
    assert held is not None and len(held.editions) == 1


@pytest.mark.parametrize("key", [*TEXTS, "times", "values", "evidence"])
def test_an_alarm_in_another_form_is_told_as_damaged(tmp_path, key):
    alarm = raise_alarm(tmp_path, "sync.tampered", "beech", {"path": "x"}, {"it": b"x"}, NOW)
    assert alarm is not None
    path = tmp_path / f"alarms/{alarm.id}.json"
    held = json.loads(path.read_text())
    for value in (None, [], [[1]], 5 if key != "times" else "x"):
        path.write_text(json.dumps({**held, key: value}))
        with pytest.raises(Refused):
            read_alarms(tmp_path)


def test_an_accepted_roster_that_was_altered_on_our_own_disk_is_not_shown_as_one(tmp_path, monkeypatch):
    world = Providers(tmp_path, monkeypatch)
    world.found("alder", "beech")
    folder = tmp_path / "alder"
    first = (folder / "roster/1.json").read_bytes()

    (folder / "roster/2.json").write_bytes(first)
    with pytest.raises(Refused) as renamed:
        load_chain(folder)
    (folder / "roster/2.json").unlink()
    (folder / "roster/1.json").write_bytes(first.replace(b'"beech"', b'"belch"'))
    with pytest.raises(Refused) as altered:
        load_chain(folder)

    assert {one.code for one in renamed.value.problems} >= {"roster.not-next"}
    assert {one.code for one in altered.value.problems} & {"roster.another-beginning", "roster.not-a-roster"}
