"""Every attack on a reader, over HTTP with real files: what we say to it, and beside it what python-tuf's own client says.

Each scenario changes what the web server of ``beech`` serves between a reader's first visit and its second. Where the two clients
differ, ``SCENARIOS`` says so, and ``WHY_DIFFERENT`` says why. One code can have several causes: ``BECAUSE`` says which one it has to be,
so that no scenario is refused for something else than what it is about.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from securesystemslib.signer import Signature, SSlibKey
from tuf.api.exceptions import DownloadError, RepositoryError
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot
from tuf.ngclient import Updater, UpdaterConfig
from tuf.ngclient.urllib3_fetcher import Urllib3Fetcher

from polder.actions.key_news import with_key_news
from polder.actions.sync_peer import PeerNews, sync_peer
from polder.commons.trust.tuf import sign
from polder.kernel.peer import Peer
from polder.world import fetch
from polder.world.network_store import PeerStore, load_published
from support.publisher import Publisher, TestKey, served
from support.web import Web, drip, endless, page, redirect, silent, status

NOW = datetime.now(UTC).replace(microsecond=0)
TIMESTAMP = "metadata/timestamp.json"


@dataclass
class Bench:
    """The peer, what it served at first, and its web server."""

    beech: Publisher
    web: Web
    old: dict[str, bytes]

    @property
    def files(self) -> dict[str, bytes]:
        return self.beech.files

    def serve_old(self) -> None:
        self.web.files = self.old

    def part(self, role: str) -> str:
        return self.beech.place(role) if role != "timestamp" else TIMESTAMP

    def target(self, path: str) -> str:
        return served(path, self.beech.given[path])

    def resign(self, *parts: str) -> None:
        """New versions of ``parts``; their keys are the server's own, or a thief's who took them."""
        self.beech.publish(NOW, parts)


def an_old_state_is_shown_again(bench: Bench) -> None:
    bench.serve_old()


def an_old_timestamp_under_a_new_root(bench: Bench) -> None:
    """The root is an honest one, and changes no key of the server's: what was seen before it binds after it."""
    bench.beech.publish_root(NOW)
    bench.files[TIMESTAMP] = bench.old[TIMESTAMP]


def an_old_snapshot_under_a_new_timestamp(bench: Bench) -> None:
    bench.beech.versions["snapshot"] = 1
    bench.resign("timestamp")


def old_targets_under_a_new_snapshot(bench: Bench) -> None:
    bench.beech.versions["targets"] = 1
    bench.resign("snapshot", "timestamp")


def old_words_of_the_server_under_a_new_snapshot(bench: Bench) -> None:
    bench.beech.versions["robot"] = 1
    bench.resign("snapshot", "timestamp")


def nothing_new_comes(bench: Bench) -> None:
    """Frozen: what was newest stays so until it expires."""


def a_fresh_timestamp_over_a_snapshot_that_expired(bench: Bench) -> None:
    bench.beech.publish(NOW + timedelta(29), ["timestamp"])


def fresh_server_documents_over_people_that_signed_too_long_ago(bench: Bench) -> None:
    bench.beech.publish(NOW + timedelta(119), ["robot", "snapshot", "timestamp"])


def nobody_renewed_the_root(bench: Bench) -> None:
    bench.beech.publish(NOW + timedelta(364))


def old_targets_under_the_new_name(bench: Bench) -> None:
    bench.beech.given["statements/more.json"] = b"{}"
    bench.resign("targets", "snapshot", "timestamp")
    bench.files[bench.part("targets")] = bench.old["metadata/1.targets.json"]


def one_byte_of(role: str) -> Callable[[Bench], None]:
    def alter(bench: Bench) -> None:
        bench.resign("targets", "robot", "snapshot", "timestamp")
        content = bench.files[bench.part(role)]
        bench.files[bench.part(role)] = content.replace(b'"expires":"2', b'"expires":"3', 1)
        assert bench.files[bench.part(role)] != content

    alter.__name__ = f"one_byte_of_{role}_is_altered"
    return alter


def a_signature_is_altered(bench: Bench) -> None:
    bench.resign("timestamp")
    content = bench.files[TIMESTAMP]
    at = content.index(b'"sig"') + 9
    bench.files[TIMESTAMP] = (
        content[:at] + (b"0" if content[at : at + 1] != b"0" else b"1") + content[at + 1 :]
    )


