"""Edits of ``hosts.yml``: hosts set, taken out, replaced. As in ``edit``, texts go in and come out, comments stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from polder.kernel import document_text as text
from polder.kernel.document import read_document, to_data
from polder.kernel.names import is_slug, nearest
from polder.kernel.problem import Problem, Refused

Files = Mapping[str, bytes]
Changed = dict[str, bytes]
FILE = "hosts.yml"
MESH = "10.213.0."
"""The first three bytes of addresses that ``--mesh auto`` gives."""


def put_host(files: Files, name: str, entry: Mapping[str, Any]) -> Changed:
    """A new host at the end, as ``entry`` says; what is empty is left out."""
    if not is_slug(name):
        raise Refused(Problem("kernel.not-a-slug", "", {"key": "host", "value": name}))
    if name in _hosts(files):
        raise Refused(Problem("site.host-exists", FILE, {"name": name}))
    given = {key: value for key, value in entry.items() if value not in ("", None, [])}
    return {FILE: text.put(_text(files, FILE), (name,), given, FILE).encode()}


def set_host(files: Files, name: str, key: str, value: Any) -> Changed:
    """``value`` for ``key`` of a host; ``None`` takes the key out."""
    held, content = _known(files, name), _text(files, FILE)
    if value is not None:
        return {FILE: text.put(content, (name, key), value, FILE).encode()}
    return {FILE: text.remove(content, (name, key), FILE).encode()} if key in held else {}


def remove_host(files: Files, name: str) -> Changed:
    """Refused (``site.host-has-apps``) while apps are pinned to it, by their file or by their data."""
    _known(files, name)
    if pinned := [*_pinned(files, name), *_placed(files, name)]:
        raise Refused(
            Problem("site.host-has-apps", FILE, {"host": name, "apps": tuple(a for _, _, a in pinned)})
        )
    return {FILE: text.remove(_text(files, FILE), (name,), FILE).encode()}


def replace_host(files: Files, old: str, new: str, entry: Mapping[str, Any]) -> Changed:
    """``new`` with all that ``old`` says, but for what ``entry`` says, in its place; apps pinned to ``old`` are pinned to ``new``, and
    so are those whose data is there because Polder placed it there. Refused (``plan.last-manager``) for the only host: nobody
    would be left who knows of its swarm, and a second one would begin."""
    if set(_hosts(files)) == {old}:
        raise Refused(Problem("plan.last-manager", FILE, {"host": old}))
    kept = {
        key: value for key, value in _known(files, old).items() if key not in ("host-key", "mesh", "drained")
    }
    changed = put_host(files, new, kept | dict(entry))
    changed[FILE] = text.remove(changed[FILE].decode(), (old,), FILE).encode()
    for file, app, _ in [*_pinned(files, old), *_placed(files, old)]:
        content = changed.get(file, files[file]).decode()
        changed[file] = text.put(content, ("apps", app, "host"), new, file).encode()
    return changed


def free_mesh_address(files: Files) -> str:
    """The lowest address of the mesh that no host has.

    >>> free_mesh_address({"hosts.yml": b"ada: {address: 192.0.2.7, mesh: 10.213.0.1}"})
    '10.213.0.2'
    """
    used = {str(host.get("mesh", "")) for host in _hosts(files).values()}
    return next(f"{MESH}{number}" for number in range(1, 255) if f"{MESH}{number}" not in used)


def has_mesh(files: Files) -> bool:
    return any(host.get("mesh") for host in _hosts(files).values())


def _pinned(files: Files, host: str) -> list[tuple[str, str, str]]:
    """File, name and ``group/name`` of every app that is pinned to ``host``."""
    found = []
    for file in sorted(path for path in files if path.startswith("groups/") and path.endswith(".yml")):
        apps = _data(files, file).get("apps") or {}
        slug = file[len("groups/") : -len(".yml")]
        found += [(file, name, f"{slug}/{name}") for name, app in apps.items() if _says(app, host)]
    return found


def _placed(files: Files, host: str) -> list[tuple[str, str, str]]:
    """The same of every app whose data is on ``host`` by ``polder.lock``, and whose file names no host."""
    placements = _data(files, "polder.lock").get("placements") or {}
    found = []
    for app_id in (one for one, at in placements.items() if at == host):
        group, _, name = app_id.partition("/")
        file = f"groups/{group}.yml"
        app = (_data(files, file).get("apps") or {}).get(name)
        if isinstance(app, dict) and "host" not in app:
            found.append((file, name, app_id))
    return found


def _says(app: Any, host: str) -> bool:
    return isinstance(app, dict) and app.get("host") == host


def _known(files: Files, name: str) -> dict[str, Any]:
    hosts = _hosts(files)
    if name in hosts:
        return hosts[name]
    if near := nearest(name, hosts):
        raise Refused(Problem("site.unknown-host-near", FILE, {"name": name, "nearest": near}))
    raise Refused(Problem("site.unknown-host", FILE, {"name": name, "known": tuple(hosts)}))


def _hosts(files: Files) -> dict[str, dict[str, Any]]:
    return {str(k): v if isinstance(v, dict) else {} for k, v in _data(files, FILE).items()}


def _text(files: Files, file: str) -> str:
    return files.get(file, b"").decode("utf-8", "strict")


def _data(files: Files, file: str) -> dict[str, Any]:
    found = to_data(read_document(files.get(file, b""), file).root)
    return found if isinstance(found, dict) else {}
