"""The commands that read peers, as somebody types them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from polder.cli.main import polder
from polder.world.network_alarms import raise_alarm, read_alarms
from support.publisher import Publisher, TestKey
from support.web import Web


@pytest.fixture
def beech():
    return Publisher("beech", datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def write(folder: Path, publisher: Publisher, url: str) -> None:
    follow = {publisher.name: {"url": url, "root": publisher.pinned, "private": True}}
    text = "provider: alder\nurls: [https://alder.example/net/]\npeople: {ana: {}}\nmirror: [beech]\n"
    (folder / "network.yml").write_text(text + f"follow: {json.dumps(follow)}\n")


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(polder, ["--site", str(folder), "network", *words])


def test_sync_says_what_came_and_status_what_is_believed(folder, beech):
    with Web(beech.files) as web:
        write(folder, beech, web.url)
        first, second = run(folder, "sync"), run(folder, "sync", "--json")
    status, data = run(folder, "status"), json.loads(run(folder, "status", "--json").output)

    assert (first.exit_code, second.exit_code, status.exit_code) == (0, 0, 0)
    assert f"beech: version 1/1 from {web.url}" in first.output
    assert "Copies brought up to date: beech" in first.output
    assert json.loads(second.output)["peers"][0]["state"] == "same"
    assert "fresh" in status.output
    assert data["peers"][0]["versions"]["timestamp"] == 1
    assert data["peers"][0]["mirror"] > 1000


def test_a_copy_of_ours_that_was_altered_is_told_by_status_with_what_to_do(folder, beech):
    with Web(beech.files) as web:
        write(folder, beech, web.url)
        run(folder, "sync")
        (folder / "state/peers/beech/metadata/1.root.json").write_bytes(b"")
        beech.publish(datetime.now(UTC).replace(microsecond=0))
        synced = run(folder, "sync")
    status, data = run(folder, "status"), json.loads(run(folder, "status", "--json").output)

    for told in (synced.output, status.output):
        assert "Our own copy" in told and f"Move {folder}/state/peers/beech away" in told
    assert "our copy is damaged" in status.output
    assert data["peers"][0]["damage"][0]["code"] == "sync.own-root-altered"
    assert not read_alarms(folder / "state")


def test_an_address_that_may_not_be_asked_is_told_with_what_to_do(folder, beech):
    with Web(beech.files) as web:
        write(folder, beech, web.url)
        file = folder / "network.yml"
        file.write_text(file.read_text().replace(', "private": true', ""))
        synced = run(folder, "sync")
        status = run(folder, "status")

    assert synced.exit_code == 1
    assert "nobody is asked there" in synced.output and "“private” in network.yml" in synced.output
    assert "its address is none of the public Internet" in status.output


def test_nobody_answering_is_unreachable_and_told_on_the_third_round(folder, beech):
    write(folder, beech, "http://127.0.0.1:1/")
    first = run(folder, "sync")
    facts = folder / "state/peers/beech/facts.json"
    facts.write_text(
        facts.read_text().replace('"strikes":1', '"strikes":2').replace('"struck":"2', '"struck":"1')
    )
    third = run(folder, "sync", "beech")

    assert (first.exit_code, third.exit_code) == (3, 3)
    assert "polder network peers wake beech" in third.output
    assert "asked again" in run(folder, "peers", "wake", "beech").output
    assert json.loads(run(folder, "status", "--json").output)["peers"][0]["strikes"] == 0


def test_an_alarm_is_listed_its_evidence_written_out_and_closed_with_a_reason(folder, beech, tmp_path):
    files = {**beech.files, "metadata/timestamp.json": b"{}"}
    with Web(files) as web:
        write(folder, beech, web.url)
        synced = run(folder, "sync")
    alarm = read_alarms(folder / "state")[0]
    listed = run(folder, "alarms")
    written = run(folder, "alarms", "evidence", alarm.id, str(tmp_path / "out"))
    closed = run(folder, "alarms", "close", alarm.id, "--reason", "a broken disk")

    assert synced.exit_code == 1
    assert alarm.id in listed.output and web.url in listed.output
    assert (tmp_path / "out/1.bin").read_bytes() == b"{}" and "1.bin" in written.output
    assert closed.exit_code == 0 and "no open alarm" in run(folder, "alarms").output
    assert "a broken disk" in run(folder, "alarms", "--all").output
    assert json.loads(run(folder, "alarms", "--all", "--json").output)[0]["reason"] == "a broken disk"


def test_an_alarm_that_is_not_there_is_answered_with_the_nearest_one(folder, beech):
    write(folder, beech, "http://127.0.0.1:1/")
    now = datetime.now(UTC)
    raised = raise_alarm(folder / "state", "sync.tampered", "beech", {"path": "card.json"}, {}, now)
    out = str(folder / "out")
    near = [
        run(folder, "alarms", "close", "tampered-beach", "--reason", "a broken disk"),
        run(folder, "alarms", "evidence", "tampered-beech-12345678", out),
    ]
    far = run(folder, "alarms", "close", "zzz", "--reason", "a broken disk")

    assert raised and [(one.exit_code, raised.id in one.output) for one in near] == [(2, True)] * 2
    assert far.exit_code == 2 and "no alarm zzz" in far.output and "Did you mean" not in far.output
    assert not read_alarms(folder / "state")[0].closed


def test_peers_are_listed_with_where_they_are_read(folder, beech):
    write(folder, beech, "http://127.0.0.1:1/")

    listed, data = run(folder, "peers"), json.loads(run(folder, "peers", "--json").output)

    assert "http://127.0.0.1:1/" in listed.output and beech.pinned in listed.output
    assert data[0]["id"] == "beech"


def test_with_nobody_to_read_it_says_so(folder):
    (folder / "network.yml").write_text(
        "provider: alder\nurls: [https://alder.example/net/]\npeople: {ana: {}}\n"
    )

    assert "nobody to read" in run(folder, "sync").output
    assert "nobody to read" in run(folder, "status").output


def test_a_peer_with_wrong_signatures_is_not_said_to_be_away(folder, beech):
    with Web(beech.files) as web:
        write(folder, beech, web.url)
        run(folder, "sync")
        files = {**beech.files, "metadata/timestamp.json": b"{}"}
        with Web(files) as other:
            write(folder, beech, other.url)
            failed, again = run(folder, "sync"), run(folder, "sync")
    status = run(folder, "status").output

    assert failed.exit_code == 1
    assert "after the trouble of the last round" in again.output and " UTC" in again.output
    assert "did not answer" not in again.output + status
    assert "last round failed: files are not as they were signed" in " ".join(status.split())
    assert "fresh, last round failed" in " ".join(status.split())


def test_every_alarm_says_what_to_do_and_how_it_is_closed(folder, beech):
    files = {**beech.files, "metadata/timestamp.json": b"{}"}
    with Web(files) as web:
        write(folder, beech, web.url)
        run(folder, "sync")
    alarm = read_alarms(folder / "state")[0]
    listed = " ".join(run(folder, "alarms").output.split())

    assert "Tell the provider" in listed
    assert f"polder network alarms close {alarm.id}" in listed


def test_an_alarm_that_another_version_raised_is_listed_as_far_as_it_is_known(folder, beech):
    write(folder, beech, "http://127.0.0.1:1/")
    raise_alarm(
        folder / "state", "tomorrow.trouble", "beech", {}, {"what beech gave": b""}, datetime.now(UTC)
    )
    shown = [run(folder, word) for word in ("alarms", "status")]

    assert [done.exception for done in shown if not isinstance(done.exception, SystemExit | None)] == []
    assert all("tomorrow.trouble" in done.output for done in shown)


def test_a_name_of_nobody_in_network_yml_is_found(folder, beech):
    write(folder, beech, "http://127.0.0.1:1/")
    file = folder / "network.yml"
    file.write_text(file.read_text().replace("mirror: [beech]", "mirror: [bech]\nprivate: [quince]"))
    run(folder, "sync")
    status = " ".join(run(folder, "status").output.split())
    steward = " ".join(run(folder, "steward").output.split())
    data = json.loads(run(folder, "status", "--json").output)

    for told in (status, steward):
        assert "“mirror” names “bech”, and no such provider is known here. Did you mean “beech”?" in told
        assert "“private” names “quince”, and no such provider is known here." in told
    assert [one["code"] for one in data["findings"]] == ["sync.names-nobody-near", "sync.names-nobody"]


def test_ones_own_name_in_network_yml_is_nobody_s_slip(folder, beech):
    write(folder, beech, "http://127.0.0.1:1/")
    file = folder / "network.yml"
    file.write_text(file.read_text() + "private: [alder, beech]\n")

    assert json.loads(run(folder, "status", "--json").output)["findings"] == []


def test_a_peer_that_is_nobody_is_refused_with_the_nearest_name_if_there_is_one(folder, beech):
    write(folder, beech, "http://127.0.0.1:1/")

    near, far = run(folder, "sync", "bech"), run(folder, "sync", "quince")
    assert (near.exit_code, far.exit_code) == (2, 2)
    assert "Did you mean “beech”?" in near.output
    assert "There is no peer “quince”." in far.output and "–" not in far.output


def test_numbers_that_begin_again_are_said(folder, beech):
    now = datetime.now(UTC).replace(microsecond=0)
    with Web(beech.files) as web:
        write(folder, beech, web.url)
        run(folder, "sync")
        beech.keys |= {"snapshot": TestKey("new-snapshot"), "timestamp": TestKey("new-timestamp")}
        beech.publish_root(now)
        beech.given["card.json"] = b"{}"
        beech.put_targets(now)
        beech.publish(now, ["snapshot", "timestamp"])
        told = run(folder, "sync", "beech")

    assert told.exit_code == 0
    assert "beech changed keys, and its numbers begin again: targets" in told.output


def test_what_an_alarm_quotes_of_a_stranger_is_one_line_on_a_terminal_and_whole_for_machines(folder, beech):
    write(folder, beech, "http://127.0.0.1:1/")
    now, bad = datetime.now(UTC), "https://\u202eelsewhere.example/\nbeech: all is well\u200b"
    raise_alarm(
        folder / "state",
        "sync.redirected",
        "beech",
        {"to": bad, "where": bad},
        {f"what {bad} gave": b""},
        now,
    )
    (alarm,) = read_alarms(folder / "state")
    shown = [run(folder, *words).output for words in (("alarms",), ("status",))]
    shown.append(run(folder, "alarms", "evidence", alarm.id, str(folder / "out")).output)

    for told in shown:
        assert not {"\u202e", "\u200b"} & set(told)
        assert not [line for line in told.splitlines() if line.startswith("beech: all")]
    assert json.loads(run(folder, "alarms", "--json").output)[0]["values"]["to"] == bad
