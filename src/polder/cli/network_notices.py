"""News for people as a message in plain text, and what is printed about having told them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from polder.cli.door import language
from polder.kernel.problem import Problem
from polder.kernel.sentences import hint, say, say_loosely, say_problem
from polder.kernel.text import harmless, one_line

if TYPE_CHECKING:
    from polder.actions.notify_people import Told


def letter(provider: str, problems: tuple[Problem, ...]) -> str:
    """One sentence a line, what to do below. No line begins with what a mail program could take for a command."""
    words = language()
    lines = [say("network.notify-begins", {"provider": provider}, words), ""]
    for one in problems:
        where = f"{one.where}: " if one.where else ""
        lines.append(f"- {where}{one_line(say_loosely(one.code, one.values, words))}")
        if advice := hint(one.code, one.values, words):
            lines.append(f"    {one_line(advice)}")
    return harmless("\n".join(lines)) + "\n"


def notified_lines(told: Told) -> Iterator[tuple[str, str]]:
    words = language()
    if told.said:
        yield say("network.notified", {"count": len(told.said)}, words), ""
    if told.failed:
        yield say_problem(told.failed, words), "red"
        yield "    " + hint(told.failed.code, told.failed.values, words), "dim"
