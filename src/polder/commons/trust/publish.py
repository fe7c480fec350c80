"""What a provider has to sign and write so that its published folder says what it should. Decided here, purely.

``decide`` says which documents are due, why, and who signs them; ``compose`` has them signed and gives the files in the order in which
they are written. Rules:

1. A document is made anew when what it says changed, when its end is near, or when the keys that count did not sign it. Nothing
   else: deciding again right after publishing finds nothing to do.
2. People sign roots and ``targets``; the server signs ``robot``, ``snapshot`` and ``timestamp``. Where the keys of the one are not
   at hand, the other goes on, and a note says what waits.
3. A root holds back until a people's part holds under it, so that readers never stand between the two.
4. While readers may know the root before or the one after, the keys of both sign (those at hand).
5. Files are written in this order: contents, numbered documents, the timestamp, then roots. Up to the timestamp nothing that readers
   see changes; from it on what they see holds under the root before and under the one after.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from polder.commons.trust.documents import document_path, new_snapshot, new_timestamp
from polder.commons.trust.listing import MOST_FILES, ROBOT, below_robot, listed, of_robot
from polder.commons.trust.present import TARGETS, Present, root_name
from polder.commons.trust.publication import Change, Decision, PeopleStage, ServerStage, Wanted
from polder.commons.trust.roles import MANY, SOON
from polder.commons.trust.roots import check_keys, signing_keys
from polder.commons.trust.stages import in_play, people_stage, root_ends, root_stage, server_stage
from polder.commons.trust.tuf import Document, Root, Targets, role_keys, sign
from polder.kernel.problem import Problem, Problems
from polder.kernel.signing import PublicKey, Signer

Files = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Made:
    """``signing``: files below ``signing/``; ``public``: files of the published folder, in the order in which they are written."""

    signing: Files
    public: Files


def check_wanted(wanted: Wanted) -> None:
    """Refuses what neither part may hold: ``trust.robots-place``, ``trust.peoples-place``, ``trust.too-many-files``, ``trust.same-key``."""
    problems = Problems()
    for path in wanted.files or ():
        if below_robot(path):
            problems.add("trust.robots-place", "", path=path)
    for path in wanted.robot:
        if not of_robot(path):
            problems.add("trust.peoples-place", "", path=path)
    for held in (wanted.files or {}, wanted.robot):
        if len(held) > MOST_FILES:
            problems.add("trust.too-many-files", "", found=len(held), limit=MOST_FILES)
    problems.refuse_if_any()
    check_keys(wanted.keys)


def decide(present: Present, wanted: Wanted, here: frozenset[PublicKey], now: datetime) -> Decision:
    """What is due at ``now`` (aware, UTC), as far as the keys in ``here`` sign it."""
    roots = root_stage(present, wanted, here, now)
    people = people_stage(present, wanted, here, now, roots.chain)
    server = server_stage(present, wanted, here, now, people)
    notes = (*roots.notes, *people.notes, *server.notes, *_ends(present, wanted, people, now))
    decision = Decision(roots, people, server, _changes(present, people, server), notes)
    return Decision(roots, people, server, decision.changes, notes, _unwritten(present, wanted, decision))


def compose(
    decision: Decision, present: Present, wanted: Wanted, signers: Mapping[PublicKey, Signer], now: datetime
) -> Made:
    """Every file to write, signed. Whatever a signer refuses leaves nothing half done: nothing is written before all is signed."""
    documents = {one.version: one for one in present.roots}
    if proposed := decision.roots.proposed:
        root = sign(proposed, _of(signers, signing_keys(present.last, proposed)))
        documents[root.version] = root
    people = _people(decision.people, present, signers) or present.targets
    signing = [(root_name(version), one.content) for version, one in sorted(documents.items())]
    signing += [(TARGETS, people.content)] if people else []
    return Made(tuple(signing), _public(decision, present, wanted, signers, now, documents, people))


def _people(
    stage: PeopleStage, present: Present, signers: Mapping[PublicKey, Signer]
) -> Document[Targets] | None:
    if stage.made is None or stage.root is None:
        return stage.kept
    return sign(stage.made, _of(signers, in_play(present, stage.root, "targets")))


def _public(
    decision: Decision,
    present: Present,
    wanted: Wanted,
    signers: Mapping[PublicKey, Signer],
    now: datetime,
    roots: Mapping[int, Document[Root]],
    people: Document[Targets] | None,
) -> Files:
    """Rule 5. Nothing at all while the server's keys are not here."""
    root, server = decision.people.root, decision.server
    robot: Document[Targets] | None = present.robot
    if root is None or people is None or server.blocked:
        return ()
    if server.robot:
        robot = sign(server.robot, _of(signers, role_keys(people.signed, ROBOT)))
    numbered: dict[str, Document[Any]] = {"targets": people, **({ROBOT: robot} if robot else {})}
    written: list[tuple[str, bytes]] = [*_contents(numbered, wanted)]
    written += [(document_path(role, one.version), one.content) for role, one in numbered.items()]
    written += _heads(decision, present, signers, now, numbered)
    shown = range(1, int(root.version) + 1)
    written += [(document_path("root", version), roots[version].content) for version in shown]
    return tuple(written)


