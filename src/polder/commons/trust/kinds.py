"""Which kind of refusal a code is, and what a refusal is about, without the library that reads signed documents.

>>> kind_of("sync.rollback"), kind_of("sync.expired"), kind_of("trust.key-id")
('older', 'expired', 'altered')

Two refusals are about the same when whoever decided about one has decided about the other:

1. A source that goes back is told by what was seen before, whatever older number it shows today.
2. A source that gives something else than files (a page, a redirect, no end) is told by the file that was asked for.
3. Everything else is told by what a document says. Blanks around it and signatures on it anybody can change.
"""

from __future__ import annotations

from polder.kernel.digest import digest_of_bytes
from polder.kernel.plain import read_plain, write_plain
from polder.kernel.problem import Problem, Refused

KINDS = {
    "sync.rollback": "older",
    "sync.old-keys": "older",
    "sync.expired": "expired",
    "sync.two-versions": "two versions",
    "sync.mixed": "mixed",
    "sync.role-gone": "mixed",
    "sync.file-missing": "incomplete",
    "sync.keys-change": "incomplete",
    "sync.private-address": "not allowed",
    "sync.damaged": "damaged",
    "sync.own-root-altered": "damaged",
    "sync.proxy-failed": "proxy",
    "sync.onion-needs-proxy": "proxy",
}
"""Any other code means that something was altered, or made wrongly by whoever holds the keys."""


def kind_of(code: str) -> str:
    """``older``, ``expired``, ``two versions``, ``mixed``, ``incomplete``, ``not allowed`` (a rule of ours), ``proxy``, ``damaged`` (our
    own disk) or ``altered``."""
    return KINDS.get(code, "altered")


NO_FILES = frozenset({"sync.page-instead", "sync.redirected", "sync.encoded", "sync.endless"})


def about(problem: Problem, content: bytes) -> str:
    """What ``problem`` with the file ``content`` is about, in one line.

    >>> same = [b'{"signed":{"version":1},"signatures":[]}', b' {"signed": {"version": 1}, "signatures": [7]} ']
    >>> len({about(Problem("sync.altered"), one) for one in same})
    1
    """
    values = problem.values
    if problem.code == "sync.rollback":
        return f"{values.get('role')} {values.get('seen')}"
    if problem.code in NO_FILES:
        return problem.where
    return _said(content) if content else f"{problem.where} {dict(values)}"


def _said(content: bytes) -> str:
    try:
        return digest_of_bytes(write_plain(read_plain(content)["signed"]))
    except (Refused, KeyError, ValueError, RecursionError):
        return digest_of_bytes(content)
