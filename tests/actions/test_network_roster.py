"""Five providers, each with a folder of its own: they begin, agree, part, and come to the same roster from what each published."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from polder.actions.load_network import load_network
from polder.actions.network_roster import (
    acting_members,
    current_roster,
    load_chain,
    merge,
    merge_all,
    mirrored,
    peers,
)
from polder.actions.roster_join import accept_new_beginning, fingerprint, join, replay_folder
from polder.actions.roster_proposals import (
    draft,
    draft_beginning,
    find_draft,
    introduction_from,
    open_drafts,
    put_forward,
    say_of,
)
from polder.actions.roster_words import introduce, leave, words_of_peers
from polder.actions.say_statement import give
from polder.commons.roster.changes import ChangeLeast, ChangeMember, Expel, Join, ReplaceKey
from polder.commons.roster.document import read_edition
from polder.commons.roster.fingerprint import heard, spoken
from polder.commons.roster.presets import PRESETS
from polder.commons.roster.propose import propose
from polder.kernel.digest import digest_of_bytes
from polder.kernel.problem import Refused
from polder.world.given import read_given
from polder.world.network_alarms import raise_alarm
from polder.world.network_store import load_published
from polder.world.roster_files import read_lock
from polder.world.signing_keys import make_key, open_key
from support.publisher import Publisher
from support.roster_folders import DAY, NAMES, NOW, Providers, keep_verified, run
from support.web import Web


@pytest.fixture
def providers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Providers]:
    yield Providers(tmp_path, monkeypatch)


@pytest.fixture
def five(providers: Providers) -> Providers:
    providers.found(*NAMES)
    return providers


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.code for problem in refused.value.problems]


def test_five_founders_sign_and_each_has_the_same_roster(five: Providers) -> None:
    roster = current_roster(five.place / "elm")

    assert roster is not None and roster.version == 1 and roster.threshold == 3
    assert len(five.heads()) == 1
    assert len({fingerprint(folder) for folder in five.folders()}) == 1


def test_nothing_counts_before_every_founder_signed(providers: Providers) -> None:
    for name in NAMES[:2]:
        providers.add(name)
    providers.sync(NOW)
    one = draft_beginning(providers.place / "alder", ["beech"], PRESETS["polder"], "", "", NOW)
    put_forward(providers.place / "alder", one.edition)
    say_of(providers.place / "alder", find_draft(providers.place / "alder", "", NOW), "sign", "", NOW, None)
    providers.sync(NOW)

    assert current_roster(providers.place / "alder") is None
    providers.all_sign(("beech",), NOW)
    assert len(providers.heads()) == 1


def test_one_alone_begins_and_says_what_that_means(providers: Providers) -> None:
    folder = providers.add("alder")
    one = draft_beginning(folder, [], PRESETS["polder"], "", "", NOW)
    put_forward(folder, one.edition)
    news = say_of(folder, find_draft(folder, "", NOW), "sign", "", NOW, None)

    assert current_roster(folder) is not None
    assert "roster.small-1" in {line.code for line in one.lines}
    assert [one.code for one in news] == ["roster.accepted"]


def test_peers_and_mirrors_come_from_the_roster(five: Providers) -> None:
    found = {one.id: one for one in peers(five.place / "alder", NOW)}
    duties = {name: mirrored(five.place / name, NOW) for name in NAMES}

    assert sorted(found) == list(NAMES[1:])
    assert found["beech"].urls == ("https://beech.example/net/",)
    assert all(len(kept) == 2 for kept in duties.values())
    keepers = [name for name in NAMES if "beech" in duties[name] and name != "alder"]
    assert sorted(found["beech"].mirrors) == [
        f"https://{name}.example/net/mirrors/beech/" for name in keepers
    ]


def test_a_newcomer_is_vouched_for_waited_for_signed_for_and_waited_for_again(five: Providers) -> None:
    folder = five.add("fir")
    five.sync(NOW)
    join(folder, fingerprint(five.place / "beech"), ["beech", "cedar"], NOW)
    alder = five.place / "alder"
    put_forward(
        alder, draft(alder, Join(introduction_from(alder, "fir")), "They are neighbours.", NOW).edition
    )
    five.sync(NOW)

    with pytest.raises(Refused) as early:
        say_of(alder, find_draft(alder, "", NOW), "sign", "", NOW, None)
    assert codes(early) == ["roster.open-still", "roster.vouches-wanted"]

    for name in ("alder", "beech"):
        say_of(five.place / name, find_draft(five.place / name, "", NOW), "vouch", "We know them.", NOW, None)
    five.sync(NOW)
    later = NOW + 14 * DAY
    five.all_sign(("fir", "alder", "beech", "cedar"), later)

    assert len(five.heads()) == 1
    assert "fir" in {one.id for one in (current_roster(five.place / "elm") or pytest.fail()).members.values()}
    assert "fir" not in {one.id for one in peers(five.place / "elm", later + 6 * DAY)}
    assert "fir" in {one.id for one in peers(five.place / "elm", later + 7 * DAY)}
    assert not [path for path in read_given(alder / "given") if "proposals" in path or "approvals" in path]


def test_a_block_that_a_second_member_joins_stops_signing_and_one_alone_falls(five: Providers) -> None:
    alder, beech, cedar = (five.place / name for name in NAMES[:3])
    put_forward(alder, draft(alder, Expel("elm"), "", NOW).edition)
    five.sync(NOW)
    say_of(beech, find_draft(beech, "", NOW), "block", "They mended it.", NOW, None)
    five.sync(NOW)
    later = NOW + 15 * DAY

    assert [one.code for one in find_draft(alder, "", NOW + 1 * DAY).hindrances] == [
        "roster.open-still",
        "roster.block-pending",
    ]
    assert find_draft(alder, "", later).hindrances == ()
    say_of(cedar, find_draft(cedar, "", NOW), "block", "So we think.", NOW + 2 * DAY, None)
    five.sync(NOW + 2 * DAY)
    assert [one.code for one in find_draft(alder, "", later).hindrances] == ["roster.blocked"]


def test_a_proposal_that_was_dated_back_says_so_where_it_comes_late(five: Providers) -> None:
    alder, beech = five.place / "alder", five.place / "beech"
    change = Expel("elm")
    put_forward(alder, draft(alder, change, "", NOW).edition)
    five.sync(NOW + DAY)
    in_time = find_draft(beech, "", NOW + DAY)
    assert in_time.late is None
    assert find_draft(beech, "", NOW + 20 * DAY).late is None

    put_forward(alder, draft(alder, change, "Quickly.", NOW).edition)
    five.sync(NOW + 9 * DAY)
    late = [one for one in open_drafts(beech, NOW + 9 * DAY) if one.edition.reason == "Quickly."]
    assert [one.late.code for one in late if one.late] == ["roster.seen-late"]


READING = (
    "network status",
    "network status --json",
    "network peers",
    "network alarms --all",
    "network said",
    "network read beech/news/moving",
    "network card show",
    "network card check",
    "network circle list",
    "network advisories",
    "network keys list",
    "network keys check",
    "network publish --dry-run",
    "network roster show",
    "network roster status",
    "network roster status --json",
    "network roster fingerprint",
    "network roster replay",
    "network roster check",
    "catalogue",
)
ALL = """
import sys
from click.testing import CliRunner
from polder.cli.main import polder
MAY_FIND = ("network keys check", "network publish --dry-run")
for words in sys.argv[2:]:
    found = CliRunner().invoke(polder, ["--site", sys.argv[1], *words.split()])
    if found.exit_code and (words not in MAY_FIND or "denied" in found.output):
        print(words, found.exit_code, repr(found.exception), found.output)
