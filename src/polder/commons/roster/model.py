"""The roster as values: who is in the network since when, and by which rules the next roster is made.

Rules that hold for every ``Roster``:

1. One governance key per member, no material twice; the keys of *active* members are those that sign the next version.
2. ``threshold`` is more than half of the active members, so two rival versions need somebody who signed both.
3. Times are UTC and aware; ids are slugs; ``mirrors`` names members only.

>>> from datetime import timedelta
>>> root, first = Digest("sha256:" + "0" * 64), Digest("sha256:" + "1" * 64)
>>> alder = Member("alder", "Alder", ("https://alder.example/net/",), root, PublicKey("11" * 32))
>>> roster = Roster(1, {"alder": alder}, 1, Rules("polder"), first)
>>> [one.id for one in roster.active], roster.acting(EVER - timedelta(1))
(['alder'], ())
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from polder.kernel.digest import Digest
from polder.kernel.signing import PublicKey

MOST_MEMBERS = 200
MOST_URLS, MOST_RECIPIENTS = 10, 20
EVER = datetime(2000, 1, 1, tzinfo=UTC)

State = Literal["active", "dormant"]
Preset = Literal["polder", "ladder", "vouches"]


@dataclass(frozen=True, slots=True)
class Member:
    """A provider in the roster. ``urls``: where it publishes, the origin first, each ending with ``/``. ``root``: digest of its first
    root file. ``key``: its governance key. ``recipients``: who reads what is encrypted to it. ``mirrors``: ids of the members
    whose folder it mirrors. ``group``: members of one group count as one voice, its own id when it stands alone. ``since``: when
    it came in. ``effective``: readers act on what stands here no earlier than this."""

    id: str
    name: str
    urls: tuple[str, ...]
    root: Digest
    key: PublicKey
    recipients: tuple[str, ...] = ()
    mirrors: tuple[str, ...] = ()
    group: str = ""
    state: State = "active"
    since: datetime = EVER
    effective: datetime = EVER


@dataclass(frozen=True, slots=True)
class Rules:
    """How the network decides who is in it. Days and counts, all written in the roster itself.

    ``least``: signatures that every change needs at least, once there are more members than that. ``vouches``: members who vouch
    for a newcomer. ``open``: how long a large change is open to objections. ``second``: within how many days a block finds a second
    member, else it falls. ``waiting``: how long readers wait
    before they act on a change; ``waiting_expelled``: the same when a compromised member is expelled. ``silence``, ``missed``: days
    of silence and large changes missed until a member may be called dormant."""

    preset: Preset
    least: int = 3
    vouches: int = 2
    open: int = 14
    second: int = 7
    waiting: int = 7
    waiting_expelled: int = 0
    silence: int = 182
    missed: int = 3


@dataclass(frozen=True, slots=True)
class Roster:
    """One version. ``first``: digest of version 1, the network's fingerprint. ``previous``: digest of the version before, ``""`` for the
    first. ``proposed``: when its proposer made it. ``network``: what the network calls itself."""

    version: int
    members: Mapping[str, Member]
    threshold: int
    rules: Rules
    first: Digest
    previous: str = ""
    network: str = ""
    proposed: datetime = EVER

    @property
    def preset(self) -> Preset:
        return self.rules.preset

    @property
    def active(self) -> tuple[Member, ...]:
        """The members whose keys sign, by id."""
        return tuple(one for _, one in sorted(self.members.items()) if one.state == "active")

    def acting(self, now: datetime) -> tuple[Member, ...]:
        """The members (dormant ones too) on whose entries a reader acts at ``now``."""
        return tuple(one for _, one in sorted(self.members.items()) if one.effective <= now)
