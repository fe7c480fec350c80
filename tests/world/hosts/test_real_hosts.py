"""What only real hosts show: secrets stay there, a look changes nothing, sudo, silence, our own process dying, a power cut."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from polder.kernel.host import (
    EnsureAccount,
    Guard,
    HostSeen,
    HostWork,
    InstallPackages,
    PutFile,
    Question,
    Reach,
    RemoveAccount,
    RemovePath,
    RunScript,
    SetUnit,
)
from polder.kernel.problem import Problem, Refused, Unreachable
from polder.world.hosts import client, open_hosts
from polder.world.hosts.ask import script, unpacked
from polder.world.hosts.client import SshHosts
from support.host_bench import Bench, reaches, real_benches
from support.lab import until

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def made() -> Iterator[Callable[[], Bench]]:
    yield from real_benches()


@pytest.fixture
def bench(made: Callable[[], Bench]) -> Bench:
    return made()


def reach_of(bench: Bench, **changes: object) -> Reach:
    """The lab's first host, reached in another way."""
    return replace(reaches(bench.lab, 1)["one"], **changes)


def looked(hosts: SshHosts, name: str, *paths: str) -> HostSeen | Problem:
    return hosts.look({name: Question(paths=paths)})[name]


def answer(bench: Bench, host: str = "alder-1") -> str:
    """The whole text of a look, before anybody reads it."""
    command = ["ssh", "-F", str(bench.lab.ssh_config), host, "sh -c 'eval \"$(cat)\"'"]
    done = subprocess.run(command, input=script(Question(), "m"), capture_output=True, text=True, timeout=60)
    return unpacked(done.stdout)


def test_no_hash_and_no_private_key_leaves_the_host(bench):
    bench.lab.ssh(
        "alder-1",
        "useradd -m -p '$6$tide$tabletabletable' pia; useradd -m -p '!$6$tide$tabletabletable' lea;"
        " mkdir -p ~pia/.ssh; ln -sf /etc/shadow ~pia/.ssh/authorized_keys; cp /etc/ssh/ssh_host_ed25519_key ~lea/.ssh 2>/dev/null;"
        " mkdir -p ~lea/.ssh /etc/wireguard; cp /etc/ssh/ssh_host_ed25519_key ~lea/.ssh/authorized_keys;"
        " echo secretsecret= > /etc/wireguard/polder0.key; echo 'PrivateKey = secretsecret=' > /etc/wireguard/polder0.conf;"
        " mkdir -p /etc/ssl/private; cat /etc/ssh/ssh_host_ed25519_key > /etc/ssl/private/all.pem",
    )
    text = answer(bench)
    key = bench.lab.ssh("alder-1", "cat /etc/ssh/ssh_host_ed25519_key").splitlines()
    assert text.rstrip().endswith("m end")
    assert [
        word for word in ("tabletable", "secretsecret", "PRIVATE KEY", key[1], key[2]) if word in text
    ] == []
    people = {one.name: one for one in bench.look().accounts}
    assert (people["pia"].password, people["lea"].password) == ("set", "locked")
    assert (people["pia"].keys, people["lea"].keys) == ((), ())


def test_a_file_that_never_ends_does_not_hold_up_the_look(bench):
    bench.lab.ssh(
        "alder-1",
        "useradd -m max; mkdir ~max/.ssh; mkfifo ~max/.ssh/authorized_keys; ln -s /dev/zero ~max/.ssh/authorized_keys2",
    )
    began = time.monotonic()
    assert "max" in [one.name for one in bench.look().accounts]
    assert time.monotonic() - began < 10


def test_a_look_changes_nothing(bench):
    bench.look()  # the first one may have apt make its own cache
    bench.lab.ssh("alder-1", "touch /var/mark; sleep 1.1")
    bench.look(paths=("/etc/passwd",), units=("ssh.service",), packages=("sudo",), sysctls=("kernel.ostype",))
    found = bench.lab.ssh(
        "alder-1", "find / -xdev -newer /var/mark -not -path '/var/log/*' -not -path '/proc/*'"
    ).splitlines()
    assert [path for path in found if not f"{path}/".startswith("/run/")] == []


