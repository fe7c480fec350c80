"""JSON Schemas (draft 2020-12) of the files people write, from the same shapes that read them; editors use them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from polder.kernel.shape import Keys, MapOf, schema_of
from polder.platform.recipe.shape import RECIPE
from polder.platform.site.shape import GROUP, HOSTS, LOCK, SITE

NAMES = ("site", "hosts", "group", "lock", "recipe")
_SHAPES: Mapping[str, Keys | MapOf] = {
    "site": SITE,
    "hosts": HOSTS,
    "group": GROUP,
    "lock": LOCK,
    "recipe": RECIPE,
}
FOLDER = ".polder/schema"


def schema(name: str, recipes: Iterable[str] = ()) -> dict[str, Any]:
    """The schema of one kind of file. With ``recipes``, editors offer their names for an app."""
    found = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema_of(_SHAPES[name])}
    if name == "group" and (known := sorted(recipes)):
        app = found["properties"]["apps"]["additionalProperties"]
        app["properties"]["recipe"]["enum"] = known
    return found
