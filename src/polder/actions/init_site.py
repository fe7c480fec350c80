"""Make a new site: a folder that passes the check at once and can be applied. Nothing that exists is overwritten.

The folder may be a network folder, or a repository that a forge began: a README.md stays as it is, and what ``.gitignore`` and
``.gitattributes`` lack is added at their end.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from polder.actions.check_site import load_site
from polder.actions.load_network import load_network
from polder.actions.site_schema import write_schemas
from polder.commons.network.model import FILE as NETWORK
from polder.kernel.document import Scalar
from polder.kernel.kinds import DOMAIN, SLUG, TEXT
from polder.kernel.names import is_slug
from polder.kernel.problem import Problems, Refused
from polder.kernel.recipient import RECIPIENT
from polder.kernel.shape import Value, Wrong
from polder.platform.site.model import Site
from polder.platform.site.start import start_files
from polder.world.files import completed, content_or_nothing, write_atomically
from polder.world.git import Commit, commit_paths, start_repository

COMPLETED = (".gitignore", ".gitattributes")
"""Lists of lines, to which lines can be added."""
KEPT = "README.md"


@dataclass(frozen=True, slots=True)
class NewSite:
    """``slug`` comes from ``network.yml`` or the folder's name when empty, ``name`` and ``domain`` from it.
    ``operators``: name to recipient."""

    slug: str = ""
    name: str = ""
    domain: str = ""
    language: str = "en"
    operators: dict[str, str] = field(default_factory=dict)
    repository: bool = False


@dataclass(frozen=True, slots=True)
class Started:
    """The site as it is read, the files written (relative), and the commit, if there is a repository."""

    site: Site
    files: tuple[str, ...]
    commit: Commit


def init_site(path: Path, asked: NewSite) -> Started:
    """Write a new site into ``path``, which may hold other files but none of the same names. In a network folder the provider keeps the
    name that it has there; refused with the problems of ``network.yml`` unless one is asked for."""
    slug = asked.slug or _known_name(path) or slug_of(path.resolve().name)
    name = asked.name or slug.replace("-", " ").title()
    domain = asked.domain or f"{slug}.test"
    _check(slug, name, domain, asked.operators)
    files = start_files(slug, name, domain, asked.language, asked.operators)
    _refuse_existing(path, files)
    written = _beside(path, files)
    for file, content in written.items():
        write_atomically(path / file, content)
    write_schemas(path)
    if asked.repository:
        start_repository(path)
    commit = commit_paths(path, [path / file for file in written], f"Begin the site of {name}.")
    return Started(load_site(path), tuple(written), commit)


def _known_name(path: Path) -> str:
    return load_network(path).provider if (path / NETWORK).is_file() else ""


def slug_of(text: str) -> str:
    """A slug made of any name; ``provider`` when nothing of it can be used.

    >>> slug_of("Les Lilas été 2"), slug_of("42")
    ('les-lilas-ete-2', 'provider')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).lstrip("-0123456789")[:32].rstrip("-")
    return slug if is_slug(slug) else "provider"


def _check(slug: str, name: str, domain: str, operators: dict[str, str]) -> None:
    problems = Problems()
    _accept(SLUG, "provider", slug, problems)
    _accept(TEXT, "name", name, problems)
    _accept(DOMAIN, "domain", domain, problems)
    for operator, recipient in operators.items():
        _accept(SLUG, "operators", operator, problems)
        _accept(RECIPIENT, operator, recipient, problems)
    problems.refuse_if_any()


def _accept(kind: Value, key: str, text: str, problems: Problems) -> None:
    try:
        kind.accept(Scalar(text, text, 1))
    except Wrong as wrong:
        problems.add(wrong.code or kind.code, "", **({"key": key, "value": text} | wrong.values))
    except ValueError:
        problems.add(kind.code, "", key=key, value=text)


def _beside(path: Path, files: dict[str, str]) -> dict[str, bytes]:
    """What is to be written, so that what is there stays."""
    found = {
        file: text.encode() for file, text in files.items() if file != KEPT or not (path / KEPT).exists()
    }
    for name in COMPLETED:
        before = content_or_nothing(path / name)
        found[name] = completed(before, files[name].splitlines())
        if found[name] == before:
            del found[name]
    return found


def _refuse_existing(path: Path, files: dict[str, str]) -> None:
    problems = Problems()
    for file in files:
        place = path / file
        if place.is_file() and not place.is_symlink() and file in (*COMPLETED, KEPT):
            continue
        if place.exists() or place.is_symlink():
            problems.add("site.exists", file, folder=str(path))
    if path.exists() and not path.is_dir():
        problems.add("site.exists", "", folder=str(path))
    if problems.items:
        raise Refused(problems.items)
