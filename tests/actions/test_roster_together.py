"""Several who work on one roster at the same time: one after the other, whole, nothing lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from polder.actions.network_roster import load_chain, merge
from polder.actions.roster_join import join
from polder.actions.roster_words import introduce
from polder.world.network_store import load_published
from polder.world.publication import hold_publication
from polder.world.roster_files import read_lock
from support.roster_folders import NOW, Providers

LATER = NOW + timedelta(hours=1)
Work = Callable[[Path], object]


@pytest.fixture
def alder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clean_environment: Path) -> Path:
    (tmp_path / "world").mkdir()
    world = Providers(tmp_path / "world", monkeypatch)
    world.found("alder", "beech")
    return tmp_path / "world/alder"


def merges(folder: Path) -> object:
    (folder / "state/robot/seen/roster-1.json").unlink()  # it is told anew
    return merge(folder, load_published(folder / "state"), LATER)


def joins(folder: Path) -> object:
    first = read_lock(folder)["first"]
    (folder / "roster/1.json").unlink()
    return join(folder, first, [str(folder.parent / "beech/roster")], LATER)


def introduces(folder: Path) -> object:
    return introduce(folder, "Another name", "", LATER, None)


def held(folder: Path) -> dict[str, bytes]:
    places = [
        folder / "network.lock",
        *folder.glob("roster/**/*"),
        *folder.glob("given/**/*"),
        *folder.glob("state/robot/**/*"),
    ]
    return {str(path): path.read_bytes() for path in places if path.is_file()}


@pytest.mark.parametrize("work", [merges, joins, introduces], ids=lambda work: work.__name__)
def test_nobody_changes_the_roster_or_what_is_given_while_somebody_publishes(alder: Path, work: Work) -> None:
    with ThreadPoolExecutor(1) as pool:
        with hold_publication(alder / "state"):
            job = pool.submit(work, alder)
            time.sleep(0.3)
            before = held(alder)
            assert not job.done()
        job.result(10)
    chain = load_chain(alder)
    assert held(alder) != before and chain and chain.head.version == 1
