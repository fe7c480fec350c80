"""The published folder on disk."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from polder.kernel.problem import Refused
from polder.world.publication import (
    FolderFiles,
    hold_publication,
    remove_published,
    stored_contents,
    sweep,
    write_publication,
    write_signing,
)

HASH = "0" * 64


def test_files_are_written_in_their_order_and_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [
        (f"targets/{HASH}.a", b"1"),
        ("metadata/1.targets.json", b"2"),
        ("metadata/timestamp.json", b"3"),
    ]
    renamed: list[str] = []
    real = Path.replace
    monkeypatch.setattr(Path, "replace", lambda self, to: (renamed.append(to.name), real(self, to))[1])

    assert write_publication(tmp_path, files) == tuple(path for path, _ in files)
    assert write_publication(tmp_path, files) == ()

    assert renamed == [f"{HASH}.a", "1.targets.json", "timestamp.json"]


def test_many_contents_are_written_like_few(tmp_path: Path) -> None:
    files = [(f"targets/x/{number:064}.a", b"%d" % number) for number in range(60)]

    write_publication(tmp_path, files)

    assert stored_contents(tmp_path) == {path[8:]: len(held) for path, held in files}
    assert {path.stat().st_mode & 0o777 for path in tmp_path.rglob("*.a")} == {0o644}


def test_whatever_a_document_names_is_on_disk_before_it_and_in_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[tuple[str, str]] = []
    flush, rename = os.fsync, Path.replace

    def flushed(handle: int) -> None:
        done.append(("on disk", str(Path(f"/proc/self/fd/{handle}").readlink())))
        flush(handle)

    def renamed(self: Path, to: Path) -> Path:
        done.extend([("renamed", str(self)), ("there", str(to))])
        return rename(self, to)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(Path, "replace", renamed)
    names = [f"targets/{HASH}.a", "metadata/1.targets.json", "metadata/timestamp.json"]
    write_publication(tmp_path, [(name, b"1") for name in names])

    for name in names:
        place = tmp_path / name
        at = done.index(("there", str(place)))
        assert done.index(("on disk", done[at - 1][1])) < at - 1
        assert done[at + 1] == ("on disk", str(place.parent))


def test_a_web_server_reads_everything_whatever_the_umask_says_and_whoever_wrote_before(
    tmp_path: Path,
) -> None:
    document = tmp_path / "public/metadata/timestamp.json"
    before = os.umask(0o077)
    try:
        write_publication(
            tmp_path / "public", [(f"targets/x/{HASH}.a", b"1"), ("metadata/timestamp.json", b"1")]
        )
        document.chmod(0o600)
        assert write_publication(tmp_path / "public", [("metadata/timestamp.json", b"2")])
    finally:
        os.umask(before)

    assert document.read_bytes() == b"2"
    modes = {(path.is_dir(), path.stat().st_mode & 0o777) for path in (tmp_path / "public").rglob("*")}
    assert modes == {(True, 0o755), (False, 0o644)}
    assert (tmp_path / "public").stat().st_mode & 0o777 == 0o755


def test_what_is_kept_for_signing_is_written_where_it_changed(tmp_path: Path) -> None:
    write_signing(tmp_path, [("a.json", b"1"), ("b.json", b"1")])
    untouched = (tmp_path / "b.json").stat().st_ino
    write_signing(tmp_path, [("a.json", b"2"), ("b.json", b"1")])

    assert (tmp_path / "a.json").read_bytes() == b"2"
    assert (tmp_path / "b.json").stat().st_ino == untouched


def test_what_a_killed_writer_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    left = [f".{HASH}.card.json.ab12_xyz", ".timestamp.json.abcdefgh", ".12.snapshot.json.abcdefgh"]
    ours = [".well-known", ".htaccess", "index.html", ".timestamp.json", ".timestamp.json.abcdefgh.bak"]
    for name in (*left, *ours):
        (tmp_path / name).write_text("x")
    (tmp_path / "mirrors/beech/metadata").mkdir(parents=True)
    begun_by_a_sync = tmp_path / "mirrors/beech/metadata/.timestamp.json.abcdefgh"
    begun_by_a_sync.write_text("x")

    assert list(FolderFiles(tmp_path)) == ["index.html"]
    assert sweep(tmp_path) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*ours, "mirrors"])
    assert begun_by_a_sync.exists()


def test_folders_that_are_empty_go_with_their_files(tmp_path: Path) -> None:
    write_publication(tmp_path, [(f"targets/a/b/{HASH}.c", b""), (f"targets/a/{HASH}.d", b"")])

    assert remove_published(tmp_path, [f"targets/a/b/{HASH}.c", "targets/never.there"]) == (
        f"targets/a/b/{HASH}.c",
    )
    assert not (tmp_path / "targets/a/b").exists() and (tmp_path / "targets/a").exists()
    remove_published(tmp_path, [f"targets/a/{HASH}.d"])
    assert [path.name for path in tmp_path.iterdir()] == ["targets"] and not list(tmp_path.rglob("a"))


def test_files_are_read_when_they_are_asked_for(tmp_path: Path) -> None:
    files = FolderFiles(tmp_path)
    write_publication(tmp_path, [("metadata/1.root.json", b"1")])

    assert files["metadata/1.root.json"] == b"1" and list(files) == ["metadata/1.root.json"]
    for path in ("metadata", "metadata/2.root.json", "metadata/1.root.json/x"):
        assert path not in files


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from polder.world.publication import hold_publication\n"
        "with hold_publication(Path(sys.argv[1])):\n print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE, env=os.environ
    ) as other:
        assert other.stdout and other.stdout.readline()
        with pytest.raises(Refused), hold_publication(tmp_path, seconds=0.1):
            pass
        other.kill()
    with hold_publication(tmp_path, seconds=0.1):
        pass
