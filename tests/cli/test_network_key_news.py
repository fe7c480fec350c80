"""A peer's change of keys as somebody reads it: told by the round, kept by status and peers, closed when somebody asked."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from polder.actions.sync_network import sync_network
from polder.cli.main import polder
from polder.commons.roster.fingerprint import spoken
from polder.commons.trust.root_steps import read_keys
from support.publisher import Publisher, TestKey
from support.web import Web

NOW = datetime.now(UTC).replace(microsecond=0)


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(polder, ["--language", "en", "--site", str(folder), "network", *words])


def rekeyed(folder: Path, *words: str, replaced: int = 3) -> tuple[Publisher, Result]:
    """What ``WORDS`` say after beech changed ``replaced`` of its three people's keys."""
    beech = Publisher("beech", NOW)
    with Web(beech.files) as web:
        follow = {"beech": {"url": web.url, "root": beech.pinned, "private": True}}
        text = "provider: alder\nurls: [https://alder.example/net/]\npeople: {ana: {}}\n"
        (folder / "network.yml").write_text(text + f"follow: {json.dumps(follow)}\n")
        assert run(folder, "sync").exit_code == 0
        old = list(beech.root_keys)
        beech.root_keys = [*old[replaced:], *(TestKey(f"new-{number}") for number in range(replaced))]
        beech.targets_keys = list(beech.root_keys)
        beech.publish_root(NOW, old)
        beech.publish(NOW)
        return beech, run(folder, *words)


@pytest.mark.parametrize("words", [("sync",), ("steward",)])
def test_a_round_tells_whose_keys_came_and_went_and_the_words_to_compare(tmp_path, words):
    beech, told = rekeyed(tmp_path, *words)
    newest = read_keys(beech.files["metadata/2.root.json"])
    came = TestKey("new-0").public.id[:16]

    assert told.exit_code == 1
    assert (
        f"beech changed keys: root 2, seen on {NOW:%Y-%m-%d}, holds until {newest.until:%Y-%m-%d}"
        in told.output
    )
    assert came in told.output and "Keys of people that count no longer: " in told.output
    assert (
        "Most keys of beech's people are others in root 2 than in root 1: of 3 stay 0, and 3 are new."
        in told.output
    )
    assert "by voice" in told.output
    assert " ".join(spoken(newest.digest).split()[:6]) in told.output


def test_status_and_peers_say_when_keys_changed_last_and_an_alarm_ends_when_somebody_asked(tmp_path):
    rekeyed(tmp_path, "steward", replaced=1)
    last = f"beech: keys changed last on {NOW:%Y-%m-%d}, with root 2"

    assert last in run(tmp_path, "status").output and last in run(tmp_path, "peers").output
    full = run(tmp_path, "status", "beech").output
    assert last in full and "Keys of people that stay: " in full
    assert "no open alarm" in run(tmp_path, "alarms").output
    assert run(tmp_path, "status", "birch").exit_code == 2


def test_machines_are_told_the_same(tmp_path):
    _, told = rekeyed(tmp_path, "sync", "--json")
    data = json.loads(told.output)
    (change,) = data["peers"][0]["keys"]
    (alarm,) = data["alarms"]
    status = json.loads(run(tmp_path, "status", "beech", "--json").output)
    peers = json.loads(run(tmp_path, "peers", "--json").output)

    assert (change["root"], len(change["came"]), len(change["went"]), change["stay"]) == (2, 3, 3, [])
    assert status["peers"][0]["keys"] == peers[0]["keys"] == [change]
    assert status["alarms"] == [alarm] and alarm.startswith("people-replaced-beech-")
    closed = run(tmp_path, "alarms", "close", alarm, "--reason", "we asked: ben spoke with them")
    assert closed.exit_code == 0 and json.loads(run(tmp_path, "status", "--json").output)["alarms"] == []


def test_keys_that_went_one_after_the_other_are_named_with_root_and_day(tmp_path):
    beech = Publisher("beech", NOW)
    old = [one.public.id[:16] for one in beech.root_keys]
    with Web(beech.files) as web:
        follow = {"beech": {"url": web.url, "root": beech.pinned, "private": True}}
        text = "provider: alder\nurls: [https://alder.example/net/]\npeople: {ana: {}}\n"
        (tmp_path / "network.yml").write_text(text + f"follow: {json.dumps(follow)}\n")
        sync_network(tmp_path, NOW - timedelta(days=80), ("beech",))
        for days, word in ((40, "x"), (0, "y")):
            first, *others = beech.root_keys
            beech.root_keys = [*others, TestKey(word)]
            beech.targets_keys = list(beech.root_keys)
            beech.publish_root(NOW, [first, *others])
            beech.publish(NOW)
            sync_network(tmp_path, NOW - timedelta(days=days), ("beech",))
    told = run(tmp_path, "alarms").output

    assert "stay from root 1 to root 3: 1 of 3, fewer than had to sign (2)." in told
    assert (
        f"{old[0]} → 2 ({NOW - timedelta(days=40):%Y-%m-%d})" in told
        and f"{old[1]} → 3 ({NOW:%Y-%m-%d})" in told
    )
    assert "The words of root 3, to compare:" in told and "by voice" in told and "alarms close" in told
