"""Anybody merges what everybody published, alone, to the same roster."""

import json
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from polder.commons.roster.approval import (
    Approval,
    approval_path,
    approve,
    proposal_path,
    roster_path,
    write_approval,
)
from polder.commons.roster.chain import Chain, acting
from polder.commons.roster.changes import Change, ChangeLeast, Expel, Join, Leave
from polder.commons.roster.collect import collect
from polder.commons.roster.difference import difference
from polder.commons.roster.document import Edition
from polder.commons.roster.merge import begin, merge
from polder.commons.roster.own_word import plain_word
from polder.commons.roster.propose import propose
from polder.commons.roster.standing import hindrances
from polder.kernel.digest import digest_of_bytes
from polder.kernel.plain import write_plain
from polder.kernel.published import Published
from support.rosters import NAMES, NOW, Hand, beginning, following, introduction, own_word, signed

FIRST = beginning()
CHAIN = Chain((FIRST,))
JOIN = Join(introduction("fir"))
LATER = NOW + timedelta(days=15)


def said(
    edition: Edition, names: str, stance: str = "sign", reason: str = "", when: datetime = NOW
) -> dict[str, dict[str, bytes]]:
    """The proposal in the first one's folder, and everybody's approval in their own."""
    found: dict[str, dict[str, bytes]] = {}
    for name in names.split():
        hand = Hand(name)
        one = approve(edition, stance, hand, reason, when)  # type: ignore[arg-type]
        found[name] = {approval_path(edition.digest, hand.public): write_approval(one)}
    bare = edition.with_signatures({})
    found.setdefault(names.split()[0], {})[proposal_path(edition.digest)] = bare.document.content
    return found


def folders(*parts: Mapping[str, Mapping[str, bytes]]) -> dict[str, Published]:
    files: dict[str, dict[str, bytes]] = {}
    for part in parts:
        for name, held in part.items():
            files.setdefault(name, {}).update(held)
    return {
        name: Published(name, digest_of_bytes(f"root of {name}".encode()), {}, NOW, NOW, held, "")
        for name, held in files.items()
    }


def proposed(change: Change, old: Edition = FIRST, when: datetime = NOW, reason: str = "") -> Edition:
    return propose(old, change, reason, when)


def test_signatures_in_everybodys_own_folder_make_the_next_version() -> None:
    second = proposed(JOIN)
    merged = merge(CHAIN, folders(said(second, "alder beech cedar fir")), LATER)

    assert merged.chain.head.digest == second.digest
    assert [one.code for one in merged.news[:2]] == ["roster.accepted", "roster.diff-joined"]
    assert merged.news[1:] == difference(FIRST.roster, second.roster)


def test_nothing_is_accepted_before_the_time_for_objections_is_over() -> None:
    held = folders(said(proposed(JOIN), "alder beech cedar fir"))

    assert merge(CHAIN, held, NOW + timedelta(days=13)).accepted == ()
    assert len(merge(CHAIN, held, NOW + timedelta(days=14)).accepted) == 1


def refused(edition: Edition, names: str) -> tuple[Approval, ...]:
    return tuple(approve(edition, "refuse", Hand(name), "No.", NOW) for name in names.split())


def test_who_signed_a_dead_proposal_may_sign_another_for_its_number() -> None:
    dead = proposed(ChangeLeast(4))
    another = propose(FIRST, ChangeLeast(2), "", NOW, refused(dead, "cedar dogwood elm"))
    held = folders(said(dead, "alder beech"), said(another, "alder beech cedar"))

    merged = merge(CHAIN, held, LATER)
    assert merged.chain.head.digest == another.digest
    assert [one.code for one in merged.news[:1]] == ["roster.accepted"]
    assert merged.news[1:] == difference(FIRST.roster, another.roster) != ()


def test_too_few_refusals_and_refusals_of_strangers_make_nothing_dead() -> None:
    dead = proposed(ChangeLeast(4))
    for names in ("cedar dogwood", "cedar dogwood fir", "cedar dogwood dogwood"):
        another = propose(FIRST, ChangeLeast(2), "", NOW, refused(dead, names))
        merged = merge(CHAIN, folders(said(another, "alder beech cedar")), LATER)
        assert merged.accepted == (), names


def test_who_refused_for_good_and_signed_nevertheless_is_named_and_who_was_freed_by_it_is_not() -> None:
    one = proposed(ChangeLeast(1))
    other = propose(FIRST, ChangeLeast(2), "", NOW, refused(one, "cedar dogwood elm"))
    held = folders(said(one, "alder beech elm"), said(other, "beech cedar dogwood"))
    (rivals,) = merge(CHAIN, held, LATER).rivals

    assert rivals.equivocators == ("elm",)


