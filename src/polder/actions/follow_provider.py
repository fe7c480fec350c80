"""Follow a provider that is in no roster (yet): its first root is fetched and pinned in ``network.yml``, by its fingerprint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from polder.actions.load_network import load_network
from polder.commons.network.model import FILE
from polder.commons.network.read import read_network
from polder.commons.roster.fingerprint import heard
from polder.commons.trust.accept import accept_first_root
from polder.kernel.digest import Digest, digest_of_bytes
from polder.kernel.document import as_text
from polder.kernel.document_text import put, remove
from polder.kernel.names import nearest
from polder.kernel.problem import Problem, Refused
from polder.world.fetch import Source
from polder.world.files import write_atomically
from polder.world.git import Commit, commit_paths

FIRST, LIMIT = "metadata/1.root.json", 512_000


@dataclass(frozen=True, slots=True)
class Met:
    """A provider that showed a first root signed by itself, and nothing more: whose it is, people have to tell each other. ``proxy``: what
    network.yml will say of it; ``""`` for nothing."""

    name: str
    url: str
    root: Digest
    private: bool
    proxy: str = ""


def meet(
    folder: Path, name: str, url: str, *, fingerprint: str = "", private: bool = False, proxy: str = ""
) -> Met:
    """What is published at ``url``. ``fingerprint``: the one (words or hex) that it must have, when it is known already. ``proxy``: what
    it is reached through, ``none`` for directly, ``""`` for as network.yml says.

    Refused with problems of the address, of the root (``sync.*``, ``trust.*``), or ``network.follow-known`` when another root is
    pinned for ``name``; ``Unreachable`` when nobody answers.
    """
    held = load_network(folder).follow.get(name)
    wanted = heard(fingerprint) if fingerprint else Digest("")
    drafted = changed(folder, Met(name, url, wanted or Digest("sha256:" + "0" * 64), private, proxy))
    through = read_network(drafted.encode()).follow[name].proxy
    with Source(url, private, proxy=through) as source:
        content = source.get(FIRST, LIMIT).content
    if content is None:
        raise Refused(Problem("network.nothing-there", "", {"url": url}))
    found = wanted or digest_of_bytes(content)
    accept_first_root(content, found, url + FIRST)
    if held and held.root != found:
        raise Refused(
            Problem("network.follow-known", FILE, {"name": name, "known": held.root, "found": found})
        )
    return Met(name, url, found, private, proxy)


def changed(folder: Path, met: Met) -> str:
    """``network.yml`` with ``met`` in it; refused with every problem of what it would say. What else it says of that provider stays."""
    entry: dict[str, object] = {
        "url": met.url,
        "root": met.root,
        **({"private": True} if met.private else {}),
        **({"proxy": met.proxy} if met.proxy else {}),
    }
    text = _text(folder)
    if met.name in load_network(folder).follow:
        for key, value in entry.items():
            text = put(text, ("follow", met.name, key), value, FILE)
    else:
        text = put(text, ("follow", met.name), entry, FILE)
    read_network(text.encode())
    return text


def follow(folder: Path, met: Met) -> Commit:
    """From the next round on it is read like a member."""
    write_atomically(folder / FILE, changed(folder, met).encode())
    return commit_paths(folder, [folder / FILE], f"network: Follow {met.name}.")


def unfollow(folder: Path, names: Sequence[str]) -> Commit:
    """Read ``names`` no longer, unless the roster has them. Refused (``network.not-followed``) with every name that is not followed."""
    known = load_network(folder).follow
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Refused(_not_followed(name, known) for name in unknown)
    text = _text(folder)
    for name in names:
        text = remove(text, ("follow", name), FILE)
    read_network(text.encode())
    write_atomically(folder / FILE, text.encode())
    return commit_paths(folder, [folder / FILE], f"network: {', '.join(names)} followed no longer.")


def _text(folder: Path) -> str:
    return as_text((folder / FILE).read_bytes(), FILE)


def _not_followed(name: str, known: Iterable[str]) -> Problem:
    if near := nearest(name, known):
        return Problem("network.not-followed-near", FILE, {"name": name, "near": near})
    return Problem("network.not-followed", FILE, {"name": name})
