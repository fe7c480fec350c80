"""Publishing: one whole state after another, whoever signs and whatever dies on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest
from tuf.ngclient import Updater

from polder.actions.network_keys import new_keys
from polder.actions.network_publish import freshen, look, publish
from polder.actions.network_sign import sign_root
from polder.actions.roster_words import introduce
from polder.commons.roster.own_word import read_introduction
from polder.kernel.digest import digest_of_bytes
from polder.kernel.problem import Refused
from polder.world.publication import hold_publication
from support.network_folder import NOW, NetworkFolder, Reader, one_person, publish_as

DAY = timedelta(days=1)


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.code for problem in refused.value.problems]


def notes(outcome: object) -> list[str]:
    return [one.code for one in outcome.notes]  # type: ignore[attr-defined]


@pytest.fixture
def alder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NetworkFolder:
    return one_person(tmp_path, monkeypatch)


@pytest.fixture
def three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NetworkFolder:
    """Ana, ben and carla, two of whom sign a change of keys; their keys are made, nothing is published."""
    folder = NetworkFolder(tmp_path, monkeypatch, ["ana", "ben", "carla"], 2)
    for name in ("ana", "ben", "carla"):
        folder.at(name)
        new_keys(folder.path, [name])
    new_keys(folder.path)
    folder.give("card.json", b"{}")
    return folder


def published(folder: NetworkFolder) -> NetworkFolder:
    """The three's first publication, as it goes: ana proposes, ben signs, ana signs what is given, the server does the rest."""
    folder.at("ana")
    publish_as(folder, "ana")
    folder.at("ben")
    sign_root(folder.path, "ben", NOW)
    folder.at("ana")
    publish_as(folder, "ana")
    folder.at("server")
    freshen(folder.path, NOW)
    return folder


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file with its content and its moment."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_one_person_publishes_everything_with_one_command(alder: NetworkFolder) -> None:
    outcome = publish_as(alder, "ana")

    assert Reader(alder.files()).whole.versions == dict.fromkeys(
        ("root", "timestamp", "snapshot", "targets", "robot"), 1
    )
    assert outcome.until == NOW + timedelta(days=14)


def test_publishing_again_writes_nothing(alder: NetworkFolder) -> None:
    publish_as(alder, "ana")
    before = snapshot(alder.path)

    outcome = publish_as(alder, "ana", now=NOW + timedelta(hours=1))

    assert outcome.decision.nothing and outcome.written == ()
    assert snapshot(alder.path) == before


def test_what_is_published_can_be_read_by_a_web_server_whatever_the_umask(alder: NetworkFolder) -> None:
    before = os.umask(0o077)
    try:
        publish_as(alder, "ana")
    finally:
        os.umask(before)

    modes = {path.is_dir(): path.stat().st_mode & 0o777 for path in [alder.public, *alder.public.rglob("*")]}
    assert modes == {True: 0o755, False: 0o644}


def test_new_changed_and_withdrawn_files_are_said_and_published(alder: NetworkFolder) -> None:
    alder.give("a.json", b"1")
    alder.give("b.json", b"1")
    publish_as(alder, "ana")
    reader = Reader(alder.files())
    alder.give("a.json", b"22")
    alder.give("c/d.json", b"333")
    (alder.path / "given/b.json").unlink()

    outcome = publish_as(alder, "ana")

    assert [(one.kind, one.path, one.size) for one in outcome.decision.changes] == [
        ("changed", "a.json", 2),
        ("withdrawn", "b.json", 1),
        ("new", "c/d.json", 3),
    ]
    assert set(reader.read(alder.files()).files) == {"a.json", "c/d.json", "card.json"}


def test_a_look_changes_nothing_and_says_what_publishing_then_does(alder: NetworkFolder) -> None:
    before = snapshot(alder.path)
    seen = look(alder.path, NOW, ["ana"])
    assert snapshot(alder.path) == before

    outcome = publish(alder.path, NOW, ["ana"], expected=seen.fingerprint)

    assert [one.role for one in outcome.decision.dues] == [
        "root",
        "targets",
        "robot",
        "snapshot",
        "timestamp",
    ]


