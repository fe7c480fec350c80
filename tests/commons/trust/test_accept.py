"""What is believed of a provider's published folder, document by document, in memory."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from tuf.api.metadata import Metadata, MetaFile

from polder.commons.trust import listing
from polder.commons.trust.accept import (
    Trusted,
    accept_first_root,
    accept_root,
    accept_snapshot,
    accept_targets,
    accept_timestamp,
    wanted,
    whole,
)
from polder.commons.trust.tuf import sign
from polder.kernel.digest import digest_of_bytes
from polder.kernel.problem import Problem, Refused
from support.publisher import Publisher, TestKey

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TIMESTAMP = "metadata/timestamp.json"


@pytest.fixture
def beech() -> Publisher:
    return Publisher("beech", NOW)


def follow(publisher: Publisher, trusted: Trusted | None = None, now: datetime = NOW) -> Trusted:
    """What a reader does, without a network."""
    files = publisher.files
    trusted = trusted or accept_first_root(files["metadata/1.root.json"], publisher.pinned)
    while (name := f"metadata/{len(trusted.roots) + 1}.root.json") in files:
        trusted = accept_root(trusted, files[name])
    trusted = accept_timestamp(trusted, files[TIMESTAMP], now)
    while part := wanted(trusted):
        content = files[f"metadata/{part.name}"]
        if part.role == "snapshot":
            trusted = accept_snapshot(trusted, content, now)
        else:
            trusted = accept_targets(trusted, part.role, content, now)
    whole(trusted, now)
    return trusted


def problem_of(publisher: Publisher, trusted: Trusted | None = None, now: datetime = NOW) -> Problem:
    with pytest.raises(Refused) as refused:
        follow(publisher, trusted, now)
    return refused.value.problems[0]


def refusal(publisher: Publisher, trusted: Trusted | None = None, now: datetime = NOW) -> str:
    return problem_of(publisher, trusted, now).code


def older(role: str, version: int, seen: int) -> Problem:
    """Three checks refuse what is older: which of them it was, its values say."""
    return Problem("sync.rollback", "", {"role": role, "version": version, "seen": seen})


def test_a_reader_gets_from_the_pinned_root_to_every_file(beech):
    beech.robot_files["seen/state.json"] = b"{}"
    beech.publish(NOW)

    found = whole(follow(beech), NOW)

    assert set(found.files) == {"card.json", "seen/state.json"}
    assert found.versions == {"root": 1, "timestamp": 2, "snapshot": 2, "targets": 2, "robot": 2}
    assert found.expires == NOW + timedelta(14)


def test_a_first_root_of_somebody_else_is_refused(beech):
    beech.files["metadata/1.root.json"], other = (
        Publisher("cedar", NOW).files["metadata/1.root.json"],
        beech.pinned,
    )

    with pytest.raises(Refused) as refused:
        accept_first_root(beech.files["metadata/1.root.json"], other)

    assert refused.value.problems[0].code == "sync.another-root"


def test_a_first_root_that_is_not_the_first_or_that_nobody_signed_is_refused_even_when_pinned(beech):
    second = beech.publish_root(NOW)
    unsigned = beech.make_root(NOW, [TestKey("thief")], version=1)

    for content, code in ((second, "sync.root-version"), (unsigned, "trust.too-few-signatures")):
        with pytest.raises(Refused) as refused:
            accept_first_root(content, digest_of_bytes(content))
        assert refused.value.problems[0].code == code


def test_nothing_new_is_the_same_state(beech):
    trusted = follow(beech)

    assert follow(beech, trusted) is trusted


def test_an_older_timestamp_is_refused(beech):
    old = beech.files[TIMESTAMP]
    beech.publish(NOW, ["timestamp"])
    trusted = follow(beech)
    beech.files[TIMESTAMP] = old

    assert problem_of(beech, trusted) == older("timestamp", 1, 2)


def test_an_older_timestamp_under_a_new_root_is_refused(beech):
    old = beech.files[TIMESTAMP]
    beech.publish(NOW, ["timestamp"])
    trusted = follow(beech)
    beech.root_keys[2] = TestKey("newcomer")
    beech.publish_root(NOW)
    beech.files[TIMESTAMP] = old

    assert problem_of(beech, trusted) == older("timestamp", 1, 2)


def test_an_older_snapshot_under_a_new_timestamp_is_refused(beech):
    beech.publish(NOW)
    trusted = follow(beech)
    beech.versions |= {"snapshot": 1, "timestamp": 3}
    beech.put_timestamp(NOW)

    assert problem_of(beech, trusted) == older("snapshot", 1, 2)


@pytest.mark.parametrize("role", ["targets", "robot"])
def test_an_older_part_under_a_new_snapshot_is_refused(beech, role):
    beech.publish(NOW)
    trusted = follow(beech)
    beech.versions[role] = 1
    beech.publish(NOW, ["snapshot", "timestamp"])

    assert problem_of(beech, trusted) == older(role, 1, 2)


def test_a_timestamp_signed_twice_with_different_contents_is_told(beech):
    trusted = follow(beech)
    beech.put_timestamp(NOW + timedelta(1))

    assert refusal(beech, trusted) == "sync.two-versions"


def test_a_peoples_part_signed_twice_with_different_contents_is_told(beech):
    trusted = follow(beech)
    beech.given["card.json"] = b"{}"
    beech.put_targets(NOW)
    beech.publish(NOW, ["snapshot", "timestamp"])

    assert refusal(beech, trusted) == "sync.two-versions"


def test_one_more_signature_below_the_same_peoples_part_is_taken(beech):
    trusted = follow(beech)
    beech.put_targets(NOW, beech.targets_keys[:2])
    beech.publish(NOW, ["snapshot", "timestamp"])

    assert follow(beech, trusted).targets != trusted.targets


def test_after_the_keys_changed_a_number_may_stand_for_another_peoples_part(beech):
    trusted = follow(beech)
    beech.keys |= {"snapshot": TestKey("new-snapshot"), "timestamp": TestKey("new-timestamp")}
    beech.publish_root(NOW)
    beech.given["card.json"] = b"{}"
    beech.put_targets(NOW)
    beech.publish(NOW, ["snapshot", "timestamp"])

    recovered = follow(beech, trusted)

    assert recovered.targets != trusted.targets
    assert whole(recovered, NOW).versions["targets"] == 1


def test_the_same_timestamp_with_other_bytes_around_it_is_the_same(beech):
    plain, beech.files[TIMESTAMP] = beech.files[TIMESTAMP], b""
    for first, second in ((plain, plain + b"\n"), (plain + b"\n", plain)):
        beech.files[TIMESTAMP] = first
        trusted = follow(beech)
        beech.files[TIMESTAMP] = second

        assert follow(beech, trusted).timestamp == first


def test_expired_documents_are_refused(beech):
    assert refusal(beech, now=NOW + timedelta(14)) == "sync.expired"
    beech.publish(NOW + timedelta(29), ["timestamp"])
    assert refusal(beech, now=NOW + timedelta(31)) == "sync.expired"


def accept(publisher: Publisher, trusted: Trusted, role: str, now: datetime) -> Trusted:
    """One step alone."""
    if role == "timestamp":
        return accept_timestamp(trusted, publisher.files[TIMESTAMP], now)
    content = publisher.files[publisher.place(role)]
    if role == "snapshot":
        return accept_snapshot(trusted, content, now)
    return accept_targets(trusted, role, content, now)


@pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets", "robot"])
def test_what_expired_replaces_nothing(beech, role):
    trusted = follow(beech)
    for part in ("targets", "robot", "snapshot", "timestamp"):
        beech.publish(NOW - timedelta(200 if part == role else 0), [part])
    for part in ("timestamp", "snapshot", "targets", "robot"):
        if part == role:
            break
        trusted = accept(beech, trusted, part, NOW)

    with pytest.raises(Refused) as refused:
        accept(beech, trusted, role, NOW)
    assert [(one.code, one.values["role"]) for one in refused.value.problems] == [("sync.expired", role)]


def test_a_timestamp_that_was_taken_before_is_refused_once_it_expired(beech):
    trusted = follow(beech)

    assert accept(beech, trusted, "timestamp", NOW + timedelta(14) - timedelta(seconds=1)) is trusted
    with pytest.raises(Refused):
        accept(beech, trusted, "timestamp", NOW + timedelta(14))


def test_what_was_whole_is_refused_once_one_part_expired(beech):
    trusted = follow(beech)

    assert refusal(beech, trusted, NOW + timedelta(15)) == "sync.expired"
    later = NOW + timedelta(121)
    beech.publish(later, ["robot", "snapshot", "timestamp"])
    assert problem_of(beech, trusted, later).values["role"] == "targets"


def test_a_root_on_the_way_may_be_expired_the_last_one_not(beech):
    beech.publish_root(NOW + timedelta(400))
    later = NOW + timedelta(401)
    beech.publish(later)

    assert len(follow(beech, now=later).roots) == 2
    del beech.files["metadata/2.root.json"]
    assert refusal(beech, now=later) == "sync.expired"
    with pytest.raises(Refused) as refused:  # nothing more is taken under it
        accept_timestamp(accept_first_root(beech.files["metadata/1.root.json"], beech.pinned), b"", later)
    assert refused.value.problems[0].values["role"] == "root"


def test_a_root_that_one_stolen_key_and_a_new_one_signed_is_refused(beech):
    thief = TestKey("thief")
    beech.versions["root"] = 2
    stolen, beech.root_keys = beech.root_keys[0], [beech.root_keys[0], thief]
    beech.files["metadata/2.root.json"] = beech.make_root(NOW, [stolen, thief])

    assert refusal(beech) == "trust.too-few-signatures"


def test_a_root_that_leaves_out_a_step_is_refused(beech):
    beech.files["metadata/2.root.json"] = beech.make_root(NOW, beech.root_keys, version=3)

    assert refusal(beech) == "sync.root-version"


def test_the_last_root_again_is_no_next_one(beech):
    with pytest.raises(Refused) as refused:
        accept_root(follow(beech), beech.files["metadata/1.root.json"])

    assert refused.value.problems[0].code == "sync.root-version"


def test_a_root_whose_own_keys_did_not_sign_it_is_refused(beech):
    old, beech.root_keys = beech.root_keys, [TestKey(f"nobody holds this, {number}") for number in range(3)]
    beech.files["metadata/2.root.json"] = beech.make_root(NOW, old, version=2)

    assert refusal(beech) == "trust.too-few-signatures"


def test_the_same_signature_twice_counts_once(beech):
    content = Metadata.from_bytes(beech.make_root(NOW, beech.root_keys[:1], version=2)).to_bytes()
    one = content.index(b'{\n  "keyid"') if b'{\n  "keyid"' in content else content.index(b'{"keyid"')
    end = content.index(b"}", one) + 1
    beech.files["metadata/2.root.json"] = content[:end] + b"," + content[one:end] + content[end:]

    assert refusal(beech) in ("trust.not-a-document", "trust.too-few-signatures")


def test_the_server_cannot_sign_the_peoples_part(beech):
    beech.given["card.json"] = b"forged"
    beech.versions["targets"] += 1
    beech.put_targets(NOW, [beech.keys["robot"], beech.keys["snapshot"]])
    beech.publish(NOW, ["snapshot", "timestamp"])

    assert refusal(beech) == "trust.too-few-signatures"


def test_old_and_new_files_together_are_refused(beech):
    old = beech.files["metadata/1.targets.json"]
    beech.given["card.json"] = b"{}"
    beech.publish(NOW)
    beech.files["metadata/2.targets.json"] = old

    assert refusal(beech) == "sync.mixed"


@pytest.mark.parametrize(("signers", "code"), [(1, "sync.mixed"), (0, "sync.altered")])
def test_a_number_that_stands_for_other_bytes_than_the_snapshot_names_is_refused(beech, signers, code):
    beech.publish(NOW)
    trusted = accept_timestamp(Trusted((beech.files["metadata/1.root.json"],)), beech.files[TIMESTAMP], NOW)
    trusted = accept(beech, trusted, "snapshot", NOW)
    beech.put_targets(NOW + timedelta(1), beech.targets_keys[:signers] or [TestKey("thief")])

    with pytest.raises(Refused) as refused:
        accept(beech, trusted, "targets", NOW)
    assert [one.code for one in refused.value.problems] == [code]


def test_another_number_for_the_same_bytes_is_refused_by_who_has_them_and_by_who_has_not(beech):
    trusted = follow(beech)
    beech.versions["targets"] = 2
    beech.files["metadata/2.targets.json"] = beech.files["metadata/1.targets.json"]
    beech.publish(NOW, ["snapshot", "timestamp"])

    assert refusal(beech, trusted) == refusal(beech) == "sync.mixed"


def test_a_part_needs_as_many_signatures_as_the_root_says(beech):
    beech.thresholds["targets"] = 2
    beech.publish_root(NOW)
    beech.publish(NOW)
    assert problem_of(beech).values == {"role": "targets", "found": 1, "wanted": 2}

    beech.put_targets(NOW, beech.targets_keys[:2])
    beech.publish(NOW, ["snapshot", "timestamp"])
    assert whole(follow(beech), NOW).versions["targets"] == 2


def test_a_root_without_numbered_names_is_refused(beech):
    root = Metadata.from_bytes(beech.files["metadata/1.root.json"]).signed
    root.consistent_snapshot = False
    content = sign(root, beech.root_keys).content

    with pytest.raises(Refused) as refused:
        accept_first_root(content, digest_of_bytes(content))
    assert [one.code for one in refused.value.problems] == ["sync.not-numbered"]


@pytest.mark.parametrize(
    "changed", [["timestamp"], ["snapshot"], ["snapshot", "timestamp"]], ids=" and ".join
)
def test_versions_pushed_up_by_a_thief_bind_no_longer_after_the_keys_changed(beech, changed):
    beech.versions |= {"snapshot": 10**9, "timestamp": 10**9}
    beech.put_snapshot(NOW)
    beech.put_timestamp(NOW)
    trusted = follow(beech)
    beech.keys |= {role: TestKey(f"new-{role}") for role in changed}
    beech.versions |= {"snapshot": 2, "timestamp": 2}
    beech.publish_root(NOW)
    beech.publish(NOW)

    recovered = follow(beech, trusted)

    assert whole(recovered, NOW).versions["timestamp"] == 3


def test_a_role_that_goes_from_the_snapshot_is_missed(beech):
    trusted = follow(beech)
    beech.versions |= {"snapshot": 2, "timestamp": 2}
    whole_meta = beech.meta
    document = Metadata.from_bytes(beech.files["metadata/1.snapshot.json"])
    document.signed.version = 2
    document.signed.meta = {"targets.json": whole_meta("targets")}
    beech.files["metadata/2.snapshot.json"] = sign(document.signed, [beech.keys["snapshot"]]).content
    beech.put_timestamp(NOW)

    assert refusal(beech, trusted) == "sync.role-gone"


@pytest.mark.parametrize(
    "path", ["../../etc/passwd", "/etc/passwd", "a//b", ".hidden", "a/../b", "a\\b", "card.json\n", "x" * 201]
)
def test_a_path_that_leads_anywhere_else_is_refused(beech, path):
    beech.given[path] = b"x"
    beech.publish(NOW)

    assert refusal(beech) == "sync.bad-path"


def test_a_folder_that_another_file_is_served_under_is_no_folder(beech):
    beech.given[f"{hashlib.sha256(b'x').hexdigest()}.wiki/b.json"] = b"y"
    beech.publish(NOW)
    follow(beech)

    beech.given["wiki"] = b"x"
    beech.publish(NOW)
    assert refusal(beech) == "sync.bad-path"


def test_neither_part_provides_the_others_files(beech):
    beech.robot_files["card.json"] = b"forged by the server"
    beech.publish(NOW)
    assert refusal(beech) == "sync.foreign-path"

    beech.robot_files = {"seen/deeper/state.json": b"x"}
    beech.publish(NOW)
    assert refusal(beech) == "sync.foreign-path"

    beech.robot_files, beech.given["seen/state.json"] = {}, b"x"
    beech.publish(NOW)
    assert refusal(beech) == "sync.foreign-path"


def test_keys_of_the_server_that_the_people_changed_hold_at_once(beech):
    beech.robot_files["seen/state.json"] = b"{}"
    beech.publish(NOW)
    trusted = follow(beech)
    beech.keys["robot"] = TestKey("new-robot")
    beech.publish(NOW, ["targets", "snapshot", "timestamp"])

    assert refusal(beech, trusted) == "trust.too-few-signatures"


def test_hashes_are_demanded(beech):
    beech.meta = lambda role: MetaFile(beech.versions[role])  # type: ignore[method-assign]
    beech.publish(NOW, ["timestamp"])

    assert refusal(beech) == "sync.no-hash"


def test_counting_has_an_end(beech):
    beech.versions["timestamp"] = 2**53
    beech.publish(NOW, ["timestamp"])

    assert problem_of(beech) == Problem("sync.no-hash", "", {"role": "timestamp"})


def test_a_list_of_files_has_an_end(beech, monkeypatch):
    monkeypatch.setattr(listing, "MOST_FILES", 2)
    beech.given |= {"a.json": b"", "b.json": b""}
    beech.publish(NOW)

    assert refusal(beech) == "sync.too-many-files"
