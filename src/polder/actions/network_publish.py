"""Publish: look at what is given and what is signed, decide what is due, sign it, write it.

The people's part and the server's part meet in ``signing/``, which is in the history: somebody signs on their own machine
(``polder network publish --as ana``, or ``sign`` for a change of keys), and the machine that holds the server's keys does the rest,
by the same command or by its steward (``freshen``). On one machine with all keys one command does both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from polder.actions.load_network import load_network
from polder.actions.network_keys import OLD, load_keys, unknown_name
from polder.actions.network_memory import refuse_older, remember
from polder.actions.network_rotation import retire_keys
from polder.actions.told_rosters import with_rosters
from polder.commons.network.model import FILE, GIVEN, ROBOT, SIGNING, Network
from polder.commons.trust.listing import listed
from polder.commons.trust.present import Present, read_present
from polder.commons.trust.prune import prunable
from polder.commons.trust.publication import Change, Decision, Wanted
from polder.commons.trust.publish import check_wanted, compose, decide
from polder.commons.trust.roles import SERVER
from polder.kernel.digest import digest_of_data
from polder.kernel.plain import read_plain
from polder.kernel.problem import Problem, Refused
from polder.kernel.signing import PublicKey, Signer
from polder.world.git import Commit, commit_paths
from polder.world.given import read_given
from polder.world.publication import (
    FolderFiles,
    hold_publication,
    remove_published,
    stored_contents,
    sweep,
    write_publication,
    write_signing,
)
from polder.world.signing_keys import AgeSigner, Ask, key_path, open_key, public_keys, reveal_key

CARD, INTRODUCTION = "card.json", "governance/introduction.json"
"""What names the provider in the published folder."""


@dataclass(frozen=True, slots=True)
class Look:
    """What there is, what should be, and what follows from it. ``signers``: the keys that can sign here."""

    network: Network
    present: Present
    wanted: Wanted
    decision: Decision
    signers: Mapping[PublicKey, Signer]

    @property
    def fingerprint(self) -> str:
        """The same for two looks that lead to the same."""
        decision = self.decision
        return digest_of_data(
            [
                [[one.role, one.version, one.why, list(one.by)] for one in decision.dues],
                [
                    [one.role, one.path, one.kind, one.after if _of_people(one) else one.size]
                    for one in decision.changes
                ],
                [
                    [one.code, {key: str(value) for key, value in one.values.items()}]
                    for one in decision.roots.lines
                ],
            ]
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """``decision``: what was done. ``written``, ``removed``: paths in the published folder. ``notes``: what waits for somebody or ends
    soon, as codes with values. ``until``: when the newest word of the provider expires; ``None`` when nothing is published."""

    decision: Decision
    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    notes: tuple[Problem, ...] = ()
    until: datetime | None = None
    commit: Commit = field(default_factory=Commit)


def look(
    folder: Path, now: datetime, persons: Iterable[str] = (), ask: Ask | None = None, *, alone: bool = False
) -> Look:
    """What publishing at ``now`` would do, if ``persons`` sign. Nothing is signed, and nobody is asked anything.

    ``alone``: for a steward, which goes on when what people give cannot be read. Refused: ``network.*``, ``trust.*``; ``trust.older-copy``
    when this machine published newer things than what would be signed.
    """
    network = load_network(folder)
    keys, stored = load_keys(folder, network), stored_contents(folder / network.publish)
    present = read_present(FolderFiles(folder / SIGNING), FolderFiles(folder / network.publish))
    files = _given(folder / GIVEN, alone)
    if not alone:
        _refuse_renamed(folder, network, present)
    robot = with_rosters(folder, read_given(folder / network.state / ROBOT))
    wanted = Wanted(keys, files, robot, stored)
    check_wanted(wanted)
    signers = _people(folder, network, persons, ask) | _server(folder)
    decision = decide(present, wanted, frozenset(signers), now)
    notes = (*decision.notes, *refuse_older(folder, network, present, decision, now))
    return Look(network, present, wanted, replace(decision, notes=notes), signers)


def publish(
    folder: Path,
    now: datetime,
    persons: Iterable[str] = (),
    ask: Ask | None = None,
    *,
    expected: str = "",
    alone: bool = False,
    wait: float = 30.0,
) -> Outcome:
    """Sign and write what is due. ``persons``: who signs the people's part here. ``expected``: the fingerprint of the look that somebody
    agreed to; refused with ``trust.look-changed`` when it is another by now. Refused with ``trust.publishing`` while another
    process publishes for longer than ``wait`` seconds.

    What a person changed in ``network.yml``, and what they sign of ``given/``, goes into the history along with their signatures: the
    others' machines get both from there.
    """
    network, persons = load_network(folder), tuple(persons)
    with hold_publication(folder / network.state, seconds=wait):
        found = look(folder, now, persons, ask, alone=alone)
        if expected and found.fingerprint != expected:
            raise Refused(Problem("trust.look-changed"))
        return _do(folder, found, now, [folder / FILE] if persons else [])


def freshen(folder: Path, now: datetime) -> Outcome:
    """The steward's daily work: sign robot, snapshot and timestamp anew where due, and publish what people signed elsewhere. Needs
    no person. Refused when the server's keys do not open here."""
    for signer in (open_key(folder, name) for name in SERVER if key_path(folder, name).is_file()):
        if isinstance(signer, AgeSigner):
            reveal_key(signer)
    return publish(folder, now, alone=True)


