"""What is to be given to the network, from the statements as they are written and from what was given before.

What did not change (same documents, same recipients) keeps its file; everything else is written anew under a new name, and files that
nothing stands for any more go. The rules:

1. A document keeps its date while it says the same; when it changes, it gets a new one and supersedes the earlier.
2. An earlier document is named only to those who could read it: the public version after an embargo names nothing.
3. Nothing disappears because a source is missing (another machine may have it): that is told, and what was given stays given.
4. All versions of circles stay given, each to those who may read it today.
5. Documents of one statement that have the same recipients share a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from polder.commons.statement.access import ANYBODY, Circles, may_read, readers
from polder.commons.statement.circle import TYPE as CIRCLE
from polder.commons.statement.circle import circle_id, resolve
from polder.commons.statement.draft import Place, circle_of, docs, draft
from polder.commons.statement.earlier import OPEN, Doc, Earlier, Piece
from polder.commons.statement.gather import MOST_FILES, MOST_SEALED
from polder.commons.statement.model import FOLDER
from polder.commons.statement.naming import with_names
from polder.commons.statement.project import blocks_in
from polder.commons.statement.sealed import MOST_RECIPIENTS, digest_of_recipients, shares
from polder.commons.statement.source import Source
from polder.commons.statement.types import TYPES
from polder.kernel.digest import digest_of_bytes, short
from polder.kernel.problem import Problem, Problems


@dataclass(frozen=True, slots=True)
class Giving:
    """``pieces``: all there is to be; encrypted ones that are new have no path yet. ``drop``: paths that go. ``news``: what people
    should know."""

    pieces: tuple[Piece, ...]
    drop: tuple[str, ...]
    news: tuple[Problem, ...]


def plan(sources: Sequence[Source], before: Sequence[Piece], place: Place) -> Giving:
    """Refused with every problem of the sources, each at file and line."""
    problems, news = Problems(), Problems()
    earlier = Earlier(before, place.provider)
    written = _drafts(sources, earlier, place, problems)
    circles = _circles(written, earlier, place, problems)
    problems.refuse_if_any()
    kept, stuck = _kept(sources, written, earlier, circles, news)
    found: list[Piece] = [*stuck, *earlier.unreadable]
    keys = {source.key for source in sources}
    hand = _Hand(circles, place, problems, news)
    for group in written.values():
        found += hand.pieces(group)
    for group in kept:
        found += hand.pieces(group, aside=group[0].heard.statement.key in keys)
    _refuse_many(found, problems)
    problems.refuse_if_any()
    pieces = _as_before(dict.fromkeys(found), before)
    drop = {piece.path for piece in before} - {piece.path for piece in pieces}
    _tell_lost(pieces, before, news)
    return Giving(pieces, tuple(sorted(drop)), tuple(_once(news.items)))


def _drafts(
    sources: Sequence[Source], earlier: Earlier, place: Place, problems: Problems
) -> dict[str, list[Doc]]:
    """The documents of every source, by its file."""
    known = resolve((*earlier.heard, *place.heard)).circles
    names = {*known, *(circle_of(source) for source in sources if source.type == CIRCLE)}
    named = [with_names(source, names, problems) for source in sources]
    problems.refuse_if_any()
    return {
        source.file: docs(draft(source, earlier, known, place, problems), _path(source.type, source.id))
        for source in named
    }


def _circles(written: dict[str, list[Doc]], earlier: Earlier, place: Place, problems: Problems) -> Circles:
    """The circles as they are once all of this is given; a version that would count for nothing is refused."""
    new = {file: group[0].heard for file, group in written.items() if group[0].heard.statement.type == CIRCLE}
    resolved = resolve((*earlier.heard, *place.heard, *new.values()))
    past = {digest for one in (*earlier.heard, *place.heard) for digest in one.statement.supersedes}
    for file, one in new.items():
        circle = resolved.circles.get(circle_id(one))
        if one.digest not in past and (circle is None or one.digest not in circle.versions):
            problems.add("statement.not-a-steward", file, circle=circle_id(one), provider=place.provider)
    return Circles(resolved.circles, frozenset(place.members))


def _kept(
    sources: Sequence[Source],
    written: dict[str, list[Doc]],
    earlier: Earlier,
    circles: Circles,
    news: Problems,
) -> tuple[list[list[Doc]], list[Piece]]:
    """Earlier documents that stay: by statement those that can be encrypted anew, and files that stay as they are."""
    present = {doc.text for group in written.values() for doc in group}
    keys = {source.key for source in sources}
    replaced = {f"{source.type}/{source.supersedes}" for source in sources if source.supersedes}
    groups: dict[str, list[Doc]] = {}
    stuck: list[Piece] = []
    for doc in earlier.docs:
        said = doc.heard.statement
        kept_type = said.type in TYPES and TYPES[said.type].keeps
        if doc.text in present or said.key in replaced or (said.key in keys and not kept_type):
            continue
        if said.key not in keys:
            news.add("statement.source-missing", "", statement=said.key)
        if all(name in circles.known for rule in doc.rules for name in rule.circles):
            groups.setdefault(doc.heard.digest, []).append(doc)
        else:
            stuck.append(earlier.piece_of[doc.text])
    return list(groups.values()), stuck


@dataclass(frozen=True, slots=True)
class _Hand:
    """Puts documents into files."""

    circles: Circles
    place: Place
    problems: Problems
    news: Problems

    def pieces(self, group: list[Doc], aside: bool = False) -> list[Piece]:
        """The files of one statement: open documents each in one, the others together by who reads them. ``aside``: a later version
        has its path."""
        found: list[Piece] = []
        sealed: dict[tuple[str, ...], list[str]] = {}
        key = group[0].heard.statement.key
        for doc in group:
            if all(may_read(ANYBODY, rule, self.circles) for rule in doc.rules):
                found.append(Piece(_open_path(doc, aside), OPEN, (doc.text,), key))
            else:
                sealed.setdefault(self.readers(doc), []).append(doc.text)
        if sealed and not self.place.own:
            self.problems.add("statement.no-own-recipients", "", statement=key)
        for names, texts in sealed.items():
            found += self.sealed(names, tuple(texts), key)
        return found

    def readers(self, doc: Doc) -> tuple[str, ...]:
        """The members that may read it, besides ourselves; those who are meant and are no members are told."""
        members, key = self.place.members, doc.heard.statement.key
        among = set(members) | _named(doc, self.circles)
        blocks = self.place.blocks | blocks_in(doc.heard.statement)
        allowed = [set(readers(rule, self.circles, blocks, among)) for rule in doc.rules]
        names = set.intersection(*allowed) - {self.place.provider}
        if strangers := tuple(sorted(names - set(members))):
            self.news.add("statement.not-a-member", "", statement=key, providers=strangers)
        keyless = {name for name in names & set(members) if not members[name]}
        if keyless:
            self.news.add("statement.no-recipients", "", statement=key, providers=tuple(sorted(keyless)))
        return tuple(sorted((names & set(members)) - keyless))

    def sealed(self, names: tuple[str, ...], texts: tuple[str, ...], key: str) -> list[Piece]:
        """One file, or several when one cannot be encrypted to so many."""
        every = {recipient for name in names for recipient in self.place.members[name]} | set(self.place.own)
        cut = shares(every)
        if len(cut) > 1:
            limit = MOST_RECIPIENTS
            count, files = len(every), len(cut)
            self.news.add(
                "statement.many-recipients", "", statement=key, count=count, limit=limit, files=files
            )
        return [Piece("", digest_of_recipients(share), texts, key, names, share) for share in cut]


def _named(doc: Doc, circles: Circles) -> set[str]:
    """Providers named in the audience, by themselves or as members of a circle."""
    named = (scope.names for rule in doc.rules for scope in rule.scopes if scope.kind == "providers")
    inside = (circles.known[name].members for rule in doc.rules for name in rule.circles)
    return {name for names in (*named, *inside) for name in names}


def _path(type_: str, id_: str) -> str:
    return f"{FOLDER}/{type_}/{id_}.json"


def _open_path(doc: Doc, aside: bool) -> str:
    """The statement's own path; parts and earlier versions have a piece of their digest in it."""
    said = doc.heard.statement
    if not (doc.part or aside):
        return _path(said.type, said.id)
    return _path(said.type, f"{said.id}-{short(digest_of_bytes(doc.text.encode()), 8)}")


