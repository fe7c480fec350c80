"""What a member says of a proposed version: it vouches for the newcomer, it blocks, or it signs. Small files in its own folder.

A signature is the last word: it is over the proposed document itself and stays valid for ever. So it is given when the time for
objections is over. What comes before, a vouch or a block, is signed as this file and can be taken back by another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from polder.commons.roster.document import Edition
from polder.commons.roster.fields import Fields
from polder.commons.roster.model import Roster
from polder.commons.roster.moments import written
from polder.commons.roster.own_word import signed_part
from polder.commons.trust.tuf import signature_is_valid
from polder.kernel.digest import Digest, short
from polder.kernel.plain import read_plain, write_plain
from polder.kernel.problem import Refused
from polder.kernel.signing import PublicKey, Signer

PROPOSALS, APPROVALS, ROSTERS = "governance/proposals/", "governance/approvals/", "governance/roster/"
Stance = Literal["vouch", "block", "sign"]
STANCES: Mapping[str, Stance] = {"vouch": "vouch", "block": "block", "sign": "sign"}


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
    payload = edition.document.payload if stance == "sign" else signed_part(_plain(one))
    return replace(one, signature=signer.sign(payload).hex())


def write_approval(one: Approval) -> bytes:
    return write_plain(_plain(one))


def read_approval(content: bytes, where: str = "") -> Approval:
    """Problems: ``kernel.not-plain``, ``roster.wrong-field``. The signature is looked at by ``is_genuine``."""
    fields = Fields(read_plain(content, where, 20_000), "", where)
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
    if fields.problems:
        raise Refused(fields.problems)
    return found


def is_genuine(one: Approval, edition: Edition) -> bool:
    """Whether its key really said this of ``edition``."""
    if one.digest != edition.digest:
        return False
    payload = edition.document.payload if one.stance == "sign" else signed_part(_plain(one))
    return signature_is_valid(one.key, one.signature, payload)


def speaker(one: Approval, *rosters: Roster) -> str:
    """Whose key it is in the first of ``rosters`` that has it; ``""`` for a stranger's."""
    return next((held.id for roster in rosters for held in roster.active if held.key == one.key), "")


def _plain(one: Approval) -> dict[str, Any]:
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
