"""What a new root changed, for those who read the provider: whose keys came and went, how many must sign, until when it holds.

A root that follows by the rules is believed (``commons.trust.accept``), whoever it puts in charge. So people are told of each step, and
look into it (an alarm) where a thief with enough keys would do the same:

1. Most of the people's keys are others, in one step or in several within thirty days; where one key alone decided, half are enough.
2. Fewer signatures are enough for what people sign.
3. A change that was an alarm is not counted again together with the next one: one key of three, some weeks later, is news.
4. However slowly: of the root whose words an alarm gave to compare last (else the one that was believed when the provider became known
   here), fewer keys are left than had to sign there: by themselves they could change nothing any more.

Roots carry no names of people: a key is told by the beginning of its id, as ``polder network keys list`` shows it.

>>> from datetime import UTC
>>> def keys(version, people, wanted):
...     held = {"root": frozenset(people), "targets": frozenset(people), "snapshot": frozenset("s"), "timestamp": frozenset("t")}
...     return RootKeys(version, datetime(2027, 1, 1, tzinfo=UTC), Digest(""), held, {"root": wanted, "targets": 1})
>>> [one.code for one in concerns([keys(1, "abc", 2), keys(2, "abd", 2), keys(3, "aed", 2)], first=2)]
['sync.people-replaced']
>>> [one.code for one in concerns([keys(2, "abd", 2), keys(3, "aed", 2)], first=3)]
[]
>>> [one.code for one in concerns([keys(1, "a", 1), keys(2, "b", 1)], first=2)]
['sync.one-key-decided']
>>> exchanged(keys(1, "abc", 2), keys(2, "abd", 2))
>>> exchanged(keys(1, "abc", 2), keys(9, "ade", 2)).code
'sync.people-exchanged'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from polder.commons.trust.roles import PEOPLE
from polder.kernel.digest import Digest, digest_of_bytes
from polder.kernel.problem import Problem

SPAN = timedelta(days=30)
_SERVER = ("snapshot", "timestamp")


@dataclass(frozen=True, slots=True)
class RootKeys:
    """One root: ``keys``, role to ids; ``wanted``, role to how many of them must sign. ``digest``: of what its signatures cover."""

    version: int
    until: datetime
    digest: Digest
    keys: Mapping[str, frozenset[str]]
    wanted: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class KeyChange:
    """The step to the root ``root``, as it was ``seen`` here first; ``until``: when that root ends. ``came``, ``went``, ``stay``: ids of
    people's keys. ``server``: its roles whose keys are new. ``wanted``: role to signatures before and after, where they differ."""

    root: int
    seen: datetime
    until: datetime
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    stay: tuple[str, ...] = ()
    server: tuple[str, ...] = ()
    wanted: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def renewed(self) -> bool:
        """Nothing changed but its end."""
        return not (self.came or self.went or self.server or self.wanted)


@dataclass(frozen=True, slots=True)
class Concern:
    """Something to ask the provider about: an alarm's ``code``, between the roots ``before`` and ``after``."""

    code: str
    before: RootKeys
    after: RootKeys
    role: str = "root"

    @property
    def values(self) -> dict[str, str | int]:
        """What its sentence says. ``fingerprint``: of the newer root, to be compared."""
        had, has = (one.keys[self.role] for one in (self.before, self.after))
        return {
            "before": self.before.version,
            "after": self.after.version,
            "role": self.role,
            "had": len(had),
            "stay": len(had & has),
            "came": len(has - had),
            "wanted": self.before.wanted[self.role],
            "enough": self.after.wanted[self.role],
            "fingerprint": self.after.digest,
        }


def read_keys(content: bytes) -> RootKeys:
    """A root that was verified before."""
    from polder.commons.trust.tuf import Root, read, role_keys

    document = read(Root, content)
    root, roles = document.signed, (*PEOPLE, *_SERVER)
    return RootKeys(
        version=document.version,
        until=root.expires,
        digest=digest_of_bytes(document.payload),
        keys={role: frozenset(one.id for one in role_keys(root, role)) for role in roles},
        wanted={role: int(root.roles[role].threshold) for role in roles},
    )


