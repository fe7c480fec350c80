"""Begin a circle, and change one that this provider is a steward of: whoever founded it, and also when it was split."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from polder.actions.read_statements import Listening, Members, listen
from polder.actions.say_statement import Given
from polder.actions.write_statement import (
    PEOPLE,
    Published_,
    audience_data,
    own_file,
    refuse_strangers,
    write_source,
)
from polder.commons.network.model import STATEMENTS
from polder.commons.statement.access import Circle
from polder.commons.statement.model import Heard
from polder.commons.statement.naming import find_circle
from polder.commons.statement.source import ENDING, PRIVATE
from polder.kernel.names import nearest
from polder.kernel.problem import Problem, Problems, Refused

Names = tuple[str, ...]


def find(listening: Listening, written: str) -> Circle:
    """The circle that ``written`` means (``care`` or ``alder/care``). Problems: ``statement.unknown-circle`` and the like."""
    problems = Problems()
    name = find_circle(written, listening.circles.known, "", problems)
    problems.refuse_if_any()
    return listening.circles.known[name]


def change_circle(
    folder: Path,
    written: str,
    change: Callable[[dict[str, Any]], dict[str, Any]],
    now: datetime,
    published: Published_ = None,
    members: Members | None = None,
    strangers: bool = False,
) -> tuple[str, Given]:
    """Write the next version of a circle: the present one with ``change`` made. Its id, and what giving did. ``strangers``: it may take
    in providers that are not known here."""
    listening = listen(folder, now, published, members)
    circle = find(listening, written)
    provider = listening.network.provider
    if provider not in circle.stewards or circle.ended:
        raise Refused(Problem("statement.not-a-steward", "", {"circle": circle.id, "provider": provider}))
    before = _fields(circle)
    after = change(dict(before))
    after["members"] = [name for name in after["members"] if name not in after["stewards"]]
    if after == before and not circle.split:
        raise Refused(Problem("statement.circle-no-change", "", {"circle": circle.id}))
    if not strangers:
        new = [name for key in PEOPLE for name in after.get(key, ()) if name not in before.get(key, ())]
        refuse_strangers(folder, now, [name for name in new if name not in circle.members], members)
    latest = _latest(listening, circle)
    file = _file(folder, circle, provider, private=latest.statement.rule.scopes[0].kind != "public")
    data = {
        "title": dict(circle.name.by_language),
        **({"body": dict(latest.statement.body.by_language)} if latest.statement.body.by_language else {}),
        "audience": audience_data(latest.statement.rule),
        **({} if circle.id.startswith(f"{provider}/") else {"circle": circle.id}),
        **after,
    }
    return circle.id, write_source(folder, file, data, now, (), published, members)


def adding(key: str, names: Names) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A change: ``names`` come to the list ``key`` (``members``, ``stewards``, ``blocked``)."""
    return lambda held: {**held, key: sorted({*held.get(key, ()), *names})}


def removing(names: Names) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A change: ``names`` go from members and stewards. Refused (``statement.not-in-circle``) with each that is neither."""

    def change(held: dict[str, Any]) -> dict[str, Any]:
        _all_in(names, (*held.get("stewards", ()), *held.get("members", ())))
        left = {
            key: [one for one in held.get(key, ()) if one not in names] for key in ("stewards", "members")
        }
        return {**held, **left}

    return change


def _all_in(names: Names, held: Names) -> None:
    problems = Problems()
    for name in names:
        if name in held:
            continue
        if near := nearest(name, held):
            problems.add("statement.not-in-circle-near", "", provider=name, nearest=near)
        else:
            problems.add("statement.not-in-circle", "", provider=name)
    problems.refuse_if_any()


def _fields(circle: Circle) -> dict[str, Any]:
    held: dict[str, Any] = {
        "stewards": list(circle.stewards),
        "members": [name for name in circle.members if name not in circle.stewards],
    }
    held |= {"blocked": list(circle.blocked)} if circle.blocked else {}
    return held | ({"mode": circle.mode} if circle.mode == "open" else {})


def _latest(listening: Listening, circle: Circle) -> Heard:
    found = [one for one in listening.gathered.heard if one.digest in circle.versions]
    return max(found, key=lambda one: one.statement.date)


def _file(folder: Path, circle: Circle, provider: str, private: bool) -> str:
    """The source that is there, or a new one: ours by its name, another's by its founder's and its own."""
    founder, _, name = circle.id.partition("/")
    id_ = name if founder == provider else f"{founder}-{name}"[:32].rstrip("-")
    try:
        return own_file(folder, f"circle/{id_}")[1]
    except Refused:
        return f"{STATEMENTS}/circle/{id_}{PRIVATE if private else ENDING}"


def begin_data(
    title: Mapping[str, str], stewards: Names, members: Names, mode: str, audience: Any
) -> dict[str, Any]:
    """The source of a new circle."""
    held: dict[str, Any] = {"title": dict(title), "audience": audience, "stewards": list(stewards)}
    held |= {"members": list(members)} if members else {}
    return held | ({"mode": mode} if mode != "strict" else {})


def begin_circle(
    folder: Path,
    name: str,
    data: dict[str, Any],
    now: datetime,
    published: Published_ = None,
    members: Members | None = None,
    strangers: bool = False,
) -> tuple[str, Given]:
    """Found the circle ``name``. ``statement.exists`` when it is there. Its id, and what giving did. ``strangers``: it may name
    providers that are not known here."""
    listening = listen(folder, now, published, members)
    id_ = f"{listening.network.provider}/{name}"
    if id_ in listening.circles.known:
        raise Refused(Problem("statement.exists", "", {"statement": f"circle/{name}"}))
    if not strangers:
        refuse_strangers(folder, now, [one for key in PEOPLE for one in data.get(key, ())], members)
    private = data["audience"] != "public"
    file = f"{STATEMENTS}/circle/{name}{PRIVATE if private else ENDING}"
    return id_, write_source(folder, file, data, now, (), published, members)
