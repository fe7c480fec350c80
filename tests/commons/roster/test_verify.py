"""A version follows another only by the rules, each of which has a problem of its own."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from polder.commons.roster.approval import Approval, approve, plain_approval
from polder.commons.roster.changes import ChangeLeast, ChangeRules, Expel, Join, Leave, ReplaceKey
from polder.commons.roster.document import Edition, read_edition, write_edition
from polder.commons.roster.own_word import signed_part
from polder.commons.roster.presets import PRESETS
from polder.commons.roster.propose import found, propose
from polder.commons.roster.verify import verify, verify_first
from polder.commons.trust import tuf
from polder.kernel.problem import Refused
from support.rosters import NOW, Hand, beginning, following, introduction, own_word, signed

FIRST = beginning()
JOIN = Join(introduction("fir"))


def codes(call: Callable[..., Any], *given: Any) -> list[str]:
    with pytest.raises(Refused) as caught:
        call(*given)
    return sorted(problem.code for problem in caught.value.problems)


def forged(
    edition: Edition, edit: Callable[[dict[str, Any]], None], names: str = "alder beech cedar dogwood elm"
) -> bytes:
    """The document with its signed part edited, and signed again by ``names``."""
    data = json.loads(edition.document.content)
    edit(data["signed"])
    document = tuf.read(tuf.Root, json.dumps(data).encode())
    return tuf.sign(document.signed, [Hand(name) for name in names.split()]).content


def test_a_newcomer_comes_in_with_three_of_five() -> None:
    second = following(FIRST, JOIN, ["alder", "beech", "cedar", "fir"])

    verify(FIRST, read_edition(second.document.content))

    assert sorted(second.roster.members) == ["alder", "beech", "cedar", "dogwood", "elm", "fir"]
    assert second.roster.threshold == 4


def test_two_of_five_change_nothing() -> None:
    second = following(FIRST, JOIN, ["alder", "beech", "fir"])

    assert codes(verify, FIRST, second) == ["roster.too-few-new", "roster.too-few-old"]


def test_the_new_threshold_counts_too() -> None:
    second = following(FIRST, JOIN, ["alder", "beech", "cedar"])

    assert codes(verify, FIRST, second) == ["roster.too-few-new"]


def test_signatures_of_strangers_and_over_other_words_count_nothing() -> None:
    second = following(FIRST, JOIN, ["alder", "beech", "stranger", "fir"])
    borrowed = second.signed_with({Hand("cedar").public.id: Hand("cedar").sign(b"else").hex()})

    assert codes(verify, FIRST, borrowed) == ["roster.too-few-new", "roster.too-few-old"]


def test_the_same_key_under_two_ids_is_refused() -> None:
    def edit(data: dict[str, Any]) -> None:
        one = Hand("alder").public.id
        data["keys"]["ab" * 32] = data["keys"][one]
        data["roles"]["root"]["keyids"].append("ab" * 32)

    data = json.loads(FIRST.document.content)
    edit(data["signed"])

    assert codes(read_edition, json.dumps(data).encode()) == ["roster.key-twice"]


def test_two_members_with_the_same_key_are_refused() -> None:
    founders = [introduction("alder"), introduction("beech", signer=Hand("alder"))]

    assert codes(found, founders, PRESETS["polder"], "", "", NOW) == ["roster.same-key"]
    assert codes(propose, FIRST, Join(introduction("fir", signer=Hand("elm"))), "", NOW) == [
        "roster.same-key"
    ]


def test_a_key_of_no_member_may_not_sign() -> None:
    def edit(data: dict[str, Any]) -> None:
        one = Hand("second-key-of-elm").public
        data["keys"][one.id] = {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": one.hex}}
        data["roles"]["root"]["keyids"].append(one.id)

    assert codes(read_edition, forged(FIRST, edit)) == ["roster.one-key-each"]


def test_a_third_version_built_on_a_rival_second_is_refused() -> None:
    ours = following(FIRST, JOIN, ["alder", "beech", "cedar", "fir"])
    rival = following(FIRST, Join(introduction("gum")), ["cedar", "dogwood", "elm", "gum"])
    third = following(rival, ChangeLeast(4), ["alder", "beech", "cedar", "dogwood"])

    assert codes(verify, ours, third) == ["roster.not-linked"]


def test_a_threshold_of_half_is_refused() -> None:
    def edit(data: dict[str, Any]) -> None:
        data["roles"]["root"]["threshold"] = 2

    assert codes(read_edition, forged(FIRST, edit)) == ["roster.threshold-low"]


def test_a_version_is_left_out_or_repeated() -> None:
    second = following(FIRST, JOIN, ["alder", "beech", "cedar", "fir"])
    third = following(second, ChangeLeast(4), ["alder", "beech", "cedar", "fir"])

    assert codes(verify, FIRST, third) == ["roster.not-linked", "roster.not-next"]
    assert codes(verify, second, second) == ["roster.not-linked", "roster.not-next"]


def test_only_one_kind_of_key_counts() -> None:
    def edit(data: dict[str, Any]) -> None:
        next(iter(data["keys"].values())).update(keytype="rsa", scheme="rsassa-pss-sha256")

    data = json.loads(FIRST.document.content)
    edit(data["signed"])

    assert codes(read_edition, json.dumps(data).encode()) == ["roster.key-kind"]


def test_two_hundred_members_at_most() -> None:
    many = beginning(*(f"m{number}" for number in range(200)))
    change = Join(introduction("one-more"))

    assert many.roster.threshold == 101
    assert codes(propose, many, change, "", NOW) == ["roster.too-many"]


def test_more_bytes_than_the_limit_are_not_even_parsed() -> None:
    assert codes(read_edition, b" " * 512_001) == ["roster.too-big"]


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"\xff", b'{"signed": {"_type": "root"}}', b"[" * 100_000]
)
def test_what_is_no_roster_is_a_problem(content: bytes) -> None:
    assert codes(read_edition, content) == ["roster.not-a-roster"]


def test_a_document_that_does_more_than_its_change_is_refused() -> None:
    honest = propose(FIRST, JOIN, "", NOW)
    without = {name: one for name, one in honest.roster.members.items() if name != "elm"}
    sly = write_edition(replace(honest.roster, members=without), JOIN, "")

    assert "roster.not-its-change" in codes(verify, FIRST, signed(sly, ["alder", "beech", "cedar", "fir"]))


@pytest.mark.parametrize("field", ["members.fir.more", "rules.more", "change.more", "more", "members.Fir"])
def test_fields_that_nobody_knows_are_refused(field: str) -> None:
    def edit(data: dict[str, Any]) -> None:
        *parts, last = field.split(".")
        place = data["polder-roster"]
        for part in parts:
            place = place[part]
        place[last] = "x"

    second = following(FIRST, JOIN, ["alder", "beech", "cedar", "fir"])

    assert "roster.wrong-field" in codes(read_edition, forged(second, edit))


def test_a_beginning_needs_every_founder() -> None:
    edition = found([introduction("alder"), introduction("beech")], PRESETS["polder"], "", "", NOW)

    verify_first(signed(edition, ["alder", "beech"]))
    assert codes(verify_first, signed(edition, ["alder"])) == ["roster.founders-missing"]
    assert codes(verify_first, following(FIRST, JOIN, ["alder"])) == ["roster.not-a-beginning"]


def test_a_beginning_that_says_something_else_than_its_founders_is_refused() -> None:
    edition = found([introduction("alder"), introduction("beech")], PRESETS["polder"], "", "", NOW)
    sly = write_edition(replace(edition.roster, threshold=1), edition.change, "")

    assert "roster.not-its-change" in codes(verify_first, signed(sly, ["alder", "beech"]))


def test_a_proposal_from_before_the_last_version_is_refused_so_nobody_shortens_the_time_for_objections() -> (
    None
):
    second = following(FIRST, JOIN, ["alder", "beech", "cedar", "fir"])
    third = following(second, Expel("elm"), ["alder", "beech", "cedar", "fir"], NOW - timedelta(seconds=1))

    assert codes(verify, second, third) == ["roster.proposed-earlier"]


def block(one: Approval) -> Approval:
    return approve(DEAD, "block", Hand(NAMES_OF[one.key]), "No.", NOW)


def for_another_number(one: Approval) -> Approval:
    told = replace(one, version=3)
    hand = Hand(NAMES_OF[one.key])
    return replace(told, signature=hand.sign(signed_part(plain_approval(told))).hex())


def by_nobody(one: Approval) -> Approval:
    return replace(one, signature="00" * 64)


DEAD = propose(FIRST, ChangeLeast(4), "", NOW)
NAMES_OF = {Hand(name).public: name for name in FIRST.roster.members}


@pytest.mark.parametrize("spoilt", [block, for_another_number, by_nobody])
def test_what_is_no_refusal_for_good_of_that_proposal_makes_it_not_dead(
    spoilt: Callable[[Approval], Approval],
) -> None:
    said = [approve(DEAD, "refuse", Hand(name), "No.", NOW) for name in ("cedar", "dogwood", "elm")]
    signers = ["alder", "beech", "cedar"]
    verify(FIRST, signed(propose(FIRST, ChangeLeast(2), "", NOW, tuple(said)), signers))

    said[0] = spoilt(said[0])
    another = signed(propose(FIRST, ChangeLeast(2), "", NOW, tuple(said)), signers)

    assert codes(verify, FIRST, another) == ["roster.not-dead"]


def test_the_digest_is_the_same_whoever_signed() -> None:
    edition = propose(FIRST, JOIN, "", NOW)

    assert signed(edition, ["alder"]).digest == signed(edition, ["beech", "cedar"]).digest == edition.digest


def test_a_member_is_expelled_without_a_vote_of_its_own() -> None:
    change = Expel("elm")

    verify(FIRST, following(FIRST, change, ["alder", "beech", "cedar", "dogwood"]))
    assert codes(verify, FIRST, following(FIRST, change, ["alder", "beech", "cedar", "elm"])) == [
        "roster.too-few-without"
    ]


def test_a_stolen_key_is_replaced_by_the_others() -> None:
    change = ReplaceKey(introduction("elm", signer=Hand("new key of elm")))
    second = following(FIRST, change, ["alder", "beech", "cedar"])
    verify(FIRST, second)

    by_the_thief = following(second, Expel("alder"), ["elm", "beech", "cedar", "dogwood"])

    assert codes(verify, second, by_the_thief) == ["roster.too-few-without"]


def test_a_member_leaves_by_its_own_word_only() -> None:
    word = own_word("leave", "elm", FIRST.digest)
    verify(FIRST, following(FIRST, Leave(word), ["elm", "alder", "beech", "cedar"]))

    assert codes(propose, FIRST, Leave(replace(word, member="alder")), "", NOW) == ["roster.not-its-own-word"]
    assert codes(
        propose, FIRST, Leave(own_word("leave", "elm", FIRST.digest, NOW - timedelta(61))), "", NOW
    ) == ["roster.old-word"]
    elsewhere = beginning("alder", "elm")
    assert codes(propose, FIRST, Leave(own_word("leave", "elm", elsewhere.digest)), "", NOW) == [
        "roster.not-its-own-word"
    ]


def test_an_introduction_from_long_ago_lets_nobody_in() -> None:
    propose(FIRST, Join(introduction("fir", NOW - timedelta(60))), "", NOW)
    old = Join(introduction("fir", NOW - timedelta(61)))

    assert codes(propose, FIRST, old, "", NOW) == ["roster.old-word"]


def test_the_last_member_cannot_leave() -> None:
    alone = beginning("alder")

    assert codes(propose, alone, Leave(own_word("leave", "alder", alone.digest)), "", NOW) == [
        "roster.too-few-left"
    ]


@pytest.mark.parametrize(("names", "threshold"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (7, 4)])
def test_small_networks_begin(names: int, threshold: int) -> None:
    first = beginning(*(f"m{number}" for number in range(names)))

    verify_first(read_edition(first.document.content))

    assert first.roster.threshold == threshold


def test_rules_change_by_the_rules_before() -> None:
    ladder = beginning(rules=PRESETS["ladder"])
    second = following(
        ladder, ChangeRules(replace(PRESETS["vouches"], waiting=3)), ["alder", "beech", "cedar"]
    )

    verify(ladder, second)

    assert (second.roster.preset, second.roster.rules.waiting) == ("vouches", 3)
