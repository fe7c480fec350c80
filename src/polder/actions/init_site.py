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
from polder.actions.site_schema import write_schemas
from polder.kernel.document import Scalar
from polder.kernel.kinds import DOMAIN, SLUG, TEXT
from polder.kernel.names import is_slug
from polder.kernel.problem import Problems, Refused
from polder.kernel.recipient import RECIPIENT
from polder.kernel.shape import Value, Wrong
from polder.platform.site.model import Site
from polder.platform.site.start import start_files
from polder.world.files import write_atomically
from polder.world.git import Commit, commit_paths, start_repository

COMPLETED = (".gitignore", ".gitattributes")
"""Lists of lines, to which lines can be added."""
KEPT = "README.md"


@dataclass(frozen=True, slots=True)
class NewSite:
    """``slug``, ``name`` and ``domain`` come from the folder's name when empty. ``operators``: name to recipient."""

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
    """Write a new site into ``path``, which may hold other files but none of the same names."""
    slug = asked.slug or slug_of(path.resolve().name)
    name = asked.name or slug.replace("-", " ").title()
    domain = asked.domain or f"{slug}.test"
    _check(slug, name, domain, asked.operators)
    files = start_files(slug, name, domain, asked.language, asked.operators)
    _refuse_existing(path, files)
    files = _beside(path, files)
    for file, text in files.items():
        write_atomically(path / file, text.encode())
    write_schemas(path)
    if asked.repository:
        start_repository(path)
    commit = commit_paths(path, [path / file for file in files], f"Begin the site of {name}.")
    return Started(load_site(path), tuple(files), commit)


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


def _beside(path: Path, files: dict[str, str]) -> dict[str, str]:
    """What is to be written, so that what is there stays."""
    found = {file: text for file, text in files.items() if file != KEPT or not (path / KEPT).exists()}
    for name in COMPLETED:
        before = (path / name).read_text() if (path / name).exists() else ""
        missing = [line for line in files[name].splitlines() if line not in before.splitlines()]
        end = "\n" if before and not before.endswith("\n") else ""
        found[name] = before + end + "".join(f"{line}\n" for line in missing)
        if not missing:
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
