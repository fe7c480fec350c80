"""The roster in words and as data: members, proposals, what is different, news."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from polder.cli.door import DECLINED, confirm, language
from polder.cli.lines import print_lines
from polder.cli.table import table_lines
from polder.kernel.problem import Problem
from polder.kernel.sentences import hint, say, translate
from polder.kernel.sentences.mark import N_

if TYPE_CHECKING:
    from datetime import datetime

    from polder.actions.roster_proposals import Draft
    from polder.commons.roster.document import Edition
    from polder.commons.roster.model import Member, Roster
    from polder.kernel.secret import Secret

HEADERS = (N_("member"), N_("name"), N_("state"), N_("since"), N_("publishes at"), N_("mirrors"))
STATES = {"active": N_("active"), "dormant": N_("dormant")}
FROM, LEFT = N_("active from {day}"), N_("left on {day}")
PASSPHRASE = N_("Passphrase of the key “{name}”")
GOOD, BAD = ("roster.diff-joined",), ("roster.diff-gone", "roster.diff-key", "roster.diff-of-root")


def ask_passphrase(name: str) -> Secret:
    """What opens the key ``name``, typed unseen."""
    from polder.kernel.secret import Secret

    words = translate(PASSPHRASE, language()).format(name=name)
    return Secret(click.prompt(words, hide_input=True, err=True))


def insist(question: str, expected: str, yes: bool) -> None:
    """Ask for ``expected`` to be typed; anything else ends the command, and says that nothing was written."""
    if not confirm(question, expected, yes):
        click.echo(say("site.nothing-written", {}, language()), err=True)
        raise SystemExit(DECLINED)


def tell(code: str, **values: str | int | tuple[str, ...]) -> None:
    """One sentence on standard output."""
    print_lines([(say(code, values, language()), "")])


def tell_below(code: str, **values: str | int | tuple[str, ...]) -> None:
    """One sentence that belongs to the one above."""
    print_lines([("  " + say(code, values, language()), "")])


def tell_all(problems: Iterable[Problem], indent: str = "") -> None:
    """Sentences with their hints, one below the other."""
    words = language()
    for one in problems:
        style = "green" if one.code in GOOD else "yellow" if one.code in BAD else ""
        print_lines([(indent + say(one.code, one.values, words), style)])
        if advice := hint(one.code, one.values, words):
            print_lines([(f"{indent}    {advice}", "dim")])


def show_roster(roster: Roster, acting: set[str], left: Mapping[str, datetime]) -> None:
    """A heading, a table, and what it means for so few. ``left``: who said that it leaves, though this version has it still."""
    from polder.commons.roster.difference import warnings

    words = language()
    tell(
        "roster.shown",
        network=roster.network or "–",
        version=roster.version,
        day=f"{roster.proposed:%Y-%m-%d}",
    )
    rows = []
    for name, one in sorted(roster.members.items()):
        state = _state(one, name in acting, left.get(name))
        mirrors = ", ".join(_mirrors(one, left)) or "–"
        rows.append([name, one.name, state, f"{one.since:%Y-%m-%d}", one.urls[0], mirrors])
    print_lines(table_lines([translate(header, words) for header in HEADERS], rows))
    tell("roster.shown-rule", threshold=roster.threshold, active=len(roster.active), preset=roster.preset)
    tell_all(warnings(roster))


def _state(one: Member, acting: bool, left: datetime | None) -> str:
    words = language()
    if left:
        return translate(LEFT, words).format(day=f"{left:%Y-%m-%d}")
    if one.state == "active" and not acting:
        return translate(FROM, words).format(day=f"{one.effective:%Y-%m-%d}")
    return translate(STATES[one.state], words)


def _mirrors(one: Member, left: Collection[str]) -> tuple[str, ...]:
    """Whose folders it mirrors: nobody's when it left, and nobody's who left."""
    return () if one.id in left else tuple(name for name in one.mirrors if name not in left)


def show_draft(one: Draft) -> None:
    """A proposal: its number and digest, every difference, why, who signed and who did not, what hinders."""
    edition = one.edition
    tell(
        "roster.proposal",
        version=edition.version,
        digest=edition.digest[7:19],
        day=f"{edition.roster.proposed:%Y-%m-%d %H:%M}",
    )
    tell_all(one.lines, "  ")
    if edition.reason:
        tell_below("roster.proposal-reason", reason=edition.reason)
    if one.founders:
        tell_below(
            "roster.status-founders",
            found=len(one.founders) - len(one.missing),
            wanted=len(one.founders),
            members=tuple(name for name in one.founders if name not in one.missing) or ("–",),
            missing=one.missing or ("–",),
        )
    if one.standing is not None:
        _show_standing(one)
    tell_all((*one.hindrances, *(note for note in (one.late, one.short) if note)), "  ! ")


def show_rivals(others: Sequence[Draft]) -> None:
    """The other open proposals for the number of one that is about to be proposed."""
    for one in others:
        signed = one.standing.signed if one.standing else tuple(set(one.founders) - set(one.missing))
        tell("roster.open-too", digest=one.edition.digest[7:19], members=tuple(sorted(signed)) or ("–",))
        tell_all(one.lines, "  ")
    if others:
        tell_all([Problem("roster.one-of-them")])


def _show_standing(one: Draft) -> None:
    held = one.standing
    assert held is not None
    tell_below(
        "roster.status-signed",
        found=len(held.signed),
        wanted=held.wanted,
        members=held.signed or ("–",),
        missing=held.missing or ("–",),
    )
    if held.newcomers:
        tell_below("roster.status-newcomers", members=held.newcomers)
    tell_below("roster.status-until", open=f"{held.open_until:%Y-%m-%d %H:%M}")
    if held.vouches:
        tell_below("roster.status-vouches", members=held.vouches)
    if held.refused:
        tell_below("roster.status-refused", members=held.refused)
    for block in held.blocks:
        if not block.holds and not block.pending:
            tell_below("roster.status-block-fell", member=block.member, reason=block.reason)


def draft_data(one: Draft) -> dict[str, Any]:
    held, edition = one.standing, one.edition
    data: dict[str, Any] = {
        "version": edition.version,
        "digest": edition.digest,
        "proposed": edition.roster.proposed.isoformat(),
        "reason": edition.reason,
        "difference": [problem_data(line) for line in one.lines],
        "hindrances": [problem_data(line) for line in one.hindrances],
        "late": problem_data(one.late) if one.late else None,
        "too_few": problem_data(one.short) if one.short else None,
    }
    if one.founders:
        signed = [name for name in one.founders if name not in one.missing]
        data |= {"signed": signed, "missing": list(one.missing), "wanted": len(one.founders)}
    if held is not None:
        data |= {
            "signed": list(held.signed),
            "missing": [*held.missing, *held.newcomers],
            "newcomers": list(held.newcomers),
            "wanted": held.wanted,
            "open_until": held.open_until.isoformat(),
            "refused": list(held.refused),
            "vouches": list(held.vouches),
            "blocks": [
                {"member": b.member, "reason": b.reason, "holds": b.holds, "pending": b.pending}
                for b in held.blocks
            ],
        }
    return data


def problem_data(one: Problem) -> dict[str, Any]:
    return {"code": one.code, "sentence": say(one.code, one.values), "values": dict(one.values)}


def roster_data(roster: Roster, left: Mapping[str, datetime]) -> dict[str, Any]:
    from polder.commons.roster.changes import plain_rules

    return {
        "network": roster.network,
        "version": roster.version,
        "fingerprint": roster.first,
        "threshold": roster.threshold,
        "proposed": roster.proposed.isoformat(),
        "rules": plain_rules(roster.rules),
        "members": {name: _member_data(one, left) for name, one in sorted(roster.members.items())},
    }


def _member_data(one: Member, left: Mapping[str, datetime]) -> dict[str, Any]:
    from polder.commons.roster.document import plain_member

    said = {"left": left[one.id].isoformat()} if one.id in left else {}
    return {**plain_member(one), "mirrors": list(_mirrors(one, left)), **said}


def edition_data(edition: Edition, names: Iterable[str], lines: Iterable[Problem]) -> dict[str, Any]:
    return {
        "version": edition.version,
        "digest": edition.digest,
        "reason": edition.reason,
        "signed": sorted(names),
        "difference": [problem_data(line) for line in lines],
    }
