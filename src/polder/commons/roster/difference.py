"""What is different between two versions, in lines that people read before every signature.

It is taken from the two tables, not from what the document says about itself, so nothing can be changed without a line.
"""

from __future__ import annotations

from dataclasses import fields

from polder.commons.roster.changes import Found
from polder.commons.roster.document import Edition
from polder.commons.roster.model import Member, Roster, Rules
from polder.kernel.problem import Problem, Value


def beginning(edition: Edition) -> tuple[Problem, ...]:
    """The lines of a first version: everybody in it."""
    roster = edition.roster
    found = [_line("roster.diff-begins", network=roster.network or "–", day=f"{roster.proposed:%Y-%m-%d}")]
    if isinstance(edition.change, Found) and edition.change.after:
        found.append(_line("roster.diff-after", fingerprint=edition.change.after))
    found += [_joined(one) for _, one in sorted(roster.members.items())]
    found.append(_line("roster.diff-threshold-first", threshold=roster.threshold, active=len(roster.active)))
    return (*found, *warnings(roster))


def difference(old: Roster, new: Roster) -> tuple[Problem, ...]:
    """The lines, each a code of ``roster.diff-*`` with values: who comes, who goes, what of whom changes, rules, duties."""
    found = [_joined(one) for name, one in sorted(new.members.items()) if name not in old.members]
    found += [
        _line("roster.diff-gone", member=name, name=one.name)
        for name, one in sorted(old.members.items())
        if name not in new.members
    ]
    for name in sorted(set(old.members) & set(new.members)):
        found += _changed(old.members[name], new.members[name])
    before, after = (old.threshold, len(old.active)), (new.threshold, len(new.active))
    if before != after:
        found.append(
            _line("roster.diff-threshold", old=before[0], of=before[1], new=after[0], active=after[1])
        )
    found += _rules(old.rules, new.rules)
    if old.network != new.network:
        found.append(_line("roster.diff-network", old=old.network, new=new.network))
    return (*found, *warnings(new))


def _joined(one: Member) -> Problem:
    return _line(
        "roster.diff-joined",
        member=one.id,
        name=one.name,
        urls=one.urls,
        key=one.key.hex[:16],
        root=one.root[7:23],
        group=one.group or one.id,
    )


def _changed(old: Member, new: Member) -> list[Problem]:
    found = []
    if old.key != new.key:
        found.append(_line("roster.diff-key", member=new.id, old=old.key.hex[:16], new=new.key.hex[:16]))
    if old.state != new.state:
        found.append(_line(f"roster.diff-{new.state}", member=new.id))
    shown: dict[str, tuple[Value, Value]] = {
        "name": (old.name, new.name),
        "urls": (old.urls, new.urls),
        "root": (old.root, new.root),
        "recipients": (old.recipients, new.recipients),
        "group": (old.group, new.group),
        "mirrors": (old.mirrors, new.mirrors),
        "since": (f"{old.since:%Y-%m-%d %H:%M}", f"{new.since:%Y-%m-%d %H:%M}"),
        "effective": (f"{old.effective:%Y-%m-%d %H:%M}", f"{new.effective:%Y-%m-%d %H:%M}"),
    }
    for name, (before, after) in shown.items():
        if before != after:
            found.append(_line(f"roster.diff-of-{name}", member=new.id, old=before or "–", new=after or "–"))
    return found


def _rules(old: Rules, new: Rules) -> list[Problem]:
    found = []
    for name in (one.name for one in fields(Rules)):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            rule = name.replace("_", "-")
            found.append(_line("roster.diff-rule", rule=rule, old=str(before), new=str(after)))
    return found


def warnings(roster: Roster) -> list[Problem]:
    """What a network so small cannot do."""
    active = len(roster.active)
    return [_line(f"roster.small-{active}")] if active in (1, 2, 3) else []


def _line(code: str, **values: Value) -> Problem:
    return Problem(code, "", values)
