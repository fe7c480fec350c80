"""Read a site from disk: its own files, its own recipes and those that come with Polder, or every problem in them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from polder.kernel.folder import Folder
from polder.kernel.problem import Problem, Refused
from polder.platform.recipe.model import Recipe
from polder.platform.recipe.read import read_recipe
from polder.platform.site.app import folders_wanted
from polder.platform.site.files import group_files, parse, recipe_folders
from polder.platform.site.model import Site
from polder.platform.site.read import read_site
from polder.world.files import builtin_names, builtin_path, read_folder, read_recipe_folder, with_contents


def load_site(path: Path) -> Site:
    """The site in ``path``. ``Refused`` with every problem of its files and of its own recipes."""
    return site_of(read_folder(path), path)


def site_of(folder: Folder, path: Path) -> Site:
    """The site that ``folder`` says, be it read from ``path`` or edited in memory; contents are read from ``path``."""
    problems: list[Problem] = []
    recipes = _recipes(folder, problems, _named(folder))
    whole = with_contents(folder, path, folders_wanted(folder, recipes))
    try:
        site = read_site(whole, recipes, _names(folder) - recipes.keys())
    except Refused as refused:
        raise Refused([*refused.problems, *problems]) from None
    if problems:
        raise Refused(problems)
    return site


def load_recipes(folder: Folder) -> dict[str, Recipe]:
    """Every recipe a group may name: those that come with Polder, and the provider's own, which take their place."""
    problems: list[Problem] = []
    recipes = _recipes(folder, problems)
    if problems:
        raise Refused(problems)
    return recipes


def _named(folder: Folder) -> set[str] | None:
    """The recipes that a site speaks of: of those that come with Polder no other is read, however many there are. ``None``, all
    of them, when a name is wrong: the nearest right one is looked for then."""
    groups = [parse(folder.files[path], path, "group").record for path in group_files(folder).values()]
    named = {app["recipe"] for group in groups for app in group["apps"].values()}
    named |= set(parse(folder.files.get("site.yml", b""), "site.yml", "site").record["policy"]["allow"])
    return named | {"ingress"} if named <= _names(folder) else None


def _recipes(folder: Folder, problems: list[Problem], only: set[str] | None = None) -> dict[str, Recipe]:
    own = recipe_folders(folder)
    wanted = [name for name in builtin_names() if name not in own and (only is None or name in only)]
    builtin = {name: read_recipe_folder(builtin_path(name)) for name in wanted}
    found = _read(builtin, problems, builtin=True) | _read(own, problems, builtin=False)
    return dict(sorted(found.items()))


def _names(folder: Folder) -> set[str]:
    return {*builtin_names(), *recipe_folders(folder)}


def _read(folders: Mapping[str, Folder], problems: list[Problem], *, builtin: bool) -> dict[str, Recipe]:
    recipes = {}
    for name, held in folders.items():
        try:
            recipes[name] = read_recipe(name, held, builtin=builtin)
        except Refused as refused:
            problems.extend(refused.problems)
    return recipes