def test_what_changed_since_the_look_is_not_signed(alder: NetworkFolder) -> None:
    seen = look(alder.path, NOW, ["ana"])
    alder.give("late.json", b"{}")

    with pytest.raises(Refused) as refused:
        publish(alder.path, NOW, ["ana"], expected=seen.fingerprint)
    assert codes(refused) == ["trust.look-changed"]
    assert not alder.public.exists()


def test_the_steward_keeps_a_year_fresh_without_a_person_until_people_are_due(alder: NetworkFolder) -> None:
    publish_as(alder, "ana")
    reader = Reader(alder.files())
    alder.at("server")
    said: dict[str, int] = {}
    for day in range(1, 119):
        outcome = freshen(alder.path, NOW + day * DAY)
        reader.read(alder.files(), NOW + day * DAY)
        for code in notes(outcome):
            said.setdefault(code, day)

    assert said == {"trust.targets-renew": 60}
    assert reader.whole.versions == {"root": 1, "targets": 1, "timestamp": 119, "snapshot": 12, "robot": 12}


def test_the_root_is_renewed_when_its_end_is_sixty_days_away(alder: NetworkFolder) -> None:
    publish_as(alder, "ana")
    reader = Reader(alder.files())
    at = NOW
    for days in (50, 100, 150, 200, 250, 300):
        at = NOW + days * DAY
        publish_as(alder, "ana", now=at)
        reader.read(alder.files(), at)
    assert reader.whole.versions["root"] == 1

    outcome = publish_as(alder, "ana", now=NOW + 305 * DAY)

    assert next((one.role, one.why) for one in outcome.decision.dues) == ("root", "time")
    assert notes(outcome) == ["trust.root-ends"]
    assert reader.read(alder.files(), NOW + 305 * DAY).versions["root"] == 2


def test_the_servers_reports_need_no_person(alder: NetworkFolder) -> None:
    publish_as(alder, "ana")
    alder.at("server")
    alder.report("seen/state.json", b'{"format":"polder-seen-1"}\n')

    outcome = freshen(alder.path, NOW + timedelta(minutes=5))

    assert [one.role for one in outcome.decision.dues] == ["robot", "snapshot", "timestamp"]
    assert "seen/state.json" in Reader(alder.files()).whole.files


@pytest.mark.parametrize(
    ("given", "reported", "code"),
    [
        ("seen/lie.json", "", "trust.robots-place"),
        ("threats/a/b.json", "", "trust.robots-place"),
        ("", "card.json", "trust.peoples-place"),
        ("", "seen/a/b.json", "trust.peoples-place"),
    ],
)
def test_people_and_server_keep_to_their_places(
    alder: NetworkFolder, given: str, reported: str, code: str
) -> None:
    if given:
        alder.give(given, b"{}")
    if reported:
        alder.report(reported, b"{}")

    with pytest.raises(Refused) as refused:
        publish_as(alder, "ana")
    assert codes(refused) == [code]


def test_three_people_on_three_machines_and_a_server(three: NetworkFolder) -> None:
    three.at("ana")
    first = publish_as(three, "ana")
    assert notes(first) == ["trust.root-waits"]
    assert first.notes[0].values == {"version": 1, "have": ("ana",), "missing": ("ben", "carla")}
    assert not three.public.exists()

    three.at("ben")
    assert sign_root(three.path, "ben", NOW).signed.complete
    second = publish_as(three, "ben")
    assert notes(second) == ["trust.server-next"]
    assert not three.public.exists()

    three.at("server")
    freshen(three.path, NOW)
    assert Reader(three.files()).whole.versions["targets"] == 1


def test_a_person_introduces_the_provider_before_the_server_published_anything(three: NetworkFolder) -> None:
    three.at("ana")
    publish_as(three, "ana")
    with pytest.raises(Refused) as refused:
        introduce(three.path, "Alder", "", NOW, None)
    three.at("ben")
    sign_root(three.path, "ben", NOW)
    three.at("ana")
    publish_as(three, "ana")
    there = three.public.exists()
    said = read_introduction(introduce(three.path, "Alder", "", NOW, None))
    three.at("server")
    freshen(three.path, NOW)

    assert codes(refused) == ["roster.not-published"] and not there
    assert said.root == digest_of_bytes((three.public / "metadata/1.root.json").read_bytes())


