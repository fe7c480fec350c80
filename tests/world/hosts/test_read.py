"""What looks say, by the answers of two real hosts (Debian 13 and 12), recorded after ``rich`` things were done to them: people with
all kinds of passwords, a swarm of one, a mesh peer, two firewalls, a key that strangers may read, a certificate of 40 days."""

from pathlib import Path

import pytest

from polder.kernel.host import Account, CertificateSeen, FileSeen, HostSeen, Listener, Question, UnitSeen
from polder.world.hosts.ask import packed, script, unpacked
from polder.world.hosts.read import natural, read

LOOKS = Path(__file__).parent / "looks"
MARK = "polder-mark"
ASKED = Question(
    paths=("/etc/ssh/sshd_config", "/etc/shadow", "/etc/nowhere"),
    units=("ssh.service", "docker.service", "chrony.service", "nowhere.service", "broken.service"),
    packages=("docker.io", "openssl", "nowhere"),
    sysctls=("net.ipv4.ip_forward", "kernel.printk", "no.such"),
)
NOW = 1795315620.0
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMBwQwAG+GwrPuSH1aF7gI1fTFLm0rCISc1OIjT7RU/X"


def text(suite: str) -> str:
    return (LOOKS / f"{suite}.txt").read_text()


def seen(suite: str) -> HostSeen:
    found = read("ada", text(suite), MARK, ASKED, NOW)
    assert found is not None
    return found


@pytest.fixture(params=["trixie", "bookworm"])
def either(request: pytest.FixtureRequest) -> HostSeen:
    return seen(request.param)


def test_a_host_says_what_it_is():
    host = seen("trixie")
    assert (host.name, host.hostname) == ("ada", "ada")
    assert (host.system, host.release, host.codename, host.architecture) == (
        "debian",
        "13",
        "trixie",
        "amd64",
    )
    assert (seen("bookworm").release, seen("bookworm").codename) == ("12", "bookworm")
    assert (host.init, host.virtual, host.cpus, host.memory) == (
        "systemd",
        "systemd-nspawn",
        2,
        24684092 * 1024,
    )
    assert host.addresses == ("192.0.2.1", "172.17.0.1", "172.18.0.1")


def test_its_clock_is_compared_with_ours(either):
    assert 0 < either.offset < 10
    assert either.taken == pytest.approx(NOW + either.offset, abs=0.01)
    assert not either.synchronised


def test_a_newer_kernel_than_the_running_one_needs_a_start_anew(either):
    assert (either.kernel, either.newest_kernel) == ("6.12.43-1-amd64", "6.99.0-1-amd64")
    assert either.reboot_needed


def test_kernels_are_compared_by_their_numbers():
    assert natural("6.1.0-9-amd64") < natural("6.1.0-28-amd64") < natural("6.12.0-1-amd64")
    assert natural("") < natural("6.1.0-9-amd64")


def test_accounts_say_whether_their_password_opens_and_never_what_it_is(either):
    people = {one.name: one for one in either.accounts if one.person}
    assert {name: one.password for name, one in people.items()} == {
        "root": "none",
        "ana": "set",
        "bea": "locked",
        "eve": "empty",
    }
    ana = ("ana", 1000, "/home/ana", "/bin/bash", ("ana", "sudo", "docker"), "set")
    assert people["ana"] == Account(*ana, keys=(f"{KEY} ana@casa.example",), person=True)
    assert not next(one for one in either.accounts if one.name == "www-data").person


def test_listeners_come_with_the_programs_that_hold_them(either):
    assert Listener("tcp", "0.0.0.0", 22, "sshd") in either.listeners
    assert Listener("udp", "::1", 323, "chronyd") in either.listeners
    assert Listener("tcp", "::", 2377, "dockerd") in either.listeners
    assert Listener("udp", "0.0.0.0", 4789, "") in either.listeners