def a_file_is_altered(bench: Bench) -> None:
    bench.beech.given["card.json"] = b'{"name":"beech, really"}'
    bench.resign("targets", "snapshot", "timestamp")
    name = bench.target("card.json")
    bench.files[name] = b'{"name":"birch, really"}'


def a_file_is_longer_than_was_signed(bench: Bench) -> None:
    bench.beech.given["card.json"] = b"seventeen bytes.."
    bench.resign("targets", "snapshot", "timestamp")
    bench.files[bench.target("card.json")] = b"x" * 10_000_000


def a_timestamp_without_end(bench: Bench) -> None:
    bench.web.behave[TIMESTAMP] = endless


def a_file_drop_by_drop(bench: Bench) -> None:
    bench.beech.given["card.json"] = b"x" * 30
    bench.resign("targets", "snapshot", "timestamp")
    bench.web.behave[bench.target("card.json")] = drip(b"x" * 30, 0.1)


def a_server_that_accepts_and_is_silent(bench: Bench) -> None:
    bench.web.behave[TIMESTAMP] = silent


def a_stolen_server_signs_the_peoples_part(bench: Bench) -> None:
    bench.beech.given["card.json"] = b"forged"
    bench.beech.versions["targets"] += 1
    bench.beech.put_targets(NOW, list(bench.beech.keys.values()))
    bench.resign("snapshot", "timestamp")


def a_stolen_server_lies_where_it_may(bench: Bench) -> None:
    bench.beech.robot_files["seen/state.json"] = b"lies"
    bench.resign("robot", "snapshot", "timestamp")


def a_stolen_server_offers_a_card(bench: Bench) -> None:
    bench.beech.robot_files["card.json"] = b"forged"
    bench.resign("robot", "snapshot", "timestamp")


def a_robot_key_that_the_people_took_away(bench: Bench) -> None:
    stolen = bench.beech.keys["robot"]
    bench.beech.keys["robot"] = TestKey("new")
    bench.resign("targets")
    bench.beech.versions["robot"] += 1
    bench.beech.put_robot(NOW, [stolen])
    bench.resign("snapshot", "timestamp")


def one_stolen_root_key_and_a_new_one(bench: Bench) -> None:
    thief, stolen = TestKey("thief"), bench.beech.root_keys[0]
    bench.beech.versions["root"] = 2
    bench.beech.root_keys = [stolen, thief]
    bench.files["metadata/2.root.json"] = bench.beech.make_root(NOW, [stolen, thief])


def two_root_keys_change_the_third(bench: Bench) -> None:
    old = list(bench.beech.root_keys)
    bench.beech.root_keys = [*old[:2], TestKey("newcomer")]
    bench.beech.publish_root(NOW, old[:2])
    bench.resign("timestamp")


def two_stolen_root_keys_take_a_provider_over(bench: Bench) -> None:
    """By the rules nobody can refuse it: what people are told, and the alarm, are all that is left (``TOLD``)."""
    stolen = bench.beech.root_keys[:2]
    bench.beech.root_keys = bench.beech.targets_keys = [TestKey("thief"), TestKey("thief's other")]
    bench.beech.publish_root(NOW, stolen)
    bench.resign("targets", "snapshot", "timestamp")


def a_root_that_skips_a_version(bench: Bench) -> None:
    bench.files["metadata/2.root.json"] = bench.beech.make_root(NOW, bench.beech.root_keys, version=3)


def the_same_signature_twice(bench: Bench) -> None:
    content = bench.beech.make_root(NOW, bench.beech.root_keys[:1], version=2)
    data = Metadata.from_bytes(content).to_dict()
    data["signatures"] *= 2
    bench.files["metadata/2.root.json"] = json.dumps(data).encode()


def one_key_under_two_ids(bench: Bench) -> None:
    """People were talked into a root with a key twice: from then on one thief has two signatures."""
    root = Metadata[Root].from_bytes(bench.beech.make_root(NOW, [], version=2))
    one = bench.beech.root_keys[0]
    twin = SSlibKey("ff" * 32, "ed25519", "ed25519", {"public": one.public.hex})
    root.signed.add_key(twin, "root")
    for key in bench.beech.root_keys[:2]:
        root.signatures[key.public.id] = Signature(key.public.id, key.sign(root.signed_bytes).hex())
    bench.files["metadata/2.root.json"] = root.to_bytes()


