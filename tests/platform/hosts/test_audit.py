"""What an audit finds: each kind once, on machines that are wrong in that one way; nothing on a host that was set up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from polder.kernel.host import (
    Account,
    CertificateSeen,
    DockerSeen,
    FileSeen,
    HostSeen,
    Listener,
    Mounted,
    UnitSeen,
)
from polder.kernel.sentences import all_hints, all_sentences, hint, say
from polder.platform.hosts.audit import audit
from polder.platform.hosts.finding import KINDS, LEVELS, Finding
from polder.platform.site.model import Site
from support.machines import KEY, Machines, bare, done
from support.sites import SITE, group, read, site_files

NOW = datetime(2026, 1, 2, tzinfo=UTC)
GIB = 1024**3
RSA_1024 = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ" + "D" * 171 + "= jo"
GOOD = {
    "passwordauthentication": "no",
    "permitrootlogin": "prohibit-password",
    "authenticationmethods": "publickey",
}


def site(silence: str = "", without: str = "", profile: str = "baseline", mesh: str = "") -> Site:
    host = (
        f"profile: {profile}, roles: [manager, ingress], silence: {{{silence}}}, without: {{{without}}}{mesh}"
    )
    text = SITE + f'ssh-keys: {{ana: ["{KEY}"]}}\n'
    files = {"hosts.yml": f"ada: {{address: 192.0.2.1, {host}}}\n", "site.yml": text}
    return read(site_files({"lilas": group("page bare")}, **files))


def well(where: Site | None = None) -> HostSeen:
    """A host that was set up and lacks nothing."""
    wanted = where or site()
    seen = done(wanted, Machines({"ada": bare("ada", docker=DockerSeen(log_limited=True))}))["ada"]
    mount = Mounted("/", "/dev/vda1", "ext4", 40 * GIB, 10 * GIB, 10)
    return replace(seen, sshd=GOOD, mounts=(mount,), memory=8 * GIB)


def keys(seen: HostSeen, where: Site | None, now: datetime = NOW) -> set[str]:
    host = where.hosts["ada"] if where else None
    return {finding.key for finding in audit(seen, host, where, now) if not finding.silenced}


def docker(**changes: Any) -> dict[str, Any]:
    return {"docker": replace(DockerSeen("26.1.5", True, log_limited=True), **changes)}


def people(*more: Account) -> dict[str, Any]:
    return {"accounts": (*well().accounts, *more)}


def jo(**changes: Any) -> Account:
    return replace(Account("jo", 1005, "/home/jo", "/bin/bash", ("jo",), "locked"), **changes)


WRONG: Mapping[str, dict[str, Any]] = {
    "security-updates": {"upgrades": ("openssl",), "security": ("openssl",)},
    "updates": {"upgrades": ("tzdata",)},
    "old-lists": {"lists_age": 10 * 86400},
    "no-automatic-updates": {"packages": {}},
    "release-ended": {"codename": "buster", "release": "10"},
    "release-unknown": {"system": "debian", "codename": "sid"},
    "old-kernel": {"newest_kernel": "6.1.0-41-amd64"},
    "restart-due": {"reboot_needed": True},
    "failed-units": {"failed": ("backup.service",)},
    "clock-off": {"offset": -45.0},
    "clock-alone": {"synchronised": False},
    "certificate-ended.etc-ssl-a.pem": {"certificates": (CertificateSeen("/etc/ssl/a.pem", -3),)},
    "certificate-ending.etc-ssl-a.pem": {"certificates": (CertificateSeen("/etc/ssl/a.pem", 5),)},
    "weak-settings": {"sysctls": {"net.ipv4.tcp_syncookies": "0"}},
    "no-apparmor": {"apparmor": False},
    "ssh-passwords": {"sshd": {"passwordauthentication": "yes"}},
    "ssh-root-password": {"sshd": {"permitrootlogin": "yes"}},
    "ssh-empty-passwords": {"sshd": {**GOOD, "permitemptypasswords": "yes"}},
    "ssh-old-options": {"sshd": {**GOOD, "hostbasedauthentication": "yes"}},
    "ssh-weak-algorithms": {"sshd": {**GOOD, "macs": "hmac-sha2-256,hmac-sha1"}},
    "ssh-x11": {"sshd": {**GOOD, "x11forwarding": "yes"}},
    "ssh-tunnels": {"sshd": {**GOOD, "allowtcpforwarding": "yes"}},
    "empty-password.jo": people(jo(password="empty")),
    "second-root.toor": people(jo(name="toor", uid=0)),
    "undeclared-person.jo": people(jo(person=True)),
    "undeclared-key.jo": people(jo(keys=("ssh-ed25519 AAAA jo",))),
    "docker-group.jo": people(jo(groups=("docker",))),
    "open-private-key": {"open_keys": ("/etc/ssl/private/a.key",)},
    "open-system-file.etc-shadow": {
        "files": {"/etc/shadow": FileSeen("", 0o644), "/etc/apt/apt.conf.d/60polder": FileSeen("", 0o644)}
    },
    "no-firewall": {"firewall": ""},
    "firewall-changed": {"firewall": "table inet polder {\n}\n"},
    "undeclared-port.9100-tcp": {"listeners": (Listener("tcp", "0.0.0.0", 9100, "node-exporter"),)},
    "docker-over-network": {"listeners": (Listener("tcp", "::", 2375, "dockerd"),)},
    "mesh-left": {"mesh_key": "k", "units": {"wg-quick@polder0.service": UnitSeen("enabled", "active")}},
    "docker-stopped": docker(running=False),
    "docker-old": docker(version="19.3.1"),
    "docker-logs": docker(log_limited=False),
    "docker-live-restore": docker(live_restore=True),
    "disk-full.root": {"mounts": (Mounted("/", "/dev/vda1", "ext4", 100, 96),)},
    "disk-filling.var-lib-docker": {"mounts": (Mounted("/var/lib/docker", "/dev/vdb", "ext4", 100, 86),)},
    "inodes.tmp": {"mounts": (Mounted("/tmp", "tmpfs", "tmpfs", 100, 1, 95),)},
    "no-swap": {"swap": 0, "memory": 2 * GIB},
    "little-memory": {"memory": GIB // 2, "swap": GIB},
}
ELSEWHERE = {"release-ending", "release-long-term", "no-mesh", "weak-key"}
"""Tested below."""


def test_a_host_that_was_set_up_has_nothing_to_find() -> None:
    assert keys(well(), site()) == set()


@pytest.mark.parametrize("key", WRONG)
def test_a_machine_that_is_wrong_in_one_way_gets_that_finding_alone(key: str) -> None:
    assert keys(replace(well(), **WRONG[key]), site()) == {key}


def test_every_finding_of_the_catalogue_is_tried() -> None:
    assert {key.partition(".")[0] for key in WRONG} | ELSEWHERE == set(KINDS)


@pytest.mark.parametrize(
    ("day", "key"),
    [
        ("2026-07-11", None),
        ("2026-08-01", "release-long-term"),
        ("2028-03-01", "release-ending"),
        ("2028-07-01", "release-ended"),
    ],
)
def test_a_release_comes_to_its_end_by_degrees(day: str, key: str | None) -> None:
    assert keys(well(), site(), datetime.fromisoformat(day).replace(tzinfo=UTC)) == ({key} if key else set())


def test_a_weak_key_of_an_operator_is_found_too() -> None:
    assert "weak-key.jo" in keys(replace(well(), **people(jo(keys=(RSA_1024,)))), site())


def test_a_mesh_that_should_be_up_and_is_not() -> None:
    wanted = site(mesh=", mesh: 10.213.0.1")
    assert keys(replace(well(wanted), mesh_key=""), wanted) == {"no-mesh"}


def test_a_silenced_finding_is_still_found_with_its_reason() -> None:
    seen = replace(well(), **WRONG["undeclared-port.9100-tcp"])
    for name in ("undeclared-port", "audit.undeclared-port", "undeclared-port.9100-tcp"):
        where = site(silence=f'{name}: "the exporter"')
        (found,) = audit(seen, where.hosts["ada"], where, NOW)
        assert found.silenced == "the exporter"
    other = site(silence='undeclared-port.9101-tcp: "another"')
    assert keys(seen, other) == {"undeclared-port.9100-tcp"}


def test_who_refuses_a_line_has_said_why_its_finding_stays() -> None:
    where = site(without='firewall: "the house has one"')
    (found,) = audit(well(where), where.hosts["ada"], where, NOW)
    assert (found.key, found.silenced) == ("no-firewall", "the house has one")


def test_a_machine_that_polder_never_touched_is_told_what_is_wrong_and_nothing_is_undeclared() -> None:
    seen = bare(
        "ada",
        sshd={"passwordauthentication": "yes"},
        listeners=(Listener("tcp", "0.0.0.0", 3306, "mariadbd"),),
    )
    levels = {finding.key: finding.level for finding in audit(seen, None, None, NOW)}
    assert levels["ssh-passwords"] == "high" and levels["no-firewall"] == "high"
    assert levels["undeclared-port.3306-tcp"] == "info" and levels["undeclared-key.root"] == "info"
    assert "no-mesh" not in levels


def test_somebody_elses_firewall_is_one() -> None:
    assert "no-firewall" not in keys(bare("ada", filters=("inet filter",)), None)
    assert "no-firewall" in keys(replace(well(), firewall="", filters=("inet filter",)), site())


def test_a_port_behind_the_firewall_is_less_grave_than_one_in_the_open() -> None:
    seen = replace(well(), **WRONG["undeclared-port.9100-tcp"])
    where = site(without="firewall: x")
    assert level(seen, site()) == "low"
    assert level(replace(seen, firewall=""), where) == "medium"


def level(seen: HostSeen, where: Site) -> str:
    return next(f.level for f in audit(seen, where.hosts["ada"], where, NOW) if f.about == "9100-tcp")


def test_what_listens_for_the_machine_itself_is_nobodys_business() -> None:
    here = tuple(
        Listener("tcp", address, 5432, "postgres") for address in ("127.0.0.1", "::1", "127.0.0.53%lo")
    )
    assert keys(replace(well(), listeners=here), site()) == set()


def test_a_container_has_neither_kernel_nor_clock_nor_memory_of_its_own() -> None:
    changes = {**WRONG["old-kernel"], **WRONG["clock-alone"], **WRONG["no-swap"], "apparmor": False}
    assert keys(replace(well(), virtual="systemd-nspawn", **changes), site()) == set()


def test_findings_come_gravest_first() -> None:
    levels = [LEVELS.index(f.level) for f in audit(bare("ada"), None, None, NOW)]
    assert levels == sorted(levels)


@pytest.mark.parametrize("id", KINDS)
def test_a_finding_says_what_why_and_how_to_mend_it(id: str) -> None:
    assert {f"audit.{id}", f"audit.{id}-why"} <= all_sentences().keys() and f"audit.{id}" in all_hints()


@pytest.mark.parametrize("key", WRONG)
def test_every_sentence_of_a_finding_can_be_filled(key: str) -> None:
    found: Finding = next(
        f for f in audit(replace(well(), **WRONG[key]), site().hosts["ada"], site(), NOW) if f.key == key
    )
    assert (
        say(found.id, found.values) and say(f"{found.id}-why", found.values) and hint(found.id, found.values)
    )