def test_a_signature_and_a_refusal_stay_and_what_was_only_said_gives_way_to_what_was_said_later() -> None:
    second = proposed(JOIN)
    for first, later, counts in (
        ("sign", "block", "sign"),
        ("refuse", "vouch", "refuse"),
        ("sign", "refuse", "sign"),
        ("refuse", "sign", "sign"),
        ("block", "vouch", "vouch"),
    ):
        told = said(second, "elm", first), {"fir": said(second, "elm", later, when=LATER)["elm"]}
        (one,) = collect(folders(*told), CHAIN).approvals[second.digest].values()
        assert one.stance == counts


def test_a_false_signature_hides_no_true_one() -> None:
    second = signed(proposed(JOIN), ["alder", "beech", "cedar", "fir"])
    spoilt = second.signed_with({Hand(name).public.id: "00" * 64 for name in (*NAMES, "fir")})
    held = {"elm": {roster_path(2): spoilt.document.content}}
    parts = [held, {"beech": {roster_path(2): second.document.content}}]

    for order in (parts, parts[::-1]):
        head = merge(CHAIN, folders(*order), LATER).chain.head
        assert head.document.signatures == second.document.signatures


def test_false_signatures_count_for_nobody_in_a_version_and_in_approvals() -> None:
    second = signed(proposed(JOIN), ["alder", "beech", "fir"])
    forged = second.signed_with({Hand("cedar").public.id: Hand("dogwood").sign(b"else").hex()})
    told = replace(approve(second, "sign", Hand("elm"), "", NOW), signature="00" * 64)
    approval = {approval_path(second.digest, Hand("elm").public): write_approval(told)}
    held = folders({"dogwood": {roster_path(2): forged.document.content}}, {"elm": approval})

    merged = merge(CHAIN, held, LATER)
    assert merged.accepted == () and len(merged.facts.proposed) == 1


def test_several_versions_come_at_once_whoever_was_away() -> None:
    second = following(FIRST, JOIN, ["alder", "beech", "cedar", "fir"])
    third = following(second, Expel("elm"), ["alder", "beech", "cedar", "dogwood"], LATER)
    files = {roster_path(one.version): one.document.content for one in (FIRST, second, third)}
    merged = merge(CHAIN, folders({"cedar": files}), LATER + timedelta(days=15))

    assert merged.chain.head.digest == third.digest
    assert [edition.version for edition in merged.accepted] == [2, 3]


def test_rival_versions_are_accepted_by_nobody_who_sees_both_and_name_who_signed_both() -> None:
    one = following(FIRST, Join(introduction("fir")), ["alder", "beech", "elm", "fir"])
    other = following(FIRST, Join(introduction("gum")), ["cedar", "dogwood", "elm", "gum"])
    held = folders(
        {"alder": {roster_path(2): one.document.content}, "cedar": {roster_path(2): other.document.content}}
    )
    merged = merge(CHAIN, held, LATER)

    assert merged.accepted == ()
    (rivals,) = merged.rivals
    assert (rivals.version, rivals.equivocators) == (2, ("elm",))
    assert {rivals.one.digest, rivals.other.digest} == {one.digest, other.digest}
    assert [problem.code for problem in merged.news] == ["roster.rivals"]


def test_who_accepted_one_of_two_rivals_keeps_it_and_sees_the_other() -> None:
    one = following(FIRST, Join(introduction("fir")), ["alder", "beech", "elm", "fir"])
    other = following(FIRST, Join(introduction("gum")), ["cedar", "dogwood", "elm", "gum"])
    chain = CHAIN.followed_by(one, LATER)
    merged = merge(chain, folders({"cedar": {roster_path(2): other.document.content}}), LATER)

    assert merged.chain.head.digest == one.digest
    assert [rivals.equivocators for rivals in merged.rivals] == [("elm",)]


def test_a_forked_roster_that_too_few_signed_is_nothing() -> None:
    second = following(FIRST, JOIN, ["alder", "beech", "cedar", "fir"])
    forked = following(FIRST, Expel("alder", compromised=True), ["dogwood", "elm"])
    held = folders(
        {"elm": {roster_path(2): forked.document.content}},
        {"beech": {roster_path(2): second.document.content}},
    )
    merged = merge(CHAIN, held, LATER)

    assert merged.chain.head.digest == second.digest
    assert merged.rivals == ()


def test_signing_two_proposals_is_seen_before_it_does_harm() -> None:
    held = folders(
        said(proposed(JOIN), "elm"), said(proposed(ChangeLeast(4)), "elm"), said(proposed(JOIN), "beech")
    )
    merged = merge(CHAIN, held, NOW)

    assert [(one.code, one.values["member"]) for one in merged.news] == [("roster.signed-two", "elm")]