def versions_pushed_to_the_end_of_counting(bench: Bench) -> None:
    bench.beech.versions |= {"snapshot": 2**60, "timestamp": 2**60}
    bench.beech.put_snapshot(NOW)
    bench.beech.put_timestamp(NOW)


def recovery_after_versions_were_pushed_up(bench: Bench) -> None:
    bench.beech.keys |= {"snapshot": TestKey("new-s"), "timestamp": TestKey("new-t")}
    bench.beech.versions |= {"snapshot": 1, "timestamp": 1}
    bench.beech.publish_root(NOW)
    bench.resign("snapshot", "timestamp")


def a_path_that_leads_out(bench: Bench) -> None:
    bench.beech.given["../../../etc/cron.d/x"] = b"x"
    bench.resign("targets", "snapshot", "timestamp")


def a_redirect(bench: Bench) -> None:
    bench.resign("timestamp")
    bench.files["metadata/elsewhere.json"] = bench.files[TIMESTAMP]
    bench.web.behave[TIMESTAMP] = redirect("/metadata/elsewhere.json")


def a_page_where_the_next_root_would_be(bench: Bench) -> None:
    bench.web.behave["metadata/2.root.json"] = page


def answering(code: int) -> Callable[[Bench], None]:
    def answer(bench: Bench) -> None:
        bench.resign("timestamp")
        bench.web.behave["metadata/2.root.json"] = status(code)

    answer.__name__ = f"next_root_answered_{code}"
    return answer


def one_version_with_two_contents(bench: Bench) -> None:
    bench.beech.put_timestamp(NOW + timedelta(hours=1))


def no_hashes(bench: Bench) -> None:
    bench.beech.versions["timestamp"] += 1
    version = bench.beech.versions["snapshot"]
    document = Metadata.from_bytes(bench.files[TIMESTAMP])
    document.signed.version = bench.beech.versions["timestamp"]
    document.signed.snapshot_meta = MetaFile(version)
    bench.files[TIMESTAMP] = sign(document.signed, [bench.beech.keys["timestamp"]]).content


def a_role_goes_from_the_snapshot(bench: Bench) -> None:
    beech = bench.beech
    beech.versions["snapshot"] += 1
    meta = {"targets.json": beech.meta("targets")}
    signed = Snapshot(beech.versions["snapshot"], None, NOW + timedelta(30), meta)
    bench.files[beech.place("snapshot")] = sign(signed, [beech.keys["snapshot"]]).content
    bench.resign("timestamp")


def deeply_nested_nonsense(bench: Bench) -> None:
    bench.files[TIMESTAMP] = b"[" * 16_000


