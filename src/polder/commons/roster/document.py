"""A version of the roster as the document that members sign: a TUF root with two fields of ours, and back.

The ``root`` role holds the governance key of every active member and the threshold. What else a root must have gets a fixed,
harmless value: the roles ``snapshot``, ``targets`` and ``timestamp`` have no key, so nothing can satisfy them; it expires in the year
9999, because how fresh a roster is, is told by the folders it comes in; the specification's version stays 1.0.31.

``digest`` of an edition covers what is signed and not who signed: it is the same whichever signatures are attached.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from polder.commons.roster.approval import Approval, approval_of, plain_approval
from polder.commons.roster.changes import Change, change_of, plain_change, plain_rules, rules_of
from polder.commons.roster.fields import Fields, address, recipient, slug
from polder.commons.roster.model import MOST_MEMBERS, MOST_RECIPIENTS, MOST_URLS, Member, Roster, State
from polder.commons.roster.moments import written
from polder.commons.trust import tuf
from polder.kernel.digest import Digest, digest_of_bytes
from polder.kernel.problem import Problem, Refused

EXPIRES = datetime(9999, 12, 31, tzinfo=UTC)
OURS, PREVIOUS = "polder-roster", "polder-previous"
CODES = {
    "trust.too-big": "roster.too-big",
    "trust.key-kind": "roster.key-kind",
    "trust.key-id": "roster.key-twice",
    "trust.not-a-document": "roster.not-a-roster",
}


@dataclass(frozen=True, slots=True)
class Edition:
    """A version with its document, the change that made it, and why. ``instead``: refusals of dead proposals for the same number, so
    that who signed one of those may sign this. ``digest``: of what is signed."""

    document: tuf.Document[tuf.Root]
    roster: Roster
    change: Change
    reason: str
    instead: tuple[Approval, ...] = ()
    digest: Digest = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", digest_of_bytes(self.document.payload))

    @property
    def takes_place_of(self) -> frozenset[Digest]:
        """The digests of the dead proposals."""
        return frozenset(one.digest for one in self.instead)

    @property
    def version(self) -> int:
        return self.roster.version

    def with_signatures(self, signatures: Mapping[str, str]) -> Edition:
        """The same version with exactly these signatures (key id to hex)."""
        return replace(self, document=tuf.sign(self.document.signed, (), signatures))

    def signed_with(self, signatures: Mapping[str, str]) -> Edition:
        """The same version with these signatures besides those it has."""
        return self.with_signatures({**self.document.signatures, **signatures})


def write_edition(roster: Roster, change: Change, reason: str, instead: tuple[Approval, ...] = ()) -> Edition:
    """The document of ``roster``, not signed yet. The first version's ``first`` becomes its own digest."""
    fields = {
        OURS: {
            "format": "polder-roster-1",
            "network": roster.network,
            "first": roster.first if roster.version > 1 else "",
            "proposed": written(roster.proposed),
            "reason": reason,
            "change": plain_change(change),
            "instead": [plain_approval(one) for one in instead],
            "rules": plain_rules(roster.rules),
            "members": {name: plain_member(one) for name, one in sorted(roster.members.items())},
        },
        PREVIOUS: roster.previous,
    }
    keys = [one.key for one in roster.active]
    signed = tuf.root_of_one_role(roster.version, keys, roster.threshold, EXPIRES, fields)
    document = tuf.sign(signed, ())
    if roster.version == 1:
        roster = replace(roster, first=digest_of_bytes(document.payload))
    return Edition(document, roster, change, reason, instead)


def read_edition(content: bytes, where: str = "") -> Edition:
    """What the document says, everything checked that needs no other version. Signatures are not looked at.

    Problems: ``roster.too-big``, ``roster.not-a-roster``, ``roster.key-kind``, ``roster.key-twice`` (the same material under two ids, or
    for two members), ``roster.one-key-each``, ``roster.threshold-low``, ``roster.too-many``, ``roster.wrong-field``.
    """
    try:
        document = tuf.read(tuf.Root, content, where)
    except Refused as refused:
        raise Refused(
            [Problem(CODES.get(one.code, one.code), one.where, one.values) for one in refused.problems]
        ) from None
    edition = _edition(document, where)
    problems = standing_problems(edition, where)
    if not _framed(document.signed):
        problems.append(Problem("roster.wrong-field", where, {"field": "signed"}))
    if problems:
        raise Refused(problems)
    return edition