def test_a_list_of_keys_that_nobody_here_signs_is_not_proposed(three: NetworkFolder) -> None:
    three.at("server")
    done = publish_as(three)

    assert done.decision.nothing and not done.commit.id
    assert notes(done) == ["trust.root-unsigned"]
    assert not (three.path / "signing/root-1.json").exists()

    three.at("ana")
    assert notes(publish_as(three, "ana")) == ["trust.root-waits"]


def test_what_is_given_waits_for_a_person_while_the_server_goes_on(three: NetworkFolder) -> None:
    reader = Reader(published(three).files())
    three.give("card.json", b'{"new":1}')
    three.at("server")

    outcome = freshen(three.path, NOW + DAY)

    assert notes(outcome) == ["trust.targets-wait"]
    assert outcome.notes[0].values["people"] == ("ana", "ben", "carla")
    assert reader.read(three.files(), NOW + DAY).versions == {
        "root": 1, "targets": 1, "robot": 1, "snapshot": 1, "timestamp": 2,
    }  # fmt: skip


def test_what_was_signed_and_is_not_there_is_not_published(three: NetworkFolder) -> None:
    reader = Reader(published(three).files())
    three.give("card.json", b'{"new":1}')
    three.at("carla")
    publish_as(three, "carla")
    three.give("card.json", b'{"newer":1}')
    three.at("server")

    outcome = freshen(three.path, NOW + DAY)

    assert notes(outcome) == ["trust.content-missing"], "nothing is said to wait for a signature"
    assert reader.read(three.files(), NOW + DAY).versions["targets"] == 1


def test_a_steward_goes_on_when_what_is_given_cannot_be_read(alder: NetworkFolder) -> None:
    publish_as(alder, "ana")
    (alder.path / "given/bad name").write_text("x")
    alder.at("server")

    assert freshen(alder.path, NOW + DAY).written == ("metadata/timestamp.json",)
    with pytest.raises(Refused):
        publish_as(alder, "ana", now=NOW + DAY)


def test_a_steward_without_the_servers_keys_says_so(three: NetworkFolder) -> None:
    published(three)
    three.at("carla")

    with pytest.raises(Refused) as refused:
        freshen(three.path, NOW + DAY)
    assert codes(refused) == ["trust.key-closed"]


def test_two_at_once_do_not_mix(alder: NetworkFolder) -> None:
    with hold_publication(alder.path / "state"), pytest.raises(Refused) as refused:
        publish(alder.path, NOW, ["ana"], wait=0.1)
    assert codes(refused) == ["trust.publishing"]
    publish_as(alder, "ana")


def test_old_files_stay_thirty_days_and_roots_for_ever(alder: NetworkFolder) -> None:
    publish_as(alder, "ana")
    (old,) = alder.public.glob("targets/*.card.json")
    (alder.public / "index.html").write_text("hello")
    (alder.public / "targets/not-ours.txt").write_text("hello")
    alder.give("card.json", b'{"new":1}')
    publish_as(alder, "ana", now=NOW + DAY)
    alder.at("server")

    freshen(alder.path, NOW + 30 * DAY)
    assert old.exists() and (alder.public / "metadata/1.targets.json").exists()
    removed = freshen(alder.path, NOW + 31 * DAY).removed

    assert f"targets/{old.name}" in removed and "metadata/1.targets.json" in removed
    assert (alder.public / "metadata/1.root.json").exists()
    assert (alder.public / "index.html").exists() and (alder.public / "targets/not-ours.txt").exists()
    Reader(alder.files(), NOW + 31 * DAY)


def test_a_published_folder_that_is_lost_comes_back_with_higher_versions(three: NetworkFolder) -> None:
    reader = Reader(published(three).files())
    three.give("card.json", b"{ }")
    three.at("ana")
    publish_as(three, "ana")
    three.at("server")
    freshen(three.path, NOW + DAY)
    reader.read(three.files(), NOW + DAY)
    subprocess.run(["rm", "-r", three.public], check=True)

    freshen(three.path, NOW + 2 * DAY)

    assert reader.read(three.files(), NOW + 2 * DAY).versions["timestamp"] > 20_000_000


