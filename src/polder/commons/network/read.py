"""``network.yml`` to a ``Network``, or every problem in it."""

from __future__ import annotations

from polder.commons.network.model import (
    FILE,
    GIVEN,
    KEYS,
    SIGNING,
    STATEMENTS,
    AdoptRule,
    Follow,
    Network,
    Person,
)
from polder.commons.network.shape import NETWORK
from polder.commons.trust.roles import RESERVED
from polder.kernel.document import read_document
from polder.kernel.problem import Problems
from polder.kernel.proxy import Proxy, knows
from polder.kernel.shape import Record, read

TAKEN = (GIVEN, KEYS, SIGNING, STATEMENTS, "roster", "groups", "recipes", "secrets", ".git")
"""Folders beside network.yml, some of a site's. What lies in the published one, everybody can read."""


def read_network(content: bytes) -> Network:
    """Refuses with ``network.*`` and ``kernel.*`` problems, all at once."""
    problems = Problems()
    record = read(NETWORK, read_document(content, FILE), problems)
    people = {name: _person(name, one) for name, one in record["people"].items()}
    for name, one in record["people"].items():
        if one["recipient"] and one["agent"]:
            problems.add("network.two-homes", record["people"].where(name), person=name)
        if name in RESERVED:
            problems.add("network.reserved-name", record["people"].where(name), person=name)
    if record["threshold"] > len(people) > 0:
        problems.add(
            "network.threshold-too-high",
            record.where("threshold"),
            threshold=record["threshold"],
            people=len(people),
        )
    if record["provider"] and record["provider"] in record["follow"]:
        problems.add("network.follows-itself", record.where("follow"), provider=record["provider"])
    _check_folders(record, problems)
    for one in record["follow"].values():
        _check_onions(one, _proxy(one["proxy"], record["proxy"]), problems)
    problems.sort()
    problems.refuse_if_any()
    return _network(record, people)


def _check_folders(record: Record, problems: Problems) -> None:
    """What is published and what is kept lie apart, from each other and from everything else."""
    for key, others in (("publish", TAKEN), ("state", (*TAKEN, record["publish"]))):
        value, parts = record[key], _parts(record[key])
        if not parts:
            problems.add("network.not-a-folder", record.where(key), value=value)
        elif shared := [one for one in others if _parts(one) and _overlap(parts, _parts(one))]:
            problems.add("network.folder-shared", record.where(key), key=key, value=value, other=shared[-1])


def _parts(folder: str) -> tuple[str, ...]:
    return tuple(part for part in folder.split("/") if part not in ("", "."))


def _overlap(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether one is the other, holds it, or lies in it."""
    return all(part == same for part, same in zip(one, other, strict=False))


def _person(name: str, record: Record) -> Person:
    return Person(name, record["recipient"], record["agent"])


def _check_onions(one: Record, proxy: Proxy | None, problems: Problems) -> None:
    for key, urls in (("url", (one["url"],)), ("mirrors", one["mirrors"])):
        for url in urls:
            if not knows(proxy, url):
                problems.add("network.onion-needs-proxy", one.where(key), url=url)


def _proxy(own: Proxy | str, general: Proxy | str = "") -> Proxy | None:
    found = own or general
    return found if isinstance(found, Proxy) else None


def _network(record: Record, people: dict[str, Person]) -> Network:
    general = record["proxy"]
    follow = {
        name: Follow(
            name,
            one["url"],
            one["root"],
            tuple(one["mirrors"]),
            one["private"],
            _proxy(one["proxy"], general),
        )
        for name, one in record["follow"].items()
    }
    return Network(
        provider=record["provider"],
        urls=tuple(record["urls"]),
        people=people,
        threshold=record["threshold"],
        recipients=tuple(record["recipients"]),
        publish=record["publish"],
        state=record["state"],
        follow=follow,
        mirror=tuple(record["mirror"]),
        quota=record["quota"],
        private=frozenset(record["private"]),
        adopt=AdoptRule(record["adopt"]["approvals"], tuple(record["adopt"]["of"])),
        tell_adoptions=record["tell-adoptions"],
        proxy=_proxy(general),
        freshest=record["freshest"],
        notify=tuple(record["notify"]),
    )