def _heads(
    decision: Decision,
    present: Present,
    signers: Mapping[PublicKey, Signer],
    now: datetime,
    parts: Mapping[str, Document[Any]],
) -> Files:
    """Snapshot and timestamp, as far as they are due."""
    root, server, written = decision.people.root, decision.server, []
    snapshot = present.snapshot
    assert root is not None
    if server.snapshot:
        made = new_snapshot(server.snapshot, now, parts)
        snapshot = sign(made, _of(signers, in_play(present, root, "snapshot")))
        written.append((document_path("snapshot", snapshot.version), snapshot.content))
    if server.timestamp and snapshot:
        last = new_timestamp(server.timestamp, now, snapshot)
        timestamp = sign(last, _of(signers, in_play(present, root, "timestamp")))
        written.append((document_path("timestamp", timestamp.version), timestamp.content))
    return tuple(written)


def _contents(parts: Mapping[str, Document[Any]], wanted: Wanted) -> Files:
    """Content files that are not published yet."""
    given = {**(wanted.files or {}), **wanted.robot}
    names = {one.name: path for part in parts.values() for path, one in listed(part.signed).items()}
    sizes = {one.name: one.length for part in parts.values() for one in listed(part.signed).values()}
    return tuple(
        (f"targets/{name}", given[path])
        for name, path in sorted(names.items())
        if wanted.stored.get(name) != sizes[name] and path in given
    )


def _of(signers: Mapping[PublicKey, Signer], keys: Iterable[PublicKey]) -> list[Signer]:
    return [signers[one] for one in sorted(keys) if one in signers]


def _changes(present: Present, people: PeopleStage, server: ServerStage) -> tuple[Change, ...]:
    """Against what people signed last; against what readers see when nothing is to sign. Where neither can the server's part be signed
    nor is known what readers see (a person's own machine), what people signed is all there is to compare with."""
    unseen = server.blocked and present.published is None
    before = present.targets if people.made or unseen else present.published
    found = _compare(before.signed if before else None, people.part, "targets") if people.part else []
    if server.robot is not None:
        found += _compare(present.robot.signed if present.robot else None, server.robot, ROBOT)
    return tuple(found)


def _compare(before: Targets | None, after: Targets, role: str) -> list[Change]:
    old, new = (listed(before) if before else {}), listed(after)
    found = [
        Change(path, "withdrawn", old[path].length, role, old[path].sha256)
        for path in old.keys() - new.keys()
    ]
    found += [
        Change(path, "new", new[path].length, role, "", new[path].sha256) for path in new.keys() - old.keys()
    ]
    both = old.keys() & new.keys()
    found += [
        Change(path, "changed", new[path].length, role, old[path].sha256, new[path].sha256)
        for path in both
        if new[path].sha256 != old[path].sha256
    ]
    return sorted(found, key=lambda one: one.path)


def _ends(present: Present, wanted: Wanted, people: PeopleStage, now: datetime) -> list[Problem]:
    """What ends soon, and lists that are too long for a reader's comfort."""
    found = []
    days = (present.last.expires - now).days if present.last else 0
    if present.last and days <= SOON:
        found.append(root_ends(present.last, now))
    for part in (people.part.targets if people.part else {}, wanted.robot):
        if len(part) > MANY:
            found.append(Problem("trust.many-files", "", {"found": len(part), "limit": MANY}))
    return found


def _unwritten(present: Present, wanted: Wanted, decision: Decision) -> bool:
    """Whether something is signed and could be published that readers do not see yet."""
    people, robot = decision.people, present.robot
    if people.root is None or decision.server.blocked:
        return False
    parts: dict[str, Any] = {"targets": people.kept} if people.kept else {}
    parts |= {ROBOT: robot} if robot else {}
    return int(people.root.version) > present.shown or bool(_contents(parts, wanted))
