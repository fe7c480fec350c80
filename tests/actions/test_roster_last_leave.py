"""Leaving where no version without the leaver can follow: it is said all the same, and whoever stays begins anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from polder.actions.network_roster import current_roster, load_chain
from polder.commons.roster.changes import Dormant
from polder.commons.roster.propose import propose
from polder.kernel.secret import Secret
from polder.world.roster_files import write_roster
from polder.world.signing_keys import open_key, reseal_key
from support.roster_folders import NAMES, NOW, Providers, run

DAY = timedelta(days=1)
SAID = "That you leave counts for everybody who sees it. No version without you can follow"


@pytest.fixture
def providers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Providers]:
    yield Providers(tmp_path, monkeypatch)


def put_to_sleep(providers: Providers, *names: str) -> None:
    """They are dormant from the next versions on, which all the others signed."""
    alder = providers.place / "alder"
    for name in names:
        chain = load_chain(alder) or pytest.fail()
        asleep = Dormant(name, NOW - 300 * DAY, (NOW - 100 * DAY, NOW - 60 * DAY), (2, 3, 4))
        edition = propose(chain.head, asleep, "", NOW)
        hands = [open_key(providers.place / one.id, "governance") for one in edition.roster.active]
        payload = edition.document.payload
        whole = edition.signed_with({hand.public.id: hand.sign(payload).hex() for hand in hands})
        write_roster(alder, edition.version, whole.document.content)
    providers.sync(datetime.now(UTC))


def test_of_three_awake_whose_rules_want_three_one_leaves_and_the_others_begin_anew(
    providers: Providers,
) -> None:
    providers.found(*NAMES)
    put_to_sleep(providers, "dogwood", "elm")
    alder, beech, cedar = (providers.place / name for name in NAMES[:3])

    told = run(cedar, "leave", "--yes")
    providers.sync(datetime.now(UTC))

    assert "2 active members would be left, and 3 of them would have to sign every change." in told
    assert SAID in told and "polder network roster refound" in told
    assert told.rstrip().endswith("polder network publish --as NAME")
    assert "left" in json.loads(run(alder, "show", "--json"))["members"]["cedar"]
    run(alder, "refound", "beech", "--reason", "Two sleep, and cedar left.", "--yes")
    providers.sync(datetime.now(UTC))
    run(beech, "approve", "--yes")
    providers.sync(datetime.now(UTC))
    assert sorted((current_roster(alder) or pytest.fail()).members) == ["alder", "beech"]


def test_the_last_one_leaves(providers: Providers) -> None:
    providers.found("alder")
    alder = providers.place / "alder"

    told = run(alder, "leave", "--yes")

    assert "0 active members would be left" in told and SAID in told
    assert (alder / "given/governance/leave.json").is_file()


def test_a_leave_that_was_not_said_leaves_with_two(providers: Providers) -> None:
    providers.found("alder")
    alder = providers.place / "alder"
    (alder / "keys/governance.age").unlink()

    told = run(alder, "leave", "--yes", status=2)

    assert "is not on this machine" in told and SAID not in told
    assert not (alder / "given/governance/leave.json").exists()


def test_a_passphrase_is_asked_for_once_for_the_word_and_the_proposal(providers: Providers) -> None:
    providers.found("alder", "beech")
    beech = providers.place / "beech"
    reseal_key(beech, "governance", [], Secret("tulip canal bridge heron"))

    run(beech, "leave", "--yes", said="tulip canal bridge heron\n")

    assert json.loads(run(beech, "status", "--json"))[0]["signed"] == ["beech"]
