"""Members with keys of their own, and rosters they signed, for tests: everything from names and a date, so that it is the same twice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from polder.commons.roster.changes import Change
from polder.commons.roster.document import Edition
from polder.commons.roster.model import Rules
from polder.commons.roster.own_word import (
    Introduction,
    OwnWord,
    plain_introduction,
    plain_word,
    signed_part,
)
from polder.commons.roster.presets import PRESETS
from polder.commons.roster.propose import found, propose
from polder.kernel.digest import Digest, digest_of_bytes
from polder.kernel.signing import PublicKey, Signer

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
NAMES = ("alder", "beech", "cedar", "dogwood", "elm")


@dataclass(frozen=True, slots=True)
class Hand:
    """A signer whose private key is made from a word."""

    word: str

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(self.word.encode()).digest())

    @property
    def public(self) -> PublicKey:
        return PublicKey(self._private().public_key().public_bytes_raw().hex())

    def sign(self, payload: bytes) -> bytes:
        return self._private().sign(payload)


def introduction(
    name: str, date: datetime = NOW, signer: Signer | None = None, group: str = "", url: str = ""
) -> Introduction:
    """``name`` introducing itself, with the key made from its name unless another is given."""
    hand = signer or Hand(name)
    root = digest_of_bytes(f"root of {name}".encode())
    address = url or f"https://{name}.example/net/"
    one = Introduction(name, name.title(), (address,), root, hand.public, (), group or name, date)
    return replace(one, signature=hand.sign(signed_part(plain_introduction(one))).hex())


def own_word(say: str, name: str, network: Digest, date: datetime = NOW) -> OwnWord:
    one = OwnWord(say, name, network, date)
    return replace(one, signature=Hand(name).sign(signed_part(plain_word(one))).hex())


def signed(edition: Edition, names: Iterable[str]) -> Edition:
    """``edition`` with the signatures of the keys made from ``names``."""
    hands = [Hand(name) for name in names]
    return edition.signed_with({one.public.id: one.sign(edition.document.payload).hex() for one in hands})


def beginning(*names: str, rules: Rules | None = None, now: datetime = NOW) -> Edition:
    """The first version of ``names`` (five by default), signed by all of them."""
    founders = [introduction(name, now) for name in names or NAMES]
    return signed(found(founders, rules or PRESETS["polder"], "Waterland", "", now), names or NAMES)


def following(
    old: Edition, change: Change, names: Iterable[str], now: datetime = NOW, reason: str = ""
) -> Edition:
    """The version after ``old``, signed by ``names``."""
    return signed(propose(old, change, reason, now), names)
