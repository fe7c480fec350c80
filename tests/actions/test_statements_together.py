"""Several who give at the same time: one after the other, nothing lost, nothing twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from polder.actions.say_statement import give
from support.speakers import HOUR, speakers


def test_four_who_give_at_once_leave_what_one_would(
    tmp_path: Path, clean_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = speakers(tmp_path, monkeypatch)
    for number in range(4):
        world.write(
            "alder", f"note/n{number}.private.yml", f"title: {{en: Number {number}}}\naudience: network\n"
        )
    folder, published, members = world["alder"].folder, world.published("alder"), world.recipients
    world.now += HOUR
    with world.key_of("alder"), ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: give(folder, world.now, published, members), range(4)))
    assert sorted(len(one.written) for one in done) == [0, 0, 0, 4]
    assert len(world["alder"].given) == 4
    assert sorted(world.titles("beech")) == [f"Number {number}" for number in range(4)]