def test_someone_who_may_become_root_does_what_root_does(bench):
    key = bench.lab.ssh("alder-1", "cat /root/.ssh/authorized_keys").strip().splitlines()[-1]
    bench.run(
        InstallPackages(("sudo",)), EnsureAccount("sue", (key,), sudo=True), EnsureAccount("nel", (key,))
    )
    with open_hosts({name: reach_of(bench, name=name, user=name) for name in ("sue", "nel")}, 10) as hosts:
        seen = looked(hosts, "sue", "/etc/shadow")
        assert isinstance(seen, HostSeen)
        assert seen.files["/etc/shadow"].group == "shadow"
        work = (
            PutFile(bench.path(), "x", 0o600),
            InstallPackages(("sudo",)),
            SetUnit("ssh.service"),
            RunScript("test -r /etc/shadow"),
        )
        hosts.run(HostWork("sue", (*work, RemovePath(bench.path())), Guard("true", 30)), {}, str)
        found = looked(hosts, "nel")
        assert isinstance(found, Problem)
        assert found.code == "host.not-root"
        for operation in work:
            with pytest.raises(Refused) as refused:
                hosts.run(HostWork("nel", (operation,)), {}, str)
            assert refused.value.problems[0].code == "host.not-root"
        with pytest.raises(Refused):
            hosts.run(HostWork("sue", (RemoveAccount("sue"),)), {}, str)
    bench.run(RemoveAccount("sue"), RemoveAccount("nel"))


def test_an_accounts_processes_end_with_it_and_its_home_stays(bench):
    bench.run(EnsureAccount("ole", ()))
    bench.lab.ssh(
        "alder-1",
        "setsid setpriv --reuid ole --regid ole --clear-groups sleep 500 >/dev/null 2>&1 </dev/null & sleep 0.5",
    )
    bench.run(RemoveAccount("ole"))
    assert bench.lab.ssh("alder-1", "pgrep -c sleep || true; ls -d /home/ole") == "0\n/home/ole\n"


def test_a_link_in_a_home_does_not_lead_root_astray(bench):
    before = bench.lab.ssh("alder-1", "cat /root/.ssh/authorized_keys")
    bench.run(EnsureAccount("ida", ()))
    bench.lab.ssh("alder-1", "rm -rf ~ida/.ssh; ln -s /root/.ssh ~ida/.ssh")
    with pytest.raises(Refused):
        bench.run(EnsureAccount("ida", ("ssh-ed25519 AAAA ida",)))
    bench.run(RemoveAccount("ida"))
    assert bench.lab.ssh("alder-1", "cat /root/.ssh/authorized_keys") == before


def test_a_key_that_the_site_does_not_name_is_believed_only_when_the_operator_knows_it(
    bench, tmp_path, monkeypatch
):
    with open_hosts({"one": reach_of(bench, host_key="")}, 10) as hosts:
        assert isinstance(looked(hosts, "one"), HostSeen)  # the lab's own ssh_config knows its hosts
    settings = f"Host *\n  IdentityFile {bench.lab.folder}/operator\n  UserKnownHostsFile {tmp_path}/none\n"
    (tmp_path / "ssh_config").write_text(settings)
    monkeypatch.setenv("POLDER_SSH_CONFIG", str(tmp_path / "ssh_config"))
    with open_hosts({"one": reach_of(bench, host_key="")}, 10) as hosts:
        found = looked(hosts, "one")
        assert isinstance(found, Problem)
        assert found.code == "host.unknown-key"
    with open_hosts({"one": reach_of(bench)}, 10) as hosts:
        assert isinstance(looked(hosts, "one"), HostSeen)


def test_a_host_that_falls_silent_in_the_middle_is_given_up_and_others_go_on(bench):
    said: dict[str, object] = {}

    def run(host: str) -> None:
        try:
            said[host] = bench.run(RunScript("sleep 12; echo done", gives="x"), host=host)
        except Unreachable as error:
            said[host] = error

    threads = [threading.Thread(target=run, args=(host,)) for host in ("one", "two")]
    for one in threads:
        one.start()
    time.sleep(1)
    bench.lab.cut("alder-1", "OUTSIDE")
    for one in threads:
        one.join()
    bench.lab.join("alder-1", "OUTSIDE")
    assert isinstance(said["one"], Unreachable)
    assert said["two"] == {"x": "done"}
    assert bench.look().hostname == "alder-1"


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP])
def test_when_our_own_process_dies_or_hangs_it_is_said_and_the_next_one_works(bench, blow, monkeypatch):
    monkeypatch.setattr(client, "SILENCE", 6.0)
    with open_hosts({"one": reach_of(bench)}, 10) as hosts:
        looked(hosts, "one")
        worker = hosts._worker._process.pid
        threading.Timer(1.0, os.kill, (worker, blow)).start()
        with pytest.raises(Unreachable):
            hosts.run(HostWork("one", (RunScript("sleep 30"),)), {}, str)
        assert isinstance(looked(hosts, "one"), HostSeen)


