"""What a member says for itself alone, signed with its governance key, published below ``governance/`` in its own folder.

An **introduction** says how the member wants to stand in the roster: to come in, to change its entry, or (signed with a new key) to
replace its key. **Leave** needs nobody's consent. **Wake** ends dormancy. Each becomes part of the roster document it leads to, so
anybody can check much later that the member itself said it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from polder.commons.roster.fields import Fields, address, recipient
from polder.commons.roster.model import MOST_RECIPIENTS, MOST_URLS, Member
from polder.commons.roster.moments import written
from polder.commons.trust.tuf import signature_is_valid
from polder.kernel.digest import Digest
from polder.kernel.plain import read_plain, write_plain
from polder.kernel.problem import Problem, Refused
from polder.kernel.signing import PublicKey, Signer

INTRODUCTION, LEAVE, WAKE = "governance/introduction.json", "governance/leave.json", "governance/wake.json"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Introduction:
    """An entry as the member wants it; ``signature`` (hex) is by ``key``, so whoever says it holds that key."""

    id: str
    name: str
    urls: tuple[str, ...]
    root: Digest
    key: PublicKey
    recipients: tuple[str, ...]
    group: str
    date: datetime
    signature: str = ""

    def member(self) -> Member:
        return Member(
            self.id, self.name, self.urls, self.root, self.key, self.recipients, group=self.group or self.id
        )


@dataclass(frozen=True, slots=True)
class OwnWord:
    """``say``: ``leave`` or ``wake``; ``network``: the network's fingerprint, so that it counts in this network only."""

    say: str
    member: str
    network: Digest
    date: datetime
    signature: str = ""


def plain_introduction(one: Introduction) -> dict[str, Any]:
    return {
        "format": "polder-introduction-1",
        "id": one.id,
        "name": one.name,
        "urls": list(one.urls),
        "root": one.root,
        "key": one.key.hex,
        "recipients": list(one.recipients),
        "group": one.group or one.id,
        "date": written(one.date),
        "signature": one.signature,
    }


def plain_word(one: OwnWord) -> dict[str, Any]:
    return {
        "format": "polder-own-word-1",
        "say": one.say,
        "member": one.member,
        "network": one.network,
        "date": written(one.date),
        "signature": one.signature,
    }


def signed_part(plain: Mapping[str, Any]) -> bytes:
    """The bytes that are signed: the file without its signature."""
    return write_plain({name: held for name, held in plain.items() if name != "signature"})


def with_signature(plain: Mapping[str, Any], signer: Signer) -> bytes:
    """The file, signed."""
    return write_plain({**plain, "signature": signer.sign(signed_part(plain)).hex()})


def introduction_of(fields: Fields) -> Introduction:
    fields.word("format", "polder-introduction-1")
    found = Introduction(
        fields.slug("id"),
        fields.text("name", 100, 1),
        fields.many("urls", address, MOST_URLS, 1),
        fields.digest("root"),
        fields.key("key"),
        fields.many("recipients", recipient, MOST_RECIPIENTS),
        fields.slug("group"),
        fields.moment("date"),
        fields.signature("signature"),
    )
    fields.done()
    return found


def word_of(fields: Fields) -> OwnWord:
    fields.word("format", "polder-own-word-1")
    found = OwnWord(
        fields.word("say", "leave", "wake"),
        fields.slug("member"),
        fields.digest("network"),
        fields.moment("date"),
        fields.signature("signature"),
    )
    fields.done()
    return found


def read_introduction(content: bytes, where: str = "") -> Introduction:
    """Refused with ``roster.wrong-field`` for every field, ``roster.not-its-own-word`` when the signature is not by its key."""
    found = _read(content, where, introduction_of)
    if not introduction_is_own(found):
        raise Refused(Problem("roster.not-its-own-word", where))
    return found


def read_word(content: bytes, where: str = "") -> OwnWord:
    """Its signature is checked by ``word_is_own`` when the member's key is known. Refused like an introduction."""
    return _read(content, where, word_of)


def introduction_is_own(one: Introduction) -> bool:
    return signature_is_valid(one.key, one.signature, signed_part(plain_introduction(one)))


def word_is_own(one: OwnWord, key: PublicKey) -> bool:
    return signature_is_valid(key, one.signature, signed_part(plain_word(one)))


def _read(content: bytes, where: str, read: Callable[[Fields], T]) -> T:
    fields = Fields(read_plain(content, where, 100_000), "", where)
    found = read(fields)
    if fields.problems:
        raise Refused(fields.problems)
    return found
