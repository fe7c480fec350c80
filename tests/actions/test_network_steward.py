"""The steward's round, on a provider that publishes with keys of its own and reads a peer over HTTP."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from polder.actions.network_steward import steward
from polder.actions.sync_peer import sync_peer
from polder.commons.trust.gossip import Seen, read_word, write_word
from polder.kernel.digest import digest_of_bytes
from polder.kernel.peer import Peer
from polder.world.network_store import load_published
from support.network_folder import NOW, NetworkFolder, one_person, publish_as
from support.publisher import Publisher
from support.web import Web

HOUR = timedelta(hours=1)


@pytest.fixture
def alder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NetworkFolder:
    folder = one_person(tmp_path, monkeypatch)
    publish_as(folder, "ana")
    folder.at("server")
    return folder


def follow(alder: NetworkFolder, peer: Publisher, url: str) -> None:
    text = (alder.path / "network.yml").read_text()
    line = f"  {peer.name}: {{url: {url}, root: '{peer.pinned}', private: true}}\n"
    more = line if "follow:" in text else f"mirror: [{peer.name}]\nfollow:\n{line}"
    (alder.path / "network.yml").write_text(text + more)


def test_what_was_seen_of_a_peer_is_signed_and_published_without_any_person(alder, tmp_path):
    beech = Publisher("beech", NOW)
    with Web(beech.files) as web:
        follow(alder, beech, web.url)
        done = steward(alder.path, NOW + HOUR)
    served = dict(alder.files())
    with Web(served) as web:
        root = digest_of_bytes(served["metadata/1.root.json"])
        sync_peer(
            tmp_path / "reader", Peer("alder", root, (web.url,), private=True), NOW + HOUR, 2**20, Random(1)
        )

    word = read_word(load_published(tmp_path / "reader")["alder"].files["seen/state.json"])
    assert not done.failed and done.round and [one.state for one in done.round.news] == ["new"]
    assert word and word.peers["beech"].first == beech.pinned
    assert (alder.public / "mirrors/beech/metadata/timestamp.json").read_bytes() == beech.files[
        "metadata/timestamp.json"
    ]


def test_copies_of_peers_stay_when_the_own_folder_is_published_anew(alder):
    beech = Publisher("beech", NOW)
    with Web(beech.files) as web:
        follow(alder, beech, web.url)
        steward(alder.path, NOW + HOUR)
        before = sorted((alder.public / "mirrors").rglob("*"))
        steward(alder.path, NOW + timedelta(days=2))

    assert sorted((alder.public / "mirrors").rglob("*")) == before


def test_the_timestamp_is_signed_anew_even_when_a_step_fails_and_nobody_answers(alder):
    beech = Publisher("beech", NOW)
    follow(alder, beech, "http://127.0.0.1:1/")
    (alder.path / "software.yml").write_text("[")
    before = alder.versions()

    done = steward(alder.path, NOW + timedelta(days=2))

    assert [step for step, _ in done.failed] == ["advisories"]
    assert "metadata/timestamp.json" in done.signed
    assert alder.versions()["snapshot"] >= before["snapshot"]
    assert done.round and [one.state for one in done.round.failed] == ["failed"]


def test_a_file_that_the_system_refuses_stops_one_step_and_not_the_next(alder):
    (alder.path / "state/robot/seen/state.json").mkdir(parents=True)
    done = steward(alder.path, NOW + timedelta(hours=21))

    assert dict(done.failed)["sync"][0].code == "kernel.file-trouble"
    assert "metadata/timestamp.json" in done.signed


def test_two_who_saw_of_us_what_we_did_not_sign_show_that_our_servers_keys_are_stolen(alder):
    first = digest_of_bytes(alder.files()["metadata/1.root.json"])
    seen = {"alder": Seen(first, 1, 99, "sha256:" + "9" * 64, NOW)}
    with ExitStack() as stack:
        for name in ("beech", "cedar"):
            peer = Publisher(name, NOW)
            peer.robot_files["seen/state.json"] = write_word(seen, None, NOW)
            peer.publish(NOW)
            follow(alder, peer, stack.enter_context(Web(peer.files)).url)
        done = steward(alder.path, NOW + HOUR)
        again = steward(alder.path, NOW + 2 * HOUR)

    assert [(one.code, one.values["by"]) for one in done.alarms] == [
        ("sync.signed-elsewhere", ("beech", "cedar"))
    ]
    assert not again.alarms
    assert not again.failed