def _as_before(pieces: Iterable[Piece], before: Sequence[Piece]) -> tuple[Piece, ...]:
    """A new file only for what is new."""
    paths = {(one.to, one.texts): one.path for one in reversed(before) if one.to != OPEN}
    return tuple(replace(one, path=paths.get((one.to, one.texts), one.path)) for one in pieces)


def _tell_lost(pieces: Sequence[Piece], before: Sequence[Piece], news: Problems) -> None:
    """Who could read an earlier version and cannot read this one keeps the earlier version."""
    of, earlier = _by_statement(pieces), _by_statement(before)
    for key in sorted(earlier):
        now = of.get(key, [])
        gone = [piece for piece in earlier[key] if piece not in now]
        if now and all(piece.to != OPEN for piece in now) and any(piece.to == OPEN for piece in gone):
            news.add("statement.was-public", "", statement=key)
        lost = {name for piece in gone for name in piece.readers} - {
            n for piece in now for n in piece.readers
        }
        if lost and any(piece.to != OPEN for piece in now):
            news.add("statement.reads-old", "", statement=key, providers=tuple(sorted(lost)))


def _by_statement(pieces: Iterable[Piece]) -> dict[str, list[Piece]]:
    found: dict[str, list[Piece]] = {}
    for piece in pieces:
        found.setdefault(piece.statement, []).append(piece)
    return found


def _refuse_many(pieces: Sequence[Piece], problems: Problems) -> None:
    """More than others read would be said to nobody."""
    sealed = sum(piece.to != OPEN for piece in pieces)
    for count, limit in ((sealed, MOST_SEALED), (len(pieces) - sealed, MOST_FILES)):
        if count > limit:
            problems.add("statement.too-many", "", count=count, limit=limit)


def _once(items: Iterable[Problem]) -> Iterable[Problem]:
    return {(one.code, one.where, repr(sorted(one.values.items()))): one for one in items}.values()
