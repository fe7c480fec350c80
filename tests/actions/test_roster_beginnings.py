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


@pytest.mark.parametrize("words", [("found", "cedar"), ("found",)])
def test_whoever_cannot_sign_what_they_propose_proposes_nothing(
    providers: Providers, words: tuple[str, ...]
) -> None:
    for name in ("alder", "cedar"):
        providers.add(name)
    providers.sync(NOW)
    alder = providers.place / "alder"
    (alder / "keys/governance.age").unlink()
    held = everything_in(alder)

    assert "is not on this machine" in run(alder, *words, "--yes", status=2)
    assert everything_in(alder) == held


def test_whoever_cannot_vouch_for_a_newcomer_proposes_none(providers: Providers) -> None:
    providers.found("alder", "beech")
    fir = providers.add("fir")
    alder = providers.place / "alder"
    words = ("invite", str(fir / "given/governance/introduction.json"), "--yes")
    (alder / "keys/governance.age").rename(alder / "aside.age")
    held = everything_in(alder)

    assert "is not on this machine" in run(alder, *words, "--reason", "We met.", status=2)
    assert everything_in(alder) == held
    run(alder, *words)  # without a reason it is proposed only, and wants no key
    (alder / "aside.age").rename(alder / "keys/governance.age")
    run(alder, "vouch", "--reason", "We met.")


def test_whoever_signed_one_beginning_proposes_no_other(providers: Providers) -> None:
    for name in ("alder", "cedar"):
        providers.add(name)
    providers.sync(NOW)
    alder = providers.place / "alder"
    run(alder, "found", "cedar", "--network", "Woods", "--yes")
    held = everything_in(alder)

    assert "Another network is pinned here" in run(
        alder, "found", "--network", "Alone", "--yes", "--beside", status=2
    )
    assert everything_in(alder) == held
