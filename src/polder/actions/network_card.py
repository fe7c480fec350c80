"""A provider's card: shown, checked, filled from files of directories, written as such files, and given to the network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from polder.actions.load_network import load_network
from polder.commons.card.advice import advise
from polder.commons.card.columns import Exported, Imported, Outgoing
from polder.commons.card.dates import Age, age_of
from polder.commons.card.formats import FORMATS, guess, read_directory_file
from polder.commons.card.json_files import looks_like_json, read_object
from polder.commons.card.kinds import said
from polder.commons.card.merge import Change, edited, merge
from polder.commons.card.model import TARGET, Card
from polder.commons.card.read import FILE, read_card, read_card_json
from polder.commons.card.write import card_data, changed_card_json
from polder.commons.network.model import GIVEN, Network
from polder.kernel.document import as_text
from polder.kernel.names import nearest
from polder.kernel.problem import Problem, Refused
from polder.world.files import write_atomically
from polder.world.git import commit_paths
from polder.world.given import write_given
from polder.world.network_store import load_published


@dataclass(frozen=True, slots=True)
class Shown:
    """A card with how old it is (``None`` for one's own), and what in it was not understood."""

    card: Card
    age: Age | None = None
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of an import: what was read, and what that does to ``card.yml``; ``text`` is the file as it would be."""

    imported: Imported
    changes: tuple[Change, ...]
    text: str


def load_card(folder: Path, network: Network | None = None) -> Card:
    """One's own card: ``card.yml`` with what ``network.yml`` knows. ``Refused`` with every problem of both."""
    known = network or load_network(folder)
    card = read_card(_content(folder))
    return replace(card, provider=known.provider, urls=known.urls, recipients=known.recipients)


def show_card(folder: Path, provider: str, now: datetime) -> Shown:
    """One's own card as others will see it (``provider`` ``""`` or one's own id), or the last that a peer published."""
    network = load_network(folder)
    if provider in ("", network.provider):
        return Shown(load_card(folder, network))
    published = load_published(folder / network.state)
    if provider not in published:
        if near := nearest(provider, (*published, network.provider)):
            raise Refused(Problem("card.no-peer-near", "", {"provider": provider, "nearest": near}))
        raise Refused(Problem("card.no-peer", "", {"provider": provider}))
    content = published[provider].files.get(TARGET)
    if content is None:
        raise Refused(Problem("card.peer-without", "", {"provider": provider}))
    card, notes = read_card_json(content, provider)
    return Shown(card, age_of(card.written, now), notes)


def check_card(folder: Path, now: datetime) -> tuple[Card, tuple[Problem, ...]]:
    """One's card and advice about it. ``Refused`` with every problem of it."""
    card = load_card(folder)
    return card, advise(card, now)


def read_import(
    folder: Path, files: Mapping[str, bytes], format: str, language: str, replace_: bool = False
) -> Taken:
    """Reads files of a directory (one provider's) and says what they would change; nothing is written.

    Refused with what makes a file invalid, with ``card.unfilled`` for a template, ``card.unknown-format`` when nothing tells.
    """
    name, content = next(iter(files.items()))
    known = format or guess(name, content)
    if not known:
        _refuse_broken(name, content)
        raise Refused(Problem("card.unknown-format", name, {"formats": tuple(FORMATS)}))
    imported = read_directory_file(known, files, language)
    if imported.status == "unfilled":
        raise Refused((Problem("card.unfilled", name), *imported.problems, *imported.warnings))
    if imported.problems:
        raise Refused((*imported.problems, *imported.warnings))
    before = as_text(_content(folder), FILE) if (folder / FILE).is_file() else ""
    changes = merge(_data(before), _new_data(imported.card), replace_)
    return Taken(imported, changes, edited(before, changes))


def write_import(folder: Path, taken: Taken) -> bool:
    """Writes ``card.yml`` as the import has it; whether that changed anything."""
    place = folder / FILE
    content = taken.text.encode()
    if place.is_file() and place.read_bytes() == content:
        return False
    _refuse_unreadable(content)
    write_atomically(place, content)
    commit_paths(folder, [place], f"card: Fields from a file of {FORMATS[taken.imported.format].title}.")
    return True


def export_card(
    folder: Path, formats: Sequence[str], language: str, base: str, now: datetime
) -> tuple[Exported, ...]:
    """One's card in the given formats (all when none is given), as files not yet written."""
    network = load_network(folder)
    card = load_card(folder, network)
    out = Outgoing(language, said(now), base or f"{network.urls[0]}chatonsinfos/")
    return tuple(FORMATS[name].write(card, out) for name in formats or tuple(FORMATS))


def write_export(target: Path, made: Sequence[Exported]) -> tuple[str, ...]:
    """The names of the files written below ``target``; those of ChatonsInfos, which are several, in a folder of their own."""
    written = []
    for one in made:
        place = target / one.format if len(one.files) > 1 or one.format == "chatonsinfos" else target
        place.mkdir(parents=True, exist_ok=True)
        for name, content in one.files.items():
            write_atomically(place / name, content)
            written.append((place / name).relative_to(target).as_posix())
    return tuple(written)


def is_begun(folder: Path) -> bool:
    """Whether somebody has written anything into the card but comments."""
    place = folder / FILE
    lines = place.read_text(errors="replace").splitlines() if place.is_file() else []
    return any(line.strip() and not line.lstrip().startswith("#") for line in lines)


def give_card(folder: Path, now: datetime) -> bool:
    """Puts the card where ``polder network publish`` finds it, and both into the history; whether that changed anything.

    Refused with every problem of the card, and with ``card.advice-secret`` when it looks as if it held one.
    """
    card = load_card(folder)
    _refuse_secrets(card, now)
    given = folder / GIVEN
    place = given / TARGET
    before = place.read_bytes() if place.is_file() else None
    changed = write_given(given, TARGET, changed_card_json(card, before, said(now)))
    commit_paths(folder, [folder / FILE, place], "card: What is given to the network.")
    return changed


def is_due(folder: Path, now: datetime) -> bool:
    """Whether giving the card would change what is given. Writes nothing."""
    place = folder / GIVEN / TARGET
    before = place.read_bytes() if place.is_file() else None
    return is_begun(folder) and changed_card_json(load_card(folder), before, said(now)) != before


def _refuse_secrets(card: Card, now: datetime) -> None:
    """What is given once is in others' mirrors."""
    found = [problem for problem in advise(card, now) if problem.code == "card.advice-secret"]
    if found:
        raise Refused(found)


def _content(folder: Path) -> bytes:
    try:
        return (folder / FILE).read_bytes()
    except FileNotFoundError:
        raise Refused(Problem("card.not-here", FILE)) from None


def _data(text: str) -> dict[str, object]:
    """What ``card.yml`` says, as it would be written; a card that is not begun says nothing."""
    try:
        return card_data(read_card(text.encode()))
    except Refused as refused:
        if any(problem.code != "kernel.missing-key" for problem in refused.problems):
            raise
        from polder.kernel.document import read_document, to_data

        return dict(to_data(read_document(text.encode(), FILE).root) or {})


def _new_data(card: Card) -> dict[str, object]:
    """What of an imported card belongs into ``card.yml``."""
    data = card_data(card)
    return {
        key: held for key, held in data.items() if key not in ("provider", "urls", "recipients", "written")
    }


def _refuse_broken(name: str, content: bytes) -> None:
    """What is meant to be JSON and is none: where the mistake is says more than that no format is known."""
    wrong = read_object(content, name)[1] if looks_like_json(content, name) else None
    if wrong:
        raise Refused(wrong)


def _refuse_unreadable(content: bytes) -> None:
    """A card without a name may be written; it will be refused when it is given."""
    try:
        read_card(content)
    except Refused as refused:
        if any(problem.code != "kernel.missing-key" for problem in refused.problems):
            raise