OK, DAYS = "", timedelta(1)
SCENARIOS: dict[Callable[[Bench], None], tuple[str, str, timedelta]] = {
    # scenario: (our code, what python-tuf does, how much later the second visit is)
    an_old_state_is_shown_again: ("sync.rollback", "refused", 0 * DAYS),
    an_old_timestamp_under_a_new_root: ("sync.rollback", "refused", 0 * DAYS),
    an_old_snapshot_under_a_new_timestamp: ("sync.rollback", "refused", 0 * DAYS),
    old_targets_under_a_new_snapshot: ("sync.rollback", "refused", 0 * DAYS),
    old_words_of_the_server_under_a_new_snapshot: ("sync.rollback", "refused", 0 * DAYS),
    nothing_new_comes: ("sync.expired", "refused", 15 * DAYS),
    a_fresh_timestamp_over_a_snapshot_that_expired: ("sync.expired", "refused", 31 * DAYS),
    fresh_server_documents_over_people_that_signed_too_long_ago: ("sync.expired", "refused", 121 * DAYS),
    nobody_renewed_the_root: ("sync.expired", "refused", 366 * DAYS),
    old_targets_under_the_new_name: ("sync.mixed", "refused", 0 * DAYS),
    one_byte_of("timestamp"): ("trust.too-few-signatures", "refused", 0 * DAYS),
    one_byte_of("snapshot"): ("sync.altered", "refused", 0 * DAYS),
    one_byte_of("targets"): ("sync.altered", "refused", 0 * DAYS),
    one_byte_of("robot"): ("sync.altered", "refused", 0 * DAYS),
    a_signature_is_altered: ("trust.too-few-signatures", "refused", 0 * DAYS),
    a_file_is_altered: ("sync.tampered", "refused", 0 * DAYS),
    a_file_is_longer_than_was_signed: ("sync.endless", "refused", 0 * DAYS),
    a_timestamp_without_end: ("sync.endless", "refused", 0 * DAYS),
    a_file_drop_by_drop: ("sync.unreachable", "accepted", 0 * DAYS),
    a_server_that_accepts_and_is_silent: ("sync.unreachable", "refused", 0 * DAYS),
    a_stolen_server_signs_the_peoples_part: ("trust.too-few-signatures", "refused", 0 * DAYS),
    a_stolen_server_lies_where_it_may: (OK, "accepted", 0 * DAYS),
    a_stolen_server_offers_a_card: ("sync.foreign-path", "accepted", 0 * DAYS),
    a_robot_key_that_the_people_took_away: ("trust.too-few-signatures", "refused", 0 * DAYS),
    one_stolen_root_key_and_a_new_one: ("trust.too-few-signatures", "refused", 0 * DAYS),
    two_root_keys_change_the_third: (OK, "accepted", 0 * DAYS),
    two_stolen_root_keys_take_a_provider_over: (OK, "accepted", 0 * DAYS),
    a_root_that_skips_a_version: ("sync.root-version", "refused", 0 * DAYS),
    the_same_signature_twice: ("trust.not-a-document", "refused", 0 * DAYS),
    one_key_under_two_ids: ("trust.key-id", "accepted", 0 * DAYS),
    versions_pushed_to_the_end_of_counting: ("sync.no-hash", "accepted", 0 * DAYS),
    recovery_after_versions_were_pushed_up: (OK, "accepted", 0 * DAYS),
    a_path_that_leads_out: ("sync.bad-path", "accepted", 0 * DAYS),
    a_redirect: ("sync.redirected", "accepted", 0 * DAYS),
    a_page_where_the_next_root_would_be: ("sync.page-instead", "refused", 0 * DAYS),
    answering(404): (OK, "accepted", 0 * DAYS),
    answering(403): (OK, "accepted", 0 * DAYS),
    answering(410): ("sync.unreachable", "refused", 0 * DAYS),
    answering(500): ("sync.unreachable", "refused", 0 * DAYS),
    answering(503): ("sync.unreachable", "refused", 0 * DAYS),
    one_version_with_two_contents: ("sync.two-versions", "accepted", 0 * DAYS),
    no_hashes: ("sync.no-hash", "accepted", 0 * DAYS),
    a_role_goes_from_the_snapshot: ("sync.role-gone", "refused", 0 * DAYS),
    deeply_nested_nonsense: ("trust.not-a-document", "refused", 0 * DAYS),
}
WHY_DIFFERENT = {
    "a_file_drop_by_drop": "python-tuf has no deadline for a whole file, only for each silence",
    "a_stolen_server_offers_a_card": "python-tuf looks at path rules when somebody asks for a path, we when the list comes",
    "one_key_under_two_ids": "the specification lets key ids be anything; one person would count twice",
    "versions_pushed_to_the_end_of_counting": "beyond 2**53 readers in other languages round",
    "a_path_that_leads_out": "names of files are left to the application by the specification",
    "a_redirect": "the specification says nothing of redirects; they lead to places that nobody looked at",
    "one_version_with_two_contents": "the specification keeps the old one silently; it is evidence of keys in two hands",
    "no_hashes": "the specification leaves length and hash of the snapshot out at will",
}
ROBOT_3, SNAPSHOT_4 = "metadata/3.robot.json", "metadata/4.snapshot.json"
BECAUSE: dict[str, dict[str, object]] = {
    # scenario: what the problem has to name, of its place (``where``) and its values
    "an_old_state_is_shown_again": {"role": "timestamp", "version": 2, "seen": 3},
    "an_old_timestamp_under_a_new_root": {"role": "timestamp", "version": 2, "seen": 3},
    "an_old_snapshot_under_a_new_timestamp": {
        "where": TIMESTAMP,
        "role": "snapshot",
        "version": 1,
        "seen": 3,
    },
    "old_targets_under_a_new_snapshot": {"where": SNAPSHOT_4, "role": "targets", "version": 1, "seen": 3},
    "old_words_of_the_server_under_a_new_snapshot": {
        "where": SNAPSHOT_4,
        "role": "robot",
        "version": 1,
        "seen": 3,
    },
    "nothing_new_comes": {"role": "timestamp"},
    "a_fresh_timestamp_over_a_snapshot_that_expired": {"role": "snapshot"},
    "fresh_server_documents_over_people_that_signed_too_long_ago": {"role": "targets"},
    "nobody_renewed_the_root": {"role": "root"},
    "old_targets_under_the_new_name": {"role": "targets", "version": 3},
    "one_byte_of_timestamp_is_altered": {"role": "timestamp", "found": 0},
    "one_byte_of_snapshot_is_altered": {"role": "snapshot", "version": 3},
    "one_byte_of_targets_is_altered": {"role": "targets", "version": 3},
    "one_byte_of_robot_is_altered": {"role": "robot", "version": 3},
    "a_signature_is_altered": {"role": "timestamp", "found": 0},
    "a_file_is_altered": {"path": "card.json"},
    "a_file_is_longer_than_was_signed": {"limit": 17},
    "a_timestamp_without_end": {"where": TIMESTAMP},
    "a_file_drop_by_drop": {"why": "too slow"},
    "a_server_that_accepts_and_is_silent": {"source": TIMESTAMP, "why": "too slow"},
    "a_stolen_server_signs_the_peoples_part": {"where": "metadata/3.targets.json", "role": "targets"},
    "a_stolen_server_offers_a_card": {"path": "card.json", "role": "robot"},
    "a_robot_key_that_the_people_took_away": {"where": ROBOT_3, "role": "robot", "found": 0},
    "one_stolen_root_key_and_a_new_one": {"role": "root", "found": 1, "wanted": 2},
    "a_root_that_skips_a_version": {"found": 3, "wanted": 2},
    "the_same_signature_twice": {"where": "metadata/2.root.json"},
    "one_key_under_two_ids": {"key": "f" * 16},
    "versions_pushed_to_the_end_of_counting": {"role": "snapshot"},
    "a_path_that_leads_out": {"path": "../../../etc/cron.d/x"},
    "a_redirect": {"to": "/metadata/elsewhere.json"},
    "a_page_where_the_next_root_would_be": {"where": "metadata/2.root.json"},
    "next_root_answered_410": {"source": "metadata/2.root.json", "why": "HTTP 410"},
    "next_root_answered_500": {"source": "metadata/2.root.json", "why": "HTTP 500"},
    "next_root_answered_503": {"source": "metadata/2.root.json", "why": "HTTP 503"},
    "one_version_with_two_contents": {"role": "timestamp", "version": 2},
    "no_hashes": {"where": TIMESTAMP, "role": "snapshot"},
    "a_role_goes_from_the_snapshot": {"where": "metadata/3.snapshot.json", "role": "robot"},
    "deeply_nested_nonsense": {"where": TIMESTAMP},
}
scenarios = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.__name__)


