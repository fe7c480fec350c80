"""What a member says of a proposed version: it vouches for the newcomer, it blocks, it signs, or it refuses. Small files in its own folder.

A signature is the last word: it is over the proposed document itself and stays valid for ever. So it is given when the time for
objections is over. What comes before, a vouch or a block, is signed as this file and can be taken back by another.

A refusal is the last word too: its member did not sign and never will. When so many refused a proposal that the others are too few to
carry it, it is dead, and who signed it may sign another one for the same number, which lists the refusals (``instead``). So a number is
never stuck, and two valid versions of one number always have somebody in both who broke their word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from polder.commons.roster.fields import Fields
from polder.commons.roster.moments import written
from polder.commons.roster.own_word import signed_part
from polder.commons.trust.tuf import signature_is_valid
from polder.kernel.digest import Digest, short
from polder.kernel.plain import read_plain, write_plain
from polder.kernel.problem import Refused
from polder.kernel.signing import PublicKey, Signer

if TYPE_CHECKING:
    from polder.commons.roster.document import Edition

PROPOSALS, APPROVALS, ROSTERS = "governance/proposals/", "governance/approvals/", "seen/roster-"
"""Proposals and approvals are what people say. Accepted versions are what a provider has seen: the server's keys sign for them, so that
they travel on without anybody's doing, and the signatures that count are inside."""
Stance = Literal["vouch", "block", "sign", "refuse"]
STANCES: Mapping[str, Stance] = {"vouch": "vouch", "block": "block", "sign": "sign", "refuse": "refuse"}


@dataclass(frozen=True, slots=True)
class Approval:
    """``digest``: of the bytes that are signed in the proposed document. ``key``: the member's governance key. ``signature`` (hex): of
    those bytes when ``stance`` is ``sign``, else of this file without it."""

    digest: Digest
    version: int
    key: PublicKey
    stance: Stance
    reason: str
    date: datetime
    signature: str = ""


def proposal_path(digest: Digest) -> str:
    return f"{PROPOSALS}{short(digest, 16)}.json"


def approval_path(digest: Digest, key: PublicKey) -> str:
    return f"{APPROVALS}{short(digest, 16)}/{key.id[:16]}.json"


def roster_path(version: int) -> str:
    return f"{ROSTERS}{version}.json"


def approve(edition: Edition, stance: Stance, signer: Signer, reason: str, now: datetime) -> Approval:
    one = Approval(edition.digest, edition.version, signer.public, stance, reason, now.replace(microsecond=0))
    payload = edition.document.payload if stance == "sign" else signed_part(plain_approval(one))
    return replace(one, signature=signer.sign(payload).hex())


def write_approval(one: Approval) -> bytes:
    return write_plain(plain_approval(one))


def read_approval(content: bytes, where: str = "") -> Approval:
    """Problems: ``kernel.not-plain``, ``roster.wrong-field``. The signature is looked at by ``is_genuine``."""
    fields = Fields(read_plain(content, where, 20_000), "", where)
    found = approval_of(fields)
    if fields.problems:
        raise Refused(fields.problems)
    return found


def is_genuine(one: Approval, edition: Edition) -> bool:
    """Whether its key really said this of ``edition``."""
    if one.digest != edition.digest:
        return False
    if one.stance != "sign":
        return is_own_word(one)
    return signature_is_valid(one.key, one.signature, edition.document.payload)


def is_own_word(one: Approval) -> bool:
    """The same for what is no signature of a document; that needs no document."""
    return one.stance != "sign" and signature_is_valid(
        one.key, one.signature, signed_part(plain_approval(one))
    )


def approval_of(fields: Fields) -> Approval:
    fields.word("format", "polder-approval-1")
    found = Approval(
        fields.digest("sha256"),
        fields.number("version", 1, 2**31),
        fields.key("key"),
        STANCES[fields.word("stance", *STANCES)],
        fields.text("reason", 2000),
        fields.moment("date"),
        fields.signature("signature"),
    )
    fields.done()
    return found


def plain_approval(one: Approval) -> dict[str, Any]:
    return {
        "format": "polder-approval-1",
        "sha256": one.digest,
        "version": one.version,
        "key": one.key.hex,
        "stance": one.stance,
        "reason": one.reason,
        "date": written(one.date),
        "signature": one.signature,
    }
