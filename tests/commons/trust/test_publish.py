"""What has to be signed, decided purely; and a provider's years in memory, whatever order things happen in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polder.commons.trust.present import read_present
from polder.commons.trust.prune import prunable
from polder.commons.trust.publication import Decision, Wanted
from polder.commons.trust.publish import check_wanted, compose, decide
from polder.commons.trust.roots import Keys, progress, signed_by
from polder.commons.trust.tuf import sign
from polder.kernel.problem import Refused
from support.network_folder import Reader
from support.publisher import TestKey

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass
class Provider:
    """In memory: private keys by name, ``signing``, what is given, what is published."""

    people: dict[str, TestKey]
    threshold: int = 1
    now: datetime = NOW
    files: dict[str, bytes] = field(default_factory=lambda: {"card.json": b"{}"})
    robot: dict[str, bytes] = field(default_factory=dict)
    signing: dict[str, bytes] = field(default_factory=dict)
    public: dict[str, bytes] = field(default_factory=dict)
    made: int = 0

    def __post_init__(self) -> None:
        self.server = {role: self.key(role) for role in ("robot", "snapshot", "timestamp")}
        self.old: dict[str, TestKey] = {}

    def key(self, name: str) -> TestKey:
        self.made += 1
        return TestKey(f"{name} {self.made}")

    def wanted(self) -> Wanted:
        keys = Keys(
            {name: one.public for name, one in self.people.items()},
            self.threshold,
            {role: one.public for role, one in self.server.items()},
            {name: one.public for name, one in self.old.items()},
        )
        stored = {path[8:]: len(held) for path, held in self.public.items() if path.startswith("targets/")}
        return Wanted(keys, self.files, self.robot, stored)

    def signers(self, *names: str) -> Mapping[object, TestKey]:
        held = {**self.people, **self.server, **self.old}
        spread = [one for name in names for one in (self.server if name == "server" else [name])]
        return {held[n].public: held[n] for name in spread for n in (name, f"{name}.old") if n in held}

    def decide(self, *names: str) -> Decision:
        present = read_present(self.signing, self.public)
        return decide(present, self.wanted(), frozenset(self.signers(*names)), self.now)

    def publish(self, *names: str, dies_after: int | None = None) -> Decision:
        """``dies_after``: how many files of the published folder are written before the process dies."""
        present, wanted, signers = (
            read_present(self.signing, self.public),
            self.wanted(),
            self.signers(*names),
        )
        decision = decide(present, wanted, frozenset(signers), self.now)
        made = compose(decision, present, wanted, signers, self.now)
        self.signing |= dict(made.signing)
        for path, content in made.public[:dies_after]:
            self.public[path] = content
        return decision

    def sign(self, name: str) -> None:
        """Somebody signs the change of keys that waits, if one does."""
        present = read_present(self.signing, self.public)
        if present.proposal is not None:
            made = sign(present.proposal.signed, self.signers(name).values(), present.proposal.signatures)
            self.signing[f"root-{present.proposal.version}.json"] = made.content

    def rotate(self, name: str) -> None:
        for one in self.server if name == "server" else [name]:
            held = self.server if name == "server" else self.people
            self.old.setdefault(f"{one}.old", held[one])
            held[one] = self.key(one)

    def reader(self) -> Reader:
        return Reader(self.public, self.now)


def alone() -> Provider:
    return Provider({"ana": TestKey("ana")})


def why(decision: Decision) -> dict[str, str]:
    return {one.role: one.why for one in decision.dues}


def test_the_first_time_everything_is_due() -> None:
    assert why(alone().decide("ana", "server")) == dict.fromkeys(
        ("root", "targets", "robot", "snapshot", "timestamp"), "first"
    )


def test_deciding_again_after_publishing_finds_nothing() -> None:
    alder = alone()
    alder.publish("ana", "server")

    decision = alder.decide("ana", "server")

    assert decision.nothing and decision.changes == () and decision.notes == ()


def test_the_timestamp_names_all_that_readers_need_and_comes_after_it() -> None:
    alder = alone()
    present, wanted, signers = read_present({}, {}), alder.wanted(), alder.signers("ana", "server")
    decision = decide(present, wanted, frozenset(signers), NOW)

    paths = [path for path, _ in compose(decision, present, wanted, signers, NOW).public]

    assert [path.split("/")[-1].split(".", 1)[-1] for path in paths] == [
        "card.json", "targets.json", "robot.json", "snapshot.json", "json", "root.json",
    ]  # fmt: skip
    assert paths[-2] == "metadata/timestamp.json"


@pytest.mark.parametrize(
    ("days", "due"),
    [
        (0.8, set()),
        (0.9, {"timestamp"}),
        (9, {"timestamp"}),
        (10, {"timestamp", "snapshot", "robot"}),
        (59, {"timestamp", "snapshot", "robot"}),
        (60, {"timestamp", "snapshot", "robot", "targets"}),
        (304, {"timestamp", "snapshot", "robot", "targets"}),
        (305, {"timestamp", "snapshot", "robot", "targets", "root"}),
    ],
)
def test_each_document_is_signed_anew_in_its_own_time(days: float, due: set[str]) -> None:
    alder = alone()
    alder.publish("ana", "server")
    alder.now += timedelta(days=days)

    assert set(why(alder.decide("ana", "server"))) == due


def test_the_server_alone_signs_no_word_of_the_people() -> None:
    alder = alone()
    alder.publish("ana", "server")
    alder.files["card.json"] = b"{1}"
    alder.now += 11 * DAY

    decision = alder.publish("server")

    assert set(why(decision)) == {"robot", "snapshot", "timestamp"}
    assert [note.code for note in decision.notes] == ["trust.targets-wait"]
    assert alder.reader().whole.versions["targets"] == 1


def test_without_the_servers_keys_nothing_is_published_and_nothing_lost() -> None:
    alder = alone()
    decision = alder.publish("ana")

    assert alder.public == {} and set(alder.signing) == {"root-1.json", "targets.json"}
    assert [note.code for note in decision.notes] == ["trust.server-next"]
    alder.publish("server")
    assert alder.reader().whole.versions["targets"] == 1


def test_more_than_a_thousand_files_are_warned_about_and_far_more_refused() -> None:
    alder = alone()
    alder.files |= {f"many/{number}.json": b"" for number in range(1_001)}
    assert [note.code for note in alder.decide("ana", "server").notes] == ["trust.many-files"]
    alder.files |= {f"many/{number}.json": b"" for number in range(20_001)}
    with pytest.raises(Refused) as refused:
        check_wanted(alder.wanted())
    assert [problem.code for problem in refused.value.problems] == ["trust.too-many-files"]


def test_one_key_for_two_is_refused() -> None:
    alder = alone()
    alder.server["robot"] = alder.people["ben"] = alder.people["ana"]

    with pytest.raises(Refused) as refused:
        check_wanted(alder.wanted())
    assert [problem.code for problem in refused.value.problems] == ["trust.same-key"] * 2


def test_a_proposal_counts_only_signatures_that_are_valid() -> None:
    alder = Provider({name: TestKey(name) for name in ("ana", "ben", "carla")}, 2)
    alder.publish("ana")
    present = read_present(alder.signing, {})
    assert present.proposal is not None
    forged = sign(present.proposal.signed, [], {alder.people["ben"].public.id: "00" * 64})

    found = progress(None, forged.signed, signed_by(None, forged), alder.wanted().keys)

    assert (found.have, found.new, found.complete) == ((), (0, 2), False)


def test_roots_on_the_server_never_outweigh_those_that_people_signed() -> None:
    """A thief who owns the server can put a whole other provider into its folder; not into the people's history."""
    alder, thief = alone(), alone()
    thief.people["ana"] = TestKey("thief")
    alder.publish("ana", "server")
    thief.publish("ana", "server")

    present = read_present(alder.signing, thief.public)

    assert [one.content for one in present.roots] == [alder.signing["root-1.json"]]
    assert present.shown == 0 and present.published is None