def test_who_signs_in_the_place_of_a_dead_proposal_did_not_sign_two() -> None:
    dead = proposed(ChangeLeast(4))
    another = propose(FIRST, ChangeLeast(2), "", NOW, refused(dead, "cedar dogwood elm"))
    held = folders(said(dead, "alder beech"), said(another, "alder beech"))

    assert merge(CHAIN, held, NOW).news == ()


def test_a_proposal_that_follows_a_rival_is_no_second_one_for_the_next_number() -> None:
    ours = following(FIRST, JOIN, ["alder", "beech", "cedar", "fir"])
    rival = following(FIRST, Join(introduction("gum")), ["dogwood", "elm", "gum"])
    chain = CHAIN.followed_by(ours, LATER)
    held = folders(*(said(proposed(ChangeLeast(4), old), "elm") for old in (ours, rival)))

    assert merge(chain, held, LATER).news == ()


def test_a_leave_in_ones_own_folder_is_honoured_at_once() -> None:
    word = write_plain(plain_word(own_word("leave", "elm", FIRST.digest)))
    merged = merge(CHAIN, folders({"elm": {"governance/leave.json": word}}), NOW)

    assert [one.code for one in merged.news] == ["roster.has-left"]
    assert [one.id for one in acting(merged.chain, NOW)] == ["alder", "beech", "cedar", "dogwood"]
    assert merge(merged.chain, folders({"elm": {"governance/leave.json": word}}), NOW).news == ()


def test_a_leave_in_anothers_folder_or_by_another_key_is_nothing() -> None:
    word = own_word("leave", "elm", FIRST.digest)
    false = replace(word, member="dogwood")
    held = folders(
        {"alder": {"governance/leave.json": write_plain(plain_word(word))}},
        {"dogwood": {"governance/leave.json": write_plain(plain_word(false))}},
    )

    assert merge(CHAIN, held, NOW).chain.left == {}


def test_a_leave_for_another_network_or_from_before_its_member_came_or_under_another_root_is_nothing() -> (
    None
):
    elsewhere = own_word("leave", "elm", beginning("alder", "elm").digest)
    earlier = own_word("leave", "elm", FIRST.digest, NOW - timedelta(days=1))
    for word in (elsewhere, earlier, own_word("leave", "elm", FIRST.digest)):
        held = folders({"elm": {"governance/leave.json": write_plain(plain_word(word))}})
        if word not in (elsewhere, earlier):
            held["elm"] = replace(held["elm"], root=digest_of_bytes(b"another root"))
        assert merge(CHAIN, held, NOW).chain.left == {}


def test_three_members_let_one_go_with_its_own_signature() -> None:
    three = beginning("alder", "beech", "cedar")
    change = Leave(own_word("leave", "cedar", three.digest))
    second = propose(three, change, "", NOW)
    merged = merge(Chain((three,)), folders(said(second, "cedar alder beech")), NOW)

    assert sorted(merged.chain.roster.members) == ["alder", "beech"]


def test_readers_wait_a_week_before_they_act() -> None:
    second = following(FIRST, JOIN, ["alder", "beech", "cedar", "fir"])
    held = folders({"beech": {roster_path(2): second.document.content}})
    chain = merge(CHAIN, held, LATER).chain

    assert "fir" in chain.roster.members
    assert "fir" not in {one.id for one in acting(chain, LATER + timedelta(days=6))}
    assert "fir" in {one.id for one in acting(chain, LATER + timedelta(days=7))}


def test_what_was_accepted_by_a_clock_that_went_ahead_is_waited_for_from_now() -> None:
    second = following(FIRST, JOIN, ["alder", "beech", "cedar", "fir"])
    ahead = CHAIN.followed_by(second, LATER + timedelta(days=400))
    mended = merge(ahead, {}, LATER).chain

    assert "fir" in {one.id for one in acting(mended, LATER + timedelta(days=8))}
    assert "fir" not in {one.id for one in acting(mended, LATER + timedelta(days=6))}


def test_the_expulsion_of_a_compromised_member_counts_at_once_and_another_waits() -> None:
    names = ["alder", "beech", "cedar", "dogwood"]
    at_once = following(FIRST, Expel("elm", compromised=True), names)
    slowly = following(FIRST, Expel("elm"), names)
    held = [folders({"beech": {roster_path(2): one.document.content}}) for one in (at_once, slowly)]
    first, second = merge(CHAIN, held[0], NOW).chain, merge(CHAIN, held[1], LATER).chain

    assert "elm" not in {one.id for one in acting(first, NOW)}
    assert "elm" in {one.id for one in acting(second, LATER)}
    assert "elm" not in {one.id for one in acting(second, LATER + timedelta(days=7))}