def test_a_content_file_that_vanished_is_written_again(alder: NetworkFolder) -> None:
    publish_as(alder, "ana")
    (old,) = alder.public.glob("targets/*.card.json")
    old.unlink()

    assert publish_as(alder, "ana").written == (f"targets/{old.name}",)


# Killed at any write


class Killed(BaseException):
    """Stands for the end of the process."""


def steps(folder: NetworkFolder) -> Iterator[None]:
    """Three publications: the first, one with changed contents, one with new keys of everybody."""
    yield
    folder.give("card.json", b'{"changed":1}')
    folder.give("more/one.json", b"1")
    yield
    from polder.actions.network_rotation import replace_keys

    replace_keys(folder.path, ["ana", "server"])
    folder.give("card.json", b'{"again":1}')
    yield


@pytest.mark.parametrize("begun", [0, 1, 2])
def test_killed_at_any_write_readers_see_one_whole_state_and_the_next_run_completes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begun: int
) -> None:
    for cuts in range(60):
        (tmp_path / str(cuts)).mkdir()
        folder = one_person(tmp_path / str(cuts), monkeypatch)
        reader = None
        for number, _ in enumerate(steps(folder)):
            if number == begun:
                break
            publish_as(folder, "ana")
            reader = Reader(folder.files())
        before = reader.whole.versions if reader else None
        if not cut_after(cuts, folder, monkeypatch):
            assert cuts > 3
            return
        fresh = Reader(folder.files()) if (folder.public / "metadata/1.root.json").exists() else None
        if reader is not None and before is not None:
            seen = reader.read(folder.files()).versions
            assert seen == before or seen["targets"] > before["targets"]
            assert fresh and fresh.whole.versions == seen
        publish_as(folder, "ana")
        final = (reader or Reader(folder.files())).read(folder.files())
        assert final == Reader(folder.files()).whole
        assert publish_as(folder, "ana").decision.nothing
        assert not list(folder.public.rglob(".*"))
    raise AssertionError("it never came to an end")


