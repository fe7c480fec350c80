"""Who may read: every combination of any and all, open and strict, member or not, blocked or not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polder.commons.statement.access import (
    ANYBODY,
    NETWORK,
    PUBLIC,
    Circle,
    Circles,
    Reader,
    Rule,
    Scope,
    may_read,
    readers,
)
from polder.kernel.text import Text

NAMES = ("alder", "beech", "cedar", "dogwood", "elm")
IDS = ("alder/care", "beech/watch", "cedar/press")
NO_TEXT = Text({})


def circle(id_: str, members: tuple[str, ...], mode: str = "strict", blocked: tuple[str, ...] = ()) -> Circle:
    return Circle(id_, NO_TEXT, (id_.partition("/")[0],), members, blocked, mode)  # type: ignore[arg-type]


some = st.lists(st.sampled_from(NAMES), unique=True, max_size=4).map(tuple)
circles_ = st.builds(
    lambda held, network: Circles({one.id: one for one in held}, frozenset(network)),
    st.tuples(
        *(st.builds(circle, st.just(id_), some, st.sampled_from(("strict", "open")), some) for id_ in IDS)
    ),
    some,
)
scopes_ = st.one_of(
    st.just(Scope("public")),
    st.just(Scope("network")),
    st.sampled_from((*IDS, "elm/unknown")).map(lambda name: Scope("circle", (name,))),
    st.lists(st.sampled_from(NAMES), min_size=1, unique=True).map(
        lambda names: Scope("providers", tuple(names))
    ),
)
rules = st.builds(Rule, st.lists(scopes_, max_size=4).map(tuple), st.sampled_from(("any", "all")))
readers_ = st.builds(Reader, st.sampled_from(("", *NAMES)), st.sampled_from(("", "ana", "ben")))
blocks_ = st.frozensets(st.sampled_from((*NAMES, "beech/ana", "cedar/ben")), max_size=4)


@given(readers_, rules, circles_, blocks_, st.sampled_from((*NAMES, "beech/ana")))
def test_another_block_never_lets_anybody_in(
    reader: Reader, rule: Rule, circles: Circles, blocks: frozenset[str], more: str
) -> None:
    assert may_read(reader, rule, circles, blocks) >= may_read(reader, rule, circles, blocks | {more})


@given(readers_, rules, circles_, st.sampled_from(IDS), st.sampled_from((*NAMES, "beech/ana")))
def test_another_block_of_a_circle_never_lets_anybody_in(
    reader: Reader, rule: Rule, circles: Circles, name: str, more: str
) -> None:
    held = circles.known[name]
    tighter = replace(circles, known={**circles.known, name: replace(held, blocked=(*held.blocked, more))})
    assert may_read(reader, rule, circles) >= may_read(reader, rule, tighter)


@given(readers_, rules, circles_, blocks_)
def test_whoever_has_all_has_any(
    reader: Reader, rule: Rule, circles: Circles, blocks: frozenset[str]
) -> None:
    in_all = may_read(reader, replace(rule, mode="all"), circles, blocks)
    assert in_all <= may_read(reader, replace(rule, mode="any"), circles, blocks)


@given(readers_, rules, circles_, blocks_)
def test_who_is_blocked_reads_what_is_public_and_nothing_else_whatever_else_they_are(
    reader: Reader, rule: Rule, circles: Circles, blocks: frozenset[str]
) -> None:
    for name in reader.names:
        public = rule.scopes == PUBLIC.scopes
        assert may_read(reader, rule, circles, blocks | {name}, author=reader.provider) is public


@given(readers_, rules, circles_, scopes_)
def test_one_more_scope_lets_in_fewer_with_all_and_more_with_any_but_for_blocks(
    reader: Reader, rule: Rule, circles: Circles, scope: Scope
) -> None:
    free = replace(circles, known={name: replace(one, blocked=()) for name, one in circles.known.items()})
    wider = replace(rule, scopes=(*rule.scopes, scope))
    if rule.scopes:
        assert may_read(reader, replace(rule, mode="all"), free) >= may_read(
            reader, replace(wider, mode="all"), free
        )
    assert may_read(reader, replace(rule, mode="any"), free) <= may_read(
        reader, replace(wider, mode="any"), free
    )


@given(rules, circles_, blocks_)
def test_readers_are_exactly_those_who_may_read(rule: Rule, circles: Circles, blocks: frozenset[str]) -> None:
    assert readers(rule, circles, blocks, NAMES) == tuple(
        name for name in NAMES if may_read(Reader(name), rule, circles, blocks)
    )


@given(readers_, circles_)
def test_an_audience_without_scopes_is_nobody_with_any_and_with_all(reader: Reader, circles: Circles) -> None:
    assert not may_read(reader, Rule((), "any"), circles) and not may_read(reader, Rule((), "all"), circles)


@given(readers_, rules, circles_, blocks_, st.sampled_from(("", *NAMES)))
def test_who_may_read_is_a_matter_of_sets(
    reader: Reader, rule: Rule, circles: Circles, blocks: frozenset[str], author: str
) -> None:
    """The rule once more, as sets of names (``""``: somebody without one), with the author in and the blocked out at the end."""
    everybody = frozenset({"", *NAMES})
    allowed = [inside(scope, circles, everybody) for scope in rule.scopes]
    found = frozenset().union(*allowed) if rule.mode == "any" else everybody.intersection(*allowed)
    found = (found if allowed else frozenset()) | ({author} if author else set())
    named = {scope.names[0] for scope in rule.scopes if scope.kind == "circle"} & set(circles.known)
    out = blocks.union(*(circles.known[name].blocked for name in named))
    blocked = reader.provider in out or f"{reader.provider}/{reader.person}" in out
    blocked = blocked and rule.scopes != PUBLIC.scopes  # in clear anyway

    assert may_read(reader, rule, circles, blocks, author) == (reader.provider in found and not blocked)


def inside(scope: Scope, circles: Circles, everybody: frozenset[str]) -> frozenset[str]:
    if scope.kind == "circle":
        held = circles.known.get(scope.names[0])
        open_to_all = held is not None and held.mode == "open"
        return everybody if open_to_all else frozenset(held.members if held else ())
    return {"public": everybody, "network": circles.network}.get(scope.kind, frozenset(scope.names))


def test_the_network_is_its_members_and_who_is_named_is_who_is_named() -> None:
    circles = Circles({}, frozenset({"alder", "beech"}))
    for rule in (NETWORK, Rule((Scope("providers", ("alder", "beech")),))):
        assert readers(rule, circles, frozenset(), NAMES) == ("alder", "beech")
        assert not may_read(ANYBODY, rule, circles)


def test_who_said_something_may_read_it_and_nobody_else_for_that() -> None:
    nobody = Rule(())
    assert readers(nobody, Circles(), frozenset(), NAMES, author="elm") == ("elm",)
    assert may_read(Reader("elm", "ana"), nobody, Circles(), author="elm")
    assert not may_read(Reader("elm"), nobody, Circles(), frozenset({"elm"}), author="elm")


def test_no_list_of_names_means_somebody_without_one() -> None:
    circles = Circles({"alder/care": circle("alder/care", ("",), blocked=("", "/"))})
    assert not may_read(ANYBODY, Rule((CARE,)), circles)
    assert may_read(ANYBODY, Rule((CARE, Scope("public")), "any"), circles)


CARE, WATCH = Scope("circle", ("alder/care",)), Scope("circle", ("beech/watch",))


@pytest.mark.parametrize(
    ("in_care", "in_watch", "mode", "expected"),
    [
        (True, True, "all", True),
        (True, False, "all", False),
        (False, True, "all", False),
        (False, False, "all", False),
        (True, True, "any", True),
        (True, False, "any", True),
        (False, True, "any", True),
        (False, False, "any", False),
    ],
)
def test_two_strict_circles(in_care: bool, in_watch: bool, mode: str, expected: bool) -> None:
    circles = Circles(
        {
            "alder/care": circle("alder/care", ("elm",) if in_care else ()),
            "beech/watch": circle("beech/watch", ("elm",) if in_watch else ()),
        }
    )
    assert may_read(Reader("elm"), Rule((CARE, WATCH), mode), circles) is expected  # type: ignore[arg-type]
    assert not may_read(ANYBODY, Rule((CARE, WATCH), mode), circles)  # type: ignore[arg-type]


def test_everybody_belongs_to_an_open_circle_even_without_a_name() -> None:
    circles = Circles(
        {"alder/care": circle("alder/care", (), "open"), "beech/watch": circle("beech/watch", ("elm",))}
    )
    assert may_read(ANYBODY, Rule((CARE,)), circles)
    assert not may_read(ANYBODY, Rule((CARE, WATCH), "all"), circles)
    assert may_read(Reader("elm"), Rule((CARE, WATCH), "all"), circles)


def test_a_block_of_one_circle_holds_although_another_would_let_in() -> None:
    circles = Circles(
        {
            "alder/care": circle("alder/care", ("elm",), blocked=("elm",)),
            "beech/watch": circle("beech/watch", ("elm",)),
        }
    )
    assert not may_read(Reader("elm"), Rule((CARE, WATCH), "any"), circles)
    assert may_read(Reader("elm"), Rule((WATCH,)), circles)


def test_a_person_is_blocked_and_their_provider_is_not() -> None:
    circles = Circles({"alder/care": circle("alder/care", ("elm",), blocked=("elm/ana",))})
    assert may_read(Reader("elm"), Rule((CARE,)), circles) and may_read(
        Reader("elm", "ben"), Rule((CARE,)), circles
    )
    assert not may_read(Reader("elm", "ana"), Rule((CARE,)), circles)


def test_a_provider_is_blocked_and_so_are_its_people() -> None:
    circles = Circles(network=frozenset({"elm"}))
    assert may_read(Reader("elm", "ana"), NETWORK, circles)
    assert not may_read(Reader("elm", "ana"), NETWORK, circles, frozenset({"elm"}))


def test_a_circle_that_ended_or_that_nobody_knows_lets_nobody_in() -> None:
    ended = replace(circle("alder/care", ("elm",), "open"), ended=True)
    assert not may_read(Reader("elm"), Rule((CARE,)), Circles({"alder/care": ended}))
    assert not may_read(Reader("elm"), Rule((CARE,)), Circles())