@pytest.fixture
def bench() -> Iterator[Bench]:
    beech = Publisher("beech", NOW)
    beech.robot_files["seen/state.json"] = b"{}"
    beech.publish(NOW)
    with Web(beech.files) as web:
        bench = Bench(beech, web, {})
        bench.old = dict(beech.files)
        yield bench


@pytest.fixture(autouse=True)
def impatient(monkeypatch) -> None:
    """The same limits, in less time."""
    monkeypatch.setattr(fetch, "PATIENCE", 1.0)
    monkeypatch.setattr(fetch, "SILENCE", 0.5)


def visit(bench: Bench, state: Path, now: datetime = NOW, private: bool = True) -> PeerNews:
    peer = Peer("beech", bench.beech.pinned, (bench.web.url,), private=private)
    return sync_peer(state, peer, now, 2**30, Random(1), insist=True)


def prepared(scenario: Callable[[Bench], None], bench: Bench) -> None:
    """What the reader saw first: for the oldest attacks, something newer than what comes after."""
    if scenario in (
        an_old_state_is_shown_again,
        an_old_timestamp_under_a_new_root,
        an_old_snapshot_under_a_new_timestamp,
        old_targets_under_a_new_snapshot,
        old_words_of_the_server_under_a_new_snapshot,
    ):
        bench.beech.publish(NOW)
    if scenario is recovery_after_versions_were_pushed_up:
        bench.beech.versions |= {"snapshot": 10**9, "timestamp": 10**9}
        bench.beech.put_snapshot(NOW)
        bench.beech.put_timestamp(NOW)


