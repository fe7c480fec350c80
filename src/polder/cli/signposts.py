"""Signposts as people hand them over: on the command line, or typed by a scanner into standard input."""

from __future__ import annotations

import sys

import click

from polder.cli.door import language
from polder.commons.network.signpost import LONGEST, ROSTER, Signpost, is_signpost, read_signpost
from polder.kernel.problem import Problem, Refused
from polder.kernel.sentences import say

TYPED = "-"


def read_typed(text: str, kind: str) -> Signpost | None:
    """The signpost that ``text`` is, or (for ``-``) that the next line of standard input is; ``None`` for something else."""
    if text == TYPED:
        return read_signpost(_next_line(), kind)
    return read_signpost(text, kind) if is_signpost(text) else None


def read_typed_roster(text: str) -> Signpost:
    """The same where nothing but a signpost to a roster will do."""
    return read_signpost(_next_line() if text == TYPED else text, ROSTER)


def _next_line() -> str:
    if sys.stdin.isatty():
        click.echo(say("network.scan-now", {}, language()), err=True)
    try:
        return sys.stdin.readline(LONGEST + 2)
    except UnicodeDecodeError as error:
        told = bytes(error.object[:80]).decode(errors="replace").strip()
        raise Refused(Problem("kernel.not-utf8", "", {"text": told})) from None
