"""Root documents: which keys count for a provider, and how a change of them comes to be.

A root follows from who is in ``network.yml`` and which public keys lie in ``keys/``. When those say something else than the last
root, the next one is proposed: ``signing/root-N.json``, which people sign one after another, each on their own machine. It holds
when enough keys of the root before it *and* enough of its own signed (TUF specification 5.3.4). Rules:

1. One key, one role: no key material stands twice, else one person would count for two.
2. No person's name is in a root; names of keys are local.
3. What people sign is what they were shown: ``differences`` says every change in words, and whoever changes keys again in between
   begins a new proposal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from polder.commons.trust.documents import new_root
from polder.commons.trust.roles import due, signed_at
from polder.commons.trust.tuf import Document, Root, role_keys, signers_of
from polder.kernel.problem import Problem, Problems
from polder.kernel.signing import PublicKey


@dataclass(frozen=True, slots=True)
class Keys:
    """``people``: name to key; ``threshold`` of them sign a root. ``server``: ``robot``, ``snapshot`` and ``timestamp`` to key.
    ``others``: names of keys that are on their way out (``ana.old``), for showing and for signing what they still must. ``lacking``:
    people and roles that have no key yet. ``gone``: those of ``others`` that are lost or stolen, and sign nothing more."""

    people: Mapping[str, PublicKey]
    threshold: int
    server: Mapping[str, PublicKey]
    others: Mapping[str, PublicKey] = field(default_factory=dict)
    lacking: tuple[str, ...] = ()
    gone: frozenset[PublicKey] = frozenset()

    def name(self, one: PublicKey) -> str:
        """What we call a key; the beginning of its id when nobody here knows it."""
        for known in (self.people, self.server, self.others):
            for name, held in known.items():
                if held == one:
                    return name
        return one.id[:12]

    def of_person(self, person: str) -> frozenset[PublicKey]:
        """Every key that is theirs: the one of today, and one that is on its way out."""
        found = (self.people.get(person), self.others.get(f"{person}.old"))
        return frozenset(one for one in found if one)


@dataclass(frozen=True, slots=True)
class Signed:
    """How far a root is. ``have``, ``missing``: names of keys; ``old``, ``new``: (found, wanted) of the root before (``None`` for the
    first) and of its own keys."""

    version: int
    have: tuple[str, ...]
    missing: tuple[str, ...]
    old: tuple[int, int] | None
    new: tuple[int, int]

    @property
    def complete(self) -> bool:
        return all(found >= wanted for found, wanted in (self.new, *([self.old] if self.old else [])))


def check_keys(keys: Keys) -> None:
    """Refuses ``trust.same-key`` for every pair of names with one key."""
    problems = Problems()
    seen: dict[PublicKey, str] = {}
    for name, one in [*keys.people.items(), *keys.server.items()]:
        if one in seen:
            problems.add("trust.same-key", f"keys/{name}.pub", name=name, other=seen[one])
        seen.setdefault(one, name)
    problems.refuse_if_any()


def next_root(last: Root | None, keys: Keys, now: datetime) -> Root | None:
    """The root to propose after ``last``; ``None`` when it still says what ``keys`` say, and for long enough."""
    if last is not None and says(last, keys) and not due("root", last.expires, now):
        return None
    return new_root(last.version + 1 if last else 1, now, _roles(keys))


def says(root: Root, keys: Keys) -> bool:
    """Whether ``root`` says exactly what ``keys`` say, and nothing besides, for the time that a root holds at most."""
    made = new_root(root.version, signed_at("root", root.expires), _roles(keys))
    return _content(made) == _content(root)


def still_right(proposal: Document[Root], last: Root | None, keys: Keys, now: datetime) -> bool:
    """Whether a proposal that waits for signatures is the one that would be made today."""
    follows = proposal.version == (last.version + 1 if last else 1)
    until = proposal.signed.expires
    in_time = not due("root", until, now) and signed_at("root", until) <= now + timedelta(days=1)
    return follows and in_time and says(proposal.signed, keys)


def _roles(keys: Keys) -> dict[str, tuple[frozenset[PublicKey], int]]:
    people = frozenset(keys.people.values())
    server = {role: (frozenset({keys.server[role]}), 1) for role in ("snapshot", "timestamp")}
    return {"root": (people, keys.threshold), "targets": (people, 1), **server}


def _content(root: Root) -> dict[str, Any]:
    """What a root says, without the library's own version of the format."""
    return {**root.to_dict(), "spec_version": ""}


