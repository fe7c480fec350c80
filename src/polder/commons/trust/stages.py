"""The three stages of a publication, one after another: which root holds, which people's part holds under it, what the server signs.

Each stage says which document is due and why: ``first`` (there is none), ``content``, ``keys`` (those that count did not sign it) or
``time`` (its end is near).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from polder.commons.trust.documents import is_file, new_targets, robot_key, same_files
from polder.commons.trust.listing import ROBOT, listed
from polder.commons.trust.present import Present
from polder.commons.trust.publication import Due, PeopleStage, RootStage, ServerStage, Wanted, Why
from polder.commons.trust.roles import SERVER, due
from polder.commons.trust.roots import (
    Signed,
    differences,
    next_root,
    progress,
    says,
    signed_by,
    signing_keys,
    still_right,
)
from polder.commons.trust.tuf import Document, Root, Targets, role_keys, signers_of
from polder.kernel.problem import Problem, Value
from polder.kernel.signing import PublicKey

Here = frozenset[PublicKey]
_AHEAD = 1_000_000
"""Minutes (about two years): a version that far ahead of the clock was pushed up by a thief, whose keys no longer count."""
SHOWN = 20


def root_stage(present: Present, wanted: Wanted, here: Here, now: datetime) -> RootStage:
    """Propose a root when the keys changed or its end is near; or say how far the one is that waits for signatures."""
    keys, last = wanted.keys, present.last
    chain = tuple(one.signed for one in present.roots)
    if keys.lacking:
        return RootStage(chain, notes=tuple(_key_wanted(name) for name in keys.lacking))
    waiting = present.proposal
    if waiting and still_right(waiting, last, keys, now):
        signed = progress(last, waiting.signed, signed_by(last, waiting), keys)
        return RootStage(
            chain, None, None, signed, differences(last, waiting.signed, keys), (_waits(signed),)
        )
    root = next_root(last, keys, now)
    if root is None:
        return RootStage(chain)
    signers = here & signing_keys(last, root)
    signed = progress(last, root, signers, keys)
    why: Why = "first" if last is None else "time" if says(last, keys) else "keys"
    document = Due("root", int(root.version), why, _names(wanted, signers))
    lines = differences(last, root, keys)
    if signed.complete:
        return RootStage((*chain, root), root, document, None, lines)
    if not signers:  # somebody proposes it by signing it first
        return RootStage(chain, None, None, signed, lines, (_waits(signed, "trust.root-unsigned"),))
    return RootStage(chain, root, document, signed, lines, (_waits(signed),))


def people_stage(
    present: Present, wanted: Wanted, here: Here, now: datetime, chain: tuple[Root, ...]
) -> PeopleStage:
    """The newest root under which a people's part holds, and that part: made anew when one of the people is here to sign it."""
    notes: tuple[Problem, ...] = ()
    for root in reversed(chain[max(present.shown - 1, 0) :]):
        found = _under(present, wanted, here, now, root)
        notes += tuple(one for one in found.notes if one not in notes)
        if found.part is not None:
            return replace(found, notes=notes)
    return PeopleStage(notes=notes)


def _under(present: Present, wanted: Wanted, here: Here, now: datetime, root: Root) -> PeopleStage:
    current = present.targets
    why = _why_people(current, wanted, root, now)
    signers = here & role_keys(root, "targets")
    robot = wanted.keys.server.get(ROBOT)
    if why and signers and robot and wanted.files is not None:
        version = max(next_version(present, root, "targets", now), current.version + 1 if current else 1)
        made = new_targets(version, now, wanted.files, robot)
        every = here & (signers | in_play(present, root, "targets"))
        return PeopleStage(root, made, None, Due("targets", version, why, _names(wanted, every)))
    notes = _people_wait(wanted, why, root, current, now)
    for kept in (current, present.published):
        if kept and _signed(root, "targets", kept):
            missing = _missing(kept.signed, wanted)
            if (
                missing and why == "content"
            ):  # what lies here is older than what was signed: nothing new is given
                notes = ()
            if not missing or kept is present.published:
                return PeopleStage(root, None, kept, None, (*notes, *missing))
            notes = (*notes, *missing)
    return PeopleStage(notes=notes)


def _why_people(current: Document[Targets] | None, wanted: Wanted, root: Root, now: datetime) -> Why | None:
    if current is None:
        return "first"
    if wanted.files is not None and not same_files(current.signed, wanted.files):
        return "content"
    if robot_key(current.signed) != wanted.keys.server.get(ROBOT) or not _signed(root, "targets", current):
        return "keys"
    return "time" if due("targets", current.signed.expires, now) else None


def _people_wait(
    wanted: Wanted, why: Why | None, root: Root, current: Document[Targets] | None, now: datetime
) -> tuple[Problem, ...]:
    people = _names(wanted, role_keys(root, "targets"))
    found = [Problem("trust.targets-wait", "", {"people": people})] if why not in (None, "time") else []
    if why and current and due("targets", current.signed.expires, now):
        found.append(_ends("targets", current.signed.expires, now, "trust.targets-renew", people=people))
    return tuple(found)


def root_ends(root: Root, now: datetime) -> Problem:
    """What to say of a root whose end is near, or behind us."""
    return _ends("root", root.expires, now, "trust.root-ends")


