"""Digests of bytes and of plain data.

>>> digest_of_data({"b": 1, "a": [True]}) == digest_of_data({"a": [True], "b": 1})
True
>>> short(digest_of_bytes(b""))
'e3b0c44298fc'
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, NewType

Digest = NewType("Digest", str)
"""``sha256:`` and 64 lower-case hex digits, the spelling of the OCI image specification."""


def digest_of_bytes(content: bytes) -> Digest:
    return Digest("sha256:" + hashlib.sha256(content).hexdigest())


def digest_of_data(data: Any) -> Digest:
    """Digest of JSON-like data, independent of key order (compact JSON, sorted keys, UTF-8)."""
    return digest_of_bytes(
        json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    )


def short(digest: str, length: int = 12) -> str:
    """The first hex digits, without the algorithm."""
    return digest.removeprefix("sha256:")[:length]
