"""One member fewer than must sign, all of them liars with strangers' keys at hand: whatever they publish, nobody's roster changes."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from polder.commons.roster.approval import approval_path, approve, proposal_path, roster_path, write_approval
from polder.commons.roster.chain import Chain
from polder.commons.roster.changes import Change, ChangeLeast, Expel, Join
from polder.commons.roster.document import Edition
from polder.commons.roster.merge import merge
from polder.commons.roster.propose import propose
from polder.kernel.digest import digest_of_bytes
from polder.kernel.problem import Refused
from polder.kernel.published import Published
from support.rosters import NOW, Hand, beginning, introduction, signed

MEMBERS = ("alder", "beech", "cedar", "dogwood", "elm", "fir", "gorse")
STRANGERS = ("sham-1", "sham-2", "sham-3")
LATER = NOW + timedelta(days=400)


def published(files: dict[str, dict[str, bytes]]) -> dict[str, Published]:
    return {
        name: Published(name, digest_of_bytes(f"root of {name}".encode()), {}, LATER, LATER, held, "")
        for name, held in files.items()
    }


def carried(edition: Edition, liars: tuple[str, ...]) -> dict[str, bytes]:
    """The version as a proposal, as if it were merged, and with every approval that they can make."""
    files = {
        proposal_path(edition.digest): edition.document.content,
        roster_path(edition.version): edition.document.content,
    }
    for name in (*liars, *STRANGERS):
        one = approve(edition, "sign", Hand(name), "", NOW)
        files[approval_path(edition.digest, Hand(name).public)] = write_approval(one)
    return files


def takeover(first: Edition, changes: list[Change], liars: tuple[str, ...]) -> list[Edition]:
    """One version on the other, each signed by the liars and the strangers whom they let in."""
    made: list[Edition] = []
    for change in changes:
        try:
            edition = propose(made[-1] if made else first, change, "", NOW)
        except Refused:
            continue
        made.append(signed(edition, (*liars, *STRANGERS)))
    return made


@st.composite
def plots(draw: st.DrawFn) -> tuple[tuple[str, ...], tuple[str, ...], list[Change]]:
    members = MEMBERS[: draw(st.integers(3, 7))]
    liars = tuple(draw(st.permutations(members))[: len(members) // 2])
    victims = [name for name in members if name not in liars]
    steps: list[Change] = [Join(introduction(name)) for name in STRANGERS]
    steps += [Expel(name, compromised=draw(st.booleans())) for name in victims] + [ChangeLeast(1)]
    return members, liars, draw(st.permutations(steps))


@settings(max_examples=60, deadline=None)
@given(plots())
def test_one_fewer_than_must_sign_change_nothing(
    plot: tuple[tuple[str, ...], tuple[str, ...], list[Change]],
) -> None:
    members, liars, steps = plot
    first = beginning(*members)
    assert len(liars) == first.roster.threshold - 1
    made = takeover(first, steps, liars)
    assert made
    files = {path: content for edition in made for path, content in carried(edition, liars).items()}

    merged = merge(Chain((first,)), published(dict.fromkeys(liars, files)), LATER)

    assert merged.chain.head.digest == first.digest and not merged.rivals


@settings(max_examples=30, deadline=None)
@given(plots(), st.data())
def test_one_more_is_enough(
    plot: tuple[tuple[str, ...], tuple[str, ...], list[Change]], data: st.DataObject
) -> None:
    members, liars, _ = plot
    first = beginning(*members)
    other = data.draw(st.sampled_from([name for name in members if name not in liars]))
    who = (*liars, other)
    made = takeover(first, [Join(introduction(STRANGERS[0]))], who)
    files = {path: content for edition in made for path, content in carried(edition, who).items()}

    merged = merge(Chain((first,)), published(dict.fromkeys(who, files)), LATER)

    assert merged.chain.head.version == 2