PARENT = """
import sys
from polder.kernel.host import *
from polder.world.hosts import open_hosts
hosts = open_hosts({"one": Reach("one", sys.argv[1], host_key=sys.argv[2])})
hosts.look({"one": Question()})
print(hosts._worker._process.pid, hosts._worker._folder.name, flush=True)
hosts.run(HostWork("one", (RunScript("sleep 60"),)), {}, print)
"""


def test_nothing_is_left_running_when_we_are_killed(bench):
    reach = reach_of(bench)
    command = [sys.executable, "-c", PARENT, reach.address, reach.host_key]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        worker, folder = parent.stdout.readline().split()
        parent.kill()
    until(lambda: not running(worker), 10)
    assert not Path(folder).exists()


def running(process: str) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_power_cut_within_the_guards_time_ends_in_what_was_before(bench):
    bench.run(PutFile(bench.path(), "old\n"), host="two")
    work = (PutFile(bench.path(), "new\n"), RunScript("sleep 60"))
    undo = Guard(f"systemctl try-reload-or-restart ssh.service; echo undone >{bench.path('undone')}", 60)
    worker = open_hosts(reaches(bench.lab, 1), 5)
    lost: list[Unreachable] = []

    def run() -> None:
        with pytest.raises(Unreachable) as unreachable:
            worker.run(HostWork("two", work, undo), {}, str)
        lost.append(unreachable.value)

    thread = threading.Thread(target=run)
    thread.start()
    until(lambda: bench.look("two").guard == "pending", 20)
    with pytest.raises(Refused) as refused:
        bench.run(PutFile(bench.path("b"), "x"), guard=Guard("true"), host="two")
    assert refused.value.problems[0].code == "host.guarded"
    os.kill(worker._worker._process.pid, signal.SIGKILL)  # nobody is left who could have it taken back
    thread.join()
    assert len(lost) == 1
    bench.lab.kill("alder-2")
    bench.lab.revive("alder-2")
    until(lambda: bench.look("two").guard == "taken-back", 20)
    assert bench.lab.ssh("alder-2", f"cat {bench.path()} {bench.path('undone')}") == "old\nundone\n"
    assert "started anew" in bench.lab.ssh("alder-2", "cat /var/lib/polder/guard/note")
    worker.close()


def test_a_connection_that_was_kept_over_a_power_cut_is_made_anew(bench):
    bench.look("two")
    bench.lab.kill("alder-2")
    bench.lab.revive("alder-2")
    assert bench.look("two").hostname == "alder-2"


def test_packages_go_on_where_a_killed_installation_stopped(bench):
    bench.lab.ssh(
        "alder-1",
        "apt-get -q update; cd /tmp && apt-get -q download tree && dpkg --unpack tree_*.deb",
        seconds=120,
    )
    assert bench.look(packages=("tree",)).packages == {}
    bench.run(InstallPackages(("tree",)))
    assert "tree" in bench.look(packages=("tree",)).packages


def test_an_installation_waits_for_another_one(bench):
    hold = (
        'use Fcntl; open(my $f, "+>>", "/var/lib/dpkg/lock-frontend"); my $l = pack("s s l! l! i", F_WRLCK, 0, 0, 0, 0);'
        " fcntl($f, F_SETLK, $l) or die; sleep 8"
    )
    bench.lab.ssh("alder-1", f"setsid perl -e '{hold}' >/dev/null 2>&1 </dev/null & sleep 1")
    began = time.monotonic()
    bench.run(InstallPackages(("less",)))
    assert time.monotonic() - began > 4
