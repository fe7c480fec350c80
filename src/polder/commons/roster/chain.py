"""Every version that a reader accepted, and the members on whom it acts at a given time.

Readers wait before they act: a version counts ``waiting`` days after it was both ripe and seen here. Until then the one before counts,
without those who left and those who were expelled because others hold their keys: that is done at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from polder.commons.roster.changes import Expel, Found
from polder.commons.roster.document import Edition
from polder.commons.roster.editions import followed_by
from polder.commons.roster.model import EVER, Member, Roster
from polder.commons.roster.presets import demand


@dataclass(frozen=True, slots=True)
class Chain:
    """``editions``: version 1 first, each verified against the one before. ``accepted``: when this reader took a version in, by its number;
    those it began with are missing. ``left``: members who said that they leave, and when. ``familiar``: hashes of files that say what one
    of the editions says, whoever signed them."""

    editions: Sequence[Edition]
    accepted: Mapping[int, datetime] = field(default_factory=dict)
    left: Mapping[str, datetime] = field(default_factory=dict)
    familiar: frozenset[str] = frozenset()

    @property
    def head(self) -> Edition:
        return self.editions[-1]

    @property
    def roster(self) -> Roster:
        return self.head.roster

    def at(self, version: int) -> Edition | None:
        return self.editions[version - 1] if 0 < version <= len(self.editions) else None

    def followed_by(self, edition: Edition, now: datetime) -> Chain:
        """With ``edition``, which was verified, as the new head."""
        accepted = {**self.accepted, edition.version: now}
        return replace(self, editions=followed_by(self.editions, edition), accepted=accepted)


def acted_on_from(chain: Chain, version: int) -> datetime:
    """When this reader begins to act on a version."""
    edition, before = chain.at(version), chain.at(version - 1)
    if edition is None or before is None or isinstance(edition.change, Found):
        return EVER
    needed = demand(before.roster, edition.change)
    ripe = edition.roster.proposed + needed.open
    return max(ripe, chain.accepted.get(version, ripe)) + needed.waiting


def acting(chain: Chain, now: datetime) -> tuple[Member, ...]:
    """The members, by id, with whom this reader syncs and for whom it encrypts at ``now``. Dormant ones are among them."""
    counts = (one for one in reversed(chain.editions) if acted_on_from(chain, one.version) <= now)
    base = next(counts, None) or chain.editions[0]
    gone = set(departed(chain))
    for later in chain.editions[base.version :]:
        if isinstance(later.change, Expel) and later.change.compromised:
            gone.add(later.change.member)
    return tuple(one for name, one in sorted(base.roster.members.items()) if name not in gone)


def departed(chain: Chain) -> dict[str, datetime]:
    """Who said that it leaves, and when. Somebody who came back after leaving is in again."""
    members = chain.roster.members
    return {
        name: when for name, when in chain.left.items() if name not in members or members[name].since <= when
    }
