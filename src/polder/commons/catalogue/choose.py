"""Which bytes a person means who says a recipe's name, and whom they are taken from.

Nothing is guessed: where several different things are offered under one name, the asker says which. A higher version number is no
reason to prefer one: whoever offers it wrote it.
"""

from __future__ import annotations

from collections.abc import Sequence

from polder.commons.catalogue.view import Catalogue, Offered, Variant
from polder.kernel.digest import short
from polder.kernel.names import nearest
from polder.kernel.problem import Problem, Refused

SHORTEST = 8
"""Hex digits that name a digest at least."""


def split_reference(text: str) -> tuple[str, str]:
    """``NAME`` or ``NAME@DIGEST`` (``sha256:`` may be left out, and so may its end). Refused: ``catalogue.not-a-reference``.

    >>> split_reference("wiki@sha256:0123456789ab"), split_reference("wiki")
    (('wiki', '0123456789ab'), ('wiki', ''))
    """
    name, at, digest = text.partition("@")
    digits = digest.removeprefix("sha256:").lower()
    hexadecimal = set(digits) <= set("0123456789abcdef") and SHORTEST <= len(digits) <= 64
    if not name or (at and not hexadecimal):
        raise Refused(Problem("catalogue.not-a-reference", "", {"value": text}))
    return name, digits


def choose_variant(catalogue: Catalogue, name: str, digest: str = "", provider: str = "") -> Variant:
    """The one that is meant. ``digest``: its first hex digits; ``provider``: who offers it. Refused when it is none, or not clear."""
    held = catalogue.variants.get(name)
    if not held:
        near = nearest(name, catalogue.variants)
        code = "catalogue.not-offered-near" if near else "catalogue.not-offered"
        raise Refused(Problem(code, "", {"recipe": name, "nearest": near}))
    found = [one for one in held if short(one.digest, 64).startswith(digest) and _by(one, provider)]
    if not found:
        raise Refused(Problem("catalogue.not-that-one", "", {"recipe": name, "offered": _listed(held)}))
    if len(found) > 1:
        raise Refused(Problem("catalogue.which", "", {"recipe": name, "offered": _listed(found)}))
    return found[0]


def choose_source(variant: Variant, provider: str = "") -> Offered:
    """Who it is taken from: ``provider``, else the first that was heard of in time. Refused (``catalogue.stale``) when none was."""
    asked = [one for one in variant.offered if provider in ("", one.provider)]
    fresh = [one for one in asked if not one.stale]
    if not fresh:
        raise Refused(Problem("catalogue.stale", "", {"provider": one.provider}) for one in asked)
    return fresh[0]


def _by(variant: Variant, provider: str) -> bool:
    return not provider or any(one.provider == provider for one in variant.offered)


def _listed(variants: Sequence[Variant]) -> tuple[str, ...]:
    return tuple(
        f"{one.name}@{short(one.digest)} ({'+'.join(offered.provider for offered in one.offered)})"
        for one in variants
    )