def step(before: RootKeys, after: RootKeys, seen: datetime) -> KeyChange:
    """What ``after`` changed."""
    pairs = {role: (before.keys[role], after.keys[role]) for role in before.keys}
    people = [pairs[role] for role in PEOPLE]
    moved = frozenset().union(*(had ^ has for had, has in people))
    wanted = {role: (before.wanted[role], after.wanted[role]) for role in before.wanted}
    return KeyChange(
        root=after.version,
        seen=seen,
        until=after.until,
        came=_ids(has - had for had, has in people),
        went=_ids(had - has for had, has in people),
        stay=_ids((had & has) - moved for had, has in people),
        server=tuple(role for role in _SERVER if pairs[role][0] != pairs[role][1]),
        wanted={role: pair for role, pair in wanted.items() if pair[0] != pair[1]},
    )


def base_of(changes: Sequence[KeyChange], last: int, settled: int, now: datetime) -> int:
    """The version of the oldest root that new ones are compared with: the one before the first of ``changes`` within ``SPAN``, else
    ``last``; none before ``settled`` (rule 3)."""
    recent = [one.root - 1 for one in changes if now - one.seen <= SPAN]
    return max(settled, min(recent, default=last))


def concerns(roots: Sequence[RootKeys], first: int) -> tuple[Concern, ...]:
    """At most one of each code. ``roots``: one after another; those from the version ``first`` on are new."""
    found: dict[str, Concern] = {}
    for at in range(1, len(roots)):
        if roots[at].version >= first:
            for one in (*_replaced(roots[:at], roots[at]), *_lowered(roots[at - 1], roots[at])):
                found.setdefault(one.code, one)
    return tuple(found.values())


def exchanged(confirmed: RootKeys, newest: RootKeys) -> Concern | None:
    """Rule 4, where ``confirmed`` is what somebody was last asked to compare."""
    for role in PEOPLE:
        if len(confirmed.keys[role] & newest.keys[role]) < confirmed.wanted[role]:
            return Concern("sync.people-exchanged", confirmed, newest, role)
    return None


def departures(one: Concern, changes: Iterable[KeyChange]) -> dict[str, KeyChange | None]:
    """Each key that was in ``one.before`` and is not in ``one.after``, to the last of ``changes`` that took it out, if that is known."""
    gone = one.before.keys[one.role] - one.after.keys[one.role]
    between = [step for step in changes if one.before.version < step.root <= one.after.version]
    return {key: next((by for by in reversed(between) if key in by.went), None) for key in sorted(gone)}


def as_problems(peer: str, one: KeyChange) -> tuple[Problem, ...]:
    """A change in sentences, the first one its title."""
    told: dict[str, str | int] = {"peer": peer, "root": one.root}
    told |= {"seen": f"{one.seen:%Y-%m-%d}", "until": f"{one.until:%Y-%m-%d}"}
    found = [Problem("sync.root-renewed" if one.renewed else "sync.root-changed", "", told)]
    for code, keys in (("came", one.came), ("went", one.went), ("stay", one.stay)):
        if keys and not one.renewed:
            found.append(Problem(f"sync.keys-{code}", "", {"keys": tuple(key[:16] for key in keys)}))
    if one.server:
        found.append(Problem("sync.keys-server", "", {"roles": one.server}))
    for role, (before, after) in one.wanted.items():
        code = "sync.fewer-sign" if after < before else "sync.more-sign"
        found.append(Problem(code, "", {"role": role, "before": before, "after": after}))
    return tuple(found)


def _replaced(earlier: Sequence[RootKeys], after: RootKeys) -> Iterator[Concern]:
    for before in earlier:
        for role in PEOPLE:
            had, has = before.keys[role], after.keys[role]
            alone = before.wanted["root"] == 1
            if _most(len(had - has), len(had), alone) or _most(len(has - had), len(has), alone):
                yield Concern(
                    f"sync.{'one-key-decided' if alone else 'people-replaced'}", before, after, role
                )
                return


def _most(part: int, whole: int, half: bool) -> bool:
    return part > 0 and (2 * part >= whole if half else 2 * part > whole)


def _lowered(before: RootKeys, after: RootKeys) -> Iterator[Concern]:
    for role in PEOPLE:
        if after.wanted[role] < before.wanted[role]:
            yield Concern("sync.threshold-fell", before, after, role)


def _ids(groups: Iterator[frozenset[str]]) -> tuple[str, ...]:
    return tuple(sorted(frozenset().union(*groups)))
