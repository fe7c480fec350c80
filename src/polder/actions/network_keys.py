"""The keys of a provider: made, listed, put on paper, brought back.

Who holds what: each person in ``network.yml`` holds one root key, in a file only they open or in their SSH agent. The server holds
three (``robot``, ``snapshot``, ``timestamp``), in files that ``recipients`` of ``network.yml`` open. ``governance``, with which the
provider takes part in the network's decisions, opens for the people alone, so that a stolen server decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from polder.actions.load_network import load_network
from polder.commons.network.model import SIGNING, Network, Person
from polder.commons.trust.roles import GOVERNANCE, SERVER
from polder.commons.trust.roots import Keys
from polder.kernel.digest import Digest, digest_of_bytes
from polder.kernel.names import nearest
from polder.kernel.problem import Problem, Problems, Refused, Value
from polder.kernel.secret import Secret
from polder.kernel.signing import PublicKey
from polder.world.files import completed, content_or_nothing, write_atomically
from polder.world.git import Commit, commit_paths
from polder.world.signing_keys import (
    FOLDER,
    Ask,
    by_passphrase,
    complete_key,
    key_path,
    make_key,
    public_keys,
    public_path,
    put_key,
    put_public,
    reseal_key,
)
from polder.world.ssh_agent import ssh_public_key

AskNew = Callable[[str], Secret]
"""Asks a person, twice, for the passphrase that will protect the key of that name."""
OLD = ".old"
"""Ends the name of a key that is on its way out."""
GONE = "lost or stolen"
"""Begins the comment in the public half of a key that signs nothing more."""


@dataclass(frozen=True, slots=True)
class MadeKeys:
    """Names of the keys made now, and what git did."""

    names: tuple[str, ...]
    commit: Commit


@dataclass(frozen=True, slots=True)
class KeyRow:
    """``kind``: ``person``, ``server``, ``governance`` or ``old``. ``home``: ``recipients`` or ``passphrase`` (a file here, and how it
    opens), ``agent`` (an SSH agent holds it), ``elsewhere`` (only its public half is here), ``missing``."""

    name: str
    kind: str
    public: PublicKey | None
    home: str


def load_keys(folder: Path, network: Network) -> Keys:
    """Every public key, as publishing wants them."""
    found = public_keys(folder)
    people = {name: found[name] for name in network.people if name in found}
    server = {name: found[name] for name in SERVER if name in found}
    others = {name: one for name, one in found.items() if name.endswith(OLD)}
    lacking = tuple(name for name in (*network.people, *SERVER) if name not in found)
    gone = frozenset(one for name, one in others.items() if is_gone(folder, name))
    return Keys(people, network.threshold, server, others, lacking, gone)


def mark_gone(folder: Path, name: str) -> None:
    """Keep with the old public key of ``name`` that nobody signs with it any more, for whoever reads the folder elsewhere."""
    public = public_keys(folder).get(name + OLD)
    if public:
        put_public(folder, name + OLD, public, f"{GONE}, {name}'s key before")


def is_gone(folder: Path, name: str) -> bool:
    """Whether nobody signs any more with the key ``name``, which has a public half in the folder."""
    return public_path(folder, name).read_bytes().startswith(f"# {GONE},".encode())


def new_keys(
    folder: Path,
    names: Iterable[str] = (),
    *,
    ask: Ask | None = None,
    ask_new: AskNew | None = None,
) -> MadeKeys:
    """Make those keys of ``names`` (people, ``server`` for its three, ``governance``; all when empty) that are not there yet.

    Refused before anything is made: ``trust.unknown-name``, ``trust.no-recipients`` (network.yml names none, and the server's keys
    need some), ``trust.passphrase-wanted``.
    """
    network = load_network(folder)
    missing = [name for name in chosen(network, tuple(names)) if not public_path(folder, name).exists()]
    check_makeable(network, missing, ask_new)
    for name in missing:
        put_new(folder, network, name, ask=ask, ask_new=ask_new)
    return MadeKeys(tuple(missing), commit_keys(folder, missing, f"network: Keys of {', '.join(missing)}."))


def put_new(
    folder: Path,
    network: Network,
    name: str,
    target: str = "",
    *,
    ask: Ask | None = None,
    ask_new: AskNew | None = None,
) -> PublicKey:
    """Make one key, for ``name``, in the files of ``target`` (``name`` itself unless given)."""
    target = target or name
    comment = f"{name} of {network.provider}"
    person = network.people.get(name)
    if person and person.agent:
        public = ssh_public_key(person.agent)
        put_public(folder, target, public, f"{comment}, in an SSH agent")
        return public
    if key_path(folder, target).exists():
        return complete_key(folder, target, ask, comment)
    recipients = opens_for(network, name)
    passphrase = None if recipients or ask_new is None else ask_new(name)
    return make_key(folder, target, recipients, passphrase, comment)


def restore_key(folder: Path, name: str, seed: Secret, *, ask_new: AskNew | None = None) -> MadeKeys:
    """Write the key ``name`` again from what was on paper. It has to be the one in ``keys/NAME.pub``, when that is there."""
    network = load_network(folder)
    check_makeable(network, chosen(network, (name,)), ask_new)
    recipients = opens_for(network, name)
    passphrase = None if recipients or ask_new is None else ask_new(name)
    put_key(folder, name, seed, recipients, passphrase, f"{name} of {network.provider}")
    return MadeKeys((name,), commit_keys(folder, [name], f"network: The key of {name} is back."))


def reencrypt_keys(
    folder: Path, names: Iterable[str], *, ask: Ask | None = None, ask_new: AskNew | None = None
) -> MadeKeys:
    """Encrypt the files of ``names`` to whom ``network.yml`` names today (or to a new passphrase). The keys stay the same, and whoever
    could open the files before may have kept them."""
    network = load_network(folder)
    found = chosen(network, tuple(names))
    check_makeable(network, found, ask_new)
    for name in found:
        recipients = opens_for(network, name)
        passphrase = None if recipients or ask_new is None else ask_new(name)
        reseal_key(folder, name, recipients, passphrase, ask)
    return MadeKeys(found, commit_keys(folder, found, f"network: Keys encrypted anew: {', '.join(found)}."))


def list_keys(folder: Path) -> tuple[KeyRow, ...]:
    """A row for each key that there is or should be."""
    network, found = load_network(folder), public_keys(folder)
    names = [*network.people, GOVERNANCE, *SERVER]
    names += [name for name in found if name not in names]
    return tuple(
        KeyRow(name, _kind(network, name), found.get(name), _home(folder, network, name)) for name in names
    )


def identity(folder: Path) -> Digest | None:
    """The provider's fingerprint in the network for ever: the digest of its first root file, once that is signed."""
    from polder.commons.trust.present import read_present
    from polder.world.publication import FolderFiles

    network = load_network(folder)
    present = read_present(FolderFiles(folder / SIGNING), FolderFiles(folder / network.publish))
    return digest_of_bytes(present.roots[0].content) if present.roots else None


