"""Keys that sign, as values: what is public of them, and what a signer can do. Only Ed25519 (RFC 8032).

A key's id is made from its material the way python-tuf makes it, and nowhere is another id taken for the same material: one
key cannot count twice.

>>> PublicKey("00" * 32).id[:16]
'7f7373360bc914a5'
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Protocol

_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, order=True)
class PublicKey:
    """``hex``: the 32 bytes of an Ed25519 public key as 64 lower-case hex digits. ``ValueError`` for anything else."""

    hex: str

    def __post_init__(self) -> None:
        if not _HEX.fullmatch(self.hex):
            raise ValueError(self.hex)

    @property
    def id(self) -> str:
        """TUF's key id: sha256 of the key's canonical JSON (TUF specification 4.2)."""
        held = {"keytype": "ed25519", "keyval": {"public": self.hex}, "scheme": "ed25519"}
        return hashlib.sha256(json.dumps(held, separators=(",", ":"), sort_keys=True).encode()).hexdigest()


class Signer(Protocol):
    """Signs with one private key, wherever that is (a file opened for a moment, an SSH agent)."""

    @property
    def public(self) -> PublicKey: ...

    def sign(self, payload: bytes) -> bytes:
        """The 64 bytes of the Ed25519 signature over ``payload``. May raise ``Refused`` or ``Unreachable``."""
        ...
