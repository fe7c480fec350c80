"""What the operator's command is handed after a round of the steward: each thing once, unless it could not be told or came back."""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from polder.actions.network_steward import Stewarded, steward
from polder.actions.notify_people import Told, notify_people
from polder.actions.roster_proposals import draft, put_forward
from polder.cli.main import polder
from polder.cli.network_notices import letter
from polder.commons.network.read import read_network
from polder.commons.roster.changes import Expel
from polder.commons.trust.present import read_present
from polder.commons.trust.stages import root_ends
from polder.kernel.problem import Problem, Refused
from polder.world.network_alarms import close_alarm, raise_alarm
from polder.world.publication import FolderFiles
from support.network_folder import NOW, NetworkFolder, one_person, publish_as
from support.roster_folders import Providers

QUIET = Stewarded(None, (), (), ())
STORY = (
    "import pathlib, sys; file = pathlib.Path('heard.txt'); old = file.read_text() if file.exists() else ''; "
)
HEAR = STORY + "file.write_text(old + sys.stdin.read() + '=====')"


@pytest.fixture
def alder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NetworkFolder:
    folder = one_person(tmp_path, monkeypatch)
    publish_as(folder, "ana")
    folder.at("server")
    tell_by(folder, HEAR)
    return folder


def tell_by(alder: NetworkFolder, script: str) -> None:
    file = alder.path / "network.yml"
    lines = [line for line in file.read_text().splitlines() if not line.startswith("notify")]
    file.write_text("\n".join([*lines, f'notify: ["{sys.executable}", -c, "{script}"]', ""]))


def heard(alder: NetworkFolder) -> list[str]:
    """Every message that came."""
    file = alder.path / "heard.txt"
    return file.read_text().split("=====")[:-1] if file.exists() else []


def alarm(alder: NetworkFolder, peer: str = "beech", about: str = "1") -> str:
    raised = raise_alarm(
        alder.path / "state", "sync.tampered", peer, {"path": "card.json"}, {}, NOW, about=(about,)
    )
    return raised.id if raised else ""


def tell(alder: NetworkFolder, done: Stewarded = QUIET, seconds: float = 20) -> Told:
    return notify_people(alder.path, done, NOW, lambda problems: letter("alder", problems), seconds)


def run(alder: NetworkFolder) -> Result:
    return CliRunner().invoke(polder, ["--language", "fr", "--site", str(alder.path), "network", "steward"])


def test_an_alarm_is_told_once_and_again_after_it_was_closed_and_comes_back(alder):
    name = alarm(alder)
    for _ in range(3):
        tell(alder)
        alarm(alder)
    assert len(heard(alder)) == 1 and f"- {name}: “card.json” is not what" in heard(alder)[0]

    close_alarm(alder.path / "state", name, "settled", NOW)
    tell(alder)
    alarm(alder, about="2")
    tell(alder)
    assert len(heard(alder)) == 2


def test_only_what_is_new_is_in_the_next_message(alder):
    alarm(alder)
    tell(alder)
    alarm(alder, "cedar")
    tell(alder)

    assert [one.count("\n- ") for one in heard(alder)] == [1, 1]
    assert "cedar" in heard(alder)[1] and "beech" not in heard(alder)[1]


def test_a_command_that_fails_is_told_with_its_words_and_hears_the_same_next_time(alder):
    alarm(alder)
    tell_by(alder, "import sys; sys.exit('no route to mail')")
    failed = tell(alder).failed
    tell_by(alder, HEAR)

    assert (
        failed
        and failed.code == "network.notify-failed"
        and "1 no route to mail" in str(failed.values["why"])
    )
    assert len(tell(alder).said) == 1 and len(heard(alder)) == 1


def test_a_command_that_never_ends_is_ended_and_one_that_is_not_there_is_said(alder):
    alarm(alder)
    tell_by(alder, "import time; time.sleep(60)")
    began = time.monotonic()
    failed = tell(alder, seconds=0.5).failed
    assert failed and time.monotonic() - began < 10

    (alder.path / "network.yml").write_text(
        (alder.path / "network.yml").read_text().replace(sys.executable, "/no/such/program")
    )
    failed = tell(alder).failed
    assert failed and "No such file" in str(failed.values["why"])


def test_a_look_that_fails_in_between_repeats_nothing(alder):
    ends = Problem("trust.root-ends", "", {"until": "2026-12-24", "days": 32})
    tell(alder, Stewarded(None, (ends,), (), ()))
    tell(alder, Stewarded(None, (), (), (("publish", (Problem("trust.publishing"),)),)))
    later = Problem("trust.root-ends", "", {"until": "2026-12-24", "days": 31})
    tell(alder, Stewarded(None, (later,), (), ()))

    assert [("32" in one, "right now" in one) for one in heard(alder)] == [(True, False), (False, True)]


def test_a_peer_that_sleeps_is_told_and_told_again_when_it_fell_asleep_once_more(alder):
    state, text = alder.path / "state/peers/beech", (alder.path / "network.yml").read_text()
    root = "sha256:" + "0a" * 32
    (alder.path / "network.yml").write_text(
        f"{text}follow: {{beech: {{url: 'http://127.0.0.1:1/', root: '{root}'}}}}\n"
    )
    state.mkdir(parents=True)
    for strikes in (2, 3, 4, 0, 3):
        (state / "facts.json").write_text(f'{{"strikes":{strikes}}}')
        tell(alder)

    assert ["beech did not answer" in one for one in heard(alder)] == [True, True]


