"""Five members in memory who propose, sign, sync in any order and lose messages, while one of them lies.

What must hold after every step: nobody's accepted versions are ever taken back; whatever was accepted bears signatures of as many
members as must sign, so of honest ones; two honest members who accepted different versions can name who signed both, and that is the
liar. When everybody has seen everybody, all have the same roster or know who lied.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from polder.commons.roster.approval import (
    Stance,
    approval_path,
    approve,
    proposal_path,
    roster_path,
    write_approval,
)
from polder.commons.roster.chain import Chain
from polder.commons.roster.changes import Change, ChangeLeast, ChangeMember, Expel, Join, Leave
from polder.commons.roster.collect import collect
from polder.commons.roster.document import Edition
from polder.commons.roster.merge import Merged, equivocators, merge
from polder.commons.roster.model import Rules
from polder.commons.roster.own_word import LEAVE, plain_word
from polder.commons.roster.propose import propose
from polder.commons.roster.replay import replay
from polder.commons.roster.standing import dead_ones, hindrances
from polder.commons.roster.verify import signers
from polder.kernel.digest import digest_of_bytes
from polder.kernel.plain import write_plain
from polder.kernel.problem import Refused
from polder.kernel.published import Published
from support.rosters import NAMES, NOW, Hand, beginning, introduction, own_word

LIAR = "elm"
HONEST = NAMES[:-1]
FIRST = beginning(rules=Rules("vouches", least=1, vouches=0, open=2, second=2))
member = st.sampled_from(NAMES)
honest = st.sampled_from(HONEST)


class Rosters(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = NOW
        self.chains = {name: Chain((FIRST,)) for name in NAMES}
        self.given: dict[str, dict[str, bytes]] = {name: {} for name in NAMES}
        self.seen: dict[str, dict[str, dict[str, bytes]]] = {name: {} for name in NAMES}
        self.named: dict[str, set[str]] = {name: set() for name in NAMES}
        self.known: dict[str, Edition] = {}
        self.joined = 0

    @initialize()
    def begin(self) -> None:
        for name in NAMES:
            self.given[name][roster_path(1)] = FIRST.document.content

    def published(self, reader: str) -> dict[str, Published]:
        held = {**self.seen[reader], reader: self.given[reader]}
        return {
            name: Published(name, digest_of_bytes(f"root of {name}".encode()), {}, NOW, NOW, files, "")
            for name, files in held.items()
        }

    def merge(self, reader: str) -> Merged:
        merged = merge(self.chains[reader], self.published(reader), self.now)
        before = [one.digest for one in self.chains[reader].editions]
        assert [one.digest for one in merged.chain.editions][: len(before)] == before, (
            "a version was taken back"
        )
        self.chains[reader] = merged.chain
        for edition in merged.chain.editions[len(before) :]:
            self.given[reader][roster_path(edition.version)] = edition.document.content
        for rivals in merged.rivals:
            self.named[reader] |= set(rivals.equivocators)
        return merged

    def draft(self, name: str, change: Change) -> Edition | None:
        try:
            chain = self.chains[name]
            dead = dead_ones(chain, collect(self.published(name), chain))
            edition = propose(chain.head, change, "", self.now, dead)
        except Refused:
            return None
        self.known[edition.digest] = edition
        self.given[name][proposal_path(edition.digest)] = edition.document.content
        return edition

    def sign(self, name: str, edition: Edition, hand: Hand | None = None, stance: Stance = "sign") -> None:
        hand = hand or Hand(name)
        approval = approve(edition, stance, hand, "", self.now)
        self.given[name][approval_path(edition.digest, hand.public)] = write_approval(approval)

    @rule(name=member, what=st.sampled_from(["join", "expel", "least", "address"]), other=member)
    def proposes(self, name: str, what: str, other: str) -> None:
        self.joined += 1
        changes: dict[str, Change] = {
            "join": Join(introduction(f"new-{self.joined}", self.now)),
            "expel": Expel(other, compromised=self.joined % 2 == 0),
            "least": ChangeLeast(1 + self.joined % 4),
            "address": ChangeMember(
                introduction(name, self.now, url=f"https://{name}.example/{self.joined}/")
            ),
        }
        edition = self.draft(name, changes[what])
        if edition and what == "join":
            self.sign(name, edition, Hand(f"new-{self.joined}"))

    def may_sign(self, name: str) -> list[Edition]:
        chain = self.chains[name]
        facts = collect(self.published(name), chain)
        following = [
            one for _, one in sorted(facts.proposed.items()) if one.roster.previous == chain.head.digest
        ]
        return [one for one in following if not hindrances(chain, one, facts, name, self.now)]

    @rule(name=honest, first=st.booleans())
    def signs_what_it_may(self, name: str, first: bool) -> None:
        if allowed := self.may_sign(name):
            self.sign(name, allowed[0 if first else -1])

    @rule(name=honest)
    def refuses_for_good_what_it_did_not_sign(self, name: str) -> None:
        chain = self.chains[name]
        for digest, one in sorted(collect(self.published(name), chain).proposed.items()):
            mine = approval_path(digest, Hand(name).public)
            if one.roster.previous == chain.head.digest and mine not in self.given[name]:
                self.sign(name, one, stance="refuse")

    @rule()
    def the_liar_refuses_everything(self) -> None:
        for digest in sorted(self.known):
            self.sign(LIAR, self.known[digest], stance="refuse")

    @rule(
        name=honest,
        what=st.sampled_from(["join", "expel", "least", "address"]),
        who=st.sets(honest, min_size=2),
        lied=st.booleans(),
        told=st.sets(honest, min_size=1),
    )
    def some_agree_with_a_member_and_some_hear_of_it(
        self, name: str, what: str, who: set[str], lied: bool, told: set[str]
    ) -> None:
        self.proposes(name, what, LIAR)
        self.now += timedelta(days=2)
        for reader in sorted(who):
            self.seen[reader][name] = dict(self.given[name])
            self.merge(reader)
            if allowed := self.may_sign(reader):
                self.sign(reader, allowed[0])
        if lied:
            self.the_liar_signs_everything()
        for reader in sorted(told):
            for other in sorted({*who, name, LIAR} - {reader}):
                self.seen[reader][other] = dict(self.given[other])
            self.merge(reader)

    @rule()
    def the_liar_signs_everything(self) -> None:
        for digest in sorted(self.known):
            self.sign(LIAR, self.known[digest])

    @rule(data=st.data())
    @precondition(lambda self: self.known)
    def the_liar_publishes_it_as_merged_with_what_it_found(self, data: st.DataObject) -> None:
        digest = data.draw(st.sampled_from(sorted(self.known)), label="version")
        edition = self.known[digest]
        facts = collect(self.published(LIAR), Chain((FIRST,)))
        own = {Hand(LIAR).public.id: Hand(LIAR).sign(edition.document.payload).hex()}
        forged = edition.signed_with({**facts.signatures(edition.digest), **own})
        self.given[LIAR][roster_path(edition.version)] = forged.document.content

    @rule(reader=member, other=member)
    def syncs(self, reader: str, other: str) -> None:
        self.seen[reader][other] = dict(self.given[other])
        self.merge(reader)

    @rule(days=st.sampled_from([0, 1, 2, 3, 5, 200]))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(name=honest)
    def says_that_it_leaves(self, name: str) -> None:
        chain = self.chains[name]
        if name not in chain.roster.members or len(chain.roster.members) < 4 or LEAVE in self.given[name]:
            return
        word = own_word("leave", name, FIRST.digest, self.now)
        self.given[name][LEAVE] = write_plain(plain_word(word))
        self.draft(name, Leave(word))

    @rule()
    def everybody_sees_everybody(self) -> None:
        for _ in range(6):
            before = [chain.head.digest for chain in self.chains.values()]
            for reader in HONEST:
                self.seen[reader] = {
                    name: dict(files) for name, files in self.given.items() if name != reader
                }
                self.merge(reader)
            if before == [chain.head.digest for chain in self.chains.values()]:
                break
        heads = {self.chains[name].head.digest for name in HONEST}
        event(f"versions {max(self.chains[name].head.version for name in HONEST)}, heads {len(heads)}")
        assert len(heads) == 1 or any(self.named[name] for name in HONEST)

    @invariant()
    def what_was_accepted_bears_signatures_of_honest_members(self) -> None:
        for name in HONEST:
            chain = self.chains[name]
            for old, new in zip(chain.editions, chain.editions[1:], strict=False):
                signed = signers(new, old.roster)
                assert len(signed) >= old.roster.threshold
                for one in signed - {LIAR} & set(NAMES):
                    assert any(new.digest[7:23] in path for path in self.given[one]) or one not in NAMES

    @invariant()
    def who_parts_the_honest_is_the_liar_and_is_named_when_they_see_each_other(self) -> None:
        for one in HONEST:
            for other in HONEST:
                mine, theirs = self.chains[one].editions, self.chains[other].editions
                parted = next(
                    (pair for pair in zip(mine, theirs, strict=False) if pair[0].digest != pair[1].digest),
                    None,
                )
                if parted is None:
                    continue
                assert equivocators(mine[parted[0].version - 2], *parted) == (LIAR,)
        assert all(names <= {LIAR} for names in self.named.values())

    def teardown(self) -> None:
        self.everybody_sees_everybody()
        for name in HONEST:
            chain = self.chains[name]
            contents = [one.document.content for one in chain.editions]
            assert replay(contents, FIRST.digest)[0].head.digest == chain.head.digest


TestFiveRosters = Rosters.TestCase
TestFiveRosters.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large],
)
