"""Members leave, one or several at once, and those who stay come to the next roster: by the commands, to the end."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from polder.actions.network_roster import current_roster, load_chain
from polder.actions.roster_join import fingerprint
from polder.actions.roster_proposals import draft, open_drafts, put_forward
from polder.actions.roster_words import Words, introduce, leave, words_of_peers
from polder.commons.roster.changes import Leave, concerns
from polder.commons.roster.own_word import read_word
from polder.world.given import read_given
from polder.world.signing_keys import make_key
from support.roster_folders import DAY, NAMES, Providers, run


@pytest.fixture
def providers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Providers]:
    yield Providers(tmp_path, monkeypatch)


def sync(providers: Providers) -> None:
    providers.sync(datetime.now(UTC))


def members(folder: Path) -> list[str]:
    roster = current_roster(folder)
    assert roster is not None
    return sorted(roster.members)


def version(folder: Path) -> int:
    chain = load_chain(folder)
    assert chain is not None
    return chain.head.version


def opened(folder: Path) -> list[str]:
    """What is open, as the first digits of digests."""
    return [one["digest"][7:19] for one in json.loads(run(folder, "status", "--json"))]


def signed(folder: Path) -> set[str]:
    """The first digits of what this provider signed or said anything of."""
    found = [path for path in read_given(folder / "given") if "/approvals/" in path]
    return {path.split("/")[2][:12] for path in found}


def test_one_of_two_leaves_and_the_other_signs_what_the_leaver_proposed(providers: Providers) -> None:
    providers.found("alder", "beech")
    alder, beech = providers.place / "alder", providers.place / "beech"
    run(beech, "leave", "--yes")
    sync(providers)

    (theirs,) = opened(alder)
    told = run(alder, "propose", "words", "--yes")
    assert f"polder network roster approve {theirs}" in told and "beech" in told
    assert opened(alder) == [theirs], "no rival of it was proposed"
    assert signed(alder) == set(), "and nothing was signed"
    assert json.loads(run(alder, "propose", "words", "--yes", "--json"))["open"][0]["signed"] == ["beech"]

    assert "Version 2 of the roster is accepted." in run(alder, "approve", theirs, "--yes")
    sync(providers)
    assert members(alder) == members(beech) == ["alder"]
    assert "Nobody left or woke" in run(alder, "propose", "words")


def test_who_left_is_shown_as_that_on_both_sides_before_the_next_version_drops_it(
    providers: Providers,
) -> None:
    providers.found(*NAMES[:3])
    run(providers.place / "cedar", "leave", "--yes")
    sync(providers)
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    for name in NAMES[:3]:
        shown = run(providers.place / name, "show")
        rows = {line.split()[0]: line for line in shown.splitlines() if line.split()[0] in NAMES}
        assert f"left on {today}" in rows["cedar"] and "active from" not in shown
        assert rows["cedar"].split()[-1] == "–"
        assert not any(rows[other].split(".example/net/")[1].count("cedar") for other in NAMES[:2])
        held = json.loads(run(providers.place / name, "show", "--json"))["members"]
        assert held["cedar"]["left"].startswith(today) and "left" not in held["alder"]
        assert [held[other]["mirrors"] for other in NAMES[:3]] == [["beech"], ["alder"], []]


def test_a_proposal_of_it_that_is_dated_weeks_ahead_keeps_nobody_from_proposing_it(
    providers: Providers,
) -> None:
    providers.found(*NAMES[:3])
    alder, beech, cedar = (providers.place / name for name in NAMES[:3])
    now = datetime.now(UTC)
    run(cedar, "leave", "--yes")
    word = read_word((cedar / "given/governance/leave.json").read_bytes())
    for path in (cedar / "given/governance").glob("*/**/*.json"):
        path.unlink()
    put_forward(beech, draft(beech, Leave(word), "", now + 50 * DAY).edition)
    sync(providers)

    assert words_of_peers(alder, now) == Words((Leave(word),), ())
    run(alder, "propose", "words", "--yes", "--beside")
    assert len(signed(alder)) == 1


def test_one_of_two_who_leaves_twice_proposes_it_once(providers: Providers) -> None:
    providers.found("alder", "beech")
    alder, beech = providers.place / "alder", providers.place / "beech"
    run(beech, "leave", "--yes")
    first = opened(beech)
    run(beech, "leave", "--yes")
    sync(providers)

    assert opened(alder) == opened(beech) == first
    run(alder, "approve", "--yes")
    assert members(alder) == ["alder"]


def test_one_of_three_leaves_and_the_two_others_go_on(providers: Providers) -> None:
    providers.found(*NAMES[:3])
    alder, beech, cedar = (providers.place / name for name in NAMES[:3])
    run(cedar, "leave", "--yes")
    sync(providers)
    run(alder, "propose", "words", "--yes")
    run(beech, "propose", "words", "--yes")
    run(alder, "approve", "--yes")
    sync(providers)
    run(beech, "approve", "--yes")
    sync(providers)

    assert members(alder) == members(beech) == ["alder", "beech"]
    assert len(providers.heads()) == 1 and version(alder) == 2


def test_of_four_two_leave_at_once_and_the_others_take_one_after_the_other(providers: Providers) -> None:
    providers.found(*NAMES[:4])
    alder, beech, cedar, dogwood = (providers.place / name for name in NAMES[:4])
    run(cedar, "leave", "--yes")
    run(dogwood, "leave", "--yes")  # neither has heard of the other
    sync(providers)
    oldest = opened(alder)[0]
    assert len(opened(alder)) == 2
    told = run(alder, "approve", "--yes", status=2)
    assert "Several proposals are open" in told and "the oldest" in told
    for folder in (alder, beech):
        assert f"roster approve {oldest}" in run(folder, "propose", "words", "--yes")
        run(folder, "approve", oldest, "--yes")
    sync(providers)
    assert version(alder) == version(beech) == 2 and len(members(alder)) == 3

    run(alder, "propose", "words", "--yes")
    sync(providers)
    run(beech, "approve", "--yes")
    sync(providers)
    assert members(alder) == members(beech) == ["alder", "beech"]
    assert version(alder) == 3 and len(providers.heads()) == 1


def test_of_five_two_leave_at_once_and_the_three_go_on(providers: Providers) -> None:
    providers.found(*NAMES)
    for name in ("dogwood", "elm"):
        run(providers.place / name, "leave", "--yes")
    sync(providers)
    for number in (2, 3):
        for name in NAMES[:3]:
            folder = providers.place / name
            run(folder, "propose", "words", "--yes")
            if version(folder) < number and not signed(folder) & set(opened(folder)):
                run(folder, "approve", opened(folder)[0], "--yes")
            sync(providers)
    assert {tuple(members(providers.place / name)) for name in NAMES[:3]} == {NAMES[:3]}
    assert version(providers.place / "alder") == 3


def test_of_three_two_leave_at_once_and_who_stays_is_told_to_begin_anew_and_does(
    providers: Providers,
) -> None:
    """Each leaver is bound to its own proposal, and one alone is no majority of three."""
    providers.found(*NAMES[:3])
    alder, beech, cedar = (providers.place / name for name in NAMES[:3])
    run(beech, "leave", "--yes")
    run(cedar, "leave", "--yes")
    sync(providers)
    old = fingerprint(alder)

    told = run(alder, "status")
    assert "It waits for signatures of some who left" in told and "polder network roster refound" in told
    assert [one["too_few"]["values"]["members"] for one in json.loads(run(alder, "status", "--json"))] != []
    run(alder, "refound", "--reason", "The others left.", "--yes")
    assert members(alder) == ["alder"] and fingerprint(alder) != old


def test_who_leaves_after_another_binds_nobody_to_two(providers: Providers) -> None:
    """Beech has heard that cedar left: it says so itself, and proposes no rival that would stop both."""
    providers.found(*NAMES[:3])
    alder, beech, cedar = (providers.place / name for name in NAMES[:3])
    run(cedar, "leave", "--yes")
    sync(providers)
    (theirs,) = opened(beech)
    told = run(beech, "leave", "--yes")
    assert "The version without you is not proposed yet" in told and theirs in told
    sync(providers)
    assert opened(alder) == [theirs]

    run(beech, "approve", "--yes")
    run(alder, "approve", "--yes")
    sync(providers)
    assert members(alder) == members(beech) == ["alder", "beech"]
    run(beech, "leave", "--yes")
    sync(providers)
    run(alder, "approve", "--yes")
    sync(providers)
    assert members(alder) == ["alder"] and version(alder) == 3


def test_who_stays_alone_with_a_word_that_the_leaver_did_not_sign_is_told_so(providers: Providers) -> None:
    """Beech signed a new address of its own, and left; the signature stands."""
    providers.found("alder", "beech")
    alder, beech = providers.place / "alder", providers.place / "beech"
    path = beech / "network.yml"
    path.write_text(path.read_text().replace(".example/net/", ".example/new/"))
    introduce(beech, "Beech", "", datetime.now(UTC), None)
    run(beech, "propose", "entry", "beech", "--yes")
    run(beech, "leave", "--yes")
    sync(providers)
    (address,) = opened(alder)
    told = run(alder, "propose", "words", said="no\n", status=4)
    assert f"Open for the same version, too: {address}…, signed by beech" in told
    assert "It waits for signatures of some who left" in told and ": beech." in told

    run(alder, "approve", address, "--yes")
    sync(providers)
    assert version(alder) == version(beech) == 2
    run(beech, "leave", "--yes")
    sync(providers)
    run(alder, "approve", "--yes")
    assert members(alder) == ["alder"]


def two_wishes(providers: Providers) -> tuple[Path, Path, str]:
    """Alder has signed that it moves; beech, who read that, wants to move, too."""
    providers.found(*NAMES[:3])
    alder, beech = providers.place / "alder", providers.place / "beech"
    for folder in (alder, beech):
        path = folder / "network.yml"
        path.write_text(path.read_text().replace(".example/net/", ".example/new/"))
        introduce(folder, folder.name.title(), "", datetime.now(UTC), None)
    run(alder, "propose", "entry", "alder", "--yes")
    sync(providers)
    (first,) = opened(beech)
    return alder, beech, first


def test_another_proposal_for_the_same_version_is_named_before_one_is_signed(providers: Providers) -> None:
    _, beech, first = two_wishes(providers)

    refused = run(beech, "propose", "entry", "beech", "--yes", status=2)
    assert first in refused and "--unsigned" in refused and "--beside" in refused
    assert opened(beech) == [first] and signed(beech) == set()

    shown = run(beech, "propose", "entry", "beech", said="yes\n", status=4)
    assert f"{first}…, signed by alder" in shown and "alder publishes elsewhere" in shown
    assert "signs it in the name of beech, for ever" in shown and "Nothing was written." in shown
    assert opened(beech) == [first]

    run(beech, "propose", "entry", "beech", "--unsigned", "--yes")
    assert len(opened(beech)) == 2 and signed(beech) == set()


def test_beside_another_one_may_still_be_meant(providers: Providers) -> None:
    _, beech, first = two_wishes(providers)

    run(beech, "propose", "entry", "beech", "--yes", "--beside")
    assert len(signed(beech)) == 1 and first not in signed(beech)


def test_proposing_signs_only_after_the_difference_and_the_digest(providers: Providers) -> None:
    providers.found("alder", "beech")
    alder = providers.place / "alder"
    path = alder / "network.yml"
    path.write_text(path.read_text().replace(".example/net/", ".example/new/"))
    introduce(alder, "Alder", "", datetime.now(UTC), None)

    shown = run(alder, "propose", "entry", "alder", said="yes\n", status=4)
    assert shown.index("alder publishes elsewhere") < shown.index("signs it in the name of alder, for ever")
    assert open_drafts(alder, datetime.now(UTC)) == ()
    made = json.loads(run(alder, "propose", "entry", "alder", "--yes", "--json"))
    assert made["signed"] == ["alder"], "the JSON says what is so afterwards"


def test_json_of_a_proposal_wants_yes(providers: Providers) -> None:
    providers.found("alder", "beech")

    assert "--json wants --yes" in run(providers.place / "alder", "propose", "words", "--json", status=2)


@pytest.mark.parametrize("content", [b"garbage", b"{}", b""])
def test_a_leaver_who_spoils_its_own_word_keeps_nobody_elses_from_being_proposed(
    providers: Providers, content: bytes
) -> None:
    providers.found(*NAMES)
    alder, beech, cedar = (providers.place / name for name in ("alder", "beech", "cedar"))
    for folder in (beech, cedar):
        run(folder, "leave", "--yes")
        for path in (folder / "given/governance/proposals").iterdir():
            path.unlink()
    sync(providers)
    (beech / "given/governance/leave.json").write_bytes(content)
    sync(providers)

    (found,) = words_of_peers(alder, datetime.now(UTC)).fresh

    assert isinstance(found, Leave) and found.word.member == "cedar"
    assert "cedar" in run(alder, "propose", "words", "--yes")


def test_a_word_that_became_too_old_is_not_what_a_newer_one_waits_for(providers: Providers) -> None:
    providers.found(*NAMES)
    alder, beech, cedar = (providers.place / name for name in ("alder", "beech", "cedar"))
    now = datetime.now(UTC)
    for folder, when in ((beech, now), (cedar, now + 100 * DAY)):
        leave(folder, when, None)
        for path in (folder / "given/governance/proposals").iterdir():
            path.unlink()
        providers.sync(when)

    asked = words_of_peers(alder, now + 101 * DAY)

    assert [concerns(one) for one in asked.fresh] == ["cedar", "beech"]


def test_of_two_proposed_words_the_older_one_is_named_first_whoever_said_it(providers: Providers) -> None:
    providers.found(*NAMES[:4])
    alder, cedar, dogwood = (providers.place / name for name in ("alder", "cedar", "dogwood"))
    now = datetime.now(UTC)
    leave(dogwood, now - 2 * DAY / 24, None)
    leave(cedar, now - DAY / 24, None)
    sync(providers)

    asked = words_of_peers(alder, now)

    assert [concerns(one.edition.change) for one in asked.carried] == ["dogwood", "cedar"]
    assert [one.edition.digest[7:19] for one in asked.carried] == opened(alder)


def test_who_is_not_dormant_or_has_another_key_says_nothing_of_itself(providers: Providers) -> None:
    providers.found(*NAMES[:2])
    alder, beech = (providers.place / name for name in NAMES[:2])
    before = read_given(alder / "given"), read_given(beech / "given")
    for path in (beech / "keys").glob("governance.*"):
        path.unlink()
    make_key(beech, "governance", [providers.recipient])

    awake, another = run(alder, "wake", status=2), run(beech, "leave", "--yes", status=2)

    assert "alder is not dormant" in awake
    assert "is not the one that the roster has of this provider" in another
    assert (read_given(alder / "given"), read_given(beech / "given")) == before