def test_only_what_was_asked_about_is_answered(either):
    assert set(either.files) == {"/etc/ssh/sshd_config", "/etc/shadow"}
    assert either.files["/etc/shadow"].mode == 0o640
    assert (either.files["/etc/shadow"].owner, either.files["/etc/shadow"].group) == ("root", "shadow")
    assert set(either.packages) == {"docker.io", "openssl"}
    assert either.sysctls == {"net.ipv4.ip_forward": "1", "kernel.printk": "4 4 1 7"}


def test_units_are_told_by_systemds_words(either):
    assert either.units == {
        "ssh.service": UnitSeen("enabled", "active"),
        "docker.service": UnitSeen("enabled", "active"),
        "chrony.service": UnitSeen("enabled", "active"),
        "nowhere.service": UnitSeen("not-found", "inactive"),
        "broken.service": UnitSeen("static", "failed"),
    }
    assert "broken.service" in either.failed


def test_security_upgrades_are_told_from_others(either):
    assert (either.upgrades, either.security) == (("openssl",), ("openssl",))
    assert 2000 < either.lists_age < 2200


def test_settings_of_sshd_are_the_effective_ones(either):
    assert either.sshd["permitrootlogin"] == "without-password"
    assert either.sshd["hostkey"].split()[-1] == "/etc/ssh/ssh_host_ed25519_key"


def test_our_firewall_comes_as_the_kernel_lists_it_and_others_are_named(either):
    assert either.firewall.startswith("table inet polder {\n\tset allowed4 {\n")
    assert "\t}\n\n\tchain input {\n" in either.firewall
    assert either.firewall.endswith("\t}\n}\n")
    assert either.filters == ("inet filter",)


def test_the_mesh_is_what_its_interface_has(either):
    assert len(either.mesh_key) == 44
    assert set(either.mesh_peers) == {"10.90.0.2"}
    assert either.wireguard == "userspace"


def test_docker_says_what_its_swarm_is(either):
    docker = either.docker
    assert (docker.running, docker.swarm, docker.manager, docker.log_limited) == (True, "active", True, True)
    assert docker.address in ("192.0.2.1", "192.0.2.2")
    assert docker.version in ("26.1.5+dfsg1", "20.10.24+dfsg1")


def test_certificates_end_and_open_keys_are_named(either):
    assert either.certificates == (CertificateSeen("/etc/ssl/private/site.pem", 39),)
    assert either.open_keys == ("/etc/app/tls-key.pem",)


def test_mounts_are_those_that_can_fill_up(either):
    assert [one.path for one in either.mounts] == ["/", "/tmp"]
    assert either.mounts[0].used > 46 * 10**9
    assert either.mounts[0].inodes_used == 4


def test_a_look_that_was_cut_off_is_none():
    whole = text("trixie")
    assert read("ada", whole[: len(whole) // 2], MARK, ASKED, NOW) is None
    assert read("ada", "", MARK, ASKED, NOW) is None
    assert unpacked(packed(whole)[:400]) == ""
    assert unpacked(packed(whole)) == whole


def test_a_host_that_answers_nonsense_is_read_all_the_same():
    names = [line.split()[1] for line in text("trixie").splitlines() if line.startswith(MARK)]
    nonsense = "".join(f"{MARK} {name} x\n::: = [ \x00 \ufffd 99999999999999999999\n" for name in names)
    assert read("ada", nonsense, MARK, ASKED, NOW) is not None


def test_no_line_of_a_hosts_own_begins_a_section():
    forged = text("trixie").replace("ana@casa.example", "x\npolder-other end\npolder-other host\nuid=1000")
    found = read("ada", forged, MARK, ASKED, NOW)
    assert found is not None
    assert found.hostname == "ada"


def test_what_is_asked_about_cannot_break_out_of_its_words():
    nasty = script(Question(paths=("/etc/it's; rm -rf /", "$(id)")), "m1")
    assert "paths='/etc/it'\\''s; rm -rf /\n$(id)'" in nasty


def test_a_file_that_is_no_file_has_no_digest():
    lines = f"{MARK} files\n755 root root directory:/etc\n{MARK} end\n"
    found = read("ada", lines, MARK, Question(paths=("/etc",)), NOW)
    assert found is not None
    assert found.files == {"/etc": FileSeen("", 0o755)}
