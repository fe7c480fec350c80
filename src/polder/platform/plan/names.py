"""How the engine's objects are named, and the placeholders for what is not known before the plan runs.

>>> object_name("les-lilas", "lilas", "wiki", "admin", fingerprint="0123456789ab")
'les-lilas_lilas_wiki_admin_0123456789ab'
>>> len(object_name("a" * 32, "b" * 32, "c" * 32, fingerprint="0123456789ab"))
64
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from polder.kernel.digest import Digest, digest_of_data, short
from polder.kernel.names import service_name
from polder.platform.recipe.model import Recipe

BUILDER = 1
"""Raised when the image builder itself changes what it makes from the same inputs."""

LIMIT = 64
"""Longest name of a Swarm secret or config."""

INGRESS = "polder/ingress"
PLACEHOLDER = re.compile(r"\{(?:secret|mesh-key):[^}]+\}|image:[a-z0-9.-]+")


def object_name(*parts: str, fingerprint: str) -> str:
    """The name of a secret or config: slugs, then 12 hex digits of its content (or a placeholder for them). Too long a name loses
    its middle; a digest of the parts keeps it apart from its neighbours."""
    stem = service_name(*parts)
    room = LIMIT - 13
    if len(stem) > room:
        stem = f"{stem[: room - 9]}_{short(digest_of_data(parts), 8)}"
    return f"{stem}_{fingerprint}"


def image_key(recipe: Recipe, content: Digest | None) -> str:
    """What an image is made from, as a name for caches and ``polder.lock``: recipe and 12 hex digits over every input."""
    assert recipe.image is not None
    return f"{recipe.name}-{short(digest_of_data([BUILDER, recipe.image.key, content]))}"


def secret_file(group: str, app: str, secret: str) -> str:
    """The name of a secret's file in ``secrets/`` without ``.age``."""
    return f"polder.{secret}" if (group, app) == ("polder", "ingress") else f"{group}.{app}.{secret}"


def secret_placeholder(file: str) -> str:
    return f"{{secret:{file}}}"


def has_placeholder(data: Any) -> bool:
    """Whether anything in ``data`` is still to be filled in.

    >>> has_placeholder({"Env": ["A=1", "B={secret:wiki}"]}), has_placeholder({"{secret:wiki}": ["A"]})
    (True, False)
    """
    if isinstance(data, str):
        return ":" in data and PLACEHOLDER.search(data) is not None
    if isinstance(data, dict):
        data = data.values()
    elif not isinstance(data, list | tuple):
        return False
    for value in data:  # noqa: SIM110 - any() with a generator takes twice as long
        if has_placeholder(value):
            return True
    return False


def fill(data: Any, known: Mapping[str, str]) -> Any:
    """``data`` with every placeholder in ``known`` replaced.

    >>> fill({"Image": "image:wiki-1", "n": [1]}, {"image:wiki-1": "sha256:aa"})
    {'Image': 'sha256:aa', 'n': [1]}
    """
    match data:
        case str():
            return PLACEHOLDER.sub(lambda m: known.get(m[0], m[0]), data) if ":" in data else data
        case dict():
            return {key: fill(value, known) for key, value in data.items()}
        case list():
            return [fill(value, known) for value in data]
        case _:
            return data