def _ends(role: str, expires: datetime, now: datetime, code: str, **values: Value) -> Problem:
    """``code`` with the day of the end and how many whole days are left; ``trust.ended`` after it."""
    until = f"{expires:%Y-%m-%d}"
    if expires <= now:
        return Problem("trust.ended", "", {"kind": role, "until": until})
    return Problem(code, "", {**values, "until": until, "days": (expires - now).days})


def _missing(part: Targets, wanted: Wanted) -> tuple[Problem, ...]:
    """What was signed and is neither published yet nor given any more."""
    given = {**(wanted.files or {})}
    lost = [
        path
        for path, one in listed(part).items()
        if wanted.stored.get(one.name) != one.length and not is_file(part, path, given.get(path, b""))
    ]
    return (Problem("trust.content-missing", "", {"paths": tuple(lost[:SHOWN])}),) if lost else ()


def server_stage(
    present: Present, wanted: Wanted, here: Here, now: datetime, people: PeopleStage
) -> ServerStage:
    """What the server signs. All or nothing: where one of its keys is not here, a note says that it waits."""
    root, part = people.root, people.part
    if root is None or part is None:
        return ServerStage()
    why_robot = _why_robot(present, wanted, now, part)
    robot_here = robot_key(part) in here
    keeps = present.robot if present.robot and _signed(part, ROBOT, present.robot) else None
    changed = bool(people.made) or people.kept is not present.published or bool(why_robot and robot_here)
    why_snapshot = _why(present, "snapshot", present.snapshot, root, here, now, changed)
    why_timestamp = _why(present, "timestamp", present.timestamp, root, here, now, bool(why_snapshot))
    able = all(role_keys(root, role) & here for role in ("snapshot", "timestamp"))
    if (why_snapshot or why_timestamp or why_robot) and not (able and (robot_here or keeps)):
        return ServerStage(blocked=True, notes=(_server_waits(present),))
    robot, dues = None, []
    if why_robot and robot_here:
        robot = new_targets(next_version(present, root, ROBOT, now), now, wanted.robot)
        dues.append(Due(ROBOT, int(robot.version), why_robot, _names(wanted, role_keys(part, ROBOT))))
    for role, why in (("snapshot", why_snapshot), ("timestamp", why_timestamp)):
        if why:
            signers = _names(wanted, here & in_play(present, root, role))
            dues.append(Due(role, next_version(present, root, role, now), why, signers))
    versions = {one.role: one.version for one in dues}
    notes = (Problem("trust.robot-waits"),) if why_robot and not robot_here else ()
    return ServerStage(
        robot, versions.get("snapshot", 0), versions.get("timestamp", 0), tuple(dues), notes=notes
    )


def _server_waits(present: Present) -> Problem:
    if present.timestamp is None:
        return Problem("trust.server-next")
    return Problem("trust.server-waits", "", {"until": f"{present.timestamp.signed.expires:%Y-%m-%d}"})


def _why_robot(present: Present, wanted: Wanted, now: datetime, part: Targets) -> Why | None:
    current = present.robot
    if current is None:
        return "first"
    if not same_files(current.signed, wanted.robot):
        return "content"
    if not _signed(part, ROBOT, current):
        return "keys"
    return "time" if due(ROBOT, current.signed.expires, now) else None


def _why(
    present: Present,
    role: str,
    current: Document[Any] | None,
    root: Root,
    here: Here,
    now: datetime,
    changed: bool,
) -> Why | None:
    if current is None:
        return "first"
    if changed:
        return "content"
    if in_play(present, root, role) & here - signers_of_any(present, root, role, current):
        return "keys"
    return "time" if due(role, current.signed.expires, now) else None


def in_play(present: Present, root: Root, role: str) -> frozenset[PublicKey]:
    """The keys for ``role`` in the root that readers see now and in the one that they will."""
    return role_keys(root, role) | (role_keys(present.seen, role) if present.seen else frozenset())


def signers_of_any(present: Present, root: Root, role: str, current: Document[Any]) -> frozenset[PublicKey]:
    before = signers_of(present.seen, role, current) if present.seen else frozenset()
    return signers_of(root, role, current) | before


def next_version(present: Present, root: Root, role: str, now: datetime) -> int:
    """One more than readers have seen. Where that is not known: the minutes since 1970, which no daily signing reaches; also where a thief
    pushed it up, whose keys no longer count under ``root``: readers then forget what they saw (specification 5.3.11)."""
    minutes = int(now.timestamp()) // 60
    seen = present.versions.get(role)
    if seen is None:
        return minutes if present.torn and role != "targets" else 1
    before = present.seen or root
    taken_back = any(role_keys(before, one) != role_keys(root, one) for one in ("snapshot", "timestamp"))
    pushed = taken_back and seen >= minutes + _AHEAD
    return (1 if role == "targets" else minutes) if pushed else seen + 1


def _signed(delegator: Root | Targets, role: str, document: Document[Any]) -> bool:
    return len(signers_of(delegator, role, document)) >= int(delegator.get_delegated_role(role).threshold)


def _names(wanted: Wanted, keys: Here) -> tuple[str, ...]:
    return tuple(sorted(wanted.keys.name(one) for one in keys))


def _key_wanted(name: str) -> Problem:
    return Problem("trust.server-key-wanted" if name in SERVER else "trust.key-wanted", "", {"name": name})


def _waits(signed: Signed, code: str = "trust.root-waits") -> Problem:
    return Problem(
        code,
        "",
        {"version": signed.version, "have": signed.have or ("–",), "missing": signed.missing or ("–",)},
    )
