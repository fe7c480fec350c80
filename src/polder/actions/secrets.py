"""The secrets of a site: list them, give, show and rotate values, encrypt all anew to today's operators.

A secret is named ``group.app.secret``, as its file in ``secrets/`` is. What is written goes into the site's history if it has
one; nothing here touches the engine: the next plan shows what changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from polder.actions.check_site import load_site
from polder.kernel.names import nearest
from polder.kernel.problem import Problem, Problems, Refused
from polder.kernel.secret import Secret
from polder.kernel.text import Text
from polder.platform.ingress.authority import AUTHORITY_FILES
from polder.platform.plan.locking import UNLOCK_FILE
from polder.platform.plan.names import secret_file
from polder.platform.site.model import Site
from polder.world.age import decrypt, encrypt, generate, load_identities
from polder.world.files import write_atomically
from polder.world.git import Commit, commit_paths

LIMIT = 500_000
"""Swarm takes secrets of up to 500 KB."""


@dataclass(frozen=True, slots=True)
class SecretListed:
    """``app``: ``group/app``, ``polder`` for the site's own, ``""`` when no app of the site wants it (any more).
    ``kind``: how it is generated, ``given`` when a person gives it, ``authority`` for the certificate authority's."""

    name: str
    app: str
    kind: str
    there: bool
    shown: bool
    meaning: Text


@dataclass(frozen=True, slots=True)
class Written:
    """``names`` of the secrets written, ``operators`` who can read them, and what became of the commit."""

    names: tuple[str, ...]
    operators: tuple[str, ...]
    commit: Commit


def list_secrets(folder: Path) -> tuple[SecretListed, ...]:
    """Every secret that the site's apps want, and every file there is."""
    return listed_secrets(load_site(folder))


def listed_secrets(site: Site) -> tuple[SecretListed, ...]:
    """The same of a site that was read already."""
    wanted = _wanted(site)
    others = (name for name in site.secrets if name not in wanted)
    own = {name: _own(name) for name in others}
    return tuple(sorted({**wanted, **own}.values(), key=lambda listed: listed.name))


def set_secret(folder: Path, name: str, value: Secret) -> Written:
    """Write a value that a person gave. Refused: unknown name, empty or too big a value."""
    site = load_site(folder)
    _find(site, name)
    if not value.reveal_bytes():
        raise Refused(Problem("secret.empty"))
    if len(value.reveal_bytes()) > LIMIT:
        raise Refused(Problem("secret.too-big", "", {"size": len(value.reveal_bytes()), "limit": LIMIT}))
    return _write(folder, site, {name: value}, f"Set the secret {name}.")


def check_settable(folder: Path, name: str) -> None:
    """Refuse a wrong name before a person is asked for the value."""
    _find(load_site(folder), name)


def show_secret(folder: Path, name: str) -> Secret:
    """The value, opened with the operator's own key."""
    site = load_site(folder)
    if name not in site.secrets:
        listed = _find(site, name)
        raise Refused(Problem("secret.no-file", "", {"name": listed.name}))
    return open_secret(folder, name)


def rotate_secret(folder: Path, name: str) -> Written:
    """Write a new generated value. Refused when a person must give it (``secret.not-generated``)."""
    site = load_site(folder)
    listed = _find(site, name)
    if listed.kind == "given":
        raise Refused(Problem("secret.not-generated", "", {"name": name}))
    return _write(folder, site, {name: generate(listed.kind)}, f"Rotate the secret {name}.")


def reencrypt_secrets(folder: Path) -> Written:
    """Encrypt every secret to today's operators. Everything is opened before anything is written; all problems at once."""
    site = load_site(folder)
    identities, problems = load_identities(), Problems()
    values: dict[str, Secret] = {}
    for name in site.secrets:
        path = _path(folder, name)
        try:
            values[name] = decrypt(path.read_bytes(), identities, where=f"secrets/{path.name}")
        except Refused as refused:
            problems.items.extend(refused.problems)
    problems.refuse_if_any()
    return _write(folder, site, values, "Encrypt the secrets to today's operators.")


def open_secret(folder: Path, name: str) -> Secret:
    """The value in ``secrets/<name>.age``."""
    path = _path(folder, name)
    if not path.is_file():
        raise Refused(Problem("secret.no-file", "", {"name": name}))
    return decrypt(path.read_bytes(), load_identities(), where=f"secrets/{path.name}")


def _path(folder: Path, name: str) -> Path:
    return folder / "secrets" / f"{name}.age"


def _wanted(site: Site) -> dict[str, SecretListed]:
    found = {}
    for app in site.apps:
        for wanted in site.recipes[app.recipe].secrets.values():
            name = secret_file(app.group, app.name, wanted.name)
            kind = wanted.generate or "given"
            found[name] = SecretListed(name, app.id, kind, name in site.secrets, wanted.shown, wanted.meaning)
    return found


def _own(name: str) -> SecretListed:
    """A file that no app wants: the authority's, the swarm's, or one left from an app that is gone."""
    authority = name in (*AUTHORITY_FILES, UNLOCK_FILE)
    return SecretListed(
        name, "polder" if authority else "", "authority" if authority else "", True, False, Text({})
    )


def _find(site: Site, name: str) -> SecretListed:
    """The secret that an app wants under ``name``; refused with the nearest right one."""
    wanted = _wanted(site)
    if name in wanted:
        return wanted[name]
    if name in (*AUTHORITY_FILES, UNLOCK_FILE):
        raise Refused(Problem("secret.authority", "", {"name": name}))
    if name.count(".") != 2:
        raise Refused(Problem("secret.bad-name", "", {"name": name}))
    raise Refused(Problem("secret.unknown", "", {"name": name, "near": nearest(name, wanted) or "-"}))


def _write(folder: Path, site: Site, values: Mapping[str, Secret], message: str) -> Written:
    recipients = [operator.recipient for operator in site.operators]
    sealed = {_path(folder, name): encrypt(value, recipients) for name, value in values.items()}
    for path, content in sealed.items():
        write_atomically(path, content)
    commit = commit_paths(folder, list(sealed), message)
    return Written(tuple(values), tuple(operator.name for operator in site.operators), commit)
