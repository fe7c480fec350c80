"""A sync that is killed at any change of the disk: what is read is the state before or the one after, and the next sync completes it."""

import errno
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from polder.actions.sync_peer import sync_peer
from polder.kernel.peer import Peer
from polder.world.network_mirror import write_mirror
from polder.world.network_store import PeerStore, load_published
from support.publisher import Publisher, TestKey
from support.web import Web

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TIMESTAMP, NEW_ROOT = "metadata/timestamp.json", "metadata/2.root.json"
CHANGES = 60
"""More than one sync and its copy make."""


def work(state: Path, mirror: Path, peer: Peer) -> None:
    sync_peer(state, peer, NOW, 2**20, Random(1), insist=True)
    write_mirror(PeerStore(state, peer.id), mirror, NOW)


def killed_at(number: int, state: Path, mirror: Path, peer: Peer) -> bool:
    """Do the work in a process that ends, without any clearing up, before its change ``number``; whether it came that far."""
    child = os.fork()
    if not child:
        _end_before(number)
        work(state, mirror, peer)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def _end_before(number: int) -> None:
    left = [number]

    def counted(change):
        def run(*args, **kwargs):
            left[0] -= 1
            if left[0] < 0:
                os._exit(9)
            return change(*args, **kwargs)

        return run

    for owner, name in (
        (Path, "replace"),
        (Path, "unlink"),
        (Path, "write_bytes"),
        (os, "link"),
        (Path, "mkdir"),
    ):
        setattr(owner, name, counted(getattr(owner, name)))


@pytest.mark.parametrize("change_keys", [False, True], ids=["new files", "new keys and files"])
def test_a_sync_killed_anywhere_leaves_a_whole_state_and_the_next_one_completes_it(tmp_path, change_keys):
    beech = Publisher("beech", NOW)
    beech.given["old.json"] = b"old"
    beech.versions |= {"snapshot": 50, "timestamp": 50}
    beech.publish(NOW)
    with Web(beech.files) as web:
        peer = beech.peer(web.url)
        work(tmp_path / "begun", tmp_path / "mirror", peer)
        before = dict(load_published(tmp_path / "begun")["beech"].files)
        if change_keys:
            beech.keys |= {"snapshot": TestKey("s"), "timestamp": TestKey("t")}
            beech.versions |= {"snapshot": 10, "timestamp": 10}
            beech.publish_root(NOW)
        del beech.given["old.json"]
        beech.given |= {"new.json": b"new", "a/b.json": b"{}"}
        beech.publish(NOW)
        for number in range(CHANGES):
            state, mirror = tmp_path / f"state-{number}", tmp_path / f"mirror-{number}"
            _copy(tmp_path / "begun", state)
            _copy(tmp_path / "mirror", mirror)
            killed = killed_at(number, state, mirror, peer)

            found = dict(load_published(state)["beech"].files)
            assert found in (before, beech.given)
            reader = tmp_path / f"reader-{number}"
            if not _served_whole(_files(mirror), reader, beech):
                assert change_keys and _lacks_its_new_root_alone(_files(mirror), reader, beech)
            work(state, mirror, peer)
            assert dict(load_published(state)["beech"].files) == beech.given
            assert (mirror / TIMESTAMP).read_bytes() == beech.files[TIMESTAMP]
            assert (mirror / NEW_ROOT).exists() == change_keys
            if not killed:
                assert found == beech.given
                return
    pytest.fail("there are more changes than were tried")


@pytest.mark.parametrize("begun", [False, True], ids=["the first visit", "new keys"])
def test_a_disk_that_is_full_for_one_file_costs_one_round(tmp_path, monkeypatch, begun):
    beech = Publisher("beech", NOW)
    with Web(beech.files) as web:
        peer = beech.peer(web.url)
        if begun:
            work(tmp_path / "begun", tmp_path / "mirror", peer)
            beech.publish_root(NOW)
            beech.publish(NOW)
        for number in range(CHANGES):
            state, mirror = tmp_path / f"state-{number}", tmp_path / f"mirror-{number}"
            _copy(tmp_path / "begun", state)
            with monkeypatch.context() as patch, suppress(OSError):
                full = _full_at(number, patch)
                work(state, mirror, peer)

            work(state, mirror, peer)
            assert dict(load_published(state)["beech"].files) == beech.given
            assert (mirror / TIMESTAMP).read_bytes() == beech.files[TIMESTAMP]
            if not full:
                return
    pytest.fail("there are more files than were tried")


def _full_at(number: int, patch: pytest.MonkeyPatch) -> list[str]:
    """Refuse the file ``number``, and no other, as a full disk does; its name is in what is given once that happened."""
    left, full, rename = [number], list[str](), Path.replace

    def replace(path: Path, target: Path) -> Path:
        left[0] -= 1
        if left[0] == -1:
            full.append(target.name)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return rename(path, target)

    patch.setattr(Path, "replace", replace)
    return full


def _files(mirror: Path) -> dict[str, bytes]:
    return {
        path.relative_to(mirror).as_posix(): path.read_bytes() for path in mirror.rglob("*") if path.is_file()
    }


def _served_whole(files: dict[str, bytes], state: Path, beech: Publisher) -> bool:
    """Whether a newcomer that knows only the copy gets a whole state from it."""
    with Web(files) as web:
        return sync_peer(state, beech.peer(web.url), NOW, 2**20, Random(1)).state == "new"


def _lacks_its_new_root_alone(files: dict[str, bytes], state: Path, beech: Publisher) -> bool:
    """The one moment that two files cannot be spared where the old keys are gone: everything is there but the root, which comes last."""
    return (
        NEW_ROOT not in files
        and files[TIMESTAMP] == beech.files[TIMESTAMP]
        and _served_whole({**files, NEW_ROOT: beech.files[NEW_ROOT]}, state.with_suffix(".again"), beech)
    )


def _copy(source: Path, place: Path) -> None:
    for path in source.rglob("*"):
        if path.is_file():
            (place / path.relative_to(source)).parent.mkdir(parents=True, exist_ok=True)
            (place / path.relative_to(source)).write_bytes(path.read_bytes())
