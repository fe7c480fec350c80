"""The one door to python-tuf: documents in, documents out, signatures made and counted. Nothing else imports ``tuf``.

python-tuf parses, canonicalises and verifies. Added here, because its metadata API leaves them to its user:

1. Only Ed25519 keys, and only under the id that their material makes: one key under two ids would count twice.
2. Every document has a limit of size, looked at before it is parsed.
3. What cannot be read is a ``Problem``, never one of the library's exceptions; so is a signature that is no text.

A ``Document`` keeps the bytes it was read from: canonical JSON covers only its ``signed`` part, and mirrors hand on bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
from securesystemslib.signer import Key, Signature, SSlibKey
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Role,
    Root,
    Signed,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.api.serialization import DeserializationError, SerializationError

from polder.kernel.problem import Problem, Refused
from polder.kernel.signing import PublicKey, Signer

LIMITS: Mapping[str, int] = {"root": 512_000, "timestamp": 16_384, "snapshot": 65_536, "targets": 5_000_000}
"""Bytes. The roster is a root. Targets of a delegated role count as ``targets``."""

T = TypeVar("T", Root, Snapshot, Targets, Timestamp)
__all__ = [
    "LIMITS",
    "DelegatedRole",
    "Delegations",
    "Document",
    "MetaFile",
    "Role",
    "Root",
    "Snapshot",
    "TargetFile",
    "Targets",
    "Timestamp",
]


@dataclass(frozen=True, slots=True)
class Document(Generic[T]):
    """A document as it was read or made: ``content`` is exactly what is published, ``signed`` what it says."""

    content: bytes
    signed: T
    payload: bytes
    signatures: Mapping[str, str]
    """Key id to signature in hex."""

    @property
    def version(self) -> int:
        return int(self.signed.version)


def read(kind: type[T], content: bytes, where: str = "") -> Document[T]:
    """A document of ``kind`` (``Root``, ``Timestamp``, ``Snapshot``, ``Targets``). Its signatures are not looked at yet.

    Problems: ``trust.too-big``, ``trust.not-a-document`` (with why), ``trust.key-kind``, ``trust.key-id``.
    """
    limit = LIMITS[kind.type]
    if len(content) > limit:
        raise Refused(Problem("trust.too-big", where, {"size": len(content), "limit": limit}))
    try:
        metadata: Metadata[Any] = Metadata.from_bytes(content)
        payload = metadata.signed_bytes
    except (DeserializationError, SerializationError, RecursionError, ValueError) as error:
        raise _unreadable(where, str(error.__cause__ or error)) from None
    if not isinstance(metadata.signed, kind):
        raise _unreadable(where, f"{metadata.signed.type}, not {kind.type}")
    _check_keys(metadata.signed, where)
    signatures = {one.keyid: one.signature for one in metadata.signatures.values()}
    if not all(isinstance(held, str) for pair in signatures.items() for held in pair):
        raise _unreadable(where, "signatures")
    return Document(content, metadata.signed, payload, signatures)


def sign(signed: T, signers: Iterable[Signer], earlier: Mapping[str, str] | None = None) -> Document[T]:
    """``signed`` with the signatures in ``earlier`` (key id to hex) and those of ``signers`` added."""
    metadata: Metadata[T] = Metadata(signed)
    payload = metadata.signed_bytes
    found = dict(earlier or {})
    found.update({signer.public.id: signer.sign(payload).hex() for signer in signers})
    metadata.signatures = {one: Signature(one, value) for one, value in sorted(found.items())}
    return Document(metadata.to_bytes(), signed, payload, found)


def signers_of(delegator: Root | Targets, role: str, document: Document[Any]) -> frozenset[PublicKey]:
    """Whose valid signatures ``document`` bears, of the keys that ``delegator`` names for ``role``."""
    return frozenset(
        held
        for held in role_keys(delegator, role)
        if held.id in document.signatures
        and _verifies(delegator.get_key(held.id), document.signatures[held.id], document.payload)
    )


def check_signatures(delegator: Root | Targets, role: str, document: Document[Any], where: str = "") -> None:
    """Refuses (``trust.too-few-signatures``) unless as many keys of ``role`` signed as ``delegator`` demands."""
    wanted = int(delegator.get_delegated_role(role).threshold)
    found = len(signers_of(delegator, role, document))
    if found < wanted:
        raise Refused(
            Problem("trust.too-few-signatures", where, {"role": role, "found": found, "wanted": wanted})
        )


def key(one: PublicKey) -> SSlibKey:
    """The library's form of a key."""
    return SSlibKey(one.id, "ed25519", "ed25519", {"public": one.hex})


def public(one: Key) -> PublicKey:
    """Our form of a key that ``read`` let through."""
    return PublicKey(str(one.keyval["public"]))


def role_keys(delegator: Root | Targets, role: str) -> frozenset[PublicKey]:
    """The keys that may sign ``role``; an id without a key behind it is nobody's."""
    there = delegator.keys if isinstance(delegator, Root) else getattr(delegator.delegations, "keys", {})
    return frozenset(public(there[one]) for one in delegator.get_delegated_role(role).keyids if one in there)


def signature_is_valid(one: PublicKey, signature: str, payload: bytes) -> bool:
    """Whether ``signature`` (hex) over ``payload`` was made with the private half of ``one``."""
    return _verifies(key(one), signature, payload)


def root_of_one_role(
    version: int, keys: Iterable[PublicKey], threshold: int, expires: datetime, fields: Mapping[str, Any]
) -> Root:
    """A root that delegates to itself only: the three other roles that the format wants have no key, so nothing satisfies them.

    ``fields``: ours, signed with the rest. The specification's version is fixed: the same content is the same bytes everywhere.
    """
    held = sorted(set(keys))
    roles: dict[str, Role] = {name: Role([], 1) for name in ("snapshot", "targets", "timestamp")}
    roles["root"] = Role([one.id for one in held], threshold)
    known: dict[str, Key] = {one.id: key(one) for one in held}
    return Root(version, "1.0.31", expires, known, roles, True, dict(fields))


def _verifies(one: Key, signature: str, payload: bytes) -> bool:
    try:
        one.verify_signature(Signature(one.keyid, signature), payload)
    except (UnverifiedSignatureError, VerificationError):
        return False
    return True


def _check_keys(signed: Signed, where: str) -> None:
    keys: dict[str, Key] = {}
    if isinstance(signed, Root):
        keys = signed.keys
    elif isinstance(signed, Targets) and signed.delegations:
        keys = signed.delegations.keys
    problems = [problem for named, one in keys.items() if (problem := _key_problem(named, one, where))]
    if problems:
        raise Refused(problems)


def _key_problem(named: str, one: Key, where: str) -> Problem | None:
    if (one.keytype, one.scheme) != ("ed25519", "ed25519"):
        return Problem("trust.key-kind", where, {"kind": f"{one.keytype}/{one.scheme}"})
    try:
        made = public(one).id
    except (ValueError, KeyError, TypeError):
        return Problem("trust.key-kind", where, {"kind": "ed25519"})
    if made != named or one.unrecognized_fields:
        return Problem("trust.key-id", where, {"key": named[:16], "made": made[:16]})
    return None


def _unreadable(where: str, why: str) -> Refused:
    # Half characters, as JSON can name them, nothing could write down.
    whole = why[:200].encode(errors="backslashreplace").decode()
    return Refused(Problem("trust.not-a-document", where, {"why": whole}))


def custom(signed: Signed) -> dict[str, Any]:
    """Fields of ours that a document carries, signed with the rest (TUF keeps what it does not know)."""
    return signed.unrecognized_fields