def test_what_was_replaced_thirty_days_ago_may_go_and_roots_never() -> None:
    alder = alone()
    alder.publish("ana", "server")
    alder.files["card.json"] = b"{1}"
    alder.now += DAY
    alder.publish("ana", "server")
    versions = read_present(alder.signing, alder.public).versions
    stored = [path[8:] for path in alder.public if path.startswith("targets/")]

    def gone(days: int) -> set[str]:
        paths = prunable(alder.public, versions, stored, NOW + days * DAY)
        return {path.replace(hashlib.sha256(b"{}").hexdigest(), "HASH") for path in paths}

    assert gone(30) == set()
    assert gone(31) == {"metadata/1.targets.json", "metadata/1.snapshot.json", "targets/HASH.card.json"}


def test_a_document_that_cannot_be_read_keeps_every_content() -> None:
    alder = alone()
    alder.publish("ana", "server")
    alder.public["metadata/9.targets.json"] = b"not ours"

    found = prunable(
        alder.public, {"targets": 10, "snapshot": 1, "robot": 1}, ["0" * 64 + ".x"], NOW + 99 * DAY
    )

    assert found == ()


ACTS = st.one_of(
    st.tuples(st.just("wait"), st.integers(1, 25)),
    st.tuples(st.just("give"), st.sampled_from(["card.json", "a/b.json", "c.tar"])),
    st.tuples(st.just("withdraw"), st.sampled_from(["a/b.json", "c.tar"])),
    st.tuples(st.just("report"), st.integers(0, 3)),
    st.tuples(st.just("rotate"), st.sampled_from(["ana", "ben", "carla", "server"])),
    st.tuples(st.just("sign"), st.sampled_from(["ana", "ben", "carla"])),
    st.tuples(st.just("publish"), st.sampled_from(["ana", "ben", "carla", "server"])),
    st.tuples(st.just("both"), st.sampled_from(["ana", "ben", "carla"])),
    st.tuples(st.just("dies"), st.integers(0, 8)),
)


