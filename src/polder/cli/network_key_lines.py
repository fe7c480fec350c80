"""What is said of changes of a peer's keys: each once in full, the last one by ``status`` and ``peers``, and words to compare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from polder.cli.door import language
from polder.commons.trust.root_steps import SPAN, as_problems
from polder.kernel.problem import Value
from polder.kernel.sentences import say, say_problem

if TYPE_CHECKING:
    from polder.commons.trust.root_steps import KeyChange

Line = tuple[str, str]
A_LINE = 6
"""Words of a fingerprint beside each other."""


def change_lines(peer: str, changes: Sequence[KeyChange], indent: str = "    ") -> Iterator[Line]:
    """Every change in full, the title of each in colour."""
    for one in changes:
        title, *rest = as_problems(peer, one)
        yield indent + say_problem(title, language()), "" if one.renewed else "yellow"
        for problem in rest:
            yield f"{indent}    " + say_problem(problem, language()), ""


def last_line(peer: str, changes: Sequence[KeyChange]) -> Line:
    """When keys changed last; a root that was only renewed is no change."""
    real = [one for one in changes if not one.renewed]
    if not real:
        return say("sync.keys-never-changed", {"peer": peer}, language()), ""
    told: dict[str, Value] = {"peer": peer, "root": real[-1].root, "seen": f"{real[-1].seen:%Y-%m-%d}"}
    return say("sync.keys-changed-last", told, language()), "yellow"


def recent_lines(changes: Mapping[str, Sequence[KeyChange]], now: datetime) -> Iterator[Line]:
    """A line for each peer whose keys changed within thirty days: what a timer's round told may have been read by nobody."""
    for peer, held in changes.items():
        if any(now - one.seen <= SPAN and not one.renewed for one in held):
            yield last_line(peer, held)


def fingerprint_lines(code: str, values: Mapping[str, Value]) -> Iterator[str]:
    """What to read to each other, below the sentence ``code``: the digest ``fingerprint`` and its words."""
    from polder.commons.roster.fingerprint import spoken
    from polder.kernel.digest import Digest

    found = Digest(str(values["fingerprint"]))
    told = spoken(found, language()).split()
    yield say(code, values, language())
    yield f"    {found}"
    for start in range(0, len(told), A_LINE):
        yield "    " + " ".join(told[start : start + A_LINE])