def cut_after(count: int, folder: NetworkFolder, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Publish, dying at rename number ``count``; whether it died."""
    left = [count]
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if left[0] == 0:
            raise Killed
        left[0] -= 1
        return real(self, target)

    def stays(self: Path, missing_ok: bool = False) -> None:
        """A killed process cleans nothing up."""

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", replace)
        patched.setattr(
            Path, "unlink", lambda self, missing_ok=False: None if left[0] == 0 else unlink(self, missing_ok)
        )
        try:
            publish_as(folder, "ana")
        except Killed:
            return True
    return False


unlink = Path.unlink

PUBLISH = """
import sys
from datetime import datetime
from pathlib import Path
from polder.actions.network_publish import publish
print("begin", flush=True)
publish(Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), ["ana"])
"""


def test_a_process_killed_for_real_leaves_one_whole_state(alder: NetworkFolder) -> None:
    publish_as(alder, "ana")
    reader = Reader(alder.files())
    for number in range(300):
        alder.give(f"many/{number}.json", b"%d" % number)
    seen = set()
    for delay in (0.0, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6):
        running = subprocess.Popen(
            [sys.executable, "-c", PUBLISH, alder.path, NOW.isoformat()], stdout=subprocess.PIPE
        )
        assert running.stdout and running.stdout.readline()
        time.sleep(delay)
        running.send_signal(signal.SIGKILL)
        running.wait(30)
        seen.add(reader.read(alder.files()).versions["targets"])

    publish_as(alder, "ana")
    assert len(reader.read(alder.files()).files) == 301
    assert 1 in seen


def test_a_reader_who_reads_all_the_while_never_meets_half_a_state(alder: NetworkFolder) -> None:
    from polder.actions.network_rotation import replace_keys

    publish_as(alder, "ana")
    done, seen, troubles = Event(), [], []

    def read_on() -> None:
        reader = Reader(alder.files())
        while not done.is_set():
            try:
                seen.append(reader.read(alder.files()).versions["targets"])
            except Exception as error:
                troubles.append(error)

    thread = Thread(target=read_on)
    thread.start()
    for number in range(12):
        alder.give("card.json", b"%d" % number)
        if number % 4 == 3:
            replace_keys(alder.path, ["ana", "server"])
        publish_as(alder, "ana")
    done.set()
    thread.join()

    assert troubles == []
    assert seen == sorted(seen) and len(set(seen)) > 3


# A stock TUF client


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def served(alder: NetworkFolder) -> Iterator[str]:
    alder.public.mkdir(exist_ok=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(alder.public)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def stock(folder: NetworkFolder, address: str, home: Path) -> Updater:
    (home / "metadata").mkdir(parents=True, exist_ok=True)
    (home / "targets").mkdir(exist_ok=True)
    return Updater(
        str(home / "metadata"),
        f"{address}/metadata/",
        str(home / "targets"),
        f"{address}/targets/",
        bootstrap=(folder.public / "metadata/1.root.json").read_bytes(),
    )


def test_a_stock_tuf_client_reads_what_we_publish(alder: NetworkFolder, served: str, tmp_path: Path) -> None:
    from datetime import UTC, datetime

    now = datetime.now(UTC)
    alder.give("recipes/wiki/offer.json", b'{"a":1}')
    alder.report("seen/state.json", b"{}")
    publish_as(alder, "ana", now=now - 2 * DAY)
    client = stock(alder, served, tmp_path / "client")
    client.refresh()

    for path, content in (("recipes/wiki/offer.json", b'{"a":1}'), ("seen/state.json", b"{}")):
        found = client.get_targetinfo(path)
        assert found and Path(client.download_target(found)).read_bytes() == content
    assert client.get_targetinfo("seen/other.json") is None

    from polder.actions.network_rotation import replace_keys

    replace_keys(alder.path, ["ana", "server"])
    publish_as(alder, "ana", now=now)
    last = alder.public / "metadata/2.root.json"
    last.rename(alder.path / "held back")
    for root in (1, 2):  # the moment before the new root is there, and the one after
        again = stock(alder, served, tmp_path / "client")
        again.refresh()
        found = again.get_targetinfo("card.json")
        assert found and Path(again.download_target(found)).read_bytes() == b"{}"
        assert (tmp_path / f"client/metadata/root_history/{root}.root.json").exists()
        if root == 1:
            (alder.path / "held back").rename(last)


def test_what_people_edit_and_sign_is_in_the_history_for_the_other_machines(alder: NetworkFolder) -> None:
    git = partial(subprocess.run, cwd=alder.path, check=True, capture_output=True, text=True)
    git(["git", "init", "--quiet"])
    publish_as(alder, "ana")
    first = git(["git", "ls-files"]).stdout.split()
    edited = (alder.path / "network.yml").read_text() + "quota: 5 MB\n"
    (alder.path / "network.yml").write_text(edited)
    (alder.path / "notes.txt").write_text("nobody else's")
    (alder.path / "given/card.json").unlink()
    alder.give("more.json", b"{}")

    freshen(alder.path, NOW)
    assert git(["git", "show", "HEAD:network.yml"]).stdout != edited
    outcome = publish_as(alder, "ana")

    assert {"network.yml", "given/card.json", "signing/targets.json"} <= set(first)
    assert outcome.commit.id == git(["git", "rev-parse", "HEAD"]).stdout.strip()
    assert git(["git", "show", "HEAD:network.yml"]).stdout == edited
    assert git(["git", "ls-files", "given"]).stdout.split() == ["given/more.json"]
    assert "notes.txt" not in git(["git", "ls-files"]).stdout


def test_a_provider_that_is_published_is_not_called_otherwise(alder: NetworkFolder) -> None:
    alder.give("card.json", b'{"provider":"alder"}')
    publish_as(alder, "ana")
    file = alder.path / "network.yml"
    file.write_text(file.read_text().replace("provider: alder", "provider: elder"))

    with pytest.raises(Refused) as refused:
        look(alder.path, NOW, ["ana"])

    assert codes(refused) == ["trust.renamed"]
    assert freshen(alder.path, NOW + DAY).written, "what is published stays fresh meanwhile"
