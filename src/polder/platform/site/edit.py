"""Edits of a site's files: what the commands and the panel change. Texts go in and come out; nothing is written here.

Each function takes the site's files (path to bytes) and gives back only those it changed. What is asked about must exist
(else ``Refused`` with the nearest right word); whether the result is a valid site is for ``read_site`` to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from polder.kernel import document_text as text
from polder.kernel.document import read_document, to_data
from polder.kernel.names import is_slug, nearest
from polder.kernel.problem import Problem, Problems, Refused
from polder.platform.recipe.model import Recipe, Setting
from polder.platform.site.files import parse
from polder.platform.site.model import SettingValue

Files = Mapping[str, bytes]
Changed = dict[str, bytes]
APP_KEYS = ("domain", "size", "host")


def add_app(
    files: Files,
    app_id: str,
    recipe: str,
    domain: str,
    size: str = "",
    settings: Mapping[str, SettingValue] | None = None,
    host: str = "",
) -> Changed:
    """A new app at the end of its group's apps."""
    file, name = _place(files, app_id)
    _check_new(name, "app", _apps(files, file), file)
    given = {"recipe": recipe, "domain": domain, "size": size, "host": host}
    entry: dict[str, Any] = {key: value for key, value in given.items() if value}
    if settings:
        entry["settings"] = {key: _plain(value) for key, value in settings.items()}
    return {file: text.put(_text(files, file), ("apps", name), entry, file).encode()}


def remove_app(files: Files, app_id: str, *, forget_data: bool = False) -> Changed:
    """The group without the app. ``forget_data`` also lists it under ``forget-data``; an app removed earlier can be listed
    so, too."""
    file, name = _place(files, app_id)
    apps, content = _apps(files, file), _text(files, file)
    if name in apps:
        content = text.remove(content, ("apps", name), file)
    elif not forget_data:
        raise Refused(
            _unknown("site.unknown-app", app_id, [f"{app_id.split('/')[0]}/{app}" for app in apps], file)
        )
    if forget_data and name not in (_data(content, file).get("forget-data") or []):
        content = text.append(content, "forget-data", name, file)
    return {file: content.encode()}


def set_app(files: Files, app_id: str, changes: Mapping[str, SettingValue | None]) -> Changed:
    """``changes``: ``size``, ``domain``, ``host``, ``settings.NAME`` or ``needs.LABEL`` to a value; ``None`` takes the key out
    again."""
    file, name = _place(files, app_id)
    apps, content = _apps(files, file), _text(files, file)
    if name not in apps:
        raise Refused(
            _unknown("site.unknown-app", app_id, [f"{app_id.split('/')[0]}/{app}" for app in apps], file)
        )
    _check_keys(changes)
    for key, value in changes.items():
        path = ("apps", name, *key.split(".", 1))
        if value is not None:
            content = text.put(content, path, _plain(value), file)
        elif _holds(_data(content, file), path):
            content = text.remove(content, path, file)
    return {file: content.encode()}


def add_group(files: Files, slug: str, name: str, languages: tuple[str, ...] = ()) -> Changed:
    """A new file ``groups/<slug>.yml`` without apps."""
    file = f"groups/{slug}.yml"
    _check_new(slug, "group", {path[7:-4] for path in files if path.startswith("groups/")}, file)
    lines = ["# yaml-language-server: $schema=../.polder/schema/group.json", text.block("name", name, 0)]
    if languages:
        lines.append(text.block("languages", list(languages), 0))
    return {file: "\n".join([*lines, "apps:", ""]).encode()}


def add_operator(files: Files, name: str, recipient: str, keys: tuple[str, ...] = ()) -> Changed:
    """An operator at the end of those in ``site.yml``, and the SSH ``keys`` they reach hosts with."""
    content = _text(files, "site.yml")
    _check_new(name, "operator", _data(content, "site.yml").get("operators") or {}, "site.yml")
    content = text.put(content, ("operators", name), recipient, "site.yml")
    if keys:
        content = text.put(content, ("ssh-keys", name), list(keys), "site.yml")
    return {"site.yml": content.encode()}


def remove_operator(files: Files, name: str) -> Changed:
    """``site.yml`` without the operator and their SSH keys. Refused for the last one, and when one of their keys stands under
    another name, too."""
    content = _text(files, "site.yml")
    data = _data(content, "site.yml")
    known = data.get("operators") or {}
    if name not in known:
        raise Refused(_unknown("site.unknown-operator", name, list(known), "site.yml"))
    if len(known) == 1:
        raise Refused(Problem("site.last-operator", "site.yml", {"name": name}))
    _check_own_keys(name, known, data.get("ssh-keys") or {})
    content = text.remove(content, ("operators", name), "site.yml")
    if name in (data.get("ssh-keys") or {}):
        content = text.remove(content, ("ssh-keys", name), "site.yml")
    return {"site.yml": content.encode()}


def operator_names(content: bytes) -> tuple[str, ...]:
    """The operators in the text of a ``site.yml``; none where it cannot be read."""
    try:
        return tuple(_data(content.decode(), "site.yml").get("operators") or {})
    except (Refused, UnicodeDecodeError):
        return ()


