"""Say something to the network: from the files in ``statements/`` to what is published next, below ``given/``.

What is not for everybody is in files called ``*.private.yml``, which git leaves out; in ``given/`` it is encrypted, and git's messages
name nothing. Nothing invalid is ever written: what would be given is worked out first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from polder.actions.given_statements import Memory, load_memory, save_memory, untold
from polder.actions.load_network import load_network
from polder.actions.read_statements import Listening, Members, listen, refuse_stray_blocks, unknown_blocks
from polder.commons.network.model import GIVEN, STATEMENTS, Network
from polder.commons.statement.draft import Place
from polder.commons.statement.earlier import OPEN, Piece
from polder.commons.statement.give import Giving, plan
from polder.commons.statement.model import SEALED
from polder.commons.statement.sealed import fillers, write_envelope
from polder.commons.statement.source import PRIVATE, Source, read_source
from polder.kernel.problem import Problem, Refused
from polder.kernel.published import Published
from polder.world.files import completed, content_or_nothing, write_atomically
from polder.world.git import Commit, commit_paths, is_repository
from polder.world.given import remove_given, write_given
from polder.world.publication import hold_publication
from polder.world.sealing import new_name, seal

IGNORED, IGNORE = ".gitignore", "*.private.yml"
MESSAGE = "statements: What is given to the network."


@dataclass(frozen=True, slots=True)
class Given:
    """What giving did: target paths written and dropped, what people should know, and the commit."""

    written: tuple[str, ...]
    dropped: tuple[str, ...]
    news: tuple[Problem, ...]
    commit: Commit


def load_sources(
    folder: Path,
    provider: str,
    changed: Mapping[str, bytes] | None = None,
    replaced: tuple[str, ...] = (),
) -> tuple[Source, ...]:
    """The statements in ``folder`` with ``changed`` (path to content) in the place of what is on disk, and without the files
    ``replaced``. Refused with every problem; two files of one type and id are one (``statement.twice``)."""
    found = {path.relative_to(folder).as_posix(): path for path in (folder / STATEMENTS).glob("*/*.yml")}
    files = {name: path.read_bytes() for name, path in found.items() if name not in replaced}
    sources: list[Source] = []
    problems: list[Problem] = []
    for name, content in sorted({**files, **(changed or {})}.items()):
        try:
            sources.append(read_source(content, name, provider))
        except Refused as refused:
            problems += refused.problems
    by_key = {source.key: source for source in sources}
    for source in sources:
        if by_key[source.key] is not source:
            problems.append(Problem("statement.twice", source.file, {"other": by_key[source.key].file}))
    if problems:
        raise Refused(problems)
    return tuple(sources)


def give(
    folder: Path,
    now: datetime,
    published: Mapping[str, Published] | None = None,
    members: Members | None = None,
    changed: Mapping[str, bytes] | None = None,
    replaced: tuple[str, ...] = (),
) -> Given:
    """Bring ``given/`` to what the statements say at ``now``. ``changed``: source files to write; ``replaced``: those to take away.

    Refused with every problem before anything is written. Twice gives nothing the second time. Nobody publishes meanwhile, nor gives:
    not to be called by who holds the publication.
    """
    with hold_publication(folder / load_network(folder).state):
        return _give(folder, now, listen(folder, now, published, members), changed or {}, replaced)


def _give(
    folder: Path,
    now: datetime,
    listening: Listening,
    changed: Mapping[str, bytes],
    replaced: tuple[str, ...],
) -> Given:
    refuse_stray_blocks(folder)
    sources = load_sources(folder, listening.network.provider, changed, replaced)
    if not listening.able and not all(source.open for source in sources):
        # what peers changed in circles may be hidden: who is blocked since would still get what is for the circle
        unnamed = any(one.code == "statement.key-unnamed" for one in listening.news)
        raise Refused(Problem("statement.named-key-needed" if unnamed else "statement.key-needed"))
    memory = load_memory(folder, listening.network, listening.open_)
    sources, behind = _behind(sources, memory)
    giving = plan(sources, memory.pieces, _place(listening, now))
    for name, content in changed.items():
        write_atomically(folder / name, content, mode=0o600 if name.endswith(PRIVATE) else 0o644)
    for name in replaced:
        (folder / name).unlink(missing_ok=True)
    notes, memory = untold((*giving.news, *_exposed(folder, sources)), memory, sources)
    given = {**memory.sources, **{source.file: source.digest for source in sources}}
    written, dropped = _bring(folder, listening.network, giving, replace(memory, sources=given))
    commit = _commit(folder, sources, (*written, *dropped), replaced)
    news = (*behind, *listening.news, *unknown_blocks(listening), *notes)
    return Given(written, dropped, news, commit)


def _bring(
    folder: Path, network: Network, giving: Giving, memory: Memory
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Write and drop; the paths of both. What will be is remembered first: a process that is killed leaves nothing that nobody knows."""
    pieces = tuple(_named(piece) for piece in giving.pieces)
    gone = tuple(piece for piece in memory.pieces if piece.path in giving.drop)
    save_memory(folder, network, replace(memory, pieces=(*pieces, *gone)))
    written = _write(folder, pieces, network.provider)
    dropped = tuple(path for path in giving.drop if remove_given(folder / GIVEN, path))
    save_memory(folder, network, replace(memory, pieces=pieces))
    return written, dropped