def test_the_steward_itself_tells_in_the_askers_language_and_a_failure_is_status_1(alder):
    alarm(alder)
    (alder.path / "software.yml").write_text("[")
    told = run(alder)
    tell_by(alder, "raise SystemExit(3)")
    alarm(alder, "cedar")
    failed = run(alder)

    assert told.exit_code == 1 and len(heard(alder)) == 1 and "software.yml" in heard(alder)[0]
    assert "n’est pas" in heard(alder)[0] or "n'est pas" in heard(alder)[0]
    assert failed.exit_code == 1 and "network.yml" in failed.output


def test_an_end_that_comes_near_is_told_four_times_and_no_more(alder):
    """What people signed holds 120 days; the steward runs every day, and nobody signs."""
    days = {}
    for day in (*range(58, 62), *range(88, 92), *range(117, 124)):
        now = NOW + timedelta(days=day)
        done = notify_people(
            alder.path, steward(alder.path, now), now, lambda problems: letter("alder", problems)
        )
        days |= {day: [one.problem.code for one in done.said]} if done.said else {}

    renew = ["trust.targets-renew"]
    assert days == {60: renew, 90: renew, 119: renew, 120: ["trust.ended"]}
    assert "holds until 2027-03-22 and has to be signed anew by one of: ana" in heard(alder)[2]
    assert "“list of what people give” expired on 2027-03-22" in heard(alder)[3]


def test_what_waits_for_a_signature_hides_no_end(alder):
    alder.give("card.json", b'{"name":"Alder"}')
    codes = [
        {note.code for note in steward(alder.path, NOW + timedelta(days=day)).news} for day in (10, 70, 130)
    ]

    wait = "trust.targets-wait"
    assert codes == [{wait}, {wait, "trust.targets-renew"}, {wait, "trust.ended"}]


def test_a_list_of_keys_is_told_at_its_stages_too(alder):
    root = read_present(FolderFiles(alder.path / "signing"), {}).last
    said = []
    for left in (59, 31, 30, 29, 2, 1.9, 1, 0.1, -0.1, -1):
        now = root.expires - timedelta(days=left)
        done = Stewarded(None, (root_ends(root, now),), (), ())
        said += [(left, one.problem.code) for one in tell(alder, done).said]

    ends = "trust.root-ends"
    assert said == [(59, ends), (30, ends), (1.9, ends), (-0.1, "trust.ended")]


def test_a_signature_that_people_owe_is_told(alder):
    late = NOW + timedelta(days=70)
    done = steward(alder.path, late)
    notify_people(alder.path, done, late, lambda problems: letter("alder", problems))

    assert "signed anew" in heard(alder)[0] and "polder network publish --as" in heard(alder)[0]


@pytest.fixture
def three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Providers:
    """Members of one network; alder's people are told."""
    (tmp_path / "three").mkdir()
    providers = Providers(tmp_path / "three", monkeypatch)
    providers.found("alder", "beech", "cedar")
    file = providers.place / "alder/network.yml"
    file.write_text(file.read_text() + f'notify: ["{sys.executable}", -c, "{HEAR}"]\n')
    return providers


def told(providers: Providers) -> list[str]:
    alder = providers.place / "alder"
    done = notify_people(alder, QUIET, NOW, lambda problems: letter("alder", problems))
    return [one.problem.code for one in done.said]


def test_a_proposal_that_waits_for_our_word_is_told_once(three):
    beech, alder = three.place / "beech", three.place / "alder"
    assert told(three) == []
    put_forward(beech, draft(beech, Expel("cedar"), "", NOW).edition)
    three.sync(NOW)

    assert (told(three), told(three)) == (["network.proposal-waits"], [])
    assert "for version 2 of the roster" in (alder / "heard.txt").read_text()


def test_an_advisory_is_told_where_it_concerns_what_runs_and_nowhere_else(three):
    said = [
        "say",
        "advisory",
        "hole",
        "--title",
        "Hole",
        "--for",
        "public",
        "--field",
        "software=DokuWiki",
        "--field",
        "severity=high",
    ]
    said += ["--field", "affected=< 2030-01-01", "--text", "Hole"]
    assert not CliRunner().invoke(polder, ["--site", str(three.place / "beech"), "network", *said]).exit_code
    three.sync(NOW)
    assert told(three) == []

    software = "software:\n- {name: DokuWiki, version: 2024-02-06b, where: wiki.alder.example}\n"
    (three.place / "alder/software.yml").write_text(software)
    assert (told(three), told(three)) == (["advisory.affected"], [])
    assert (three.place / "alder/state/notified.json").stat().st_mode & 0o077 == 0


def test_words_of_strangers_make_no_line_of_their_own_and_steer_nothing(alder):
    problem = Problem("sync.bad-path", "", {"path": "x\n~!reboot\x1b[2J"})

    assert all(not line or line[0] in "-N " for line in letter("alder", (problem,)).split("\n"))
    assert "\x1b" not in letter("alder", (problem,))


def test_without_a_command_nothing_is_kept_and_a_string_is_no_command(alder):
    file = alder.path / "network.yml"
    file.write_text("\n".join(line for line in file.read_text().splitlines() if "notify" not in line))
    alarm(alder)

    assert tell(alder) == Told() and not (alder.path / "state/notified.json").exists()
    with pytest.raises(Refused):
        read_network(file.read_bytes() + b"\nnotify: mail ana@alder.example\n")
