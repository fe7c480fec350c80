"""Lines that several steps write at once: all of them on the disk when their writers go on, with few flushes."""

from __future__ import annotations

import errno
import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from polder.world.journal import Journal

NOW = datetime(2031, 1, 31, 23, 59, tzinfo=UTC)


@pytest.fixture
def a_slow_disk(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What each flush put on the disk: all the lines that the file had when it began."""
    real, flushed = os.fsync, []

    def fsync(handle: int) -> None:
        lines = Path(f"/proc/self/fd/{handle}").read_text().splitlines()
        time.sleep(0.02)
        real(handle)
        flushed.append([json.loads(line)["step"] for line in lines])

    monkeypatch.setattr(os, "fsync", fsync)
    return flushed


def test_a_line_is_on_the_disk_when_its_writer_goes_on(tmp_path: Path, a_slow_disk: list[list[str]]) -> None:
    journal = Journal(tmp_path, "ana")

    def write(number: int) -> bool:
        journal.write(NOW, "step", {"step": f"{number}"})
        return any(f"{number}" in lines for lines in a_slow_disk)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(write, range(64)))
    assert sorted(int(fact["step"]) for fact in journal.read()) == list(range(64))
    assert len(a_slow_disk) <= 32


def test_a_line_alone_waits_for_nobody(tmp_path: Path, a_slow_disk: list[list[str]]) -> None:
    journal = Journal(tmp_path, "ana")
    for number in range(3):
        journal.write(NOW, "step", {"step": f"{number}"})
        assert f"{number}" in a_slow_disk[number]


def test_lines_of_two_months_are_both_flushed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal, flushed = Journal(tmp_path, "ana"), set()
    monkeypatch.setattr(
        os, "fsync", lambda handle: flushed.add(Path(f"/proc/self/fd/{handle}").resolve().name)
    )

    for now in (NOW, datetime(2031, 2, 1, tzinfo=UTC)):
        journal.write(now, "step", {})

    assert flushed == {"2031-01.jsonl", "2031-02.jsonl"}


def test_a_flush_that_fails_is_told_to_all_whose_lines_were_in_it_and_to_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, waiting = Journal(tmp_path, "ana"), threading.Barrier(3)
    journal.write(NOW, "step", {"step": "before"})

    def fsync(handle: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    def write(number: int) -> str:
        waiting.wait(5)
        try:
            journal.write(NOW, "step", {"step": f"{number}"})
        except OSError as error:
            return str(error.strerror)
        return ""

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", fsync)
        with ThreadPoolExecutor(3) as pool:
            assert list(pool.map(write, range(3))) == [os.strerror(errno.EIO)] * 3
    journal.write(NOW, "step", {"step": "after"})
