"""An operator leaves: out of ``site.yml``, every secret encrypted to those who stay, and new values for what their key could open.

Rules:
1. Everything is opened and sealed in memory before anything is written; all problems at once.
2. ``site.yml`` is written last. Stopped before that, the same command does it all again; stopped after it, the same command
   makes the commit that is missing.
3. While the authority's files are being written, ``internal-ca.crt`` holds the root alone: a plan made then renews the rest.
4. The key that unlocks the swarm's managers is thrown away: the next apply makes another one and keeps that.
5. A value that people gave cannot be made anew here: it is encrypted anew and named, with what to do.

The hosts follow with the next plan: the operators' accounts and keys there are those of ``site.yml``. Where one cannot be asked, see
``operator_remains``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from polder.actions.check_site import load_site, site_of
from polder.actions.operator_remains import kept_on
from polder.actions.secrets import SecretListed, listed_secrets
from polder.kernel.folder import Folder
from polder.kernel.problem import Problem, Problems, Refused
from polder.kernel.secret import Secret
from polder.platform.ingress.authority import AUTHORITY_FILES, certificates
from polder.platform.plan.locking import UNLOCK_FILE
from polder.platform.site import edit
from polder.platform.site.model import Site
from polder.world.age import decrypt, encrypt, generate, load_identities
from polder.world.authority import new_authority, new_intermediate, public_file
from polder.world.files import read_folder, write_atomically
from polder.world.git import Commit, commit_paths, last_committed
from polder.world.journal import Journal, operator

Renewed = Literal["none", "intermediate", "root"]


@dataclass(frozen=True, slots=True)
class Removed:
    """``rotated``: secrets with a new value. ``given``: those that somebody must get anew. ``unused``: files that no app wants.
    ``authority``: what of it is new. ``operators``: who stays. ``hosts``: where their account and keys are to be taken away.
    ``completed``: an earlier removal was only finished."""

    name: str
    rotated: tuple[str, ...] = ()
    given: tuple[SecretListed, ...] = ()
    unused: tuple[str, ...] = ()
    authority: Renewed = "none"
    operators: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    commit: Commit = field(default_factory=Commit)
    completed: bool = False


@dataclass(slots=True)
class _Work:
    """``values``: secret to what its file will hold; ``public``: the new ``internal-ca.crt``, ``""`` to leave it."""

    values: dict[str, Secret] = field(default_factory=dict)
    rotated: list[str] = field(default_factory=list)
    given: list[SecretListed] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    authority: Renewed = "none"
    public: str = ""


def remove_operator(folder: Path, name: str, *, new_root: bool = False) -> Removed:
    """Take ``name`` out of the site in ``folder``. ``new_root``: the authority's root is made anew, too.

    Refused: unknown name, the last operator, a key that stands under another name, a secret that the asker cannot open.
    """
    if unfinished(folder, name):
        return _finish(folder, name)
    held = read_folder(folder)
    changed = edit.remove_operator(held.files, name)
    site = site_of(Folder({**held.files, **changed}, executable=held.executable, faults=held.faults), folder)
    work = _prepared(folder, site, new_root)
    recipients = [one.recipient for one in site.operators]
    sealed = {secret: encrypt(value, recipients) for secret, value in work.values.items()}
    _unchanged(folder, held)
    paths = _write(folder, site, work, sealed)
    hosts = kept_on(site) if edit.reaches_hosts(held.files, name) else ()
    paths.append(_write_down(folder, name, work, hosts))
    write_atomically(folder / "site.yml", changed["site.yml"])
    commit = commit_paths(folder, [*paths, folder / "site.yml"], _message(name))
    return replace(_told(site, name, work, commit), hosts=hosts)


def unfinished(folder: Path, name: str) -> bool:
    """Whether ``name`` is out of ``site.yml``, and the site's history does not know it yet."""
    before = last_committed(folder, "site.yml")
    if before is None:
        return False
    now = (folder / "site.yml").read_bytes()
    return name in edit.operator_names(before) and name not in edit.operator_names(now)


def _finish(folder: Path, name: str) -> Removed:
    """Everything was written but the commit."""
    site = load_site(folder)
    own = [folder / file for file in ("site.yml", "internal-ca.crt") if (folder / file).exists()]
    files = [*own, *(folder / "secrets").glob("*.age"), *(folder / "journal").glob("*.jsonl")]
    commit = commit_paths(folder, files, _message(name))
    return Removed(name, operators=_names(site), hosts=kept_on(site), commit=commit, completed=True)


