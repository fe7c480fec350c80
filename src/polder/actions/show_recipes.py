"""Show the recipes a group may ask for, and one of them in full: before anything is added."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from polder.actions.check_site import load_recipes
from polder.kernel.folder import Folder
from polder.kernel.names import nearest
from polder.kernel.problem import Problem, Refused, Value
from polder.kernel.sentences import say
from polder.kernel.size import show_bytes
from polder.platform.compose.permissions import needed_permissions
from polder.platform.recipe.model import Recipe
from polder.world.files import read_folder

Line = tuple[str, str]


def offered_recipes(path: Path | None) -> tuple[Recipe, ...]:
    """Those of the site in ``path`` and those that come with Polder, by name; not those that Polder keeps for itself."""
    recipes = load_recipes(read_folder(path) if path else Folder({}))
    return tuple(recipe for recipe in recipes.values() if not recipe.system)


def one_recipe(path: Path | None, name: str) -> Recipe:
    """The recipe called ``name``, those of Polder itself included; ``site.unknown-recipe`` with the nearest."""
    recipes = load_recipes(read_folder(path) if path else Folder({}))
    if name in recipes:
        return recipes[name]
    near = nearest(name, recipes)
    code = "site.unknown-recipe-near" if near else "site.unknown-recipe"
    raise Refused(Problem(code, "", {"name": name, "nearest": near, "known": tuple(recipes)}))


def recipe_data(recipe: Recipe, language: str) -> dict[str, Any]:
    """The recipe for machines: texts in ``language``, amounts in bytes."""
    return {
        "recipe": recipe.name,
        "version": recipe.version,
        "name": recipe.names.read(language),
        "summary": recipe.summary.read(language),
        "upstream": recipe.upstream,
        "source": recipe.source,
        "licence": recipe.licence,
        "builtin": recipe.builtin,
        "digest": recipe.digest,
        "sizes": {
            name: {"memory": s.memory, "disk": s.disk, "people": s.people} for name, s in recipe.sizes.items()
        },
        "settings": {name: _setting(recipe, name, language) for name in recipe.settings},
        "secrets": {name: s.meaning.read(language) for name, s in recipe.secrets.items()},
        "datasets": {name: d.meaning.read(language) for name, d in recipe.datasets.items()},
        "outgoing": recipe.outgoing,
        "needs": list(needed_permissions(recipe.project)),
        "notes": recipe.notes.read(language),
    }


def _setting(recipe: Recipe, name: str, language: str) -> dict[str, Any]:
    setting = recipe.settings[name]
    return {
        "kind": setting.kind,
        "question": setting.question.read(language),
        "default": setting.default,
        "choices": setting.choices,
        "required": setting.required,
    }


def recipe_lines(recipe: Recipe, language: str) -> Iterator[Line]:
    """The recipe for people, as lines with their style."""
    yield f"{recipe.names.read(language)} ({recipe.name})", "bold"
    yield recipe.summary.read(language), ""
    facts = {"upstream": recipe.upstream, "licence": recipe.licence, "source": recipe.source}
    yield say("recipe.is", facts, language), "dim"
    yield from _sizes(recipe, language)
    yield from _settings(recipe, language)
    yield from _kept(recipe, language)
    if notes := recipe.notes.read(language):
        yield "", ""
        yield notes.strip(), ""


def _sizes(recipe: Recipe, language: str) -> Iterator[Line]:
    yield "", ""
    for name, size in recipe.sizes.items():
        shown: dict[str, Value] = {"size": name, "people": size.people}
        shown |= {"memory": show_bytes(size.memory), "disk": show_bytes(size.disk)}
        yield say("recipe.size", shown, language), ""


def _settings(recipe: Recipe, language: str) -> Iterator[Line]:
    for name, setting in recipe.settings.items():
        values = {"setting": name, "question": setting.question.read(language), "kind": setting.kind}
        yield say("recipe.setting-required" if setting.required else "recipe.setting", values, language), ""


def _kept(recipe: Recipe, language: str) -> Iterator[Line]:
    for name, dataset in recipe.datasets.items():
        yield say("recipe.keeps", {"dataset": name, "meaning": dataset.meaning.read(language)}, language), ""
    for name, secret in recipe.secrets.items():
        yield say("recipe.secret", {"secret": name, "meaning": secret.meaning.read(language)}, language), ""
    if recipe.outgoing:
        yield say("recipe.goes-out", {}, language), ""
    if needs := tuple(needed_permissions(recipe.project)):
        yield say("recipe.needs", {"permissions": needs}, language), "yellow"
