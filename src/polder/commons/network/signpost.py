"""One line that says where something is published and which fingerprint it must have, short enough for a QR code.

A phone or a scanner types it; ``polder network follow`` and ``polder network roster join`` take it as it is. It holds nothing secret, and
is worth as much as the way on which it came: whoever can put another one in its place decides whom you meet. Format:
docs/reference/formats/signpost.md.

>>> one = Signpost("provider", "beech", "https://beech.example/net/", Digest("sha256:" + "0a" * 32))
>>> text = str(one)
>>> text.split("0a0a")[0], text[-27:]
('polder:provider:beech:', ':https://beech.example/net/')
>>> read_signpost(f" {text}\\n", "provider") == one
True
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from polder.commons.network.shape import URL_PATTERN
from polder.kernel.digest import Digest
from polder.kernel.names import SLUG
from polder.kernel.problem import Problem, Refused

PREFIX, PROVIDER, ROSTER = "polder:", "provider", "roster"
LONGEST = 1_000
_FORM = re.compile(rf"polder:(provider|roster):({SLUG.pattern}):([0-9a-f]{{64}}):({URL_PATTERN})")


@dataclass(frozen=True, slots=True)
class Signpost:
    """``kind``: ``provider`` (``digest`` is that of its first root file) or ``roster`` (of the network's first roster). ``name``: the id of
    the provider that publishes at ``url``."""

    kind: str
    name: str
    url: str
    digest: Digest

    def __str__(self) -> str:
        return f"{PREFIX}{self.kind}:{self.name}:{self.digest.removeprefix('sha256:')}:{self.url}"


def is_signpost(text: str) -> bool:
    """Whether somebody meant one: no other name or address begins so."""
    return text.strip().startswith(PREFIX)


def read_signpost(text: str, kind: str) -> Signpost:
    """Refused: ``network.not-a-signpost``; ``network.signpost-of-provider``, ``network.signpost-of-roster`` for one of the other kind."""
    line = text.strip()
    found = _FORM.fullmatch(line) if len(line) <= LONGEST else None
    if not found:
        raise Refused(Problem("network.not-a-signpost", "", {"text": line[:80]}))
    one = Signpost(found[1], found[2], found[4], Digest(f"sha256:{found[3]}"))
    if one.kind != kind:
        raise Refused(Problem(f"network.signpost-of-{one.kind}", "", {"text": line[:80]}))
    return one


def agreed(signposts: tuple[Signpost, ...], fingerprint: Digest | None) -> Digest | None:
    """The one fingerprint that all of them name, and ``fingerprint`` if there is one. Refused: ``network.signposts-differ``."""
    every = sorted({*(one.digest for one in signposts), *([fingerprint] if fingerprint else [])})
    if len(every) > 1:
        raise Refused(Problem("network.signposts-differ", "", {"one": every[0], "other": every[1]}))
    return every[0] if every else None
