"""What is wrong with a provider's keys, or would hurt one day. Opens what opens without asking, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from polder.actions.load_network import load_network
from polder.actions.network_keys import OLD, is_guessable, load_keys
from polder.actions.network_publish import look
from polder.commons.network.model import Network
from polder.commons.trust.roles import GOVERNANCE, SERVER
from polder.commons.trust.roots import check_keys as check_same
from polder.kernel.problem import Problem, Refused
from polder.world.signing_keys import (
    FOLDER,
    AgeSigner,
    count_recipients,
    key_path,
    open_key,
    public_keys,
    reveal_key,
)

_CLOSED = ("trust.key-closed", "trust.key-not-here", "secret.no-identity")
"""Somebody else's, which is as it should be."""
_ELSEWHERE = ("trust.server-waits", "trust.server-next", "trust.targets-wait")
"""Work that waits, no fault of the keys."""


def check_keys(folder: Path, now: datetime) -> tuple[Problem, ...]:
    """Every finding, the gravest first."""
    network = load_network(folder)
    found = [*_same(folder, network), *_broken(folder), *_files(folder), *_shape(folder, network)]
    if not any(one.code == "trust.same-key" for one in found):
        found += [one for one in _waiting(folder, now) if one.code not in _ELSEWHERE]
    return tuple(found)


def _waiting(folder: Path, now: datetime) -> tuple[Problem, ...]:
    try:
        return look(folder, now).decision.notes
    except Refused as refused:
        return refused.problems


def _same(folder: Path, network: Network) -> Iterator[Problem]:
    try:
        check_same(load_keys(folder, network))
    except Refused as refused:
        yield from refused.problems


def _broken(folder: Path) -> Iterator[Problem]:
    """Files that are not the private half of what lies beside them."""
    for name in public_keys(folder):
        if key_path(folder, name).is_file() and not is_guessable(folder, name):
            try:
                signer = open_key(folder, name)
                if isinstance(signer, AgeSigner):
                    reveal_key(signer)
            except Refused as refused:
                yield from (one for one in refused.problems if one.code not in _CLOSED)


def _files(folder: Path) -> Iterator[Problem]:
    """Files that a passphrase protects: nobody else should be able to copy them."""
    for path in sorted((folder / FOLDER).glob("*.age")):
        if not is_guessable(folder, path.stem):
            continue
        if path.stat().st_mode & 0o077:
            yield Problem("trust.key-readable", f"{FOLDER}/{path.name}", {"file": f"{FOLDER}/{path.name}"})
        if not _ignored(folder, path.name):
            yield Problem("trust.key-in-history", f"{FOLDER}/{path.name}", {"file": f"{FOLDER}/{path.name}"})


def _ignored(folder: Path, name: str) -> bool:
    path = folder / FOLDER / ".gitignore"
    return path.is_file() and f"/{name}".encode() in path.read_bytes().splitlines()


def _shape(folder: Path, network: Network) -> Iterator[Problem]:
    """Who can do what alone, and who cannot be spared."""
    people = len(network.people)
    if people > 1 and network.threshold == people:
        yield Problem("trust.all-needed", "network.yml", {"people": people})
    if people > 1 and network.threshold == 1:
        yield Problem("trust.one-is-enough", "network.yml", {"people": people})
    own = {one.recipient for one in network.people.values() if one.recipient}
    if network.recipients and set(network.recipients) <= own:
        yield Problem("trust.server-is-person", "network.yml")
    elif _open_for_more(folder, len(set(network.recipients) - own)):
        yield Problem("trust.server-opens-for-more", "network.yml")
    keys = public_keys(folder)
    if GOVERNANCE not in keys:
        yield Problem("trust.no-governance")
    for name in keys:
        if name.endswith(OLD):
            yield Problem("trust.key-still-there", f"{FOLDER}/{name}.pub", {"name": name})


def _open_for_more(folder: Path, servers: int) -> bool:
    """Whether a key of the server opens for more than ``servers``. Their number is all that a file says of age keys, on any machine."""
    paths = (key_path(folder, name) for name in SERVER)
    return any(count_recipients(path.read_bytes()) > servers for path in paths if path.is_file())
