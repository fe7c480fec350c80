"""Edit a site: read its files, change them in memory, read the result as a site, and only then write and commit.

Nothing invalid is ever written. If a file changed on disk meanwhile, nothing is written either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from polder.actions.check_site import load_recipes, site_of
from polder.kernel.folder import Folder
from polder.kernel.names import nearest
from polder.kernel.problem import Problem, Refused
from polder.platform.recipe.model import Recipe
from polder.platform.site import edit
from polder.platform.site.model import SettingValue, Site
from polder.world.files import read_folder, write_atomically
from polder.world.git import Commit, commit_paths


@dataclass(frozen=True, slots=True)
class Edited:
    """What an edit did: the site as it is now, the files written (relative), and the commit, if there is a repository."""

    site: Site
    files: tuple[str, ...]
    commit: Commit


@dataclass(frozen=True, slots=True)
class NewApp:
    """An app as it is asked for: settings are still text (see ``platform.site.edit.answers``)."""

    id: str
    recipe: str
    domain: str
    size: str = ""
    host: str = ""
    answers: Mapping[str, str] | None = None


def add_app(path: Path, app: NewApp) -> Edited:
    """Add an app to its group."""

    def change(folder: Folder) -> edit.Changed:
        recipe = _recipe(load_recipes(folder), app.recipe)
        settings = edit.answers(app.answers or {}, recipe)
        return edit.add_app(folder.files, app.id, app.recipe, app.domain, app.size, settings, app.host)

    return edit_files(path, change, f"Add {app.id}: {app.recipe} at {app.domain}.")


def remove_app(path: Path, app_id: str, *, forget_data: bool = False) -> Edited:
    """Take an app out; with ``forget_data``, the next apply destroys what it kept."""
    message = f"Remove {app_id} and forget its data." if forget_data else f"Remove {app_id}, keep its data."
    return edit_files(
        path, lambda folder: edit.remove_app(folder.files, app_id, forget_data=forget_data), message
    )


def set_app(path: Path, app_id: str, given: Mapping[str, str]) -> Edited:
    """Change an app. Keys: ``domain``, ``size``, ``host``, ``settings.NAME``, ``needs.LABEL``; an empty text takes the key out."""

    def change(folder: Folder) -> edit.Changed:
        return edit.set_app(folder.files, app_id, _typed(folder, app_id, given))

    return edit_files(path, change, f"Set {', '.join(given)} of {app_id}.")


def add_group(path: Path, slug: str, name: str, languages: tuple[str, ...] = ()) -> Edited:
    """Add a group without apps."""
    return edit_files(
        path, lambda folder: edit.add_group(folder.files, slug, name, languages), f"Add the group {slug}."
    )


def add_operator(path: Path, name: str, recipient: str, keys: tuple[str, ...] = ()) -> Edited:
    """Add somebody who may read the site's secrets from now on, and reach its hosts with ``keys``."""
    return edit_files(
        path,
        lambda folder: edit.add_operator(folder.files, name, recipient, keys),
        f"Add the operator {name}.",
    )


def kept_data(site: Site, app_id: str) -> tuple[str, ...]:
    """The volumes that stay on the engine when ``app_id`` is removed: names as the engine knows them."""
    from polder.kernel.names import service_name

    app = next((app for app in site.apps if app.id == app_id), None)
    if app is None:
        return ()
    return tuple(
        service_name(site.slug, app.group, app.name, name)
        for name in site.recipes[app.recipe].project.volumes
    )


def edit_files(path: Path, change: Callable[[Folder], edit.Changed], message: str) -> Edited:
    """Change files as ``change`` says, if the result is a valid site, and commit them with ``message``."""
    folder = read_folder(path)
    changed = {name: text for name, text in change(folder).items() if folder.files.get(name) != text}
    edited = Folder({**folder.files, **changed}, executable=folder.executable, faults=folder.faults)
    site = site_of(edited, path)
    _unchanged(path, folder, changed)
    for name, content in changed.items():
        write_atomically(path / name, content)
    return Edited(site, tuple(changed), commit_paths(path, [path / name for name in changed], message))


def _unchanged(path: Path, folder: Folder, changed: Mapping[str, bytes]) -> None:
    """Somebody may have saved a file between our reading and our writing."""
    moved = [name for name in changed if _now(path / name) != folder.files.get(name)]
    if moved:
        raise Refused(Problem("site.changed-meanwhile", name) for name in moved)


def _now(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _typed(folder: Folder, app_id: str, given: Mapping[str, str]) -> dict[str, SettingValue | None]:
    """The values of ``settings.NAME`` by the app's recipe; everything else is text."""
    prefix = "settings."
    answers = {key[len(prefix) :]: text for key, text in given.items() if key.startswith(prefix) and text}
    found: dict[str, SettingValue | None] = {key: text or None for key, text in given.items()}
    if answers:
        recipe = _recipe(load_recipes(folder), edit.recipe_of(folder.files, app_id))
        found |= {prefix + name: value for name, value in edit.answers(answers, recipe).items()}
    return found


def _recipe(recipes: Mapping[str, Recipe], name: str) -> Recipe:
    if name in recipes:
        return recipes[name]
    if near := nearest(name, recipes):
        raise Refused(Problem("site.unknown-recipe-near", "", {"name": name, "nearest": near}))
    raise Refused(Problem("site.unknown-recipe", "", {"name": name, "known": tuple(recipes)}))
