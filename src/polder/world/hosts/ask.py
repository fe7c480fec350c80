"""The look's question as one script for the host's shell, and its answer back as text. Pure: no clock, no network.

``look.sh`` says what is looked at. What differs from look to look stands before it as shell variables: the names that a
``Question`` asks about, and a mark that no line of the host's own can begin with, so nobody there can forge a section.

>>> script(Question(units=("ssh.service",)), "m1").splitlines()[:3]
["mark='m1'", "paths=''", "units='ssh.service'"]
"""

from __future__ import annotations

import base64
import binascii
import gzip
import zlib
from dataclasses import fields
from functools import cache
from pathlib import Path

from polder.kernel.host import Question

LIMIT = 20 * 1024 * 1024
"""Bytes that a look may hold when unpacked; a host that answers more is not believed."""


@cache
def _look() -> str:
    return (Path(__file__).parent / "look.sh").read_text()


def script(question: Question, mark: str) -> str:
    """What a host's shell is given to run."""
    given = {"mark": mark} | {one.name: "\n".join(getattr(question, one.name)) for one in fields(Question)}
    return "".join(f"{name}={quoted(value)}\n" for name, value in given.items()) + _look()


def quoted(text: str) -> str:
    """One word for any POSIX shell.

    >>> quoted("it's")
    "'it'\\\\''s'"
    """
    return "'" + text.replace("'", "'\\''") + "'"


def unpacked(answer: str) -> str:
    """The answer's text; ``""`` when it is not whole."""
    try:
        opened = zlib.decompressobj(wbits=31)
        content = opened.decompress(base64.b64decode(answer.strip(), validate=True), LIMIT)
    except (binascii.Error, zlib.error, ValueError):
        return ""
    return content.decode(errors="replace") if opened.eof else ""


def packed(text: str) -> str:
    """As ``look.sh`` sends it.

    >>> unpacked(packed("m1 end"))
    'm1 end'
    """
    return base64.b64encode(gzip.compress(text.encode(), 1)).decode()
