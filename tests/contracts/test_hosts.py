"""What all hosts do, real ones and their twin: see ``polder.kernel.host``."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from polder.kernel.host import (
    EnsureAccount,
    FileSeen,
    Guard,
    HostSeen,
    InstallPackages,
    PutFile,
    Question,
    Reboot,
    RemoveAccount,
    RemovePath,
    RunScript,
    SetUnit,
)
from polder.kernel.problem import Problem, Refused, Unreachable
from support.host_bench import CUT, DEADLINE, UNCUT, Bench, real_benches, twin_bench

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMBwQwAG+GwrPuSH1aF7gI1fTFLm0rCISc1OIjT7RU/X ana@casa.example"
OTHER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIqkZ4pSXE1QyQ5XUtE7jTRmX9l0Qb4QO0e2y7f9cYkD bea@casa.example"
FALSE = RunScript("false")


@pytest.fixture(scope="module")
def real() -> Iterator[Callable[[], Bench]]:
    yield from real_benches()


@pytest.fixture(params=["memory", pytest.param("real", marks=pytest.mark.lab)])
def bench(request: pytest.FixtureRequest) -> Bench:
    made: Bench = twin_bench() if request.param == "memory" else request.getfixturevalue("real")()
    return made


def digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def refusal(bench: Bench, *operations, **given) -> Problem:
    with pytest.raises(Refused) as refused:
        bench.run(*operations, **given)
    return refused.value.problems[0]


def contents(bench: Bench, *names: str) -> dict[str, str]:
    found = bench.look(paths=tuple(bench.path(name) for name in names)).files
    return {path.rpartition("/")[2]: file.digest for path, file in found.items()}


# -- looking ----------------------------------------------------------------------------------------------------------------


def test_a_look_shows_what_a_machine_is(bench):
    seen = bench.look()
    assert (seen.name, seen.hostname, seen.system) == ("one", "alder-1", "debian")
    assert (seen.release, seen.codename) in [("13", "trixie"), ("12", "bookworm")]
    assert seen.kernel
    assert seen.boot_id
    assert seen.cpus > 0
    assert seen.memory > 2**28
    assert abs(seen.offset) < 5
    assert seen.addresses
    assert next(one for one in seen.accounts if one.uid == 0).keys


def test_only_what_was_asked_about_is_answered(bench):
    nothing = bench.look()
    assert (nothing.files, nothing.units, nothing.packages, nothing.sysctls) == ({}, {}, {}, {})
    seen = bench.look(
        paths=("/nowhere",),
        units=("ssh.service", "nowhere.service"),
        packages=("openssh-server", "nowhere"),
        sysctls=("kernel.ostype", "kernel.nowhere"),
    )
    assert seen.files == {}
    assert seen.units["ssh.service"].active == "active"
    assert seen.units["nowhere.service"].enabled == "not-found"
    assert set(seen.packages) == {"openssh-server"}
    assert seen.sysctls == {"kernel.ostype": "Linux"}


def test_who_does_not_answer_holds_up_nobody(bench):
    began = time.monotonic()
    names = ("silent", "one", "closed", "two", "wrong", "stranger")
    seen = bench.hosts.look({name: Question() for name in names})
    assert time.monotonic() - began < DEADLINE + 4
    codes = {name: one.code for name, one in seen.items() if isinstance(one, Problem)}
    assert codes == {
        "silent": "host.no-answer",
        "closed": "host.no-answer",
        "wrong": "host.wrong-key",
        "stranger": "host.no-entry",
    }
    assert isinstance(seen["one"], HostSeen)
    assert isinstance(seen["two"], HostSeen)
    assert "SHA256:" in str(seen["wrong"].values["shown"])


def test_nothing_is_done_where_nobody_gets_in(bench):
    for host in ("silent", "closed"):
        with pytest.raises(Unreachable):
            bench.run(RunScript("echo here"), host=host)
    assert refusal(bench, RunScript("echo here"), host="wrong").code == "host.wrong-key"
    assert refusal(bench, RunScript("echo here"), host="stranger").code == "host.no-entry"


# -- files ------------------------------------------------------------------------------------------------------------------


def test_a_file_is_put_whole_with_its_mode_and_owner(bench):
    content = "it's high tide\n\n  café \\n $(id) `id`\nno newline at the end"
    bench.run(PutFile(bench.path(), content, 0o640, "root", "adm"))
    found = bench.look(paths=(bench.path(),)).files
    assert found == {bench.path(): FileSeen(digest(content), 0o640, "root", "adm")}
    bench.run(PutFile(bench.path(), "", 0o600))
    found = bench.look(paths=(bench.path(),)).files
    assert found == {bench.path(): FileSeen(digest(""), 0o600)}


def test_what_is_put_or_removed_twice_is_so_once(bench):
    for _ in range(2):
        bench.run(PutFile(bench.path(), "dike\n"))
    assert contents(bench, "file") == {"file": digest("dike\n")}
    for _ in range(2):
        bench.run(RemovePath(bench.path()))
    assert contents(bench, "file") == {}


def test_a_large_file_arrives(bench):
    content = "".join(f"{number} fathoms\n" for number in range(40_000))
    bench.run(PutFile(bench.path(), content))
    assert contents(bench, "file") == {"file": digest(content)}


def test_what_steps_made_known_is_filled_in(bench):
    made = bench.run(RunScript("echo a line\necho the-key=", gives="{mesh-key:two}"))
    assert made == {"{mesh-key:two}": "the-key="}
    bench.run(PutFile(bench.path(), "key = {mesh-key:two}\n"), known=made)
    assert contents(bench, "file") == {"file": digest("key = the-key=\n")}


def test_what_a_host_writes_may_be_any_bytes_and_many(bench):
    noise = RunScript("head -c 3000000 /dev/urandom; echo; printf '\\377\\376\\n' >&2; echo well", gives="x")
    assert bench.run(noise) == {"x": "well"}


def test_a_file_that_lacks_something_stops_the_work_before_it_begins(bench):
    work = (PutFile(bench.path("a"), "x"), PutFile(bench.path("b"), "key = {mesh-key:gone}\n"))
    problem = refusal(bench, *work)
    assert (problem.code, problem.values["missing"]) == ("host.not-known", "mesh-key:gone")
    assert contents(bench, "a", "b") == {}


# -- packages, units, accounts ----------------------------------------------------------------------------------------------


def test_a_package_is_installed_and_stays(bench):
    for _ in range(2):
        bench.run(InstallPackages(("tree",)))
    assert bench.look(packages=("tree",)).packages["tree"]


def test_an_account_has_exactly_its_keys(bench):
    name = bench.mark
    bench.run(EnsureAccount(name, (KEY, OTHER), groups=("adm",)))
    bench.run(EnsureAccount(name, (OTHER,), groups=("adm",)))
    (found,) = (one for one in bench.look().accounts if one.name == name)
    assert (found.keys, found.shell, found.person, found.password) == ((OTHER,), "/bin/bash", True, "none")
    assert "adm" in found.groups
    assert (found.home, found.uid >= 1000) == (f"/home/{name}", True)
    for _ in range(2):
        bench.run(RemoveAccount(name))
    assert name not in [one.name for one in bench.look().accounts]


def test_a_unit_is_started_and_stopped(bench):
    unit = f"{bench.mark}.service"
    text = "[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=multi-user.target\n"
    bench.run(PutFile(f"/etc/systemd/system/{unit}", text), SetUnit(unit))
    states = []
    for change in ("restart", "reload", "nothing", "stop"):
        work = SetUnit(unit, enabled=change != "stop", change="restart" if change == "reload" else change)
        bench.run(work)
        seen = bench.look(units=(unit,)).units[unit]
        states.append((seen.enabled, seen.active))
    assert states == [("enabled", "active")] * 3 + [("disabled", "inactive")]
    bench.run(RemovePath(f"/etc/systemd/system/{unit}"))


# -- going wrong ------------------------------------------------------------------------------------------------------------


def test_the_first_operation_that_fails_ends_the_work(bench):
    problem = refusal(bench, PutFile(bench.path("a"), "x"), FALSE, PutFile(bench.path("b"), "x"))
    assert (problem.code, problem.values["host"], problem.values["what"]) == ("host.failed", "one", "false")
    assert set(contents(bench, "a", "b")) == {"a"}


def test_what_is_done_is_said_as_it_goes(bench):
    bench.run(PutFile(bench.path(), "x"), RunScript("echo here"))
    assert len(bench.said) >= 2


def test_a_host_that_loses_its_power_in_the_middle_is_unreachable_and_goes_on_when_it_is_back(bench):
    work = (PutFile(bench.path("a"), "x"), RunScript("sleep 60"), PutFile(bench.path("b"), "x"))
    bench.look(host="two")
    cut = bench.power_cut("two")
    with pytest.raises(Unreachable):
        bench.run(*work, host="two")
    if cut:
        cut.join()
    assert isinstance(bench.hosts.look({"two": Question()})["two"], Problem)
    bench.revive("two")
    bench.run(work[0], work[2], host="two")
    found = bench.look("two", paths=(bench.path("a"), bench.path("b"))).files
    assert len(found) == 2


def test_works_on_two_hosts_run_side_by_side(bench):
    made: dict[str, str] = {}

    def run(host: str) -> None:
        made.update(bench.run(RunScript(f"echo {host}", gives=host), host=host))

    threads = [threading.Thread(target=run, args=(host,)) for host in ("one", "two") for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert made == {"one": "one", "two": "two"}


def test_a_host_started_anew_has_another_boot_id(bench):
    before = bench.look("two")
    bench.run(Reboot(60), RunScript("echo up"), host="two")
    after = bench.look("two")
    assert after.boot_id != before.boot_id
    assert not after.reboot_needed


# -- the guard --------------------------------------------------------------------------------------------------------------


def test_a_guarded_change_that_lets_us_back_in_stays(bench):
    bench.run(PutFile(bench.path(), "old\n"))
    bench.run(PutFile(bench.path(), "new\n"), guard=Guard("false", 20))
    assert contents(bench, "file") == {"file": digest("new\n")}
    assert bench.look().guard == ""


def test_a_guarded_change_that_locks_us_out_takes_itself_back(bench):
    bench.run(InstallPackages(("nftables",)), PutFile(bench.path("kept"), "old\n", 0o600))
    work = (PutFile(bench.path("kept"), "new\n"), PutFile(bench.path("fresh"), "x"), CUT)
    problem = refusal(bench, *work, guard=Guard(UNCUT, 6))
    assert problem.code == "host.taken-back"
    seen = bench.look(paths=(bench.path("kept"), bench.path("fresh")))
    assert seen.files == {bench.path("kept"): FileSeen(digest("old\n"), 0o600)}
    assert seen.guard == "taken-back"
    bench.run(PutFile(bench.path("kept"), "newer\n"), guard=Guard("true", 20))
    assert bench.look().guard == ""


def test_a_guarded_change_that_fails_is_taken_back_at_once(bench):
    bench.run(PutFile(bench.path(), "old\n"), RemovePath(bench.path("fresh")))
    began = time.monotonic()
    work = (PutFile(bench.path(), "new\n"), PutFile(bench.path("fresh"), "x"), FALSE)
    assert refusal(bench, *work, guard=Guard("true", 60)).code == "host.failed"
    assert time.monotonic() - began < 30
    assert contents(bench, "file", "fresh") == {"file": digest("old\n")}
    assert bench.look().guard == "taken-back"


def test_a_file_that_a_guarded_work_removed_comes_back(bench):
    bench.run(PutFile(bench.path(), "old\n"))
    assert refusal(bench, RemovePath(bench.path()), FALSE, guard=Guard("true", 60)).code == "host.failed"
    assert contents(bench, "file") == {"file": digest("old\n")}
