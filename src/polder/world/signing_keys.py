"""The keys with which a provider signs, in the folder ``keys/``: what is public of them in clear, what is private in files of age.

``NAME.pub`` holds the 64 hex digits of an Ed25519 public key below a line of comment. ``NAME.age`` is armored age
(https://age-encryption.org/v1); inside are a line ``polder-key-1`` and the 32 bytes of the seed (RFC 8032) as hex. ``age -d``
opens it without Polder. Rules:

1. A private key is in clear for the moment of one signature only. A signer holds the ciphertext and how to open it.
2. A file is encrypted to recipients (``age1...``, SSH public keys) or, for a person who has none, to a passphrase.
3. Where there is no ``NAME.age``, the SSH agent is asked: a person's key may live there, or in a token behind it.
4. What was opened has to be the private half of ``NAME.pub``; anything else is refused before it signs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from polder.kernel.problem import Problem, Refused
from polder.kernel.secret import Secret
from polder.kernel.signing import PublicKey, Signer
from polder.world.files import write_atomically

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FOLDER = "keys"
HEADER = "polder-key-1"
SHORTEST = 16
"""Characters of a passphrase: the file may be copied, and then be guessed at for years."""
Ask = Callable[[str], Secret]
"""Asks a person for the passphrase of the key of that name."""
_PRIVATE = re.compile(rb"polder-key-1\n([0-9a-f]{64})\n?")


@dataclass(frozen=True, slots=True)
class AgeSigner:
    """Signs with the key in one file of age, opened for that moment."""

    name: str
    public: PublicKey
    sealed: bytes = field(repr=False)
    ask: Ask | None = field(default=None, repr=False)

    def sign(self, payload: bytes) -> bytes:
        """64 bytes. Problems: those of opening the file (``secret.*``, ``trust.passphrase-*``, ``trust.key-mismatch``)."""
        return _private(reveal_key(self)).sign(payload)


def public_keys(folder: Path) -> dict[str, PublicKey]:
    """Name to key of every ``keys/NAME.pub`` below the network folder, by name. Refused (``trust.bad-public-key``) naming all bad ones."""
    found: dict[str, PublicKey] = {}
    problems = []
    for path in sorted((folder / FOLDER).glob("*.pub")):
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
            (hex_digits,) = (line.strip() for line in lines if line.strip() and not line.startswith("#"))
            found[path.stem] = PublicKey(hex_digits)
        except ValueError:
            problems.append(Problem("trust.bad-public-key", f"{FOLDER}/{path.name}"))
    if problems:
        raise Refused(problems)
    return found


def make_key(
    folder: Path,
    name: str,
    recipients: Iterable[str] = (),
    passphrase: Secret | None = None,
    comment: str = "",
) -> PublicKey:
    """Make a new key ``name`` for ``recipients``, or for ``passphrase`` when there are none; what is public of it.

    Refused: ``trust.key-there`` (never overwrites), ``trust.passphrase-short``, ``secret.no-recipients``, ``secret.bad-recipient``.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    seed = Secret(Ed25519PrivateKey.generate().private_bytes_raw())
    return put_key(folder, name, seed, recipients, passphrase, comment)


def put_key(
    folder: Path,
    name: str,
    seed: Secret,
    recipients: Iterable[str] = (),
    passphrase: Secret | None = None,
    comment: str = "",
) -> PublicKey:
    """Write the key whose 32 bytes are ``seed``, as ``make_key`` does. A ``NAME.pub`` that is there has to be its public half."""
    sealed_at, public_at = key_path(folder, name), public_path(folder, name)
    public = _public(seed)
    if sealed_at.exists():
        raise Refused(Problem("trust.key-there", f"{FOLDER}/{sealed_at.name}", {"name": name}))
    if public_at.exists() and public_keys(folder)[name] != public:
        raise Refused(Problem("trust.key-mismatch", f"{FOLDER}/{public_at.name}", {"name": name}))
    sealed = _seal(seed, tuple(recipients), passphrase)
    (folder / FOLDER).mkdir(exist_ok=True, parents=True)
    write_atomically(sealed_at, sealed, 0o600)
    if not public_at.exists():
        put_public(folder, name, public, comment)
    return public


def put_public(folder: Path, name: str, public: PublicKey, comment: str = "") -> None:
    """Write ``keys/NAME.pub``, over one that is there."""
    words = " ".join((comment or name).split())
    write_atomically(public_path(folder, name), f"# {words}\n{public.hex}\n".encode())


def open_key(folder: Path, name: str, ask: Ask | None = None) -> Signer:
    """What signs with the key ``name``: its file, else the SSH agent. Nothing is opened and nobody is asked before something is signed.

    Refused: ``trust.no-key`` (no ``NAME.pub``), ``trust.key-not-here`` (neither a file here nor in the agent).
    """
    public = public_keys(folder).get(name)
    if public is None:
        raise Refused(Problem("trust.no-key", "", {"name": name}))
    path = key_path(folder, name)
    if path.is_file():
        return AgeSigner(name, public, path.read_bytes(), ask)
    from polder.world.ssh_agent import agent_signer

    signer = agent_signer(public)
    if signer is None:
        raise Refused(Problem("trust.key-not-here", "", {"name": name}))
    return signer