def signed_by(last: Root | None, proposal: Document[Root]) -> frozenset[PublicKey]:
    """Whose valid signatures a proposal bears, of the keys before and after."""
    before = signers_of(last, "root", proposal) if last else frozenset()
    return signers_of(proposal.signed, "root", proposal) | before


def signing_keys(last: Root | None, proposed: Root) -> frozenset[PublicKey]:
    """The keys whose signature on ``proposed`` counts."""
    return role_keys(proposed, "root") | (role_keys(last, "root") if last else frozenset())


def progress(last: Root | None, proposed: Root, have: frozenset[PublicKey], keys: Keys) -> Signed:
    """How far ``proposed`` is when ``have`` signed it, and who may still."""
    return Signed(
        int(proposed.version),
        _names(keys, have & signing_keys(last, proposed)),
        _names(keys, signing_keys(last, proposed) - have - keys.gone),
        _count(last, have) if last else None,
        _count(proposed, have),
    )


def _count(root: Root, have: frozenset[PublicKey]) -> tuple[int, int]:
    return len(role_keys(root, "root") & have), int(root.roles["root"].threshold)


def differences(last: Root | None, proposed: Root, keys: Keys) -> tuple[Problem, ...]:
    """Every change that ``proposed`` makes, as codes with values for people to read before they sign."""
    lines = list(_people(last, proposed, keys))
    lines += _thresholds(last, proposed)
    for role in ("snapshot", "timestamp"):
        lines += _server(last, proposed, role)
    until = f"{proposed.expires:%Y-%m-%d}"
    if last is None:
        lines.append(Problem("trust.root-until", "", {"until": until}))
    else:
        lines.append(Problem("trust.root-longer", "", {"before": f"{last.expires:%Y-%m-%d}", "until": until}))
    return tuple(lines)


def _people(last: Root | None, proposed: Root, keys: Keys) -> Sequence[Problem]:
    before = role_keys(last, "root") if last else frozenset()
    after = role_keys(proposed, "root")
    rows = (
        ("trust.root-joins", after - before),
        ("trust.root-leaves", before - after),
        ("trust.root-stays", after & before),
    )
    return [
        Problem(code, "", {"name": keys.name(one), "key": one.id[:16]})
        for code, group in rows
        for one in sorted(group, key=lambda held: (keys.name(held), held))
    ]


def _thresholds(last: Root | None, proposed: Root) -> Sequence[Problem]:
    wanted, of = int(proposed.roles["root"].threshold), len(role_keys(proposed, "root"))
    values: dict[str, int] = {"wanted": wanted, "of": of}
    if last is None:
        return [Problem("trust.root-threshold", "", values)]
    before = (int(last.roles["root"].threshold), len(role_keys(last, "root")))
    if before == (wanted, of):
        return []
    return [
        Problem("trust.root-threshold-changes", "", {**values, "before": before[0], "before_of": before[1]})
    ]


def _server(last: Root | None, proposed: Root, role: str) -> Sequence[Problem]:
    after = role_keys(proposed, role)
    if last is not None and role_keys(last, role) == after:
        return []
    code = "trust.root-server-new" if last else "trust.root-server"
    return [Problem(code, "", {"role": role, "key": one.id[:16]}) for one in sorted(after)]


def _names(keys: Keys, found: Iterable[PublicKey]) -> tuple[str, ...]:
    return tuple(sorted(keys.name(one) for one in found))
