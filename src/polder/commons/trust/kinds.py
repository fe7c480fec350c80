"""Which kind of refusal a code is, without the library that reads signed documents.

>>> kind_of("sync.rollback"), kind_of("sync.expired"), kind_of("trust.key-id")
('older', 'expired', 'altered')
"""

from __future__ import annotations

KINDS = {
    "sync.rollback": "older",
    "sync.expired": "expired",
    "sync.two-versions": "two versions",
    "sync.mixed": "mixed",
    "sync.role-gone": "mixed",
    "sync.file-missing": "incomplete",
    "sync.keys-change": "incomplete",
    "sync.private-address": "unreachable",
}
"""Any other code means that something was altered, or made wrongly by whoever holds the keys."""


def kind_of(code: str) -> str:
    """``older``, ``expired``, ``two versions``, ``mixed``, ``incomplete``, ``unreachable`` or ``altered``."""
    return KINDS.get(code, "altered")
