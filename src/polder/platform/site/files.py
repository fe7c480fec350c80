"""The files of a site, each read by its shape. Reading the same bytes again costs nothing: results are remembered."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from polder.kernel.document import Document, Mapping, read_document
from polder.kernel.folder import Folder
from polder.kernel.problem import Problem, Problems, Refused
from polder.kernel.shape import Keys, MapOf, Record, read
from polder.platform.site.shape import GROUP, HOSTS, LOCK, SITE

Kind = Literal["site", "hosts", "group", "lock"]
SHAPES: dict[Kind, Keys | MapOf] = {"site": SITE, "hosts": HOSTS, "group": GROUP, "lock": LOCK}


@dataclass(frozen=True, slots=True)
class Parsed:
    """``record`` is complete, with blanks for what ``problems`` are about."""

    record: Record
    problems: tuple[Problem, ...]


@lru_cache(maxsize=4096)
def parse(content: bytes, file: str, kind: Kind) -> Parsed:
    """One file by its shape; a file that is no YAML gives an empty record."""
    problems = Problems()
    try:
        document = read_document(content, file)
    except Refused as refused:
        empty = Document(file, Mapping({}, 1))
        return Parsed(read(SHAPES[kind], empty, Problems()), refused.problems)
    return Parsed(read(SHAPES[kind], document, problems), tuple(problems.items))


def group_files(folder: Folder) -> dict[str, str]:
    """Slug to path of every ``groups/*.yml``, in the order of their names."""
    inside = (path for path in sorted(folder.files) if path.startswith("groups/") and path.endswith(".yml"))
    return {path.removeprefix("groups/").removesuffix(".yml"): path for path in inside}


def recipe_folders(folder: Folder) -> dict[str, Folder]:
    """Name to folder of each of the provider's own recipes (``recipes/<name>/``)."""
    names = dict.fromkeys(path.split("/")[1] for path in folder.files if path.startswith("recipes/"))
    return {name: folder.below(f"recipes/{name}/") for name in names}
