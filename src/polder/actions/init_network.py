"""Begin a network folder: ``network.yml``, an empty card, and the names that git leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from polder.commons.network.model import CARD, FILE
from polder.commons.network.read import read_network
from polder.kernel.document_text import block, scalar
from polder.kernel.problem import Problem, Refused
from polder.world.files import completed, content_or_nothing, write_atomically
from polder.world.git import commit_paths

IGNORED = ".gitignore"


def init_network(
    folder: Path,
    provider: str,
    urls: Sequence[str],
    people: Sequence[str],
    recipients: Sequence[str] = (),
    threshold: int = 0,
) -> tuple[str, ...]:
    """The names of the files written. ``people``: ``NAME`` or ``NAME=RECIPIENT``. ``threshold`` 0: most of them.

    Nothing is overwritten: ``network.exists``. Refused with every problem of what it would write.
    """
    if (folder / FILE).exists():
        raise Refused(Problem("network.exists", FILE))
    content = _text(provider, urls, people, recipients, threshold or len(people) // 2 + 1).encode()
    read_network(content)
    files = {FILE: content}
    if not (folder / CARD).exists():
        files[CARD] = b"# What you say of yourselves: polder network card --help\n"
    files[IGNORED] = completed(content_or_nothing(folder / IGNORED), ("public/", "state/", "*.tmp"))
    for name, held in files.items():
        write_atomically(folder / name, held)
    commit_paths(folder, [folder / name for name in files], f"network: {provider} begins.")
    return tuple(files)


def _text(
    provider: str, urls: Sequence[str], people: Sequence[str], recipients: Sequence[str], threshold: int
) -> str:
    named = {name: {"recipient": of} if of else {} for name, _, of in (one.partition("=") for one in people)}
    places = "\n".join(f"  - {scalar(url)}" for url in urls)
    held = block("people", named, 0)
    readers = "".join(f"  - {scalar(one)}\n" for one in recipients)
    text = f"provider: {scalar(provider)}\nurls:\n{places}\n{held}\nthreshold: {threshold}\n"
    return text + (f"recipients:\n{readers}" if readers else "")