def root_digests(folder: Path) -> tuple[Digest, ...]:
    """Of each root that enough people signed, the first one first, the digest of what they signed: what peers compare after a change of
    keys. From the people's history alone: what is published, a thief may have put there."""
    from polder.commons.trust.present import read_present
    from polder.world.publication import FolderFiles

    present = read_present(FolderFiles(folder / SIGNING), {})
    return tuple(digest_of_bytes(one.payload) for one in present.roots)


def opens_for(network: Network, name: str) -> tuple[str, ...]:
    """Whom the file of the key ``name`` is encrypted to; nobody when a passphrase protects it."""
    if name in SERVER:
        return network.recipients
    if name == GOVERNANCE:
        return tuple(filter(None, (one.recipient or one.agent for one in network.people.values())))
    return _of_person(network.people[name])


def commit_keys(folder: Path, names: Iterable[str], message: str) -> Commit:
    """Commit what may be in the history: everything but files that a passphrase protects, which could be guessed at there for ever."""
    paths = [_ignore_closed(folder, list(names))]
    for name in names:
        paths.append(public_path(folder, name))
        if not is_guessable(folder, name):
            paths.append(key_path(folder, name))
    return commit_paths(folder, paths, message)


def is_guessable(folder: Path, name: str) -> bool:
    """Whether the file of ``name`` opens with a passphrase."""
    path = key_path(folder, name)
    return path.is_file() and by_passphrase(path.read_bytes())


def _ignore_closed(folder: Path, names: list[str]) -> Path:
    """``keys/.gitignore`` names every file that must not be in the history."""
    path = folder / FOLDER / ".gitignore"
    before = content_or_nothing(path)
    content = completed(before, [f"/{name}.age" for name in names if is_guessable(folder, name)])
    if content != before:
        write_atomically(path, content)
    return path


def chosen(network: Network, names: tuple[str, ...]) -> tuple[str, ...]:
    """``server`` stands for its three keys."""
    every = (*network.people, *SERVER, GOVERNANCE)
    spread = [one for name in names for one in (SERVER if name == "server" else (name,))]
    wrong = [unknown_name(name, (*every, "server")) for name in spread if name not in every]
    if wrong:
        raise Refused(wrong)
    return tuple(dict.fromkeys(spread)) or every


def unknown_name(name: str, known: tuple[str, ...]) -> Problem:
    """Nobody here is called ``name``; whoever is nearly is named."""
    near = nearest(name, known)
    values: dict[str, Value] = {"name": name, "known": known or ("–",)}
    return (
        Problem("trust.unknown-name-near", "", {**values, "near": near})
        if near
        else Problem("trust.unknown-name", "", values)
    )


def check_restorable(folder: Path, name: str) -> None:
    """Refused before anybody types 24 words: ``trust.unknown-name``, ``trust.key-there`` (the private key is on this machine)."""
    chosen(load_network(folder), (name,))
    if key_path(folder, name).exists():
        raise Refused(Problem("trust.key-there", f"{FOLDER}/{name}.age", {"name": name}))


def check_makeable(network: Network, names: Iterable[str], ask_new: AskNew | None) -> None:
    problems = Problems()
    for name in names:
        person = network.people.get(name)
        if (person and person.agent) or opens_for(network, name):
            continue
        if name in SERVER:
            problems.add("trust.no-recipients", "network.yml", name=name)
        elif ask_new is None:
            problems.add("trust.passphrase-wanted", "", name=name)
    problems.refuse_if_any()


def _of_person(person: Person) -> tuple[str, ...]:
    return (person.recipient,) if person.recipient else ()


def _kind(network: Network, name: str) -> str:
    if name in SERVER:
        return "server"
    if name == GOVERNANCE:
        return "governance"
    return "person" if name in network.people else "old"


def _home(folder: Path, network: Network, name: str) -> str:
    if key_path(folder, name).is_file():
        return "passphrase" if is_guessable(folder, name) else "recipients"
    if not public_path(folder, name).is_file():
        return "missing"
    person = network.people.get(name)
    return "agent" if person and person.agent else "elsewhere"
