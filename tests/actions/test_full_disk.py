"""A disk without room: what was begun takes none, what is missing is told by its name, and with room the next run completes it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from polder.actions.sync_peer import sync_peer
from polder.world.network_store import PeerStore, load_published
from support.full_disk import files_of_at_most
from support.network_folder import NOW, Reader, one_person, publish_as
from support.publisher import Publisher
from support.web import Web

LARGE = b"x" * 100_000


def unfinished(folder: Path) -> list[Path]:
    return [
        path
        for path in folder.rglob("*")
        if path.suffix == ".tmp" or path.name.startswith((".large", ".early"))
    ]


def test_a_file_of_a_peer_that_finds_no_room_takes_none_from_the_others(tmp_path: Path) -> None:
    beech = Publisher("beech", NOW)
    beech.given["large.bin"] = LARGE
    beech.publish(NOW)
    with Web(beech.files) as web:
        peer, store = beech.peer(web.url), PeerStore(tmp_path, "beech")
        with files_of_at_most(50_000):
            news = sync_peer(tmp_path, peer, NOW, 2**20, Random(1))
        (trouble,) = news.troubles
        assert (news.state, trouble.problem.code) == ("failed", "kernel.file-trouble")
        assert Path(trouble.problem.where).parent == store.targets
        assert not unfinished(tmp_path)

        assert sync_peer(tmp_path, peer, NOW, 2**20, Random(1), insist=True).state == "new"
    assert load_published(tmp_path)["beech"].files["large.bin"] == LARGE


def test_a_publication_that_finds_no_room_leaves_what_was_published_and_is_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alder = one_person(tmp_path, monkeypatch)
    publish_as(alder, "ana")
    before, reader = dict(alder.files()), Reader(alder.files())
    alder.give("early.txt", b"early")
    alder.give("large.bin", LARGE)

    with files_of_at_most(50_000), pytest.raises(OSError) as trouble:
        publish_as(alder, "ana", now=NOW + timedelta(hours=1))

    assert Path(trouble.value.filename).name.endswith(".large.bin")
    assert dict(alder.files()) == before and not unfinished(alder.public)
    publish_as(alder, "ana", now=NOW + timedelta(hours=2))
    assert "large.bin" in reader.read(alder.files(), NOW + timedelta(hours=2)).files
