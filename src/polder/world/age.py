"""Secrets in the site are files of age (https://age-encryption.org/v1), armored, so that git shows them as text and
``age -d -i KEY FILE`` opens them without Polder. The plaintext is exactly the value: no newline is added.

Operators' own keys (identities) are looked for in ``POLDER_IDENTITY`` (files, separated as in ``PATH``; then nothing else is
tried), else ``~/.config/polder/identity.txt``, ``~/.ssh/id_ed25519`` and ``~/.ssh/id_rsa``, whichever exist.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from polder.kernel.problem import Problem, Problems, Refused
from polder.kernel.secret import Secret

ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without the look-alikes 0 O o 1 I l: 24 of them are 139 bits."""
PASSWORD_LENGTH, HEX_BYTES = 24, 32
_DEFAULTS = (".config/polder/identity.txt", ".ssh/id_ed25519", ".ssh/id_rsa")


class Identities:
    """Private keys that were found, and where. Shows the places only: the keys' own ``str`` is the key.

    ``secrets``: what is secret of each: an age key as its line, an SSH key as its whole file, since the library hands out nothing of it.
    """

    __slots__ = ("_keys", "_secret", "places")

    def __init__(self, keys: Sequence[Any], places: Sequence[str], secrets: Sequence[Secret]) -> None:
        self._keys, self.places = tuple(keys), tuple(places)
        each = sorted(hashlib.sha256(one.reveal_bytes()).digest() for one in secrets)
        self._secret = Secret(hashlib.sha256(b"".join(each)).digest())

    def keys(self) -> list[Any]:
        return list(self._keys)

    def mark(self, label: str, content: bytes) -> str:
        """64 hex digits that only who has all of these keys can make for ``content`` (HMAC-SHA256, RFC 2104): age says who may read, not
        who wrote. ``label``: what it is for; marks of one label are worth nothing under another."""
        own = hmac.digest(self._secret.reveal_bytes(), label.encode(), "sha256")
        return hmac.digest(own, content, "sha256").hex()

    def __repr__(self) -> str:
        return f"Identities({', '.join(self.places)})"


def encrypt(value: Secret, recipients: Iterable[str], armored: bool = True) -> bytes:
    """Ciphertext (as text, or binary) that each of ``recipients`` (``age1...`` or SSH public keys) can open.

    Problems: ``secret.no-recipients``, ``secret.bad-recipient`` (every one).
    """
    import pyrage

    found, problems = [], Problems()
    for text in recipients:
        try:
            found.append(_recipient(text))
        except pyrage.RecipientError as error:
            problems.add("secret.bad-recipient", recipient=text, why=str(error))
    if not found and not len(problems):
        problems.add("secret.no-recipients")
    problems.refuse_if_any()
    sealed: bytes = pyrage.encrypt(value.reveal_bytes(), found, armored=armored)
    return sealed


def decrypt(sealed: bytes, identities: Identities, where: str = "") -> Secret:
    """The value. Problems (at ``where``, the file's name): ``secret.not-for-you``, ``secret.damaged``.

    By pyrage's streams: its ``decrypt`` reads the header from the beginning again for every few bytes (50 ms for 64 recipients, not 6).
    """
    import pyrage

    found = BytesIO()
    try:
        pyrage.decrypt_io(BytesIO(sealed), found, identities.keys())
        return Secret(found.getvalue())
    except pyrage.DecryptError as error:
        code = "secret.not-for-you" if "No matching keys" in str(error) else "secret.damaged"
    except (ValueError, OSError):
        code = "secret.damaged"
    raise Refused(Problem(code, where, {"places": identities.places}))