def test_a_beginning_is_found_by_its_fingerprint_when_every_founder_signed() -> None:
    bare = FIRST.with_signatures({})
    held = said(bare, " ".join(NAMES))

    begun = begin(FIRST.digest, folders(held))
    assert begun is not None and begun.head.digest == FIRST.digest
    del held["elm"]
    assert begin(FIRST.digest, folders(held)) is None
    assert begin(digest_of_bytes(b"other"), folders(held)) is None


def test_files_that_cannot_be_read_are_noted_and_harm_nobody() -> None:
    second = proposed(JOIN)
    rubbish = dict.fromkeys(("governance/proposals/x.json", roster_path(2)), b"{")
    rubbish |= {"governance/approvals/x/y.json": b"[]", "governance/leave.json": b"\xff"}
    merged = merge(CHAIN, folders({"elm": rubbish}, said(second, "alder beech cedar fir")), LATER)

    assert merged.chain.head.digest == second.digest
    assert len(merged.facts.noted) == 4


def test_signatures_that_are_no_text_are_noted_and_harm_nobody() -> None:
    second = proposed(JOIN)
    key = Hand("alder").public.id
    rubbish = {}
    for number, odd in enumerate(([], {}, 5, None), start=2):
        held = json.loads(proposed(ChangeLeast(3), reason=f"{number}").document.content)
        held["signatures"] = [{"keyid": key, "sig": odd}]
        rubbish[f"governance/proposals/{number}.json"] = json.dumps(held).encode()
        rubbish[roster_path(number)] = json.dumps(held).encode()
    merged = merge(CHAIN, folders({"elm": rubbish}, said(second, "alder beech cedar fir")), LATER)

    assert merged.chain.head.digest == second.digest
    assert {one.code for one in merged.facts.noted} == {"roster.not-a-roster"}


def test_of_one_provider_one_document_is_read_for_each_number_however_many_it_lists() -> None:
    many = [proposed(ChangeLeast(3), reason=f"flood {number}") for number in range(2, 30)]
    flood = {roster_path(number): one.document.content for number, one in enumerate(many, start=2)}
    flood |= {
        f"seen/roster-2{letter}.json": one.document.content for letter, one in zip("abc", many, strict=False)
    }
    merged = merge(CHAIN, folders({"elm": flood}), LATER)

    assert list(merged.facts.proposed) == [many[0].digest]
    assert {one.values["field"] for one in merged.facts.noted} == {"version"}


def test_dates_at_the_end_of_time_are_no_dates_and_stop_nobody() -> None:
    never = NOW.replace(year=9999, month=12, day=31)
    second = proposed(JOIN)
    evil = proposed(ChangeLeast(4), when=never)
    held = folders(said(evil, "elm"), said(second, "alder beech cedar fir"))
    merged = merge(CHAIN, held, LATER)

    assert merged.chain.head.digest == second.digest
    assert [one.code for one in merged.facts.noted] == ["roster.wrong-field"]


def test_a_block_of_one_member_falls_however_it_is_dated() -> None:
    second = proposed(JOIN)
    vouched = said(second, "alder beech", "vouch", "known")
    for day, pending in ((10, True), (20, True), (22, False), (40, False), (5000, False)):
        late = NOW + timedelta(days=day)
        facts = collect(folders(vouched, said(second, "elm", "block", "no", late)), CHAIN)
        codes = {one.code for one in hindrances(CHAIN, second, facts, "alder", max(LATER, late))}
        assert ("roster.block-pending" in codes) == pending
        facts = collect(folders(vouched, said(second, "elm dogwood", "block", "no", late)), CHAIN)
        assert "roster.blocked" in {one.code for one in hindrances(CHAIN, second, facts, "alder", LATER)}


def test_the_same_history_is_the_same_roster_in_whatever_order_it_comes() -> None:
    second = proposed(JOIN)
    whole = signed(second, ["alder", "beech", "cedar", "fir"])
    third, fourth = proposed(ChangeLeast(2), whole, LATER), proposed(Expel("fir"), whole, LATER)
    parts = [
        said(second, "alder beech cedar fir"),
        said(third, "beech cedar dogwood elm"),
        said(fourth, "alder fir"),
    ]
    pieces = [
        {name: {path: held}} for part in parts for name, files in part.items() for path, held in files.items()
    ]
    end = LATER + timedelta(days=20)
    expected = merge(CHAIN, folders(*pieces), end).chain.head.digest
    assert expected == third.digest

    for seed in range(20):
        order = list(pieces)
        random.Random(seed).shuffle(order)
        chain, seen = CHAIN, []
        for piece in order:
            seen.append(piece)
            chain = merge(chain, folders(*seen), end).chain
        assert chain.head.digest == expected