def due(
    folder: Path,
    now: datetime,
    published: Mapping[str, Published] | None = None,
    members: Members | None = None,
) -> tuple[Problem, ...]:
    """Whether ``give`` would change something: a file was edited, a member came or left, an embargo is over. Writes nothing."""
    listening = listen(folder, now, published, members)
    if not listening.able:
        return ()
    memory = load_memory(folder, listening.network, listening.open_)
    sources, _ = _behind(load_sources(folder, listening.network.provider), memory)
    giving = plan(sources, memory.pieces, _place(listening, now))
    new = [piece for piece in giving.pieces if piece not in memory.pieces]
    return (Problem("statement.give-due", "", {"count": len(new)}),) if new or giving.drop else ()


def _behind(sources: tuple[Source, ...], memory: Memory) -> tuple[tuple[Source, ...], tuple[Problem, ...]]:
    """Sources without those that another machine has gone beyond since they were given from here: they would say the old again."""
    old = {
        source.file
        for source in sources
        if source.key in memory.elsewhere and memory.sources.get(source.file) == source.digest
    }
    told = tuple(Problem("statement.source-behind", file) for file in sorted(old))
    return tuple(source for source in sources if source.file not in old), told


def _place(listening: Listening, now: datetime) -> Place:
    others = tuple(
        one for one in listening.gathered.heard if one.statement.provider != listening.network.provider
    )
    return Place(
        provider=listening.network.provider,
        now=now,
        own=listening.network.recipients,
        members=listening.members,
        heard=others,
        blocks=listening.blocks,
    )


def _named(piece: Piece) -> Piece:
    return piece if piece.path else replace(piece, path=f"{SEALED}/{new_name()}.age")


def _write(folder: Path, pieces: tuple[Piece, ...], provider: str) -> tuple[str, ...]:
    """The paths that changed. What is encrypted already is not encrypted again."""
    written = []
    for piece in pieces:
        if piece.to == OPEN:
            content = piece.texts[0].encode()
        elif not (folder / GIVEN / piece.path).is_file():
            envelope = write_envelope(provider, piece.to, piece.texts)
            content = seal(envelope, piece.recipients, fillers(len(piece.recipients)))
        else:
            continue
        if write_given(folder / GIVEN, piece.path, content):
            written.append(piece.path)
    return tuple(written)


def _exposed(folder: Path, sources: tuple[Source, ...]) -> list[Problem]:
    """Sources that git would keep although they are not for everybody."""
    if not is_repository(folder):
        return []
    return [
        Problem(
            "statement.not-private",
            "",
            {"file": source.file, "private": source.file.removesuffix(".yml") + PRIVATE},
        )
        for source in sources
        if not source.open and not source.file.endswith(PRIVATE)
    ]


def _commit(
    folder: Path, sources: tuple[Source, ...], given: tuple[str, ...], replaced: tuple[str, ...]
) -> Commit:
    _ignore_private(folder)
    public = [source.file for source in sources if source.open and not source.file.endswith(PRIVATE)]
    gone = [name for name in replaced if not name.endswith(PRIVATE)]
    paths = [IGNORED, *public, *gone, *(f"{GIVEN}/{path}" for path in given)]
    return commit_paths(folder, [folder / name for name in paths], MESSAGE)


def _ignore_private(folder: Path) -> None:
    path = folder / IGNORED
    before = content_or_nothing(path)
    if (content := completed(before, [IGNORE])) != before:
        write_atomically(path, content)