def reseal_key(
    folder: Path, name: str, recipients: Iterable[str], passphrase: Secret | None, ask: Ask | None = None
) -> None:
    """Write the file of ``name`` anew for ``recipients``, or for ``passphrase`` when there are none. The key stays the same."""
    signer = open_key(folder, name, ask)
    if not isinstance(signer, AgeSigner):
        raise Refused(Problem("trust.key-in-agent", "", {"name": name}))
    write_atomically(key_path(folder, name), _seal(reveal_key(signer), tuple(recipients), passphrase), 0o600)


def reveal_key(signer: AgeSigner) -> Secret:
    """The 32 bytes of the seed, for a signature or for paper; whoever calls it lets go of them at once."""
    seed = _seed(signer.sealed, signer.name, signer.ask)
    if _public(seed) != signer.public:
        raise Refused(Problem("trust.key-mismatch", f"{FOLDER}/{signer.name}.age", {"name": signer.name}))
    return seed


def complete_key(folder: Path, name: str, ask: Ask | None = None, comment: str = "") -> PublicKey:
    """Write the ``NAME.pub`` that is missing beside ``NAME.age`` (making a key was cut off between the two), by opening it."""
    public = _public(_seed(key_path(folder, name).read_bytes(), name, ask))
    put_public(folder, name, public, comment)
    return public


def by_passphrase(sealed: bytes) -> bool:
    """Whether a file of age opens with a passphrase: its header says so (age-encryption.org/v1, scrypt recipient stanza)."""
    import base64
    import binascii

    text = b"".join(line for line in sealed.splitlines()[1:5] if not line.startswith(b"-----"))
    try:
        return b"\n-> scrypt " in base64.b64decode(text + b"=" * (-len(text) % 4))
    except binascii.Error:
        return False


def count_recipients(sealed: bytes) -> int:
    """For how many an armored file of age opens: the stanzas of its header, without the meaningless ones that libraries put between
    them (``grease``; age-encryption.org/v1). 0 when it is damaged."""
    import base64
    import binascii

    text = b"".join(line for line in sealed.splitlines() if not line.startswith(b"-----"))
    try:
        header, _, _ = base64.b64decode(text).partition(b"\n---")
    except binascii.Error:
        return 0
    kinds = [line.split(b" ")[1] for line in header.splitlines() if line.startswith(b"-> ")]
    return sum(not kind.endswith(b"grease") for kind in kinds)


def key_path(folder: Path, name: str) -> Path:
    return folder / FOLDER / f"{name}.age"


def public_path(folder: Path, name: str) -> Path:
    return folder / FOLDER / f"{name}.pub"


def _seal(seed: Secret, recipients: tuple[str, ...], passphrase: Secret | None) -> bytes:
    import pyrage

    from polder.world.age import encrypt

    content = Secret(f"{HEADER}\n{seed.reveal_bytes().hex()}\n")
    if recipients or passphrase is None:
        return encrypt(content, recipients)
    if len(passphrase.reveal()) < SHORTEST:
        raise Refused(Problem("trust.passphrase-short", "", {"least": SHORTEST}))
    sealed: bytes = pyrage.passphrase.encrypt(content.reveal_bytes(), passphrase.reveal(), armored=True)
    return sealed


def _seed(sealed: bytes, name: str, ask: Ask | None) -> Secret:
    where = f"{FOLDER}/{name}.age"
    found = _PRIVATE.fullmatch(_open(sealed, name, ask, where).reveal_bytes())
    if found is None:
        raise Refused(Problem("secret.damaged", where))
    return Secret(bytes.fromhex(found[1].decode()))


def _open(sealed: bytes, name: str, ask: Ask | None, where: str) -> Secret:
    if not by_passphrase(sealed):
        return _open_with_identities(sealed, name, where)
    if ask is None:
        raise Refused(Problem("trust.passphrase-wanted", where, {"name": name}))
    return _open_with_passphrase(sealed, ask(name), name, where)


def _open_with_identities(sealed: bytes, name: str, where: str) -> Secret:
    from polder.world.age import decrypt, load_identities

    identities = load_identities()
    try:
        return decrypt(sealed, identities, where)
    except Refused as refused:
        if refused.problems[0].code != "secret.not-for-you":
            raise
    raise Refused(Problem("trust.key-closed", where, {"name": name, "places": tuple(identities.places)}))


def _open_with_passphrase(sealed: bytes, passphrase: Secret, name: str, where: str) -> Secret:
    import pyrage

    try:
        return Secret(pyrage.passphrase.decrypt(sealed, passphrase.reveal()))
    except (pyrage.DecryptError, ValueError):
        pass
    raise Refused(Problem("trust.passphrase-wrong", where, {"name": name}))


def _public(seed: Secret) -> PublicKey:
    return PublicKey(_private(seed).public_key().public_bytes_raw().hex())


def _private(seed: Secret) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(seed.reveal_bytes())