def reaches_hosts(files: Files, name: str) -> bool:
    """Whether an operator has an SSH key, and with it an account on the hosts that Polder sets up."""
    data = _data(_text(files, "site.yml"), "site.yml")
    recipient = str((data.get("operators") or {}).get(name, ""))
    return recipient.startswith("ssh-") or bool((data.get("ssh-keys") or {}).get(name))


def _check_own_keys(name: str, recipients: Mapping[str, str], given: Mapping[str, list[str]]) -> None:
    """A key that stands under another name would still open everything."""
    held = {one: {_bare(key) for key in (recipients[one], *(given.get(one) or ()))} for one in recipients}
    others = [one for one in held if one != name and held[one] & held[name]]
    if others:
        raise Refused(Problem("site.shared-key", "site.yml", {"name": name, "others": tuple(others)}))


def _bare(key: str) -> str:
    """A key without its comment."""
    return " ".join(str(key).split()[:2])


def recipe_of(files: Files, app_id: str) -> str:
    """The recipe that an app's file names."""
    file, name = _place(files, app_id)
    record = parse(files[file], file, "group").record["apps"]
    if name not in record.node.entries:
        group = app_id.split("/")[0]
        raise Refused(
            _unknown("site.unknown-app", app_id, [f"{group}/{app}" for app in record.node.entries], file)
        )
    return str(record[name]["recipe"]) if name in record else ""


def answers(given: Mapping[str, str], recipe: Recipe) -> dict[str, SettingValue]:
    """Answers typed as text to the values that the recipe's settings want: numbers, true and false, lists with commas."""
    problems = Problems()
    found: dict[str, SettingValue] = {}
    for name, answer in given.items():
        if name not in recipe.settings:
            problems.items.append(
                _unknown("site.unknown-setting", name, list(recipe.settings), "", recipe=recipe.name)
            )
            continue
        value = _answer(recipe.settings[name], answer)
        if value is None:
            kind = recipe.settings[name].kind
            code = "kernel.not-a-number" if kind == "number" else "kernel.not-yes-no"
            problems.add(code, key=name, value=answer)
        else:
            found[name] = value
    problems.refuse_if_any()
    return found


def _answer(setting: Setting, answer: str) -> SettingValue | None:
    match setting.kind:
        case "number":
            return (
                int(answer)
                if answer.removeprefix("-").isascii() and answer.removeprefix("-").isdigit()
                else None
            )
        case "yes-no":
            return {"true": True, "yes": True, "false": False, "no": False}.get(answer.lower())
        case "list":
            return tuple(part.strip() for part in answer.split(",") if part.strip())
        case _:
            return answer


def _check_keys(changes: Mapping[str, SettingValue | None]) -> None:
    problems = Problems()
    for key in changes:
        if key not in APP_KEYS and not key.startswith(("settings.", "needs.")):
            known = [*APP_KEYS, "settings.NAME", "needs.LABEL"]
            problems.items.append(_unknown("site.unsettable", key, known, ""))
    problems.refuse_if_any()


def _place(files: Files, app_id: str) -> tuple[str, str]:
    """File and name of ``group/app``."""
    group, slash, name = app_id.partition("/")
    if not slash or not group or not name:
        raise Refused(Problem("site.not-an-app", "", {"value": app_id}))
    groups = [path[len("groups/") : -len(".yml")] for path in sorted(files) if path.startswith("groups/")]
    if group not in groups:
        raise Refused(_unknown("site.unknown-group", group, groups, ""))
    return f"groups/{group}.yml", name


def _check_new(name: str, key: str, known: Any, file: str) -> None:
    if not is_slug(name):
        raise Refused(Problem("kernel.not-a-slug", "", {"key": key, "value": name}))
    if name in known:
        raise Refused(Problem(f"site.{key}-exists", file, {"name": name}))


def _unknown(code: str, word: str, known: list[str], where: str, **more: str) -> Problem:
    if near := nearest(word, known):
        return Problem(f"{code}-near", where, {"name": word, "nearest": near, **more})
    return Problem(code if known else f"{code}-none", where, {"name": word, "known": tuple(known), **more})


def _text(files: Files, file: str) -> str:
    return files.get(file, b"").decode("utf-8", "strict")


def _data(content: str, file: str) -> dict[str, Any]:
    found = to_data(read_document(content.encode(), file).root)
    return found if isinstance(found, dict) else {}


def _apps(files: Files, file: str) -> list[str]:
    parsed = parse(files[file], file, "group")
    if any(problem.code.startswith("kernel.yaml-") for problem in parsed.problems):
        raise Refused(parsed.problems)
    return list(parsed.record["apps"].node.entries)


def _holds(data: Any, path: tuple[str, ...]) -> bool:
    for key in path:
        if not isinstance(data, dict) or key not in data:
            return False
        data = data[key]
    return True


def _plain(value: SettingValue) -> Any:
    return list(value) if isinstance(value, tuple) else value
