"""One app of a group, held against its recipe: size, settings, folders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from polder.kernel.digest import Digest
from polder.kernel.document import Scalar
from polder.kernel.folder import Folder
from polder.kernel.names import nearest
from polder.kernel.problem import Problems
from polder.kernel.shape import BAD, Record, read_node
from polder.platform.recipe.model import Recipe, Setting
from polder.platform.recipe.setting import setting_shape
from polder.platform.site.files import group_files, parse
from polder.platform.site.model import App, SettingValue

LANGUAGE = "language"
"""The setting of kind choice that says which language an app speaks."""


def read_app(
    group: str,
    name: str,
    record: Record,
    where: str,
    recipe: Recipe | None,
    host: str | None,
    folder: Folder,
    problems: Problems,
    languages: tuple[str, ...] = (),
) -> App:
    """``host`` is the one it is pinned to. Without a recipe, which is a problem of its own, settings are not looked at.
    ``languages`` are the group's: an app speaks the first of them that it knows, unless it is told otherwise."""
    settings = read_settings(record["settings"], recipe, where, problems) if recipe else {}
    if recipe and not record["settings"].has(LANGUAGE) and (spoken := _spoken(recipe, languages)):
        settings[LANGUAGE] = spoken
    return App(
        group=group,
        name=name,
        recipe=record["recipe"],
        domain=record["domain"],
        size=_size(record, recipe, problems) if recipe else record["size"],
        settings=settings,
        host=host,
        content=_content(settings, record["settings"], recipe, folder, problems) if recipe else {},
        where=where,
        needs=dict(record["needs"]),
    )


def _spoken(recipe: Recipe, languages: tuple[str, ...]) -> str:
    """The first of ``languages`` that the recipe's choice ``language`` offers; ``""`` for none."""
    setting = recipe.settings.get(LANGUAGE)
    offered = setting.choices if setting else ()
    return next((language for language in languages if language in offered), "")


def read_settings(record: Record, recipe: Recipe, where: str, problems: Problems) -> dict[str, SettingValue]:
    """The answers given, then the recipe's defaults; an answer that must be given and is not is a problem."""
    for name in record:
        if name not in recipe.settings:
            _unknown("site.unknown-setting", name, recipe.settings, recipe, record.where(name), problems)
    found: dict[str, SettingValue] = {}
    for name, setting in recipe.settings.items():
        value = _answer(setting, record, problems) if record.has(name) else setting.default
        if value is None and setting.required and name not in record:
            problems.add("site.missing-setting", where, setting=name, recipe=recipe.name)
        elif value is not None and value is not BAD:
            found[name] = value.rstrip("/") if setting.kind == "folder" and isinstance(value, str) else value
    return found


def _answer(setting: Setting, record: Record, problems: Problems) -> SettingValue | None:
    shape = setting_shape(setting.kind, setting.choices)
    found: SettingValue | None = read_node(
        shape, record[setting.name], record.document, problems, setting.name
    )
    return found


def _size(record: Record, recipe: Recipe, problems: Problems) -> str:
    size: str = record["size"] or next(iter(recipe.sizes), "")
    if size not in recipe.sizes and record.has("size"):
        _unknown("site.unknown-size", size, recipe.sizes, recipe, record.where("size"), problems)
    return size


def _unknown(
    code: str, word: str, known: Mapping[str, object], recipe: Recipe, where: str, problems: Problems
) -> None:
    if near := nearest(word, known):
        problems.add(f"{code}-near", where, name=word, recipe=recipe.name, nearest=near)
    else:
        problems.add(
            code if known else f"{code}-none", where, name=word, recipe=recipe.name, known=tuple(known)
        )


def _content(
    settings: Mapping[str, SettingValue], written: Record, recipe: Recipe, folder: Folder, problems: Problems
) -> dict[str, Digest]:
    found: dict[str, Digest] = {}
    for name, setting in recipe.settings.items():
        path = settings.get(name)
        if setting.kind != "folder" or not isinstance(path, str):
            continue
        if path in folder.content:
            found[name] = folder.content[path]
        elif fault := folder.faults.get(path):
            problems.add(fault.code, written.where(name), **{"folder": path, **fault.values})
        else:
            problems.add("site.folder-missing", written.where(name), folder=path)
    return found


def folders_wanted(folder: Folder, recipes: Mapping[str, Recipe]) -> tuple[str, ...]:
    """The folders that settings name, for ``world.files`` to read: relative paths inside the site, each once."""
    return tuple(dict.fromkeys(_wanted(folder, recipes)))


def _wanted(folder: Folder, recipes: Mapping[str, Recipe]) -> Iterable[str]:
    shape = setting_shape("folder")
    for path in group_files(folder).values():
        for app in parse(folder.files[path], path, "group").record["apps"].values():
            recipe = recipes.get(app["recipe"])
            for name, setting in recipe.settings.items() if recipe else ():
                node = app["settings"].get(name)
                if setting.kind == "folder" and isinstance(node, Scalar):
                    value = read_node(shape, node, app.document, Problems(), name)
                    if value is not BAD:
                        yield value.rstrip("/")
