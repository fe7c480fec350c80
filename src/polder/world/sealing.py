"""Encrypting what is given to some only: binary age, its recipients sorted and filled up so that their number says little."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from secrets import token_hex

from polder.kernel.problem import Refused
from polder.kernel.secret import Secret
from polder.world.age import Identities, decrypt, encrypt, nobodys_recipient


def seal(content: bytes, recipients: Iterable[str], fillers: int) -> bytes:
    """``content`` for ``recipients``, and for ``fillers`` keys that nobody has."""
    every = [*recipients, *(nobodys_recipient() for _ in range(fillers))]
    return encrypt(Secret(content), sorted(every), armored=False)


def opener(identities: Identities | None) -> Callable[[bytes, str], bytes | None]:
    """Opens what is for one of ``identities``; ``None`` for what is not. Damaged files are refused (``secret.damaged``)."""

    def open_(sealed: bytes, where: str) -> bytes | None:
        if identities is None:
            return None
        try:
            return decrypt(sealed, identities, where).reveal_bytes()
        except Refused as refused:
            if refused.problems[0].code == "secret.not-for-you":
                return None
            raise

    return open_


def opens(identities: Identities | None, recipients: Iterable[str]) -> bool:
    """Whether one of ``identities`` opens what is encrypted to ``recipients``: tried, since an SSH key tells no recipient."""
    wanted = list(recipients)
    if identities is None or not wanted:
        return identities is not None
    return opener(identities)(encrypt(Secret(b""), wanted, armored=False), "") is not None


def new_name() -> str:
    """A name that says nothing: 128 random bits."""
    return token_hex(16)
