"""Ask two sources of a peer for their timestamps before either is visited: a reader who asks one alone believes an old state for as long
as that one shows it.

What is shown decides only who is visited (``commons.trust.freshest``). The connection stays open for the visit, which does not ask for the
timestamp again: two sources cost one small request more than one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from polder.actions.source_trouble import Trouble, troubles_of
from polder.actions.visit_source import ROLES, TIMESTAMP, TIMESTAMP_LIMIT
from polder.commons.trust.kinds import kind_of
from polder.kernel.problem import Refused, Unreachable
from polder.world.fetch import Source
from polder.world.network_store import PeerStore

if TYPE_CHECKING:
    from polder.commons.trust.accept import Trusted

ENOUGH = 2
Place = tuple[str, bool]
"""An address, and whether it is the provider's own."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A source that answered, open still. ``content``: its timestamp, ``b""`` when it has none."""

    source: Source
    origin: bool
    content: bytes


@dataclass(slots=True)
class Asked:
    """``places``: in the order in which they are to be visited. ``answered``: by address. ``troubles``: of those that gave no answer; they
    are not among the places."""

    places: list[Place]
    answered: dict[str, Answered] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)


@contextmanager
def ask_two(
    store: PeerStore,
    places: Sequence[Place],
    open_source: Callable[[str], Source],
    now: datetime,
    wanted: bool,
) -> Iterator[Asked]:
    """The first two of ``places`` that answer. Nobody is asked before there is a root to hold a timestamp against."""
    asked = Asked(list(places))
    try:
        if wanted and store.current().roots and len(places) > 1:
            _ask(asked, places, open_source)
            if len(asked.answered) == ENOUGH:
                _put_in_order(asked, store, now)
        yield asked
    finally:
        for one in asked.answered.values():
            one.source.close()


def _ask(asked: Asked, places: Sequence[Place], open_source: Callable[[str], Source]) -> None:
    for url, origin in places:
        if len(asked.answered) == ENOUGH:
            return
        try:
            source = open_source(url)
            content = source.get(TIMESTAMP, TIMESTAMP_LIMIT).content
        except (Unreachable, Refused) as error:  # it closed the connection itself
            asked.troubles += troubles_of(error, url, origin)
            asked.places.remove((url, origin))
        else:
            asked.answered[url] = Answered(source, origin, content or b"")


def _put_in_order(asked: Asked, store: PeerStore, now: datetime) -> None:
    held = store.current().binding.get("timestamp", "")
    every = list(asked.answered.values())
    if held and all(one.content == store.read(held) for one in every):
        return  # the usual case, and nothing has to be verified
    from polder.commons.trust.freshest import look, order

    trusted = _trusted(store)
    shown = [look(trusted, one.content, now, one.source.url + TIMESTAMP) for one in every]
    first, last = (
        [(every[number].source.url, every[number].origin) for number in some] for some in order(shown)
    )
    asked.places = [*first, *(one for one in asked.places if one[0] not in asked.answered), *last]


def held_against(asked: Asked, visited: Iterable[str], store: PeerStore, now: datetime) -> list[Trouble]:
    """What is told of the sources that showed a timestamp and were not visited."""
    known = store.read(store.current().binding.get("timestamp", ""))
    others = [one for url, one in asked.answered.items() if url not in visited and one.content != known]
    if not others:
        return []
    from polder.commons.trust.freshest import late

    trusted, told = _trusted(store), []
    for one in others:
        if problem := late(trusted, one.content, now, one.source.url + TIMESTAMP):
            kind = "older" if problem.code == "sync.old-keys" else kind_of(problem.code)
            told.append(Trouble(one.source.url, kind, problem, one.content, one.origin))
    return told


def _trusted(store: PeerStore) -> Trusted:
    from polder.commons.trust.accept import Trusted

    current = store.current()
    timestamp, snapshot, targets, robot = (store.read(current.binding.get(role, "")) for role in ROLES)
    return Trusted(store.roots(current), timestamp, snapshot, targets, robot)