def _do(folder: Path, found: Look, now: datetime, edited: list[Path]) -> Outcome:
    """``edited``: what people wrote by hand, to be kept in the history."""
    decision, public = found.decision, folder / found.network.publish
    if public.is_dir():
        sweep(public)
    made = compose(decision, found.present, found.wanted, found.signers, now)
    write_signing(folder / SIGNING, made.signing)
    names = [folder / SIGNING / name for name, _ in made.signing]
    names += [
        folder / GIVEN / one.path for one in decision.changes if decision.people.made and _of_people(one)
    ]
    commit = commit_paths(folder, [*names, *edited], _message(decision)) if names or edited else Commit()
    written = write_publication(public, made.public)
    after = read_present(FolderFiles(folder / SIGNING), FolderFiles(public))
    removed = _prune(public, after, now) if written else ()
    remember(folder / found.network.state, after)
    retire_keys(folder, found.network, after)
    until = after.timestamp.signed.expires if after.timestamp else None
    return Outcome(decision, written, removed, decision.notes, until, commit)


def _of_people(change: Change) -> bool:
    return change.role == "targets"


def _prune(public: Path, present: Present, now: datetime) -> tuple[str, ...]:
    documents = FolderFiles(public, "metadata")
    return remove_published(public, prunable(documents, present.versions, stored_contents(public), now))


def _message(decision: Decision) -> str:
    names = ", ".join(f"{one.role} {one.version}" for one in decision.dues if one.role in ("root", "targets"))
    return f"network: Signed {names}." if names else "network: What was signed, and network.yml."


def _refuse_renamed(folder: Path, network: Network, present: Present) -> None:
    """Others know a provider by the id that it published first, in its card and in the roster."""
    for path, one in (listed(present.published.signed) if present.published else {}).items():
        if path not in (CARD, INTRODUCTION):
            continue
        try:
            held = read_plain((folder / network.publish / "targets" / one.name).read_bytes())
        except (OSError, Refused):
            continue
        before = held.get("id" if path == INTRODUCTION else "provider")
        if isinstance(before, str) and before != network.provider:
            raise Refused(Problem("trust.renamed", FILE, {"before": before, "now": network.provider}))


def _given(place: Path, alone: bool) -> dict[str, bytes] | None:
    try:
        return read_given(place)
    except Refused:
        if not alone:
            raise
    return None


def _people(
    folder: Path, network: Network, persons: Iterable[str], ask: Ask | None
) -> dict[PublicKey, Signer]:
    """The keys of those who sign here, with the ones that are on their way out."""
    known = public_keys(folder)
    signers: list[Signer] = []
    for person in persons:
        if person not in network.people:
            raise Refused(unknown_name(person, tuple(network.people)))
        signers.append(open_key(folder, person, ask))
        signers += _perhaps(folder, person + OLD, ask) if person + OLD in known else []
    return {one.public: one for one in signers}


def _server(folder: Path) -> dict[PublicKey, Signer]:
    """Those of the server's keys that open here."""
    names = [name for name in public_keys(folder) if name.removesuffix(OLD) in SERVER]
    found = [one for name in names for one in _perhaps(folder, name, None) if _opens(one)]
    return {one.public: one for one in found}


def _perhaps(folder: Path, name: str, ask: Ask | None) -> list[Signer]:
    try:
        return [open_key(folder, name, ask)]
    except Refused:
        return []


def _opens(signer: Signer) -> bool:
    if not isinstance(signer, AgeSigner):
        return False
    try:
        reveal_key(signer)
    except Refused:
        return False
    return True
