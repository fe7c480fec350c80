"""A founder signs the beginning of a network: that pins it, and nothing is pinned before all that can fail went well."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from polder.actions.network_roster import current_roster
from polder.actions.roster_join import fingerprint
from polder.world.roster_files import read_lock
from support.roster_folders import NOW, Providers, run


@pytest.fixture
def providers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Providers]:
    yield Providers(tmp_path, monkeypatch)


def everything_in(folder: Path) -> dict[str, bytes]:
    """Every file but git's own."""
    found = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    return {name.as_posix(): path.read_bytes() for name, path in found.items() if name.parts[0] != ".git"}


def test_whoever_cannot_open_the_key_pins_no_beginning(providers: Providers) -> None:
    """Neither a first one, nor one that takes the place of ours; whoever can open it then is free."""
    providers.found("alder", "beech")
    for name in ("cedar", "dogwood"):
        providers.add(name)
    providers.sync(NOW)
    alder, cedar, dogwood = (providers.place / name for name in ("alder", "cedar", "dogwood"))
    run(cedar, "found", "dogwood", "--network", "Woods", "--unsigned", "--yes")
    run(alder, "refound", "--reason", "Beech's keys burnt.", "--unsigned", "--yes")
    providers.sync(datetime.now(UTC))
    for folder in (alder, cedar, dogwood):
        held = everything_in(folder)
        (folder / "keys/governance.age").rename(folder / "aside.age")
        shown = run(folder, "approve", "--yes", status=2)
        (folder / "aside.age").rename(folder / "keys/governance.age")
        assert "is not on this machine" in shown
        assert everything_in(folder) == held

    assert "anew" not in read_lock(alder) and read_lock(cedar) == read_lock(dogwood) == {}
    for folder in (cedar, dogwood, alder):
        run(folder, "approve", "--yes")
    assert read_lock(cedar)["first"] == read_lock(dogwood)["first"] == fingerprint(cedar)
    assert [*(current_roster(alder) or pytest.fail()).members] == ["alder"]