"""


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="root may write everywhere")
def test_whoever_only_reads_needs_no_permission_to_write_and_writes_nothing(five: Providers) -> None:
    alder, beech = five.place / "alder", five.place / "beech"
    put_forward(beech, draft(beech, ChangeLeast(4), "Safer.", NOW).edition)
    (beech / "statements/news").mkdir(parents=True)
    (beech / "statements/news/moving.yml").write_text("title: {en: We move}\naudience: public\n")
    give(beech, NOW)
    five.sync(NOW)
    raise_alarm(alder / "state", "sync.tampered", "beech", {"path": "x"}, {"it": b"x"}, NOW)
    (alder / "card.yml").write_text("name: {en: Alder}\n")
    put_forward(beech, draft(beech, ChangeLeast(5), "Safer still.", NOW).edition)
    keep_verified(alder / "state", beech)  # what is new, and not merged yet
    before = {path: path.read_bytes() for path in alder.rglob("*") if path.is_file()}
    for path in (alder, *alder.rglob("*")):
        path.chmod(path.stat().st_mode & ~0o222)
    weak = ["setpriv", "--bounding-set=-dac_override", "--"] if os.geteuid() == 0 else []
    ran = subprocess.run(
        [*weak, sys.executable, "-c", ALL, alder, *READING], capture_output=True, text=True, check=False
    )

    assert (ran.stdout, ran.stderr) == ("", "")
    assert {path: path.read_bytes() for path in alder.rglob("*") if path.is_file()} == before


def test_a_folder_without_the_governance_key_says_that_and_which_one_the_roster_has(five: Providers) -> None:
    alder, beech = five.place / "alder", five.place / "beech"
    chain = load_chain(alder)
    assert chain
    ours = chain.roster.members["beech"].key.hex[:16]
    put_forward(alder, draft(alder, ChangeLeast(4), "Safer.", NOW).edition)
    five.sync(NOW)
    proposal = find_draft(beech, "", NOW)
    held = (beech / "keys/governance.pub").rename(five.place / "governance.pub")
    with pytest.raises(Refused) as without:
        say_of(beech, proposal, "vouch", "yes", NOW, None)
    held.rename(beech / "keys/governance.pub")
    other = (alder / "keys/governance.pub").read_bytes()
    (beech / "keys/governance.pub").write_bytes(other)
    with pytest.raises(Refused) as another:
        say_of(beech, proposal, "vouch", "yes", NOW, None)

    assert [one.code for one in without.value.problems] == ["roster.no-governance-key"]
    assert without.value.problems[0].values == {"member": "beech", "known": (ours,)}
    assert [one.code for one in another.value.problems] == ["roster.not-our-key"]
    assert another.value.problems[0].values["known"] == (ours,)


def test_nobody_signs_two_proposals_for_one_number(five: Providers) -> None:
    alder, beech = five.place / "alder", five.place / "beech"
    new_address(alder)
    new_address(beech)
    put_forward(alder, draft(alder, ChangeMember(introduction_from(alder, "alder")), "", NOW).edition)
    put_forward(beech, draft(beech, ChangeMember(introduction_from(beech, "beech")), "", NOW).edition)
    five.sync(NOW)
    mine = next(path for path in read_given(alder / "given") if "proposals" in path).split("/")[-1][:16]
    say_of(alder, find_draft(alder, mine, NOW), "sign", "", NOW, None)
    theirs = next(path for path in read_given(beech / "given") if "proposals" in path).split("/")[-1][:16]

    with pytest.raises(Refused) as refused:
        say_of(alder, find_draft(alder, theirs, NOW), "sign", "", NOW, None)
    assert codes(refused) == ["roster.signed-another"]
    with pytest.raises(Refused) as unclear:
        find_draft(alder, "", NOW)
    assert codes(unclear) == ["roster.several-proposals"]


def new_address(folder: Path) -> None:
    path = folder / "network.yml"
    path.write_text(path.read_text().replace(".example/net/", ".example/new/"))
    introduce(folder, folder.name.title(), "", NOW, None)


def test_a_new_address_counts_after_the_waiting(five: Providers) -> None:
    alder = five.place / "alder"
    new_address(alder)
    put_forward(alder, draft(alder, ChangeMember(introduction_from(alder, "alder")), "", NOW).edition)
    five.sync(NOW)
    five.all_sign(("alder", "beech", "cedar"), NOW)

    found = [
        next(one for one in peers(five.place / "elm", when) if one.id == "alder")
        for when in (NOW + 6 * DAY, NOW + 7 * DAY)
    ]
    assert [one.urls[0] for one in found] == ["https://alder.example/net/", "https://alder.example/new/"]


def test_leaving_needs_nobody(five: Providers) -> None:
    leave(five.place / "elm", NOW, None)
    five.sync(NOW)

    assert "elm" not in {one.id for one in acting_members(five.place / "alder", NOW)}
    assert "elm" in (current_roster(five.place / "alder") or pytest.fail()).members
    words = words_of_peers(five.place / "alder", NOW)
    assert words.fresh == ()
    assert [one.edition.digest for one in words.carried] == [
        find_draft(five.place / "alder", "", NOW).edition.digest
    ]
    five.all_sign(("alder", "beech", "cedar"), NOW)
    assert "elm" not in (current_roster(five.place / "cedar") or pytest.fail()).members
    assert len(five.heads()) == 1


def test_a_compromised_member_is_cut_off_at_once(five: Providers) -> None:
    alder = five.place / "alder"
    put_forward(alder, draft(alder, Expel("elm", compromised=True), "Its server was seized.", NOW).edition)
    five.sync(NOW)
    five.all_sign(NAMES[:4], NOW)

    assert "elm" not in {one.id for one in peers(five.place / "beech", NOW)}


def test_a_lost_key_is_replaced_and_the_old_one_says_nothing_more(five: Providers) -> None:
    elm = five.place / "elm"
    for ending in ("pub", "age"):
        (elm / f"keys/governance.{ending}").unlink()
    make_key(elm, "governance", [five.recipient])
    introduce(elm, "Elm", "", NOW, None)
    five.sync(NOW)
    alder = five.place / "alder"
    with pytest.raises(Refused) as refused:
        leave(elm, NOW, None)
    assert codes(refused) == ["roster.not-our-key"]
    put_forward(
        alder, draft(alder, ReplaceKey(introduction_from(alder, "elm")), "Ana showed it to us.", NOW).edition
    )
    five.sync(NOW)
    five.all_sign(("alder", "beech", "cedar"), NOW)

    assert len(five.heads()) == 1
    roster = current_roster(alder)
    assert roster is not None and roster.members["elm"].key.hex in (elm / "keys/governance.pub").read_text()


def test_replaying_gives_the_state_that_came_step_by_step(five: Providers) -> None:
    leave(five.place / "elm", NOW, None)
    five.sync(NOW)
    five.all_sign(("alder", "beech", "cedar"), NOW)
    steps = replay_folder(five.place / "cedar")

    assert [step.edition.version for step in steps] == [1, 2]
    assert {steps[-1].edition.digest} == five.heads()
    assert "roster.diff-gone" in {line.code for line in steps[1].lines}


def test_an_altered_history_does_not_replay(five: Providers) -> None:
    path = five.place / "alder/roster/1.json"
    path.write_text(path.read_text().replace("Waterland", "Wasteland"))

    with pytest.raises(Refused) as refused:
        replay_folder(five.place / "alder")
    assert codes(refused) == ["roster.another-beginning"]


def test_a_newcomer_who_was_told_another_fingerprint_takes_in_nothing(five: Providers) -> None:
    folder = five.add("fir")
    five.sync(NOW)

    with pytest.raises(Refused) as refused:
        join(folder, digest_of_bytes(b"other"), ["beech"], NOW)
    assert codes(refused) == ["roster.another-network"]
    assert read_lock(folder) == {}


def test_a_newcomer_joins_from_an_address(five: Providers) -> None:
    beech = Publisher("beech", NOW)
    beech.robot_files = dict(read_given(five.place / "beech/state/robot"))
    beech.publish(NOW)
    folder = five.add("fir")
    with Web(beech.files) as server:
        steps = join(folder, fingerprint(five.place / "beech"), [server.url], NOW, private=True)
        with pytest.raises(Refused) as refused:
            join(five.add("gum"), fingerprint(five.place / "beech"), [server.url], NOW)
        with pytest.raises(Refused) as wrong:
            join(five.place / "gum", fingerprint(folder), [f"{server.url}wrong/"], NOW, private=True)

    assert codes(refused) == ["roster.private-address"]
    assert codes(wrong) == ["roster.nothing-published"]
    assert [one.edition.version for one in steps] == [1]
    assert current_roster(folder) == current_roster(five.place / "beech")


def test_two_members_that_hand_over_different_histories_are_told_apart(
    five: Providers, tmp_path: Path
) -> None:
    first = load_chain(five.place / "alder")
    assert first is not None
    for name, least in (("one", 4), ("other", 5)):
        edition = propose(first.head, ChangeLeast(least), "", NOW)
        hands = [open_key(five.place / member, "governance") for member in NAMES]
        signed = edition.signed_with(
            {hand.public.id: hand.sign(edition.document.payload).hex() for hand in hands}
        )
        (tmp_path / f"at-{name}").mkdir()
        (tmp_path / f"at-{name}/1.json").write_bytes(first.head.document.content)
        (tmp_path / f"at-{name}/2.json").write_bytes(signed.document.content)
    places = [str(tmp_path / "at-one"), str(tmp_path / "at-other")]

    with pytest.raises(Refused) as refused:
        join(five.add("fir"), fingerprint(five.place / "alder"), places, NOW)
    assert codes(refused) == ["roster.two-histories"]


def test_whoever_goes_back_to_older_rosters_takes_in_the_newer_ones_again(five: Providers) -> None:
    """What peers published was known to say nothing new; now it does."""
    leave(five.place / "elm", NOW, None)
    five.sync(NOW)
    five.all_sign(("alder", "beech", "cedar"), NOW)
    five.sync(NOW)
    cedar = five.place / "cedar"
    assert json.loads((cedar / "state/roster-familiar.json").read_bytes())["files"]
    (cedar / "roster/2.json").unlink()
    for path in (cedar / "given/governance").rglob("*.json"):
        path.unlink()

    merge(cedar, load_published(cedar / "state"), NOW)
    chain = load_chain(cedar)
    assert chain is not None
    assert {chain.head.digest} == five.heads()
    assert chain.head.version == 2


@pytest.mark.parametrize(
    "content", [b"", b"{", b"{}", b'{"head":1,"files":2}', b'{"files":[],"head":"sha256:00"}']
)
def test_losing_what_was_familiar_costs_only_time(five: Providers, content: bytes) -> None:
    five.sync(NOW)
    path = five.place / "cedar/state/roster-familiar.json"
    before = path.read_bytes()
    path.write_bytes(content)
    five.sync(NOW)
    assert path.read_bytes() == before


def test_a_file_of_one_peer_that_the_disk_damaged_holds_up_no_decision(five: Providers) -> None:
    leave(five.place / "elm", NOW, None)
    five.sync(NOW)
    cedar = five.place / "cedar"
    for path in (cedar / "state/peers/alder/targets").iterdir():
        path.write_bytes(b"x" * path.stat().st_size)
    (cedar / "state/roster-familiar.json").unlink()

    merged = merge_all(cedar, None, NOW)

    assert merged is not None and {one.code for one in merged.facts.noted} == {"sync.damaged"}
    assert "elm" in merged.facts.left


def test_three_who_hand_over_the_same_history_are_one_to_replay(five: Providers, tmp_path: Path) -> None:
    """The shorter one is its beginning; one with fewer signatures says the same."""
    leave(five.place / "elm", NOW, None)
    five.sync(NOW)
    five.all_sign(("alder", "beech", "cedar"), NOW)
    contents = [(five.place / f"alder/roster/{number}.json").read_bytes() for number in (1, 2)]
    bare = read_edition(contents[1]).with_signatures({}).document.content
    for name, held in (("short", contents[:1]), ("whole", contents), ("bare", [contents[0], bare])):
        (tmp_path / f"at-{name}").mkdir()
        for number, one in enumerate(held, start=1):
            (tmp_path / f"at-{name}/{number}.json").write_bytes(one)
    places = [str(tmp_path / f"at-{name}") for name in ("short", "whole", "bare")]

    steps = join(five.add("fir"), fingerprint(five.place / "alder"), places, NOW)
    assert [step.edition.version for step in steps] == [1, 2]
    assert five.heads() == {steps[-1].edition.digest}

    with pytest.raises(Refused) as refused:
        join(five.add("gorse"), fingerprint(five.place / "alder"), [places[2]], NOW)
    assert "roster.too-few-old" in codes(refused)


def test_enough_refusals_free_the_others_for_another_proposal(five: Providers) -> None:
    alder, beech = five.place / "alder", five.place / "beech"
    new_address(alder)
    put_forward(alder, draft(alder, ChangeMember(introduction_from(alder, "alder")), "", NOW).edition)
    five.sync(NOW)
    for name in NAMES[:2]:
        say_of(five.place / name, find_draft(five.place / name, "", NOW), "sign", "", NOW, None)
    for name in NAMES[2:]:
        say_of(
            five.place / name, find_draft(five.place / name, "", NOW), "refuse", "It is not yours.", NOW, None
        )
    five.sync(NOW)
    with pytest.raises(Refused) as refused:
        find_draft(beech, "", NOW)
    assert codes(refused) == ["roster.no-open-proposal"]

    new_address(beech)
    put_forward(beech, draft(beech, ChangeMember(introduction_from(beech, "beech")), "", NOW).edition)
    five.sync(NOW)
    five.all_sign(NAMES[:3], NOW)
    assert {chain.head.version for chain in map(load_chain, five.folders()) if chain} == {2}
    assert len(five.heads()) == 1


def test_when_too_many_keys_are_lost_the_network_begins_anew_by_hand(five: Providers) -> None:
    old = fingerprint(five.place / "alder")
    alder, elm = five.place / "alder", five.place / "elm"
    one = draft_beginning(alder, ["beech"], PRESETS["polder"], "Waterland", "Three keys burnt.", NOW, old)
    put_forward(alder, one.edition)
    five.sync(NOW)
    five.all_sign(("alder", "beech"), NOW)

    assert fingerprint(alder) == fingerprint(five.place / "beech") == one.edition.digest
    assert fingerprint(elm) == old, "nobody else follows by itself"
    five.sync(NOW)
    assert sorted((current_roster(elm) or pytest.fail()).members) == sorted(NAMES)
    accept_new_beginning(elm, one.edition.digest, ["alder"], NOW)
    assert sorted((current_roster(elm) or pytest.fail()).members) == ["alder", "beech"]
    assert list(elm.glob("roster/before-*/1.json"))


def test_a_beginning_that_does_not_name_ours_is_not_taken_for_it(five: Providers, tmp_path: Path) -> None:
    other = five.add("gum")
    put_forward(other, draft_beginning(other, [], PRESETS["polder"], "", "", NOW).edition)
    say_of(other, find_draft(other, "", NOW), "sign", "", NOW, None)
    five.sync(NOW)

    with pytest.raises(Refused) as refused:
        accept_new_beginning(five.place / "elm", fingerprint(other), ["gum"], NOW)
    assert codes(refused) == ["roster.not-anew"]


def test_what_one_follows_by_choice_is_a_peer_besides(five: Providers) -> None:
    path = five.place / "alder/network.yml"
    digest = "sha256:" + "ab" * 32
    path.write_text(
        path.read_text()
        + f"follow:\n  gum:\n    url: https://gum.example/net/\n    root: {digest}\nprivate: [beech]\n"
    )
    found = {one.id: one for one in peers(five.place / "alder", NOW)}

    assert found["gum"].root == digest and load_network(five.place / "alder").follow["gum"]
    assert found["beech"].private and not found["cedar"].private
    assert set(found["beech"].mirrors) == found["beech"].strangers != set()


@pytest.mark.parametrize("language", ["en", "fr", "es", "it", "pt", "sq"])
def test_the_fingerprint_is_read_out_and_typed_in_any_language(five: Providers, language: str) -> None:
    digest = fingerprint(five.place / "alder")
    words = spoken(digest, language)

    assert heard(words.upper()) == heard(digest) == digest
    with pytest.raises(Refused) as refused:
        heard(" ".join([*words.split()[1:], words.split()[0]]))
    assert codes(refused) == ["roster.fingerprint-wrong"]
    with pytest.raises(Refused) as short:
        heard(" ".join(words.split()[:23]))
    assert codes(short) == ["roster.fingerprint-words"]


def test_the_commands_lead_from_proposal_to_replay(five: Providers) -> None:
    alder, beech, cedar = (five.place / name for name in NAMES[:3])
    new_address(alder)
    run(alder, "propose", "entry", "alder", "--unsigned", "--yes")
    (made,) = json.loads(run(alder, "status", "--json"))
    shown = run(alder, "approve", said=made["digest"][7:13])
    assert "alder publishes elsewhere" in shown and "polder network publish" in shown
    now = datetime.now(UTC)
    five.sync(now)

    (waiting,) = json.loads(run(beech, "status", "--json"))
    assert waiting["signed"] == ["alder"] and waiting["wanted"] == 3
    assert "1 of 3 signed: alder; missing: beech, cedar, dogwood, elm" in run(beech, "status")
    assert "Nothing was written." in run(beech, "approve", said="no\n", status=4)
    run(beech, "approve", waiting["digest"][7:17], said=waiting["digest"][7:13] + "\n")
    five.sync(now)
    assert "Version 2 of the roster is accepted." in run(cedar, "approve", "--yes")
    five.sync(now)
    assert json.loads(run(alder, "show", "--json"))["version"] == 2
    assert "Waterland, version 2" in run(alder, "show")
    assert "Every step up to version 2" in run(alder, "replay")
    assert "verified from the beginning" in run(alder, "check")
    assert fingerprint(alder) in run(alder, "fingerprint")
    assert "Nothing new" in run(alder, "merge")
    assert "No proposal is open." in run(alder, "status")
    assert "No proposal is open." in run(alder, "approve", status=2)
    assert "Nothing was written." in run(alder, "leave", said="no\n", status=4)


@pytest.mark.parametrize("reason", ["A" * 3000, "a\x1b[31m", "a\u202eb"])
def test_a_reason_that_nobody_could_read_is_refused_before_anything_is_given(
    five: Providers, reason: str
) -> None:
    alder, beech = five.place / "alder", five.place / "beech"
    assert "reason" in run(alder, "propose", "expel", "elm", "--reason", reason, "--yes", status=2)
    new_address(alder)
    run(alder, "propose", "entry", "alder", "--yes")
    five.sync(datetime.now(UTC))

    assert "reason" in run(beech, "block", "--reason", reason, "--yes", status=2)
    assert not list((beech / "given/governance").glob("approvals/*/*"))
    assert "Nothing new" in run(beech, "merge") and "Nothing new" in run(alder, "merge")


def test_refusing_for_ever_is_asked_for_like_signing(five: Providers) -> None:
    beech, cedar = five.place / "beech", five.place / "cedar"
    new_address(five.place / "alder")
    run(five.place / "alder", "propose", "entry", "alder", "--yes")
    five.sync(datetime.now(UTC))
    (waiting,) = json.loads(run(beech, "status", "--json"))
    six = waiting["digest"][7:13]

    assert "needs a reason" in run(beech, "refuse", status=2)
    told = run(beech, "refuse", "--reason", "It is not yours.", said="yes\n", status=4)
    assert f"six characters of its digest ({six})" in told and "Nothing was written." in told
    assert not list((beech / "given/governance").glob("approvals/*/*"))
    run(beech, "refuse", "--reason", "It is not yours.", said=f"{six}\n")
    run(cedar, "refuse", "--reason", "It is not yours.", "--yes")
    assert list((beech / "given/governance").glob("approvals/*/*"))
    assert list((cedar / "given/governance").glob("approvals/*/*"))


def test_of_several_open_proposals_the_one_that_is_refused_is_named(five: Providers) -> None:
    for name in NAMES[:2]:
        new_address(five.place / name)
        run(five.place / name, "propose", "entry", name, "--yes")
    five.sync(datetime.now(UTC))

    told = run(five.place / "cedar", "refuse", "--reason", "No.", "--yes", status=2)
    assert "Several proposals are open; name the one you mean" in told and "–" not in told


def test_who_signed_a_beginning_and_who_has_not_is_shown(providers: Providers) -> None:
    for name in NAMES[:4]:
        providers.add(name)
    providers.sync(NOW)
    run(providers.place / "alder", "found", *NAMES[1:4], "--network", "Waterland", "--yes")
    providers.sync(datetime.now(UTC))

    shown = run(providers.place / "beech", "status")
    assert "1 of 4 signed: alder; missing: beech, cedar, dogwood. Every founder must sign." in shown
    (data,) = json.loads(run(providers.place / "alder", "status", "--json"))
    assert (data["signed"], data["missing"]) == (["alder"], ["beech", "cedar", "dogwood"])
    assert "cannot be taken back" in run(
        providers.place / "alder", "refuse", "--reason", "No.", "--yes", status=2
    )


def test_a_newcomers_own_signature_is_named_as_missing(five: Providers) -> None:
    folder = five.add("fir")
    five.sync(NOW)
    run(five.place / "alder", "invite", str(folder / "given/governance/introduction.json"), "--yes")

    shown = run(five.place / "alder", "status")
    assert "Needed besides, and still missing: the signature of fir itself." in shown
    assert "Vouches so far: 0;" in shown


def test_a_command_without_a_roster_says_what_to_do(providers: Providers) -> None:
    folder = providers.add("alder")

    assert "polder network roster found" in run(folder, "show", status=2)
    assert "comes in" in run(folder, "found", "--network", "Waterland", "--yes")
    assert json.loads(run(folder, "show", "--json"))["network"] == "Waterland"


def test_asking_for_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from polder.cli.main import polder\n"
        "try: polder(['network', 'roster', 'propose', 'expel', '--help'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('tuf', 'pyrage', 'httpx', 'urllib3', 'mnemonic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"