@scenarios
def test_what_a_reader_says(scenario, bench, tmp_path):
    code, _, later = SCENARIOS[scenario]
    prepared(scenario, bench)
    assert visit(bench, tmp_path).state == "new"
    before = load_published(tmp_path)["beech"]
    held = dict(before.files)
    scenario(bench)

    news = visit(bench, tmp_path, NOW + later)

    after = load_published(tmp_path)["beech"]
    assert [one.problem.code for one in news.troubles][:1] == ([code] if code else [])
    if code:
        told = told_of(news, bench.web.url)
        assert {name: told.get(name) for name in BECAUSE[scenario.__name__]} == BECAUSE[scenario.__name__]
    assert news.state == ("failed" if code else "new")
    if code:
        assert dict(after.files) == held and after.versions == before.versions


TOLD: dict[Callable[[Bench], None], tuple[tuple[int, int, tuple[str, ...]], list[str]]] = {
    # scenario: (people's keys that came, that went, roles of the server with new keys), alarms
    two_root_keys_change_the_third: ((1, 1, ()), []),
    two_stolen_root_keys_take_a_provider_over: ((2, 3, ()), ["sync.people-replaced"]),
    recovery_after_versions_were_pushed_up: ((0, 0, ("snapshot", "timestamp")), []),
}


@pytest.mark.parametrize("scenario", TOLD, ids=lambda one: one.__name__)
def test_what_a_reader_is_told_of_keys_that_changed_by_the_rules(scenario, bench, tmp_path):
    """Such a root is believed; silence about it would be the attack."""
    store = PeerStore(tmp_path, "beech")
    prepared(scenario, bench)
    with_key_news(tmp_path, store, visit(bench, tmp_path), NOW)
    scenario(bench)

    news, alarms = with_key_news(tmp_path, store, visit(bench, tmp_path), NOW + DAYS)

    (change,) = news.keys
    assert ((len(change.came), len(change.went), change.server), [one.code for one in alarms]) == TOLD[
        scenario
    ]


def told_of(news: PeerNews, url: str) -> dict[str, object]:
    """The first problem's place and values."""
    problem = news.troubles[0].problem
    told = {"where": problem.where, **problem.values}
    return {name: one.removeprefix(url) if isinstance(one, str) else one for name, one in told.items()}


@scenarios
def test_what_python_tufs_own_client_says(scenario, bench, tmp_path):
    code, verdict, later = SCENARIOS[scenario]
    prepared(scenario, bench)
    assert tuf_accepts(bench, tmp_path, NOW)
    scenario(bench)

    accepted = tuf_accepts(bench, tmp_path, NOW + later)

    assert accepted == (verdict == "accepted")
    assert (accepted == (code == OK)) == (scenario.__name__ not in WHY_DIFFERENT)


def tuf_accepts(bench: Bench, folder: Path, now: datetime) -> bool:
    """Whether its client takes everything it is offered: documents, the card, what the server saw."""
    (folder / "targets").mkdir(exist_ok=True)
    updater = Updater(
        str(folder / "metadata"),
        f"{bench.web.url}metadata/",
        str(folder / "targets"),
        f"{bench.web.url}targets/",
        fetcher=Urllib3Fetcher(socket_timeout=1),  # 30 s by default, and four tries
        config=UpdaterConfig(),
        bootstrap=bench.old["metadata/1.root.json"],
    )
    updater._trusted_set.reference_time = now
    try:
        updater.refresh()
        for path in ("card.json", "seen/state.json"):
            info = updater.get_targetinfo(path)
            if info:
                updater.download_target(info)
    except (RepositoryError, DownloadError, ValueError):
        return False
    return True


def test_a_peer_on_a_private_address_is_not_asked_unless_it_may_be_there(bench, tmp_path):
    news = visit(bench, tmp_path, private=False)

    assert [one.problem.code for one in news.troubles] == ["sync.private-address"]
    assert bench.web.asked == []


def test_a_clock_ahead_refuses_everything_and_a_clock_behind_believes_what_expired(bench, tmp_path):
    ahead = visit(bench, tmp_path / "ahead", NOW + timedelta(15))
    behind = visit(bench, tmp_path / "behind", NOW - timedelta(400))

    assert [one.problem.code for one in ahead.troubles] == ["sync.expired"]
    assert behind.state == "new"  # which is why a round compares clocks: tests/actions/test_sync_network.py
