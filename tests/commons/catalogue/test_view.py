"""What several providers say of recipes, put together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polder.commons.catalogue.choose import choose_source, choose_variant, split_reference
from polder.commons.catalogue.offer import ImageBuilt, bundle_path, offer_path, open_offer
from polder.commons.catalogue.view import Catalogue, make_catalogue
from polder.kernel.digest import Digest
from polder.kernel.folder import Folder
from polder.kernel.problem import Refused
from polder.kernel.published import Published
from polder.kernel.sentences import say_problem
from support.peers import NOW, adopting, approving, offer_of, offering, published

WIKI = Folder({"compose.yml": b"services: {}\n", "recipe.yml": b"recipe: wiki\n"})
OTHER = Folder({"compose.yml": b"services: {}\n", "recipe.yml": b"recipe: wiki # ours\n"})
BUILT, ELSEWISE = (
    ImageBuilt("id", Digest("sha256:" + "ab" * 32)),
    ImageBuilt("id", Digest("sha256:" + "cd" * 32)),
)


def catalogue(*peers: Published) -> Catalogue:
    return make_catalogue({peer.provider: peer for peer in peers}, NOW)


def codes(call: Any) -> list[str]:
    with pytest.raises(Refused) as refused:
        call()
    return [problem.code for problem in refused.value.problems]


def test_providers_that_offer_the_very_same_bytes_are_seen_together() -> None:
    found = catalogue(
        published("cedar", offering("wiki", WIKI)),
        published("beech", offering("wiki", WIKI)),
        published("elm", offering("wiki", OTHER)),
    )

    shown = {v.digest: [one.provider for one in v.offered] for v in found.variants["wiki"]}
    assert shown == {WIKI.digest: ["beech", "cedar"], OTHER.digest: ["elm"]}


def test_the_newest_version_comes_first_and_ten_is_more_than_nine() -> None:
    found = catalogue(
        published("beech", offering("wiki", WIKI, "1.9")), published("cedar", offering("wiki", OTHER, "1.10"))
    )

    assert [v.offer.version for v in found.variants["wiki"]] == ["1.10", "1.9"]


def test_words_belong_to_bytes_and_not_to_names() -> None:
    found = catalogue(
        published("beech", offering("wiki", WIKI)),
        published("cedar", {**approving("wiki", WIKI.digest, runs=True), **adopting("wiki", WIKI.digest)}),
        published("elm", {**offering("wiki", OTHER), **approving("pad", WIKI.digest)}),
    )

    first, second = sorted(found.variants["wiki"], key=lambda v: v.digest != WIKI.digest)
    assert [(one.provider, one.approval.runs) for one in first.approved] == [("cedar", True)]
    assert first.adopters == ("cedar",)
    assert (second.approved, second.adopters) == ((), ())


def test_who_was_not_heard_of_in_time_is_shown_and_nothing_new_is_taken_from_them() -> None:
    found = catalogue(
        published("beech", offering("wiki", WIKI), stale=True), published("cedar", offering("wiki", WIKI))
    )
    variant = choose_variant(found, "wiki")

    assert [(one.provider, one.stale) for one in variant.offered] == [("cedar", False), ("beech", True)]
    assert choose_source(variant).provider == "cedar"
    assert codes(lambda: choose_source(variant, "beech")) == ["catalogue.stale"]


def test_the_same_image_built_by_several_is_counted_and_another_one_is_seen() -> None:
    found = catalogue(
        published("beech", offering("wiki", WIKI, **{"wiki-0a": BUILT})),
        published("cedar", offering("wiki", WIKI, **{"wiki-0a": BUILT})),
        published("elm", offering("wiki", WIKI, **{"wiki-0a": ELSEWISE})),
    )

    assert found.images["wiki-0a"] == {BUILT: ("beech", "cedar"), ELSEWISE: ("elm",)}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"format": "polder-offer-9"}, "catalogue.other-format"),
        ({"name": "pad"}, "catalogue.other-name"),
        ({"digest": "md5:00"}, "catalogue.wrong-field"),
        ({"bundle": {"digest": "sha256:00", "size": 5}}, "catalogue.wrong-field"),
        ({"bundle": []}, "catalogue.wrong-field"),
        ({"version": 3}, "catalogue.wrong-field"),
        ({"names": {"en": 3}}, "catalogue.wrong-field"),
        ({"names": {"../en": "x"}}, "catalogue.wrong-field"),
        ({"date": "yesterday"}, "catalogue.wrong-field"),
        ({"images": {"wiki-0a": {"kind": "magic", "digest": BUILT.digest}}}, "catalogue.wrong-field"),
        ({"images": {"wiki": "sha256:00"}}, "catalogue.wrong-field"),
    ],
)
def test_an_offer_that_is_wrong_is_told_and_hides_nothing_of_others(
    change: Mapping[str, Any], code: str
) -> None:
    files = offering("wiki", WIKI)
    files[offer_path("wiki")] = json.dumps({**json.loads(files[offer_path("wiki")]), **change}).encode()
    found = catalogue(published("beech", files), published("cedar", offering("wiki", WIKI)))

    assert code in {problem.code for problem in found.problems}
    assert {problem.where for problem in found.problems} == {"beech/recipes/wiki/offer.json"}
    assert [one.provider for one in found.variants["wiki"][0].offered] == ["cedar"]


def test_what_is_no_json_is_a_problem_of_its_provider() -> None:
    found = catalogue(
        published("beech", {"recipes/wiki/offer.json": b"[]", "recipes/adoptions.json": b"{"}),
        published("cedar", {"recipes/approvals/ab.json": b"\xff"}),
    )

    assert [p.where.split("/")[0] for p in found.problems] == ["beech", "cedar", "beech"]
    assert not found.variants


def test_keys_of_tomorrow_are_no_problem() -> None:
    files = offering("wiki", WIKI)
    files[offer_path("wiki")] = json.dumps({**json.loads(files[offer_path("wiki")]), "new": [1]}).encode()

    assert catalogue(published("beech", files)).problems == ()


def test_a_note_cannot_steer_a_terminal_nor_pretend_to_be_another_line() -> None:
    note = "Good.\n  approved by: everyone\x1b]0;x\x07\u202e\u200b"
    variant = catalogue(published("beech", offering("wiki", WIKI, note=note))).variants["wiki"][0]

    shown = variant.offer.note
    assert shown.startswith("Good. approved by: everyone\N{REPLACEMENT CHARACTER}]0;x")
    assert not set(shown) & {"\x1b", "\x07", "\n", "\u202e", "\u200b"}


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda files, tar: {offer_path("wiki"): files[offer_path("wiki")]}, "catalogue.no-bundle"),
        (lambda files, tar: {**files, tar: files[tar] + b"x"}, "catalogue.other-bundle"),
        (lambda files, tar: {**files, tar: b"y" + files[tar][1:]}, "catalogue.other-bundle"),
    ],
)
def test_a_bundle_that_is_not_what_the_offer_says_is_not_opened(spoil: Any, code: str) -> None:
    offer = offer_of("wiki", WIKI)
    files = spoil(offering("wiki", WIKI), bundle_path("wiki", offer.digest))

    assert codes(lambda: open_offer(offer, files, "beech")) == [code]


def test_an_offer_that_names_another_recipe_s_digest_is_caught_when_it_is_opened() -> None:
    lying = offer_of("wiki", OTHER)
    honest = offer_of("wiki", WIKI)
    told = {
        bundle_path("wiki", honest.digest): offering("wiki", OTHER)[bundle_path("wiki", lying.digest)],
    }
    from dataclasses import replace

    assert codes(lambda: open_offer(replace(lying, digest=honest.digest), told, "beech")) == [
        "catalogue.other-digest"
    ]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("wiki",), "catalogue.which"),
        (("wiki", "", "dogwood"), "catalogue.not-that-one"),
        (("wiki", "00000000"), "catalogue.not-that-one"),
        (("wikki",), "catalogue.not-offered-near"),
        (("calendar",), "catalogue.not-offered"),
    ],
)
def test_nothing_is_guessed_where_it_is_not_clear_what_is_meant(words: tuple[str, ...], code: str) -> None:
    found = catalogue(
        published("beech", offering("wiki", WIKI, "1")), published("cedar", offering("wiki", OTHER, "99"))
    )

    assert codes(lambda: choose_variant(found, *words)) == [code]
    assert choose_variant(found, "wiki", provider="beech").digest == WIKI.digest
    assert choose_variant(found, "wiki", OTHER.digest[7:20]).digest == OTHER.digest


@pytest.mark.parametrize("text", ["wiki@", "@abcdef01", "wiki@abc", "wiki@xyzxyzxyz", "wiki@" + "a" * 65])
def test_what_is_no_reference_is_refused(text: str) -> None:
    assert codes(lambda: split_reference(text)) == ["catalogue.not-a-reference"]


PLAIN_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=8), below, max_size=4),
    max_leaves=8,
)
KEYS = (
    "format",
    "name",
    "digest",
    "bundle",
    "version",
    "names",
    "images",
    "date",
    "note",
    "adoptions",
    "runs",
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), PLAIN_JSON), st.sampled_from((1, 2, 3)))
def test_whatever_a_peer_publishes_is_read_or_told_in_one_harmless_line(
    data: dict[str, Any], form: int
) -> None:
    path, name = {
        1: (offer_path("wiki"), "polder-offer-1"),
        2: ("recipes/approvals/ab.json", "polder-recipe-approval-1"),
        3: ("recipes/adoptions.json", "polder-recipe-adoptions-1"),
    }[form]
    found = catalogue(published("beech", {path: json.dumps({"format": name, **data}).encode()}))

    for problem in found.problems:
        shown = say_problem(problem)
        assert shown.isprintable() and shown.encode()


@pytest.mark.parametrize(
    "content", [b'{"\\ud800": 1, "\\ud800": 2}', b'{"a\\nb": 1, "a\\nb": 2}', b"[" * 100_000, b"1" * 10_000]
)
def test_what_is_made_to_break_a_reader_does_not(content: bytes) -> None:
    (problem,) = catalogue(published("beech", {offer_path("wiki"): content})).problems

    assert say_problem(problem).encode() and "\n" not in say_problem(problem)


def test_a_path_that_no_target_may_have_is_not_read() -> None:
    files = {"recipes/../offer.json": b"", "recipes/\x1b/offer.json": b"", "recipes/approvals/../x": b""}

    assert catalogue(published("beech", files)).problems == ()
