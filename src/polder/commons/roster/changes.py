"""What can happen to a roster, as values. Each version is exactly one of them more than the version before.

>>> kind(ChangeLeast(4)), kind(Expel("elm", True))
('threshold', 'expel')
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, assert_never

from polder.commons.roster.fields import Fields, count
from polder.commons.roster.model import Preset, Rules
from polder.commons.roster.moments import moment, written
from polder.commons.roster.own_word import (
    Introduction,
    OwnWord,
    introduction_of,
    plain_introduction,
    plain_word,
    word_of,
)

Kind = Literal["found", "join", "change", "key", "leave", "expel", "threshold", "rules", "dormant", "wake"]
KINDS: tuple[Kind, ...] = (
    "found", "join", "change", "key", "leave", "expel", "threshold", "rules", "dormant", "wake",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """The beginning: every founder's introduction. ``after``: fingerprint of the network that this one begins anew, ``""`` for none."""

    founders: tuple[Introduction, ...]
    after: str = ""


@dataclass(frozen=True, slots=True)
class Join:
    introduction: Introduction


@dataclass(frozen=True, slots=True)
class ChangeMember:
    """A member's entry as it wants it; its key stays."""

    introduction: Introduction


@dataclass(frozen=True, slots=True)
class ReplaceKey:
    """A new key for a member that lost its own; the introduction is signed with the new one."""

    introduction: Introduction


@dataclass(frozen=True, slots=True)
class Leave:
    word: OwnWord


@dataclass(frozen=True, slots=True)
class Expel:
    """``compromised``: somebody else holds its keys; then nobody waits."""

    member: str
    compromised: bool = False


@dataclass(frozen=True, slots=True)
class ChangeLeast:
    """``least``: signatures that every change needs at least."""

    least: int


@dataclass(frozen=True, slots=True)
class ChangeRules:
    rules: Rules


@dataclass(frozen=True, slots=True)
class Dormant:
    """``silent``: since when nothing was heard; ``announced``: when it was told, twice; ``missed``: versions it did not sign."""

    member: str
    silent: datetime
    announced: tuple[datetime, ...]
    missed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Wake:
    word: OwnWord


Change = Found | Join | ChangeMember | ReplaceKey | Leave | Expel | ChangeLeast | ChangeRules | Dormant | Wake


def kind(change: Change) -> Kind:
    match change:
        case Found():
            return "found"
        case Join():
            return "join"
        case ChangeMember():
            return "change"
        case ReplaceKey():
            return "key"
        case Leave():
            return "leave"
        case Expel():
            return "expel"
        case ChangeLeast():
            return "threshold"
        case ChangeRules():
            return "rules"
        case Dormant():
            return "dormant"
        case Wake():
            return "wake"
        case _:
            assert_never(change)


def concerns(change: Change) -> str:
    """The member it is about, ``""`` when it is about all."""
    match change:
        case Join(one) | ChangeMember(one) | ReplaceKey(one):
            return one.id
        case Leave(word) | Wake(word):
            return word.member
        case Expel(member) | Dormant(member):
            return member
        case Found() | ChangeLeast() | ChangeRules():
            return ""
        case _:
            assert_never(change)


def plain_rules(rules: Rules) -> dict[str, Any]:
    return {
        "preset": rules.preset,
        "least": rules.least,
        "vouches": rules.vouches,
        "open-days": rules.open,
        "second-days": rules.second,
        "waiting-days": rules.waiting,
        "waiting-days-expelled": rules.waiting_expelled,
        "silence-days": rules.silence,
        "missed": rules.missed,
    }


def rules_of(fields: Fields) -> Rules:
    preset: dict[str, Preset] = {"polder": "polder", "ladder": "ladder", "vouches": "vouches"}
    found = Rules(
        preset[fields.word("preset", *preset)],
        fields.number("least", 1, 200),
        fields.number("vouches", 0, 20),
        fields.number("open-days", 0, 366),
        fields.number("second-days", 0, 366),
        fields.number("waiting-days", 0, 366),
        fields.number("waiting-days-expelled", 0, 366),
        fields.number("silence-days", 28, 3660),
        fields.number("missed", 1, 100),
    )
    fields.done()
    return found


def plain_change(change: Change) -> dict[str, Any]:
    held: dict[str, Any]
    match change:
        case Found(founders, after):
            held = {"founders": [plain_introduction(one) for one in founders], "after": after}
        case Join(one) | ChangeMember(one) | ReplaceKey(one):
            held = {"introduction": plain_introduction(one)}
        case Leave(word) | Wake(word):
            held = {"word": plain_word(word)}
        case Expel(member, compromised):
            held = {"member": member, "compromised": compromised}
        case ChangeLeast(least):
            held = {"least": least}
        case ChangeRules(rules):
            held = {"rules": plain_rules(rules)}
        case Dormant(member, silent, announced, missed):
            held = {
                "member": member,
                "silent": written(silent),
                "announced": [written(one) for one in announced],
                "missed": list(missed),
            }
        case _:
            assert_never(change)
    return {"kind": kind(change), **held}


def change_of(fields: Fields) -> Change:
    asked = fields.word("kind", *KINDS)
    found = _change_of(asked, fields)
    fields.done()
    return found


def _change_of(asked: str, fields: Fields) -> Change:
    match asked:
        case "found":
            return Found(fields.each("founders", introduction_of, 200), fields.digest_or_none("after"))
        case "join":
            return Join(introduction_of(fields.below("introduction")))
        case "change":
            return ChangeMember(introduction_of(fields.below("introduction")))
        case "key":
            return ReplaceKey(introduction_of(fields.below("introduction")))
        case "leave":
            return Leave(word_of(fields.below("word")))
        case "wake":
            return Wake(word_of(fields.below("word")))
        case "expel":
            return Expel(fields.slug("member"), fields.yes_no("compromised"))
        case "threshold":
            return ChangeLeast(fields.number("least", 1, 200))
        case "rules":
            return ChangeRules(rules_of(fields.below("rules")))
    announced = fields.many("announced", moment, 10)
    return Dormant(
        fields.slug("member"), fields.moment("silent"), announced, fields.many("missed", count, 100)
    )
