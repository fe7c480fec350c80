"""Peers read from a folder that somebody carried here: believed as from any mirror, and not a bit more."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from polder.actions.sync_network import sync_network
from polder.cli.main import polder
from polder.kernel.problem import Refused
from polder.world.fetch_folder import FolderPlace, FolderSource
from polder.world.network_alarms import read_alarms
from polder.world.network_store import PeerStore
from support.publisher import Publisher

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def beech() -> Publisher:
    return Publisher("beech", NOW)


@pytest.fixture
def cedar() -> Publisher:
    return Publisher("cedar", NOW)


@pytest.fixture
def alder(tmp_path: Path, beech: Publisher, cedar: Publisher) -> Path:
    """Follows both, and neither address answers."""
    follow = {
        one.name: {"url": "http://127.0.0.1:1/", "root": one.pinned, "private": True}
        for one in (beech, cedar)
    }
    folder = tmp_path / "alder"
    folder.mkdir()
    text = "provider: alder\nurls: [https://alder.example/net/]\npeople: {ana: {}}\nmirror: [beech]\n"
    (folder / "network.yml").write_text(text + f"follow: {json.dumps(follow)}\n")
    return folder


@pytest.fixture
def stick(tmp_path: Path, beech: Publisher, cedar: Publisher) -> Path:
    for one in (beech, cedar):
        carry(one, tmp_path / "stick")
    return tmp_path / "stick"


def carry(one: Publisher, stick: Path) -> None:
    shutil.rmtree(stick / one.name, ignore_errors=True)
    for name, content in one.files.items():
        place = stick / one.name / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def sync(folder: Path, stick: Path, *words: str) -> Result:
    return CliRunner().invoke(
        polder, ["--site", str(folder), "network", "sync", "--from", str(stick), *words]
    )


def believed(folder: Path, peer: str) -> int:
    return PeerStore(folder / "state", peer).current().versions.get("timestamp", 0)


def test_what_lies_in_a_folder_is_believed_and_copied_on_without_any_net(alder, stick, beech):
    first, second = sync(alder, stick), sync(alder, stick)

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert f"beech: version 1/1 from {stick}/beech/" in first.output
    assert "nothing new" in second.output
    copy = alder / "public/mirrors/beech/metadata/timestamp.json"
    assert copy.read_bytes() == beech.files["metadata/timestamp.json"]


def test_a_folder_says_no_time_and_what_is_signed_in_our_future_tells_that_our_clock_is_behind(alder, stick):
    good = sync_network(alder, NOW, shelf=stick)
    behind = sync_network(alder, NOW - timedelta(days=400), shelf=stick)
    alone = sync_network(alder, NOW - timedelta(days=400), ("beech",), shelf=stick)

    assert (good.clock, dict(good.apart), good.alarms) == (0.0, {}, ())
    assert [one.code for one in behind.alarms] == ["sync.clock-behind"]
    assert round(alone.apart["beech"] / 86_400) == 400


def test_a_copy_of_a_mirror_is_such_a_folder(alder, stick, tmp_path):
    sync(alder, stick)
    other = tmp_path / "other"
    other.mkdir()
    (other / "network.yml").write_text((alder / "network.yml").read_text())

    assert sync(other, alder / "public/mirrors", "beech").exit_code == 0
    assert believed(other, "beech") == 1


def test_a_peer_that_is_not_there_is_said_and_counts_no_strike(alder, stick):
    shutil.rmtree(stick / "cedar")
    done, alone = sync(alder, stick), sync(alder, stick, "cedar")

    assert (done.exit_code, alone.exit_code) == (1, 3)
    assert f"There is no folder {stick}/cedar/." in done.output
    assert believed(alder, "beech") == 1 and PeerStore(alder / "state", "cedar").facts() == {}


def test_a_file_that_was_altered_on_the_way_is_an_alarm_and_nothing_of_it_is_believed(alder, stick, beech):
    place = next((stick / "beech/targets").rglob("*card.json"))
    place.write_bytes(place.read_bytes().replace(b"beech", b"bEech"))
    done = sync(alder, stick)

    assert done.exit_code == 1 and believed(alder, "beech") == 0 and believed(alder, "cedar") == 1
    assert [one.code for one in read_alarms(alder / "state")] == ["sync.tampered"]


def test_an_older_copy_than_what_is_known_changes_nothing_and_accuses_nobody(alder, stick, beech, tmp_path):
    shutil.copytree(stick, tmp_path / "old")
    beech.publish(NOW + timedelta(seconds=1))
    carry(beech, stick)
    sync(alder, stick)
    done = sync(alder, tmp_path / "old", "beech")

    assert done.exit_code == 1 and "was seen already" in done.output
    assert believed(alder, "beech") == 2 and not read_alarms(alder / "state")


def test_another_provider_under_the_name_is_not_believed(alder, stick, cedar):
    shutil.rmtree(stick / "beech")
    shutil.copytree(stick / "cedar", stick / "beech")

    assert "fingerprint" in sync(alder, stick, "beech").output
    assert believed(alder, "beech") == 0


def test_links_pipes_and_files_that_are_too_long_are_not_read(tmp_path):
    secret, folder = tmp_path / "secret", tmp_path / "stick/beech"
    (folder / "metadata").mkdir(parents=True)
    secret.write_bytes(b"ours")
    (folder / "metadata/1.root.json").symlink_to(secret)
    (folder / "targets").symlink_to(tmp_path)
    os.mkfifo(folder / "metadata/timestamp.json")
    (folder / "metadata/2.root.json").write_bytes(b"12345")
    source = FolderSource(FolderPlace.of(tmp_path / "stick", "beech"))

    for name in ("metadata/1.root.json", "targets/secret", "metadata/timestamp.json", "../../secret", "no"):
        assert source.get(name, 100).content is None
    assert source.get("metadata/2.root.json", 5).content == b"12345"
    with pytest.raises(Refused):
        source.get("metadata/2.root.json", 4)


def test_a_folder_where_a_file_should_be_is_no_file_and_stays_not_open(tmp_path):
    (tmp_path / "beech/metadata/2.root.json").mkdir(parents=True)
    source = FolderSource(FolderPlace.of(tmp_path, "beech"))
    before = len(list(Path("/proc/self/fd").iterdir()))
    assert source.get("metadata/2.root.json", 100).content is None
    assert len(list(Path("/proc/self/fd").iterdir())) == before
