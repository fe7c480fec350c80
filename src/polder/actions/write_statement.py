"""Write a statement's source from what was asked at a door, take its place, take it back; and give what follows from that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from polder.actions.load_network import load_network
from polder.actions.read_statements import Members, members_of
from polder.actions.say_statement import Given, give
from polder.commons.network.model import STATEMENTS
from polder.commons.statement.access import Rule
from polder.commons.statement.circle import TYPE as CIRCLE
from polder.commons.statement.source import ENDING, PRIVATE, read_source
from polder.commons.statement.types import TYPES
from polder.kernel.document import as_text
from polder.kernel.document_text import block, put
from polder.kernel.names import nearest
from polder.kernel.problem import Problem, Problems, Refused
from polder.kernel.published import Published
from polder.kernel.shape import Keys, ListOf, MapOf

Published_ = Mapping[str, Published] | None
PEOPLE = ("members", "stewards", "blocked")
"""The fields of a circle that name providers."""


@dataclass(frozen=True, slots=True)
class Audience:
    """As it is asked for: ``word`` (``public``, ``network``), or circles and providers."""

    word: str = ""
    circles: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    mode: str = "all"

    @property
    def data(self) -> Any:
        """What ``audience:`` in a file holds."""
        if not self.circles and not self.providers:
            return self.word or "public"
        named = {"circles": list(self.circles), "providers": list(self.providers)}
        mode = {"mode": self.mode} if len(self.circles) + bool(self.providers) > 1 else {}
        return {key: held for key, held in named.items() if held} | mode

    @property
    def open(self) -> bool:
        return bool(self.data == "public")


@dataclass(frozen=True, slots=True)
class Wish:
    """A statement as it is asked for. ``title``, ``body``: language to text. ``fields``: ``name=value`` or ``name.language=value``; a
    name given twice is a list. ``until``: embargo, with ``first`` as those who hear of it before."""

    type: str
    id: str
    title: Mapping[str, str]
    body: Mapping[str, str]
    audience: Audience
    fields: tuple[str, ...] = ()
    supersedes: str = ""
    first: Audience | None = None
    until: str = ""


def say(
    folder: Path,
    wish: Wish,
    now: datetime,
    again: bool = False,
    published: Published_ = None,
    members: Members | None = None,
    strangers: bool = False,
) -> Given:
    """Write the source and give it. ``again``: in the place of one that is there already; else ``statement.exists``. ``strangers``: it
    may name providers that are not known here; else ``statement.unknown-provider``."""
    refuse_unknown_type(wish.type)
    data = _data(wish)
    if not strangers:
        named = [*wish.audience.providers, *(wish.first.providers if wish.first else ())]
        listed = [data[key] for key in PEOPLE if wish.type == CIRCLE and key in data]
        refuse_strangers(folder, now, [*named, *(name for names in listed for name in names)], members)
    private = not wish.audience.open or wish.first is not None
    there = _there(folder, wish.type, wish.id)
    if there and not again:
        raise Refused(Problem("statement.exists", there[0], {"statement": f"{wish.type}/{wish.id}"}))
    file = f"{STATEMENTS}/{wish.type}/{wish.id}{PRIVATE if private else ENDING}"
    return write_source(
        folder, file, data, now, tuple(one for one in there if one != file), published, members
    )


def withdraw(
    folder: Path,
    written: str,
    reason: Mapping[str, str],
    now: datetime,
    published: Published_ = None,
    members: Members | None = None,
) -> tuple[str, Given]:
    """Take back the statement ``written`` (``type/id`` or ``id``): its key, and what giving did."""
    key, file = own_file(folder, written)
    text = put(as_text((folder / file).read_bytes(), file), ("withdrawn",), True, file)
    text = put(text, ("reason",), dict(reason), file) if reason else text
    return key, give(folder, now, published, members, changed={file: text.encode()})


def write_source(
    folder: Path,
    file: str,
    data: Mapping[str, Any],
    now: datetime,
    replaced: tuple[str, ...] = (),
    published: Published_ = None,
    members: Members | None = None,
) -> Given:
    """Write ``data`` as the source ``file``, valid or not at all, and give it."""
    content = ("\n".join(block(key, held, 0) for key, held in data.items()) + "\n").encode()
    read_source(content, file, load_network(folder).provider)
    return give(folder, now, published, members, changed={file: content}, replaced=replaced)


def own_file(folder: Path, written: str) -> tuple[str, str]:
    """Key and source file of the statement of ours called ``written``. Problems: ``statement.not-said``, ``statement.several``."""
    keys = {key: file for type_ in TYPES for key, file in _keys(folder, type_)}
    meant = sorted(key for key in keys if key == written or key.endswith(f"/{written}"))
    if len(meant) > 1:
        raise Refused(Problem("statement.several", "", {"statement": written, "names": tuple(meant)}))
    if not meant:
        raise Refused(Problem("statement.not-said", "", {"statement": written}))
    return meant[0], keys[meant[0]]


def refuse_unknown_type(name: str) -> None:
    """``statement.unknown-type`` and the nearest that there is."""
    if name in TYPES:
        return
    near = nearest(name, TYPES)
    if near:
        raise Refused(Problem("statement.unknown-type-near", "", {"type": name, "nearest": near}))
    raise Refused(Problem("statement.unknown-type", "", {"type": name, "known": tuple(TYPES)}))


def refuse_strangers(folder: Path, now: datetime, names: Iterable[str], members: Members | None) -> None:
    """``statement.unknown-provider`` for each of ``names`` (``cedar``, ``cedar/ana``) that is neither in the network nor followed, with
    the nearest that is. While nobody is known there is nothing to hold a name against."""
    network = load_network(folder)
    known = {*network.follow, *(members_of(folder, now, []) if members is None else members)} - {
        network.provider
    }
    problems = Problems()
    for name in dict.fromkeys(one.partition("/")[0] for one in names):
        if not known or name in known or name == network.provider:
            continue
        if near := nearest(name, known):
            problems.add("statement.unknown-provider-near", "", provider=name, nearest=near)
        else:
            problems.add("statement.unknown-provider", "", provider=name)
    problems.refuse_if_any()


def audience_data(rule: Rule) -> Any:
    """A rule as a person would write it."""
    word = next((scope.kind for scope in rule.scopes if scope.kind in ("public", "network")), "")
    providers = tuple(name for scope in rule.scopes if scope.kind == "providers" for name in scope.names)
    return Audience(word, rule.circles, providers, rule.mode).data


def _there(folder: Path, type_: str, id_: str) -> list[str]:
    names = (f"{STATEMENTS}/{type_}/{id_}{ending}" for ending in (ENDING, PRIVATE))
    return [name for name in names if (folder / name).is_file()]


def _keys(folder: Path, type_: str) -> list[tuple[str, str]]:
    files = sorted((folder / STATEMENTS / type_).glob("*.yml"))
    named = [(path.name.removesuffix(PRIVATE).removesuffix(ENDING), path) for path in files]
    return [(f"{type_}/{name}", path.relative_to(folder).as_posix()) for name, path in named]


def _data(wish: Wish) -> dict[str, Any]:
    data: dict[str, Any] = {"title": dict(wish.title)}
    data |= {"body": dict(wish.body)} if wish.body else {}
    data["audience"] = wish.audience.data
    if wish.first is not None:
        data["embargo"] = {"audience": wish.first.data, "until": wish.until}
    data |= {"supersedes": wish.supersedes} if wish.supersedes else {}
    return data | fields_data(wish.type, wish.fields)


def fields_data(type_: str, written: Sequence[str]) -> dict[str, Any]:
    """``name=value`` pairs as the file holds them: lists where the type has lists, texts by language where it has texts."""
    shapes = TYPES[type_].fields.keys
    found: dict[str, Any] = {}
    for one in written:
        name, sign, value = one.partition("=")
        key, dot, below = name.partition(".")
        if not sign or not key:
            raise Refused(Problem("statement.not-a-field", "", {"value": one}))
        shape = shapes[key].shape if key in shapes else None
        if isinstance(shape, ListOf):
            found.setdefault(key, []).append(value)
        elif isinstance(shape, MapOf | Keys) or dot:
            found.setdefault(key, {})[below or "en"] = value
        else:
            found[key] = value
    return found
