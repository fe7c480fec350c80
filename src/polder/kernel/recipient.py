"""Recipients that secrets are encrypted to: age X25519 keys and SSH public keys. Their form is checked here, purely.

>>> is_age_recipient("age1" + "q" * 58)
False
"""

from __future__ import annotations

import base64
import binascii

from polder.kernel.document import Scalar
from polder.kernel.shape import Value, Wrong

_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def is_age_recipient(text: str) -> bool:
    """``age1`` and 58 characters whose Bech32 checksum (BIP 173) is right."""
    if len(text) != 62 or not text.startswith("age1") or any(letter not in _BECH32 for letter in text[4:]):
        return False
    prefix = [ord(c) >> 5 for c in "age"] + [0] + [ord(c) & 31 for c in "age"]
    return _checksum(prefix + [_BECH32.index(letter) for letter in text[4:]]) == 1


def _checksum(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit in range(5):
            check ^= _GENERATOR[bit] if (top >> bit) & 1 else 0
    return check


def is_ssh_recipient(text: str) -> bool:
    """An ``ssh-ed25519`` or ``ssh-rsa`` public key as in ``authorized_keys`` (RFC 4253, section 6.6)."""
    kind, _, rest = text.partition(" ")
    if kind not in ("ssh-ed25519", "ssh-rsa") or not rest:
        return False
    try:
        blob = base64.b64decode(rest.split(" ")[0], validate=True)
    except (binascii.Error, ValueError):
        return False
    named = len(kind).to_bytes(4, "big") + kind.encode()
    return blob.startswith(named) and (kind == "ssh-rsa" or len(blob) == len(named) + 36)


def _accept(scalar: Scalar) -> str:
    text = scalar.value
    if not isinstance(text, str) or "\n" in text.strip():
        raise Wrong
    if text.startswith("AGE-SECRET-KEY-") or "PRIVATE KEY" in text:
        raise Wrong("site.private-key", value="***")
    if not is_age_recipient(text.strip()) and not is_ssh_recipient(text.strip()):
        raise Wrong
    return text.strip()


RECIPIENT = Value(
    "site.not-a-recipient", _accept, {"type": "string", "pattern": "^(age1|ssh-ed25519 |ssh-rsa )"}
)


def _accept_key(scalar: Scalar) -> str:
    text = scalar.value
    if not isinstance(text, str) or "\n" in text.strip():
        raise Wrong
    if "PRIVATE KEY" in text:
        raise Wrong("site.private-key", value="***")
    if not is_ssh_recipient(text.strip()):
        raise Wrong
    return text.strip()


SSH_KEY = Value("site.not-an-ssh-key", _accept_key, {"type": "string", "pattern": "^(ssh-ed25519 |ssh-rsa )"})
