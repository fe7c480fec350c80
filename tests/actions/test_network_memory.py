"""An older copy of the network folder is back: what readers have seen is not signed a second time."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from polder.actions.network_key_check import check_keys
from polder.actions.network_publish import freshen, look
from polder.actions.network_rotation import replace_keys
from polder.actions.sync_network import sync_network
from polder.commons.trust.gossip import PATH, Seen, write_word
from polder.kernel.digest import digest_of_bytes
from polder.kernel.problem import Refused
from support.network_folder import NOW, NetworkFolder, Reader, one_person, publish_as
from support.publisher import Publisher
from support.web import Web

DAY = timedelta(days=1)


@pytest.fixture
def alder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NetworkFolder:
    """Published once; a copy of that is beside it."""
    folder = one_person(tmp_path, monkeypatch)
    publish_as(folder, "ana")
    shutil.copytree(folder.path, tmp_path / "copy")
    return folder


def back(alder: NetworkFolder, *names: str) -> None:
    for name in names:
        shutil.rmtree(alder.path / name)
        shutil.copytree(alder.path.parent / "copy" / name, alder.path / name)


def refusal(alder: NetworkFolder, now: object = NOW + 2 * DAY) -> list[str]:
    with pytest.raises(Refused) as refused:
        freshen(alder.path, now)  # type: ignore[arg-type]
    return [one.code for one in refused.value.problems]


def test_an_older_published_folder_is_noticed_and_nothing_is_signed(alder: NetworkFolder) -> None:
    alder.give("card.json", b'{"new":1}')
    publish_as(alder, "ana", now=NOW + DAY)
    back(alder, "public", "signing", "given")

    assert refusal(alder) == ["trust.older-copy"]
    assert refusal(alder, NOW + DAY) == ["trust.older-copy"], "though nothing is due"
    assert "trust.older-copy" in [one.code for one in check_keys(alder.path, NOW + 2 * DAY)]
    assert alder.versions()["snapshot"] == 1


def test_with_the_newest_history_and_no_published_folder_it_goes_on(alder: NetworkFolder) -> None:
    reader = Reader(alder.files())
    alder.give("card.json", b'{"new":1}')
    publish_as(alder, "ana", now=NOW + DAY)
    reader.read(alder.files(), NOW + DAY)
    shutil.rmtree(alder.public)

    freshen(alder.path, NOW + 2 * DAY)

    assert reader.read(alder.files(), NOW + 2 * DAY).versions["targets"] == 2


def test_with_the_servers_keys_replaced_it_goes_on_from_the_old_copy(alder: NetworkFolder) -> None:
    reader = Reader(alder.files())
    for day in range(1, 5):
        freshen(alder.path, NOW + day * DAY)
    reader.read(alder.files(), NOW + 4 * DAY)
    back(alder, "public")
    replace_keys(alder.path, ["server"], gone=True)

    publish_as(alder, "ana", now=NOW + 5 * DAY)

    assert reader.read(alder.files(), NOW + 5 * DAY).versions["root"] == 2


def test_the_same_number_signed_from_two_copies_is_noticed(alder: NetworkFolder) -> None:
    freshen(alder.path, NOW + DAY)
    mine = (alder.path / "state/published.json").read_bytes()
    (alder.path / "state/published.json").unlink()
    back(alder, "public")
    freshen(alder.path, NOW + 2 * DAY)
    (alder.path / "state/published.json").write_bytes(mine)

    assert refusal(alder, NOW + 2 * DAY) == ["trust.older-copy"]


def test_a_folder_begun_anew_is_not_held_against_the_one_before(alder: NetworkFolder) -> None:
    freshen(alder.path, NOW + DAY)
    shutil.rmtree(alder.public)
    shutil.rmtree(alder.path / "signing")

    publish_as(alder, "ana", now=NOW + 2 * DAY)

    assert alder.versions()["root"] == 1


def heard(alder: NetworkFolder, timestamp: int, *peers: str) -> None:
    """What was verified here of ``peers`` says that they saw ``timestamp`` of alder."""
    first = digest_of_bytes((alder.public / "metadata/1.root.json").read_bytes())
    seen = {"alder": Seen(first, 1, timestamp, "sha256:" + "0" * 64, NOW)}
    web, follow = Web({}), {}
    for name in peers:
        peer = Publisher(name, NOW)
        peer.robot_files[PATH] = write_word(seen, None, NOW)
        peer.publish(NOW)
        web.files |= {f"{name}/{path}": content for path, content in peer.files.items()}
        follow[name] = {"url": f"{web.url}{name}/", "root": peer.pinned, "private": True}
    with (alder.path / "network.yml").open("a") as file:
        file.write(f"follow: {json.dumps(follow)}\n")
    with web:
        sync_network(alder.path, NOW, ())


def test_what_two_peers_saw_is_told_loudly_and_keeps_nobody_from_speaking(alder: NetworkFolder) -> None:
    heard(alder, 7, "beech", "cedar")

    assert "trust.older-than-seen" in [one.code for one in look(alder.path, NOW + 2 * DAY).decision.notes]
    assert freshen(alder.path, NOW + 2 * DAY).written


def test_what_one_peer_says_alone_stops_nobody_but_is_told(alder: NetworkFolder) -> None:
    heard(alder, 7, "beech")

    assert "trust.perhaps-older" in [one.code for one in look(alder.path, NOW + 2 * DAY).decision.notes]
    assert freshen(alder.path, NOW + 2 * DAY).written


def test_peers_who_saw_what_is_published_stop_nothing(alder: NetworkFolder) -> None:
    heard(alder, 1, "beech", "cedar")

    assert freshen(alder.path, NOW + 2 * DAY).notes == ()


def test_the_servers_keys_replaced_since_what_two_peers_saw(alder: NetworkFolder) -> None:
    heard(alder, 7, "beech", "cedar")
    replace_keys(alder.path, ["server"], gone=True)

    assert publish_as(alder, "ana", now=NOW + 2 * DAY).notes == ()
