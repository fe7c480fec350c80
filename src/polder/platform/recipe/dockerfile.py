"""Which images a Dockerfile takes from elsewhere. A recipe's image begins with Polder's own base: the build argument ``BASE``.

Read are ``FROM``, ``COPY --from=``, ``ADD --from=``, ``RUN --mount=from=`` (each also after ``ONBUILD``), and the line ``# syntax=``,
by which the builder itself would be taken from a hub (https://docs.docker.com/reference/dockerfile/). Allowed are ``${BASE}``,
``scratch`` and stages above. Anything else (a variable, too) is foreign. This keeps recipes honest about where they come from;
it is no sandbox: a recipe's build runs as root.

>>> [use.image for use in foreign_images(b"ARG BASE\\nFROM ${BASE} AS one\\nFROM debian:12\\nCOPY --from=one /a /b\\n")]
['debian:12']
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

OWN = frozenset(("$BASE", "${BASE}", "scratch"))
SYNTAX = "syntax"
"""In place of an instruction: the line that names the builder."""
_DIRECTIVE = re.compile(r"\s*(?:#|//)\s*([a-z]+)\s*=\s*(\S+)", re.IGNORECASE)
_FLAG = re.compile(r"\s*--([a-z-]+)(?:=(\S*))?(?=\s|$)", re.IGNORECASE)
_HEREDOC = re.compile(r"(?:^|\s)\d*<<(-?)[\"']?([A-Za-z_][A-Za-z0-9_.]*)[\"']?(?=\s|$)")
_WITH_TEXT = ("RUN", "COPY", "ADD")


@dataclass(frozen=True, slots=True)
class Use:
    """``image`` as it is written, at ``line``, by ``instruction`` (``FROM``, ``COPY``, ``ADD``, ``RUN`` or ``syntax``)."""

    line: int
    instruction: str
    image: str


def foreign_images(content: bytes) -> tuple[Use, ...]:
    """Every image that comes from elsewhere, in the order of the file."""
    lines = content.decode("utf-8-sig", "replace").split("\n")
    directives = list(_directives(lines))
    escape = next((value for _, name, value in directives if name == "escape"), "\\")
    found = [Use(line, SYNTAX, value) for line, name, value in directives if name == SYNTAX]
    return (*found, *_foreign(_instructions(lines, escape)))


def _directives(lines: list[str]) -> Iterator[tuple[int, str, str]]:
    """``# name=value`` before the first instruction."""
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.lstrip().startswith(("#", "//")):
            return
        if match := _DIRECTIVE.match(line):
            yield number, match[1].lower(), match[2]


def _instructions(lines: list[str], escape: str) -> Iterator[tuple[int, str, str]]:
    """(line, word, the rest) of each instruction, continued lines joined, texts after ``<<`` left out."""
    at = 0
    while at < len(lines):
        start, text = at, lines[at].strip()
        at += 1
        if not text or text.startswith("#"):
            continue
        while text.endswith(escape) and at < len(lines):
            following = lines[at].strip()
            at += 1
            text = text[:-1].rstrip() + " " + following if following and following[0] != "#" else text
        word, rest = _first(text)
        while word.upper() == "ONBUILD":
            word, rest = _first(rest)
        if word.upper() in _WITH_TEXT:
            at = _after_texts(lines, at, rest)
        yield start + 1, word.upper(), rest


def _first(text: str) -> tuple[str, str]:
    """The first word, and the rest."""
    words = text.split(None, 1)
    return (words[0] if words else ""), (words[1] if len(words) > 1 else "")


def _after_texts(lines: list[str], at: int, rest: str) -> int:
    """The line after the texts that ``<<NAME`` announces; one that never ends is none."""
    for match in _HEREDOC.finditer(rest):
        ends = (i for i in range(at, len(lines)) if _ends(lines[i], match[2], bool(match[1])))
        at = next(ends, at - 1) + 1
    return at


def _ends(line: str, name: str, tabs: bool) -> bool:
    return (line.lstrip("\t") if tabs else line).rstrip("\r") == name


def _foreign(instructions: Iterator[tuple[int, str, str]]) -> Iterator[Use]:
    stages: list[str] = []
    for line, word, rest in instructions:
        if word == "FROM":
            image, name = _from(rest)
            if image not in OWN and image.lower() not in stages:
                yield Use(line, word, image)
            stages.append(name.lower())
        elif word in _WITH_TEXT:
            for image in _taken(word, rest):
                if not _is_stage(image, stages):
                    yield Use(line, word, image)


def _from(rest: str) -> tuple[str, str]:
    """Image and name of ``--platform=... image AS name``."""
    words = [word for word in _bare(rest).split() if not word.startswith("--")]
    named = len(words) > 2 and words[1].upper() == "AS"
    return (words[0] if words else ""), (words[2] if named else "")


def _taken(word: str, rest: str) -> Iterator[str]:
    """The images that the flags of an instruction name."""
    text, at = _bare(rest), 0
    while match := _FLAG.match(text, at):
        at, flag = match.end(), match[1].lower()
        parts = (match[2] or "").split(",") if flag == "mount" else [f"{flag}={match[2] or ''}"]
        for part in parts:
            key, _, value = part.partition("=")
            if key.lower() == "from" and (word != "RUN" or flag == "mount"):
                yield value


def _bare(text: str) -> str:
    return text.replace('"', "").replace("'", "")


def _is_stage(image: str, stages: list[str]) -> bool:
    """A stage above, by its name or its number; not the one that is being built."""
    above = stages[:-1]
    return (
        image == "scratch"
        or (image.lower() in above and image != "")
        or (image.isdecimal() and int(image) < len(above))
    )