def load_identities(environment: Mapping[str, str] | None = None, home: Path | None = None) -> Identities:
    """The operator's private keys.

    Problems: ``secret.no-identity`` (none found), ``secret.identity-missing`` (named but not there), ``secret.identity-open``
    (others may read it), ``secret.identity-locked`` (an SSH key with a passphrase, and nothing else), ``secret.identity-bad``.
    """
    folder = Path.home() if home is None else home
    paths = _named(os.environ if environment is None else environment)
    defaults = [] if paths else [folder / name for name in _DEFAULTS if (folder / name).is_file()]
    keys: list[tuple[Any, Secret]] = []
    places: list[str] = []
    problems = Problems()
    locked = Problems()
    for path in paths or defaults:
        try:
            keys += _read(path)
            places.append(str(path))
        except Refused as refused:
            skipped = refused.problems[0].code == "secret.identity-locked"
            (locked if skipped else problems).items.extend(refused.problems)
    problems.refuse_if_any()
    if not keys:
        locked.refuse_if_any()
        raise Refused(Problem("secret.no-identity", "", {"default": str(folder / _DEFAULTS[0])}))
    return Identities([key for key, _ in keys], places, [secret for _, secret in keys])


def nobodys_recipient() -> str:
    """A recipient whose private key is kept by nobody: it hides how many recipients there are."""
    from pyrage import x25519

    return str(x25519.Identity.generate().to_public())


def default_identity(environment: Mapping[str, str] | None = None, home: Path | None = None) -> Path:
    """Where ``polder key new`` writes when not told: the first file of ``POLDER_IDENTITY`` that is not there yet, since a key anywhere
    else would not be found."""
    named = _named(os.environ if environment is None else environment)
    missing = [path for path in named if not path.exists()]
    return next(iter((*missing, *named)), (Path.home() if home is None else home) / _DEFAULTS[0])


def new_identity(path: Path) -> str:
    """Write a new private key to ``path``, readable by its owner only, and return its recipient (``age1...``).

    Never overwrites: ``secret.identity-exists``.
    """
    from pyrage import x25519

    key = x25519.Identity.generate()
    recipient = str(key.to_public())
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refused(Problem("secret.identity-exists", "", {"path": str(path)})) from None
    with os.fdopen(handle, "w") as file:
        file.write(f"# created: {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}\n# public key: {recipient}\n{key}\n")
    return recipient


def generate(kind: str) -> Secret:
    """A new value: ``password`` (24 characters that cannot be mistaken for each other) or ``hex`` (32 bytes).

    ``ValueError`` for any other kind: a person must give those.
    """
    if kind == "password":
        return Secret("".join(secrets.choice(ALPHABET) for _ in range(PASSWORD_LENGTH)))
    if kind == "hex":
        return Secret(secrets.token_hex(HEX_BYTES))
    raise ValueError(kind)


def _named(environment: Mapping[str, str]) -> list[Path]:
    parts = environment.get("POLDER_IDENTITY", "").split(os.pathsep)
    return [Path(part).expanduser() for part in parts if part]


def _recipient(text: str) -> Any:
    from pyrage import ssh, x25519

    return (ssh.Recipient if text.startswith("ssh-") else x25519.Recipient).from_str(text.strip())


def _read(path: Path) -> list[tuple[Any, Secret]]:
    """The keys in one file, each with what is secret of it: age's lines (comments allowed) or one OpenSSH private key."""
    place = {"path": str(path)}
    try:
        if path.stat().st_mode & 0o077:
            raise Refused(Problem("secret.identity-open", "", place))
        content = path.read_bytes()
    except OSError:
        raise Refused(Problem("secret.identity-missing", "", place)) from None
    return _ssh_key(content, place) if b"PRIVATE KEY-----" in content else _age_keys(content, place)


def _ssh_key(content: bytes, place: Mapping[str, str]) -> list[tuple[Any, Secret]]:
    import pyrage

    try:
        return [(pyrage.ssh.Identity.from_buffer(content), Secret(content))]
    except pyrage.IdentityError as error:
        code = "secret.identity-locked" if "decrypted first" in str(error) else "secret.identity-bad"
    raise Refused(Problem(code, "", place))


def _age_keys(content: bytes, place: Mapping[str, str]) -> list[tuple[Any, Secret]]:
    import pyrage

    try:
        lines = [line.strip() for line in content.decode().splitlines()]
        keys = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (pyrage.IdentityError, UnicodeDecodeError):
        keys = []
    if not keys:
        raise Refused(Problem("secret.identity-bad", "", place))
    return [(key, Secret(str(key))) for key in keys]
