"""JSON Schemas of a site's and a network folder's files for editors: shown, or written where the files' first lines look for them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from polder.actions.check_site import load_recipes
from polder.commons.network.schema import SHAPES, network_schema
from polder.kernel.names import nearest
from polder.kernel.problem import Problem, Refused
from polder.platform.site.schema import FOLDER, NAMES, schema
from polder.world.files import read_folder, write_atomically


def schemas(path: Path | None = None) -> dict[str, Any]:
    """Every schema by name; those of the site in ``path`` offer its recipes."""
    try:
        recipes = load_recipes(read_folder(path)) if path else {}
    except Refused:  # a schema is most wanted while something is still wrong
        recipes = {}
    offered = [name for name, recipe in recipes.items() if not recipe.system]
    site = {name: schema(name, offered) for name in NAMES}
    return {**site, **{name: network_schema(name) for name in SHAPES}}


def one_schema(name: str, path: Path | None = None) -> dict[str, Any]:
    """The schema called ``name``; ``site.unknown-schema`` with the nearest when there is none."""
    known = (*NAMES, *SHAPES)
    if name not in known:
        near = nearest(name, known)
        code = "site.unknown-schema-near" if near else "site.unknown-schema"
        raise Refused(Problem(code, "", {"name": name, "nearest": near, "known": known}))
    return dict(schemas(path)[name])


def write_schemas(path: Path) -> tuple[str, ...]:
    """Write all schemas into the site in ``path``; the files written, relative to it."""
    written = []
    for name, held in schemas(path).items():
        file = f"{FOLDER}/{name}.json"
        write_atomically(path / file, (json.dumps(held, indent=2, ensure_ascii=False) + "\n").encode())
        written.append(file)
    return tuple(written)