def _framed(signed: tuf.Root) -> bool:
    """Whether what a root must have besides ours is the fixed, harmless value."""
    others = [role for name, role in signed.roles.items() if name != "root"]
    return (
        signed.expires == EXPIRES
        and signed.spec_version == "1.0.31"
        and signed.consistent_snapshot is True
        and all((role.keyids, role.threshold, role.unrecognized_fields) == ([], 1, {}) for role in others)
        and not signed.roles["root"].unrecognized_fields
    )


def standing_problems(edition: Edition, where: str = "") -> list[Problem]:
    """What must hold in every version by itself."""
    roster, found = edition.roster, []
    if len(roster.members) > MOST_MEMBERS:
        found.append(
            Problem("roster.too-many", where, {"members": len(roster.members), "limit": MOST_MEMBERS})
        )
    size = len(edition.document.content)
    if size > tuf.LIMITS["root"]:
        found.append(Problem("roster.too-big", where, {"size": size, "limit": tuf.LIMITS["root"]}))
    holders: dict[str, str] = {}
    for name, one in sorted(roster.members.items()):
        if one.key.hex in holders:
            found.append(Problem("roster.same-key", where, {"member": name, "other": holders[one.key.hex]}))
        holders.setdefault(one.key.hex, name)
    if tuf.role_keys(edition.document.signed, "root") != {one.key for one in roster.active}:
        found.append(Problem("roster.one-key-each", where))
    wanted, active = len(roster.active) // 2 + 1, len(roster.active)
    if not wanted <= roster.threshold <= max(active, 1):
        found.append(
            Problem(
                "roster.threshold-low",
                where,
                {"threshold": roster.threshold, "wanted": wanted, "active": active},
            )
        )
    return found


def plain_member(one: Member) -> dict[str, Any]:
    return {
        "name": one.name,
        "urls": list(one.urls),
        "root": one.root,
        "key": one.key.hex,
        "recipients": list(one.recipients),
        "mirrors": list(one.mirrors),
        "group": one.group or one.id,
        "state": one.state,
        "since": written(one.since),
        "effective": written(one.effective),
    }


def _edition(document: tuf.Document[tuf.Root], where: str) -> Edition:
    held = Fields(tuf.custom(document.signed), "", where)
    previous, fields = held.digest_or_none(PREVIOUS), held.below(OURS)
    held.done()
    fields.word("format", "polder-roster-1")
    first = fields.digest_or_none("first")
    members, rules = _members(fields.below("members")), rules_of(fields.below("rules"))
    change, reason = change_of(fields.below("change")), fields.text("reason", 2000)
    instead = fields.each("instead", approval_of, 2 * MOST_MEMBERS)
    roster = Roster(
        document.version,
        members,
        int(document.signed.roles["root"].threshold),
        rules,
        Digest(first) if document.version > 1 else digest_of_bytes(document.payload),
        previous,
        fields.text("network", 100),
        fields.moment("proposed"),
    )
    fields.done()
    if held.problems:
        raise Refused(held.problems)
    return Edition(document, roster, change, reason, instead)


def _members(fields: Fields) -> dict[str, Member]:
    found = {}
    for name in sorted(fields.data)[: MOST_MEMBERS + 1]:
        try:
            slug(name)
        except ValueError:
            fields.wrong(str(name)[:40])
            continue
        found[name] = _member(name, fields.below(name))
    return found


def _member(name: str, fields: Fields) -> Member:
    states: dict[str, State] = {"active": "active", "dormant": "dormant"}
    found = Member(
        name,
        fields.text("name", 100, 1),
        fields.many("urls", address, MOST_URLS, 1),
        fields.digest("root"),
        fields.key("key"),
        fields.many("recipients", recipient, MOST_RECIPIENTS),
        fields.many("mirrors", slug, MOST_MEMBERS),
        fields.slug("group"),
        states[fields.word("state", *states)],
        fields.moment("since"),
        fields.moment("effective"),
    )
    fields.done()
    return found
