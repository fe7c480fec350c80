"""New keys in the place of old ones.

``rotate`` is planned: the old key stays at hand as ``NAME.old`` until the change is published, because it still has to sign it.
``replace`` is for a person's key that is lost or stolen: nothing of it stays but its public half, to be shown by name. The keys of the
server stay at hand in both cases: a thief has them anyway, and while readers go over to the new ones both sign.

Stopped at any moment, the same command completes what it began: the new key lies in ``NAME.new`` until the old one is put away.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from polder.actions.load_network import load_network
from polder.actions.network_keys import (
    OLD,
    AskNew,
    MadeKeys,
    check_makeable,
    chosen,
    commit_keys,
    is_gone,
    mark_gone,
    put_new,
)
from polder.commons.network.model import SIGNING, Network
from polder.commons.trust.documents import robot_key
from polder.commons.trust.present import Present, read_present
from polder.commons.trust.roles import PEOPLE, SERVER
from polder.commons.trust.tuf import check_signatures, role_keys
from polder.kernel.problem import Problem, Problems, Refused
from polder.kernel.signing import PublicKey
from polder.world.git import Commit
from polder.world.publication import FolderFiles, hold_publication
from polder.world.signing_keys import key_path, public_keys, public_path

NEW = ".new"


def replace_keys(
    folder: Path, names: Iterable[str], *, gone: bool = False, ask_new: AskNew | None = None
) -> MadeKeys:
    """New keys for ``names`` (people, ``governance``, one of the server's, ``server`` for its three). ``gone``: the old ones are lost or
    stolen. The next publication proposes the change.

    Refused before anything changes: what ``check_replaceable`` refuses, ``trust.no-recipients``, ``trust.passphrase-wanted``.
    """
    network = load_network(folder)
    found = check_replaceable(folder, names, gone=gone)
    check_makeable(network, found, ask_new)
    with hold_publication(folder / network.state):
        counting = _counting(_present(folder, network))
        for name in found:
            _replace(folder, network, name, counting, gone=gone and name not in SERVER, ask_new=ask_new)
    touched = [one for name in found for one in (name, name + OLD)]
    verb = "replaced" if gone else "rotated"
    return MadeKeys(found, commit_keys(folder, touched, f"network: Keys {verb}: {', '.join(found)}."))


def check_replaceable(folder: Path, names: Iterable[str], *, gone: bool) -> tuple[str, ...]:
    """``names`` one by one. Refused: ``trust.unknown-name``, ``trust.no-key``; and ``trust.leads-nowhere`` when so many of the keys that
    must sign the change would be ``gone`` that nobody could ever publish it (TUF 6.1: a new root is signed by the one before)."""
    network = load_network(folder)
    found = chosen(network, tuple(names))
    _check_there(folder, found)
    last = _present(folder, network).last
    people = tuple(name for name in found if name in network.people)
    if gone and people and last:
        keys = public_keys(folder).items()
        lost = {key for name, key in keys if name.removesuffix(OLD) in people or is_gone(folder, name)}
        left, wanted = len(role_keys(last, "root") - lost), int(last.roles["root"].threshold)
        if left < wanted:
            raise Refused(
                Problem(
                    "trust.leads-nowhere", "network.yml", {"names": people, "left": left, "wanted": wanted}
                )
            )
    return found


def _present(folder: Path, network: Network) -> Present:
    return read_present(FolderFiles(folder / SIGNING), FolderFiles(folder / network.publish))


def retire_keys(folder: Path, network: Network, present: Present) -> Commit:
    """Put away for good the old keys that nothing needs any more: readers see the change that took them out."""
    counting = _counting(present)
    done = [name for name, one in public_keys(folder).items() if _is_done(name, one, present, counting)]
    for name in done:
        key_path(folder, name).unlink(missing_ok=True)
        public_path(folder, name).unlink(missing_ok=True)
    return commit_keys(folder, done, "network: Old keys are put away.") if done else Commit()


def _replace(
    folder: Path,
    network: Network,
    name: str,
    counting: frozenset[PublicKey],
    *,
    gone: bool,
    ask_new: AskNew | None,
) -> None:
    new, old = name + NEW, name + OLD
    if not public_path(folder, new).exists():
        key_path(folder, new).unlink(missing_ok=True)  # cut off before anybody knew it
        put_new(folder, network, name, new, ask_new=ask_new)
        _refuse_the_same(folder, name)
    in_agent = _in_agent(network, name)
    if key_path(folder, new).exists() or in_agent:
        _put_away(folder, name, counting, gone=gone)
    if key_path(folder, new).exists():
        key_path(folder, new).replace(key_path(folder, name))
    elif in_agent:
        key_path(folder, name).unlink(missing_ok=True)
    public_path(folder, new).replace(public_path(folder, name))
    if gone:
        key_path(folder, old).unlink(missing_ok=True)
        mark_gone(folder, name)


def _put_away(folder: Path, name: str, counting: frozenset[PublicKey], *, gone: bool) -> None:
    """Keep the key of today as the old one, unless the old one that is there still counts and this one never did."""
    keys = public_keys(folder)
    if name + OLD in keys and keys[name + OLD] in counting and keys.get(name) not in counting:
        return
    if key_path(folder, name).exists() and not gone:
        shutil.copy2(key_path(folder, name), key_path(folder, name + OLD))
    if public_path(folder, name).exists():
        shutil.copy2(public_path(folder, name), public_path(folder, name + OLD))


def _refuse_the_same(folder: Path, name: str) -> None:
    """An agent's key is named in ``network.yml``; when that still names the old one there is no new one."""
    found = public_keys(folder)
    if found[name + NEW] == found[name]:
        public_path(folder, name + NEW).unlink()
        raise Refused(Problem("trust.same-again", "network.yml", {"name": name}))


def _in_agent(network: Network, name: str) -> bool:
    person = network.people.get(name)
    return bool(person and person.agent)


def _check_there(folder: Path, names: Iterable[str]) -> None:
    problems, there = Problems(), public_keys(folder)
    for name in names:
        if name not in there:
            problems.add("trust.no-key", "", name=name)
    problems.refuse_if_any()


def _counting(present: Present) -> frozenset[PublicKey]:
    """The keys that count for readers, now or once all that is signed is published."""
    roots = [root for root in (present.seen, present.last) if root]
    found = {key for root in roots for role in (*PEOPLE, *SERVER[1:]) for key in role_keys(root, role)}
    robots = [robot_key(one.signed) for one in (present.published, present.targets) if one]
    return frozenset(found) | frozenset(one for one in robots if one)


def _is_done(name: str, public: PublicKey, present: Present, counting: frozenset[PublicKey]) -> bool:
    owner = name.removesuffix(OLD)
    if owner == name or public in counting or present.last is None:
        return False
    if owner in SERVER:
        return present.shown == len(present.roots)
    return owner != "governance" and _people_hold(present)


def _people_hold(present: Present) -> bool:
    """Whether the people's part is signed with keys that count from now on."""
    if present.targets is None or present.last is None:
        return False
    try:
        check_signatures(present.last, "targets", present.targets)
    except Refused:
        return False
    return True
