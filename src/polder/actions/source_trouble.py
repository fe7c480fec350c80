"""What went wrong with one source of a peer, as a value: whose fault it looks like, and the file that shows it."""

from __future__ import annotations

from dataclasses import dataclass

from polder.commons.trust.kinds import kind_of
from polder.kernel.problem import Problem, Refused, Unreachable
from polder.world.proxy import ProxyFailed


@dataclass(frozen=True, slots=True)
class Trouble:
    """``kind``: ``unreachable``, ``proxy`` (not the peer's fault), or one of ``commons.trust.kinds``. ``evidence``: the file at fault."""

    source: str
    kind: str
    problem: Problem
    evidence: bytes = b""
    origin: bool = False


def troubles_of(error: Unreachable | Refused, url: str, origin: bool, evidence: bytes = b"") -> list[Trouble]:
    """``error`` while ``url`` was asked, as what is told of that source. What is wrong with our own disk is raised again: no other
    source mends it."""
    if isinstance(error, ProxyFailed):
        problem = Problem("sync.proxy-failed", "", {"proxy": error.what, "why": error.why})
        return [Trouble(url, "proxy", problem, b"", origin)]
    if isinstance(error, Unreachable):
        problem = Problem("sync.unreachable", "", {"source": error.what, "why": error.why})
        return [Trouble(url, "unreachable", problem, b"", origin)]
    if any(kind_of(one.code) == "damaged" for one in error.problems):
        raise error
    return [Trouble(url, kind_of(one.code), one, evidence, origin) for one in error.problems[:5]]