def _message(name: str) -> str:
    return f"Remove the operator {name}, and give new values to what they could read."


def _names(site: Site) -> tuple[str, ...]:
    return tuple(one.name for one in site.operators)


def _prepared(folder: Path, site: Site, new_root: bool) -> _Work:
    """Every secret with its value of tomorrow."""
    work, problems, identities = _Work(), Problems(), load_identities()

    def opened(name: str) -> Secret:
        path = folder / "secrets" / f"{name}.age"
        try:
            return decrypt(path.read_bytes(), identities, where=f"secrets/{path.name}")
        except Refused as refused:
            problems.items.extend(refused.problems)
            return Secret("")

    for one in listed_secrets(site):
        if not one.there or one.kind == "authority":
            continue
        if one.kind in ("password", "hex"):
            work.values[one.name] = generate(one.kind)
            work.rotated.append(one.name)
            continue
        work.values[one.name] = opened(one.name)
        if one.kind == "given":
            work.given.append(one)
        else:
            work.unused.append(one.name)
    held = {file: opened(file) for file in _needed(site, new_root)}
    problems.refuse_if_any()
    _renew(site, work, held, new_root)
    return work


def _needed(site: Site, new_root: bool) -> tuple[str, ...]:
    """The authority's files whose values stay: the root's key; all of them where there is no root to renew them by."""
    there = tuple(file for file in AUTHORITY_FILES if file in site.secrets)
    if new_root and site.internal_ca:
        return ()
    return ("polder.ca",) if "polder.ca" in there and site.internal_ca else there


def _renew(site: Site, work: _Work, held: Mapping[str, Secret], new_root: bool) -> None:
    now = datetime.now(UTC)
    work.values |= held
    if new_root and site.internal_ca:
        root, key = new_authority(site.name, sorted({app.domain for app in site.apps}), now)
        work.authority = "root"
    elif "polder.ca" in held and site.internal_ca:
        root, key = certificates(site.internal_ca)[0], held["polder.ca"]
        work.authority = "intermediate"
    else:
        return
    try:
        certificate, intermediate = new_intermediate(site.name, root, key, now)
    except ValueError:
        raise Refused(Problem("ingress.not-its-key", "internal-ca.crt")) from None
    made = dict(zip(AUTHORITY_FILES, (key, intermediate, Secret(certificate)), strict=True))
    work.values |= made
    work.rotated += [file for file in AUTHORITY_FILES if file != "polder.ca" or work.authority == "root"]
    work.public = public_file(root, certificate)


def _unchanged(folder: Path, held: Folder) -> None:
    """Somebody may have saved the file while everything was opened."""
    if (folder / "site.yml").read_bytes() != held.files.get("site.yml"):
        raise Refused(Problem("site.changed-meanwhile", "site.yml"))


def _write(folder: Path, site: Site, work: _Work, sealed: Mapping[str, bytes]) -> list[Path]:
    public = folder / "internal-ca.crt"
    paths = [folder / "secrets" / f"{name}.age" for name in sealed]
    if work.authority == "intermediate":
        write_atomically(public, certificates(site.internal_ca)[0].encode())
    for path, content in zip(paths, sealed.values(), strict=True):
        write_atomically(path, content)
    unlock_key = folder / "secrets" / f"{UNLOCK_FILE}.age"
    if unlock_key.exists():  # the next apply makes another one
        unlock_key.unlink()
        paths.append(unlock_key)
    if work.public:
        write_atomically(public, work.public.encode())
        paths.append(public)
    return paths


def _write_down(folder: Path, name: str, work: _Work, hosts: tuple[str, ...]) -> Path:
    """``hosts``: where the next apply has to take their account and keys away; one that is away then is named until it was done."""
    facts = {"operator": name, "rotated": work.rotated, "given": [one.name for one in work.given]}
    facts |= {"hosts": list(hosts)} if hosts else {}
    journal = Journal(folder, operator(folder))
    return journal.write(datetime.now(UTC), "operator-removed", {**facts, "authority": work.authority})


def _told(site: Site, name: str, work: _Work, commit: Commit) -> Removed:
    given, unused = tuple(work.given), tuple(work.unused)
    return Removed(name, tuple(work.rotated), given, unused, work.authority, _names(site), commit=commit)
