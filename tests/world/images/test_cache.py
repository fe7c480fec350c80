"""Folders of builds that go on side by side."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from polder.world.images.cache import work_folder


def test_of_many_builds_that_begin_at_once_none_takes_anothers_folder_for_a_dead_ones(tmp_path: Path) -> None:
    def build(number: int) -> str:
        with work_folder(tmp_path) as work:
            (work / "layer.tar").write_text(str(number))
            return (work / "layer.tar").read_text()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(build, range(400))) == [str(number) for number in range(400)]
    assert list((tmp_path / "work").iterdir()) == []


def test_what_a_dead_build_left_is_removed_by_the_next(tmp_path: Path) -> None:
    left = tmp_path / "work/build-dead"
    (left / "out").mkdir(parents=True)
    (tmp_path / "work/build-dead.lock").touch()
    with work_folder(tmp_path):
        assert not left.exists()
