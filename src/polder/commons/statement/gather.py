"""Every statement in the verified files of a provider: those in clear, and those that our key opens. One bad file hides no other.

What cannot be opened is passed over in silence: nobody is told how many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from polder.commons.statement.model import FOLDER, SEALED, Heard, HeardPart, Statement
from polder.commons.statement.sealed import read_envelope, refuse_odd
from polder.commons.statement.wire import read_document
from polder.kernel.digest import digest_of_bytes, short
from polder.kernel.problem import Problem, Refused

Open = Callable[[bytes, str], bytes | None]
"""From ciphertext and its place to plaintext; ``None``: not for us. May refuse (damaged)."""
MOST_FILES, MOST_SEALED, MOST_TOLD = 2_000, 500, 10
"""Of one provider."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """``problems``: what was refused, each at ``provider/path``."""

    heard: tuple[Heard, ...] = ()
    parts: tuple[HeardPart, ...] = ()
    problems: tuple[Problem, ...] = ()


def gather(files: Mapping[str, Mapping[str, bytes]], open_: Open, opener: str) -> Gathered:
    """``files``: provider to target path to content. ``opener``: the provider whose key ``open_`` has."""
    heard: list[Heard] = []
    parts: list[HeardPart] = []
    problems: list[Problem] = []
    for provider in sorted(files):
        refusals: list[Problem] = []
        for path in _paths(files[provider]):
            try:
                for one in _read(files[provider][path], provider, path, open_, opener):
                    heard += [one] if isinstance(one, Heard) else []
                    parts += [one] if isinstance(one, HeardPart) else []
            except Refused as refused:
                refusals += refused.problems
        problems += _few(refusals, provider)
    return Gathered(tuple(heard), tuple(parts), tuple(problems))


def _few(problems: list[Problem], provider: str) -> list[Problem]:
    """Nobody fills a screen with its mistakes."""
    more = len(problems) - MOST_TOLD
    told = Problem("statement.more-problems", provider, {"count": more})
    return [*problems[:MOST_TOLD], told] if more > 0 else problems


def _paths(files: Mapping[str, bytes]) -> list[str]:
    every = sorted(path for path in files if path.startswith(f"{FOLDER}/"))
    clear = [path for path in every if not path.startswith(f"{SEALED}/")]
    sealed = [path for path in every if path.startswith(f"{SEALED}/")]
    return clear[:MOST_FILES] + sealed[:MOST_SEALED]


def _read(content: bytes, provider: str, path: str, open_: Open, opener: str) -> Iterable[Heard | HeardPart]:
    if not path.startswith(f"{SEALED}/"):
        one = read_document(content, provider, path)
        if isinstance(one, Heard):
            _refuse_wrong_place(one.statement, content, path)
        return [one]
    refuse_odd(content, f"{provider}/{path}")
    opened = open_(content, f"{provider}/{path}")
    if opened is None:
        return []
    documents = read_envelope(opened, provider, path).documents
    return [read_document(text.encode(), provider, path, opener) for text in documents]


def _refuse_wrong_place(said: Statement, content: bytes, path: str) -> None:
    """A statement in clear lies where its type and id say."""
    stem = path.removeprefix(f"{FOLDER}/").removesuffix(".json")
    version = short(digest_of_bytes(content), 8)
    if stem not in (said.key, f"{said.key}-{version}"):
        raise Refused(Problem("statement.wrong-place", f"{said.provider}/{path}", {"statement": said.key}))