def act(alder: Provider, verb: str, what: object, number: int) -> None:
    match verb:
        case "wait":
            alder.now += int(str(what)) * DAY / 2
        case "give":
            alder.files[str(what)] = b"%d" % number
        case "withdraw":
            alder.files.pop(str(what), None)
        case "report":
            alder.robot["seen/state.json"] = b"%d" % int(str(what))
        case "rotate":
            alder.rotate(str(what))
        case "sign":
            alder.sign(str(what))
        case "publish":
            alder.publish(str(what))
        case "both":
            alder.publish(str(what), "server")
        case "dies":
            alder.publish("ana", "server", dies_after=int(str(what)))


@settings(max_examples=60, deadline=None)
@given(st.lists(ACTS, min_size=1, max_size=14))
def test_in_whatever_order_readers_see_one_whole_state_after_another(acts: list[tuple[str, object]]) -> None:
    """Versions never go down for a reader who looks after each act, nor for one who looks at the end; a newcomer sees the same."""
    alder = Provider({name: TestKey(name) for name in ("ana", "ben", "carla")}, 2)
    alder.publish("ana")
    alder.sign("ben")
    alder.publish("ana", "server")
    often, seldom = alder.reader(), alder.reader()
    for number, (verb, what) in enumerate(acts):
        act(alder, verb, what, number)
        if verb == "wait":  # a steward signs daily
            alder.publish("server")
        before = often.whole.versions
        if often.whole.expires > alder.now or verb in ("publish", "both", "wait"):
            after = read_or_expired(often, alder)
            assert all(after[role] >= before[role] for role in before)
    alder.sign("ana"), alder.sign("ben"), alder.sign("carla")
    for _ in range(2):
        alder.publish("ana", "server")
        alder.sign("ben"), alder.sign("carla"), alder.sign("ana")
    alder.publish("ben", "server")
    found = often.read(alder.public, alder.now)
    assert found == seldom.read(alder.public, alder.now) == alder.reader().whole
    assert set(found.files) == {*alder.files, *alder.robot}
    assert alder.decide("ana", "server").nothing


def read_or_expired(reader: Reader, alder: Provider) -> Mapping[str, int]:
    """The versions seen; those of before when time ran out while people slept."""
    try:
        return reader.read(alder.public, alder.now).versions
    except Refused as refused:
        if {problem.code for problem in refused.problems} != {"sync.expired"}:
            raise
        return reader.whole.versions
