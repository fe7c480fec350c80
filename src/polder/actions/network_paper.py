"""A private key on paper: for a drawer, against the day when the file, the passphrase or the machine is gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from polder.actions.load_network import load_network
from polder.actions.network_keys import identity
from polder.commons.trust.paper import words_of
from polder.kernel.digest import Digest
from polder.kernel.problem import Problem, Refused
from polder.kernel.secret import Secret
from polder.kernel.signing import PublicKey
from polder.world.signing_keys import AgeSigner, Ask, open_key, reveal_key


@dataclass(frozen=True, slots=True)
class Paper:
    """What goes on the page. ``fingerprint``: the provider's, ``None`` before its first keys are signed. ``words``: the 24, which are
    the key itself."""

    name: str
    provider: str
    made: datetime
    public: PublicKey
    fingerprint: Digest | None
    words: Secret


def paper(folder: Path, name: str, language: str, now: datetime, ask: Ask | None = None) -> Paper:
    """Open the key ``name`` and put it into words of ``language``. Refused (``trust.key-in-agent``) when an agent holds it: it cannot
    be taken out; copy the SSH key itself."""
    network = load_network(folder)
    signer = open_key(folder, name, ask)
    if not isinstance(signer, AgeSigner):
        raise Refused(Problem("trust.key-in-agent", "", {"name": name}))
    words = words_of(reveal_key(signer), language)
    return Paper(name, network.provider, now, signer.public, identity(folder), words)
