"""A change of keys, signed by one person after another, each on their own machine.

``publish`` proposes it as ``signing/root-N.json``; whoever signs is shown first what it changes (``look_signing``). A signature is for
exactly what was shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from polder.actions.load_network import load_network
from polder.actions.network_keys import OLD, load_keys, unknown_name
from polder.commons.network.model import SIGNING, Network
from polder.commons.trust.present import Present, read_present, root_name
from polder.commons.trust.roots import (
    Keys,
    Signed,
    differences,
    progress,
    signed_by,
    signing_keys,
    still_right,
)
from polder.commons.trust.tuf import Document, Root, sign
from polder.kernel.digest import Digest, digest_of_bytes
from polder.kernel.problem import Problem, Refused
from polder.kernel.signing import Signer
from polder.world.git import Commit, commit_paths
from polder.world.publication import FolderFiles, hold_publication, write_signing
from polder.world.signing_keys import Ask, open_key


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change of keys that wants signatures. ``lines``: what it changes; ``signed``: how far it is; ``fingerprint``: of exactly this."""

    lines: tuple[Problem, ...]
    signed: Signed
    fingerprint: Digest


@dataclass(frozen=True, slots=True)
class SignedRoot:
    """How far the change is after signing, and what git did."""

    signed: Signed
    commit: Commit


def look_signing(folder: Path, now: datetime) -> Waiting | None:
    """The change of keys that waits for signatures; ``None`` when none does.

    Refused: ``trust.proposal-outdated`` when ``network.yml`` and ``keys/`` say something else by now.
    """
    network = load_network(folder)
    keys, present = _read(folder, network)
    proposal = present.proposal
    if proposal is None:
        return None
    if keys.lacking or not still_right(proposal, present.last, keys, now):
        raise Refused(Problem("trust.proposal-outdated", "", {"version": proposal.version}))
    return Waiting(
        differences(present.last, proposal.signed, keys),
        progress(present.last, proposal.signed, signed_by(present.last, proposal), keys),
        digest_of_bytes(proposal.payload),
    )


def sign_root(
    folder: Path, person: str, now: datetime, ask: Ask | None = None, *, expected: str = ""
) -> SignedRoot:
    """Add the signatures of ``person`` (their key, and the one before it where that still counts).

    ``expected``: the fingerprint of what they were shown; refused with ``trust.look-changed`` when it is another by now. Also refused:
    ``trust.nothing-to-sign``, ``trust.unknown-name``, ``trust.signs-nothing`` (their key is none of those that count).
    """
    network = load_network(folder)
    with hold_publication(folder / network.state):
        waiting = look_signing(folder, now)
        if waiting is None:
            raise Refused(Problem("trust.nothing-to-sign"))
        if expected and waiting.fingerprint != expected:
            raise Refused(Problem("trust.look-changed"))
        keys, present = _read(folder, network)
        assert present.proposal is not None
        document = _add(folder, network, person, present.last, present.proposal, keys, ask)
        name = root_name(document.version)
        write_signing(folder / SIGNING, [(name, document.content)])
        commit = commit_paths(
            folder, [folder / SIGNING / name], f"network: {person} signs root {document.version}."
        )
        have = signed_by(present.last, document)
        return SignedRoot(progress(present.last, document.signed, have, keys), commit)


def check_signer(folder: Path, person: str) -> None:
    """Refused (``trust.unknown-name``) when nobody of ``network.yml`` is called ``person``."""
    _check_person(load_network(folder), person)


def _check_person(network: Network, person: str) -> None:
    if person not in network.people:
        raise Refused(unknown_name(person, tuple(network.people)))


def _add(
    folder: Path,
    network: Network,
    person: str,
    last: Root | None,
    proposal: Document[Root],
    keys: Keys,
    ask: Ask | None,
) -> Document[Root]:
    _check_person(network, person)
    counting = keys.of_person(person) & signing_keys(last, proposal.signed)
    if not counting:
        raise Refused(Problem("trust.signs-nothing", "", {"name": person}))
    signers: list[Signer] = []
    for name in (person, person + OLD):
        public = keys.people.get(name) or keys.others.get(name)
        if public in counting and (name == person or _is_here(folder, name)):
            signers.append(open_key(folder, name, ask))
    genuine = {one.id: proposal.signatures[one.id] for one in signed_by(last, proposal)}
    return sign(proposal.signed, signers, genuine)


def _is_here(folder: Path, name: str) -> bool:
    try:
        open_key(folder, name)
    except Refused:
        return False
    return True


def _read(folder: Path, network: Network) -> tuple[Keys, Present]:
    present = read_present(FolderFiles(folder / SIGNING), FolderFiles(folder / network.publish))
    return load_keys(folder, network), present
