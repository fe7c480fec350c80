"""The whole history again from its first version, offline: whoever has the documents comes to the same state."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from polder.commons.roster.chain import Chain
from polder.commons.roster.difference import beginning, difference
from polder.commons.roster.document import Edition, read_edition
from polder.commons.roster.verify import verify, verify_first
from polder.kernel.digest import Digest
from polder.kernel.problem import Problem, Refused
from polder.kernel.signing import PublicKey


@dataclass(frozen=True, slots=True)
class Step:
    """One version: what changed, why, and whose signatures carried it."""

    edition: Edition
    lines: tuple[Problem, ...]
    signers: tuple[str, ...]


def replay(contents: Iterable[bytes], first: Digest | None = None) -> tuple[Chain, tuple[Step, ...]]:
    """Versions 1, 2, 3 ..., each verified against the one before; ``first``: the fingerprint that version 1 must have.

    Refused at the first version that does not hold, with every reason, and ``roster.another-beginning`` for another version 1.
    """
    editions: list[Edition] = []
    steps = []
    for number, content in enumerate(contents, start=1):
        edition = read_edition(content, f"roster/{number}.json")
        steps.append(_step(editions[-1] if editions else None, edition, first))
        editions.append(edition)
    if not editions:
        raise Refused(Problem("roster.none"))
    return Chain(tuple(editions)), tuple(steps)


def _step(old: Edition | None, edition: Edition, first: Digest | None) -> Step:
    where = f"roster/{edition.version}.json"
    if old is not None:
        held = verify(old, edition, where)
        return Step(edition, difference(old.roster, edition.roster), _names(held, old, edition))
    if first and edition.digest != first:
        raise Refused(Problem("roster.another-beginning", where, {"found": edition.digest, "wanted": first}))
    held = verify_first(edition, where)
    return Step(edition, beginning(edition), _names(held, edition))


def _names(held: Collection[PublicKey], *editions: Edition) -> tuple[str, ...]:
    """Whose keys these are, before or after."""
    return tuple(sorted({one.id for edition in editions for one in edition.roster.active if one.key in held}))
