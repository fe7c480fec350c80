"""The next version of the roster: a pure function of the one before, the change, and when it is proposed.

Whoever computes it gets the same bytes, so a document can be held against the change that it names: a proposal that does
anything besides is refused before anybody signs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NoReturn, assert_never

from polder.commons.roster.approval import Approval
from polder.commons.roster.changes import (
    Change,
    ChangeLeast,
    ChangeMember,
    ChangeRules,
    Dormant,
    Expel,
    Found,
    Join,
    Leave,
    ReplaceKey,
    Wake,
)
from polder.commons.roster.document import Edition, standing_problems, write_edition
from polder.commons.roster.duties import duties
from polder.commons.roster.model import Member, Roster, Rules
from polder.commons.roster.own_word import Introduction, OwnWord, introduction_is_own, word_is_own
from polder.commons.roster.presets import demand, threshold
from polder.kernel.digest import Digest
from polder.kernel.problem import Problem, Refused, Value

FRESH = timedelta(days=60)
"""How old a member's own word may be when it is proposed, so that nobody digs out one from years ago."""
UNKNOWN = Digest("")


def found(
    founders: Sequence[Introduction], rules: Rules, network: str, reason: str, now: datetime, after: str = ""
) -> Edition:
    """The first version, of its founders. ``after``: fingerprint of a network whose members begin anew.

    Problems: ``roster.already-member``, ``roster.not-its-own-word``, and those of every version.
    """
    now = now.replace(microsecond=0)
    members: dict[str, Member] = {}
    for one in sorted(founders, key=lambda founder: founder.id):
        if one.id in members:
            _refuse("roster.already-member", member=one.id)
        _check_own(introduction_is_own(one), one.id)
        members[one.id] = replace(one.member(), since=now, effective=now)
    first = Roster(
        1, _with_duties(members), threshold(len(members), len(members), rules.least), rules, UNKNOWN
    )
    first = replace(first, network=network, proposed=now)
    return _checked(
        write_edition(first, Found(tuple(sorted(founders, key=lambda one: one.id)), after), reason)
    )


def propose(
    old: Edition, change: Change, reason: str, now: datetime, instead: tuple[Approval, ...] = ()
) -> Edition:
    """The version after ``old`` in which ``change`` happened, not signed yet. ``instead``: refusals of dead proposals for the same number.

    Problems: ``roster.already-member``, ``roster.no-such-member``, ``roster.other-key``, ``roster.same-key``,
    ``roster.not-its-own-word``, ``roster.old-word``, ``roster.is-dormant``, ``roster.not-dormant``, ``roster.too-few-left``.
    """
    now = now.replace(microsecond=0)
    roster = old.roster
    rules = _rules(roster, change)
    members = _with_duties(_members(roster, change, now))
    active = sum(one.state == "active" for one in members.values())
    k = threshold(active, len(members), rules.least)
    if k > active:
        _refuse("roster.too-few-left", active=active, wanted=k)
    made = Roster(roster.version + 1, members, k, rules, roster.first, old.digest, roster.network, now)
    return _checked(write_edition(made, change, reason, instead))


def _rules(roster: Roster, change: Change) -> Rules:
    match change:
        case ChangeLeast(least):
            return replace(roster.rules, least=least)
        case ChangeRules(rules):
            return rules
        case _:
            return roster.rules


def _members(roster: Roster, change: Change, now: datetime) -> dict[str, Member]:
    members = dict(roster.members)
    match change:
        case Join(one):
            if one.id in members:
                _refuse("roster.already-member", member=one.id)
            _check_own(introduction_is_own(one), one.id)
            _check_fresh(one.date, now, one.id)
            needed = demand(roster, change)
            members[one.id] = replace(one.member(), since=now, effective=now + needed.open + needed.waiting)
        case ChangeMember(one):
            before = _member(members, one.id)
            if one.key != before.key:
                _refuse("roster.other-key", member=one.id)
            members[one.id] = _entry(before, one, now)
        case ReplaceKey(one):
            members[one.id] = _entry(_member(members, one.id), one, now)
        case Leave(word):
            _check_word(roster, word, "leave", now)
            del members[word.member]
        case Expel(member):
            _member(members, member)
            del members[member]
        case Dormant(member):
            if _member(members, member).state == "dormant":
                _refuse("roster.is-dormant", member=member)
            members[member] = replace(members[member], state="dormant")
        case Wake(word):
            _check_word(roster, word, "wake", now)
            if members[word.member].state == "active":
                _refuse("roster.not-dormant", member=word.member)
            members[word.member] = replace(members[word.member], state="active")
        case ChangeLeast() | ChangeRules():
            pass
        case Found():
            _refuse("roster.begins-once")
        case _:
            assert_never(change)
    return members


def _entry(before: Member, one: Introduction, now: datetime) -> Member:
    _check_own(introduction_is_own(one), one.id)
    _check_fresh(one.date, now, one.id)
    made = one.member()
    return replace(made, state=before.state, since=before.since, effective=before.effective)


def _check_word(roster: Roster, word: OwnWord, say: str, now: datetime) -> None:
    member = _member(roster.members, word.member)
    right = word.say == say and word.network == roster.first and word_is_own(word, member.key)
    _check_own(right, word.member)
    _check_fresh(word.date, now, word.member)


def _check_own(right: bool, member: str) -> None:
    if not right:
        _refuse("roster.not-its-own-word", member)


def _check_fresh(date: datetime, now: datetime, member: str) -> None:
    if not -FRESH <= now - date <= FRESH:
        _refuse("roster.old-word", member, days=FRESH.days)


def _with_duties(members: Mapping[str, Member]) -> dict[str, Member]:
    mirrored = duties(members)
    return {name: replace(one, mirrors=mirrored[name]) for name, one in members.items()}


def _member(members: Mapping[str, Member], name: str) -> Member:
    if name not in members:
        _refuse("roster.no-such-member", member=name)
    return members[name]


def _checked(edition: Edition) -> Edition:
    if problems := standing_problems(edition):
        raise Refused(problems)
    return edition


def _refuse(code: str, where: str = "", **values: Value) -> NoReturn:
    raise Refused(Problem(code, where, values))
