"""A Compose file to a ``Project``, or every problem at once.

>>> project = read_project(b"services: {web: {restart: always, environment: {A: '1'}}}", "compose.yml")
>>> project.services["web"].environment, project.reported[0].code
({'A': '1'}, 'compose.restart')
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import replace

from polder.kernel import document
from polder.kernel.document import Node, read_document
from polder.kernel.names import is_slug
from polder.platform.compose import keys
from polder.platform.compose.check import check_services
from polder.platform.compose.draft import Draft, Source
from polder.platform.compose.keys import Section
from polder.platform.compose.model import Project
from polder.platform.compose.reader import EMPTY, Reader, line_of
from polder.platform.compose.service import make_service, read_draft

GIVEN = ("caddy.json", "names.json")
"""Configs that Polder itself writes: a Compose file says ``external: true`` for them (the ingress's recipe
only)."""
MOST_SERVICES = 100
MOST_CONFIG = 500_000
"""Swarm's limit for one config, in bytes."""


def read_project(text: bytes, file: str, files: Mapping[str, bytes] | None = None) -> Project:
    """The project of ``text``. ``files``: those beside the Compose file by relative path, for ``configs: {x:
    {file: ...}}``.

    Refuses ``kernel.yaml-*`` and ``compose.*`` problems, all of them.
    """
    root = read_document(text, file).root
    reader = Reader(file, files=files or {})
    if not isinstance(root, document.Mapping):
        reader.refuse("compose.not-a-mapping", root, key=file)
    top = dict(reader.entries(root, file, keys.TOP))
    project = _project(reader, top)
    reader.refuse_if_any()
    return project


def _project(reader: Reader, top: Mapping[str, Node]) -> Project:
    drafts = _drafts(reader, top.get("services", EMPTY))
    contents = _contents(reader, top.get("configs", EMPTY))
    project = Project(
        services={draft.name: make_service(reader, draft) for draft in drafts},
        volumes=_volumes(reader, top.get("volumes", EMPTY)),
        networks=_networks(reader, top.get("networks", EMPTY)),
        secrets=tuple(_section(reader, top.get("secrets", EMPTY), "secrets", keys.SECRET)),
        configs={name: reader.filled(text, node, "content") for name, (text, node) in contents.items()},
        reported=(),
        given=_given(top.get("configs", EMPTY)),
    )
    check_services(reader, project)
    open_configs = {name: content for name, content in contents.items() if "$" in content[0]}
    source = Source(reader.file, drafts, open_configs, tuple(reader.uses))
    return replace(project, reported=tuple(reader.reported), source=source)


def _drafts(reader: Reader, node: Node) -> tuple[Draft, ...]:
    if not isinstance(node, document.Mapping) or not node.entries:
        reader.refuse("compose.no-services", node.line or 1)
        return ()
    if len(node.entries) > MOST_SERVICES:
        reader.refuse("compose.too-many-services", node, count=len(node.entries), most=MOST_SERVICES)
        return ()
    named = [(name, value, line_of(node, name)) for name, value in reader.named(node, "services")]
    for name, _, line in named:
        check_name(reader, name, line)
    return tuple(read_draft(reader, name, value, line) for name, value, line in named)


def check_name(reader: Reader, name: str, place: Node | int) -> None:
    """Names of services, volumes and so on become parts of the engine's names, joined by ``_``: they must be
    slugs."""
    if not is_slug(name):
        better = name.lower().replace("_", "-").replace(".", "-")
        code = "compose.bad-name-near" if is_slug(better) else "compose.bad-name"
        reader.refuse(code, place, name=name, near=better)


def _section(reader: Reader, node: Node, title: str, section: Section) -> dict[str, dict[str, Node]]:
    """Each named thing of a top-level section with its honoured keys."""
    found = {}
    for name, value in reader.named(node, title):
        line = reader.declared[title, name] = line_of(node, name)
        check_name(reader, name.replace(".", "-") if section is keys.CONFIG else name, line)
        found[name] = dict(reader.entries(value, name, section))
    return found


def _volumes(reader: Reader, node: Node) -> tuple[str, ...]:
    found = _section(reader, node, "volumes", keys.VOLUME)
    for entries in found.values():
        driver = entries.get("driver")
        if driver and reader.fixed(driver, "driver") not in ("local", ""):
            reader.refuse("compose.volume-driver", driver, driver=reader.raw(driver, "driver"))
    return tuple(found)


def _networks(reader: Reader, node: Node) -> Mapping[str, bool]:
    found = _section(reader, node, "networks", keys.NETWORK)
    for value in node.entries.values() if isinstance(node, document.Mapping) else ():
        driver = value.entries.get("driver") if isinstance(value, document.Mapping) else None
        if driver and reader.fixed(driver, "driver") not in ("bridge", "overlay", "default", ""):
            reader.refuse("compose.network-driver", driver, driver=reader.raw(driver, "driver"))
    return {
        name: "internal" in entries and reader.yes_no(entries["internal"], "internal")
        for name, entries in found.items()
    }


def _contents(reader: Reader, node: Node) -> dict[str, tuple[str, Node]]:
    """Each config's text and its place. A file's text has no variables, so its dollar signs are doubled."""
    found = {}
    for name, entries in _section(reader, node, "configs", keys.CONFIG).items():
        if "content" in entries:
            found[name] = (_inline(reader, entries["content"], name), entries["content"])
        elif "file" in entries:
            found[name] = (_file(reader, entries["file"], name).replace("$", "$$"), entries["file"])
        elif "external" in entries:
            _check_given(reader, entries["external"], name)
        else:
            reader.refuse("compose.config-empty", reader.declared["configs", name], name=name)
    return found


def _check_given(reader: Reader, node: Node, name: str) -> None:
    if name not in GIVEN or not reader.yes_no(node, "external"):
        reader.refuse("compose.external", node, key="external")


def _given(node: Node) -> tuple[str, ...]:
    """Names of the configs that Polder writes itself."""
    found = node.entries.items() if isinstance(node, document.Mapping) else ()
    return tuple(
        name for name, value in found if isinstance(value, document.Mapping) and "external" in value.entries
    )


def _inline(reader: Reader, node: Node, name: str) -> str:
    text = reader.raw(node, "content")
    if len(text.encode()) > MOST_CONFIG:
        reader.refuse("compose.config-too-big", node, name=name, most=MOST_CONFIG)
    return text


def _file(reader: Reader, node: Node, name: str) -> str:
    path = posixpath.normpath(reader.fixed(node, "file"))
    content = reader.files.get(path)
    if content is None:
        reader.refuse("compose.config-file-missing", node, name=name, path=path)
        return ""
    if len(content) > MOST_CONFIG:
        reader.refuse("compose.config-too-big", node, name=name, most=MOST_CONFIG)
    try:
        return content.decode()
    except UnicodeDecodeError:
        reader.refuse("compose.config-not-text", node, name=name, path=path)
        return ""
