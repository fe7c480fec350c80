"""A provider's machines from bare Debian to a swarm that outlives one of them, on real hosts: four of a lab, three managers and one
in reserve. Everything is done at the command line, as an operator would.

The tests follow one another: each takes the machines as the one before left them.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from polder.kernel.problem import Unreachable
from polder.world.web import Visitor
from support.lab import Lab, polder_lab, start_lab, stop_lab, until
from support.provider import Provider, Visits

pytestmark = pytest.mark.lab

DOMAIN = "garden.alder.test"
THREE = {f"alder-{number}": ("Ready", "Active", True) for number in (1, 2, 3)}
BIG = "0123456789abcdef" * 16384
"""A page of 256 KiB: on a way through the mesh that is too narrow for the swarm's packets it would never come."""
KEPT = "alder_garden_archive_data"
"""A volume of an app that was removed, its data kept."""
BEN = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC8V5KIeDq02BPZx0oYdYK+wNGT4RPtQzXbzcZC1hZ3h"


@dataclass(frozen=True)
class Ground:
    """``spare``: what hosts.yml would say of the machine in reserve."""

    lab: Lab
    provider: Provider
    spare: str

    def plan(self, status: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = self.provider.json("plan", status=status)
        return found

    def front(self, host: str, path: str = "/") -> tuple[int, str]:
        """The group's page, asked at ``host``."""
        authority = (self.provider.folder / "internal-ca.crt").read_text()
        try:
            with Visitor(DOMAIN, f"{self.lab.address(host)}:443", authority) as visitor:
                answer = visitor.ask("GET", path)
        except Unreachable as lost:
            return 0, lost.why
        return answer.status, answer.body

    def nodes(self, asked: str = "alder-2") -> dict[str, tuple[str, str, bool]]:
        """State, availability and whether it manages, of each node; as ``asked`` says. Empty while managers choose a leader."""
        shown = "{{.Hostname}} {{.Status}} {{.Availability}} x{{.ManagerStatus}}"
        words = [
            line.split()
            for line in self.lab.try_ssh(asked, f"docker node ls --format '{shown}'").stdout.splitlines()
        ]
        return {name: (state, use, managed != "x") for name, state, use, managed, *_ in words}


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    """Bare machines, and the lab's own site of them: two doors, and no word of which engine to talk to."""
    lab = start_lab(1, 4)
    provider = Provider(lab.site("alder"), _environment(lab))
    try:
        hosts = (provider.folder / "hosts.yml").read_text()
        hosts, spare = hosts.split("alder-4:\n")
        second = re.sub(r"(alder-2:\n.*\n  roles: )\[.*]", r"\1[manager, ingress]", hosts)
        (provider.folder / "hosts.yml").write_text(second)
        provider.run("operator", "add", "ben", BEN)
        (provider.folder / "content/garden/big.txt").write_text(BIG)
        yield Ground(lab, provider, spare)
    finally:
        provider.stop()
        stop_lab(lab)


def _environment(lab: Lab) -> dict[str, str]:
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("POLDER_", "GIT_")) or k == "POLDER_CACHE"
    }
    return {**kept, "POLDER_OPERATOR": "ana", **lab.environment}


@pytest.fixture(scope="module")
def applied(ground: Ground) -> str:
    """What the one apply said that made everything."""
    return ground.provider.run("apply", "--yes")


def test_one_apply_takes_three_bare_machines_to_a_swarm_whose_app_answers_over_https(
    ground: Ground, applied: str
) -> None:
    assert "Join alder-2 to the swarm as a manager" in applied and "Start alder_garden_site_web" in applied
    assert ground.nodes() == THREE
    for door in ("alder-1", "alder-2"):
        until(lambda door=door: ground.front(door)[0] == 200, 30)  # type: ignore[misc]
        assert ground.front(door, "/big.txt") == (200, BIG)


@pytest.mark.usefixtures("applied")
def test_the_token_that_joins_is_in_no_file_and_on_no_command_line(ground: Ground, applied: str) -> None:
    token = ground.lab.ssh("alder-1", "docker swarm join-token -q manager").strip()
    written = [
        p.read_bytes().decode(errors="replace") for p in ground.provider.folder.rglob("*") if p.is_file()
    ]
    assert token.startswith("SWMTKN") and not [text for text in (applied, *written) if token in text]
    logged = ground.lab.ssh("alder-2", "journalctl --no-pager; cat /root/.bash_history 2>/dev/null || true")
    assert token not in logged


@pytest.mark.usefixtures("applied")
def test_the_second_run_changes_nothing(ground: Ground) -> None:
    found = ground.plan()
    assert (found["steps"], found["findings"]) == ([], [])
    assert "Nothing has to change." in ground.provider.run("apply", "--yes")


@pytest.mark.usefixtures("applied")
def test_a_machine_that_shows_another_key_is_not_asked_and_the_others_are(ground: Ground) -> None:
    place = ground.provider.folder / "hosts.yml"
    text = place.read_text()
    keys = re.findall(r"host-key: (.+)", text)
    place.write_text(
        text.replace(
            keys[2], "ssh-ed25519 " + "AAAAC3NzaC1lZDI1NTE5AAAAIGyjZ2h8kNPHpIRGkB3BWVjYHCXcHUyZ3Jt1vTDTfkjF"
        )
    )
    try:
        found = ground.plan(status=3)
    finally:
        place.write_text(text)
    assert [one["code"] for one in found["findings"]] == ["host.wrong-key"]
    assert not [step for step in found["steps"] if step["subject"] == "host/alder-3"]


@pytest.mark.usefixtures("applied")
def test_a_machine_that_hangs_does_not_hold_up_the_others(ground: Ground) -> None:
    _signal_sshd(ground, "CONT", after=35)
    _signal_sshd(ground, "STOP", after=1)
    time.sleep(2)
    began = time.monotonic()
    said = ground.provider.run("host", "drain", "alder-1", "--yes", status=3)
    assert time.monotonic() - began < 70
    assert "The host alder-3" in said and "does not answer" in said and "Done: 2 of 2 steps " in said
    assert ground.nodes()["alder-1"] == ("Ready", "Drain", True)
    assert ground.lab.ssh("alder-1", "docker ps -q") == ""
    assert ground.front("alder-2")[0] == 200, "what ran there is healthy elsewhere when the drain is over"
    until(lambda: ground.lab.try_ssh("alder-3", "true").returncode == 0, 60)
    ground.provider.run("host", "drain", "alder-1", "--undo", "--yes")
    assert ground.nodes()["alder-1"] == ("Ready", "Active", True)


def _signal_sshd(ground: Ground, signal: str, after: int) -> None:
    """From a timer of the machine's own: over SSH nobody could take it back."""
    timer = f"systemd-run --quiet --timer-property=AccuracySec=100ms --on-active={after}"
    ground.lab.ssh("alder-3", f"{timer} sh -c 'kill -{signal} $(systemctl show -p MainPID --value ssh)'")


@pytest.mark.usefixtures("applied")
def test_when_the_leader_dies_the_app_goes_on_and_the_plan_is_made_with_another_manager(
    ground: Ground,
) -> None:
    until(lambda: ground.front("alder-2")[0] == 200, 60)
    leader = _leader(ground)
    door = "alder-2" if leader != "alder-2" else "alder-1"
    ground.lab.kill(leader)
    with Visits(ground.provider.folder, ground.lab.address(door), DOMAIN) as visits:
        until(lambda: _plans_without(ground, leader), 120)
        until(lambda: visits.good > 10, 90)
    said = ground.provider.run("plan", status=3)
    assert f"The host {leader}" in said and "Nothing has to change on what answered." in said
    ground.lab.revive(leader)
    until(lambda: ground.nodes(leader) == THREE, 90)
    for door in ("alder-1", "alder-2"):
        until(lambda door=door: ground.front(door)[0] == 200, 90)  # type: ignore[misc]
    until(lambda: ground.plan()["steps"] == [], 60)


def _leader(ground: Ground) -> str:
    lines = ground.lab.ssh(
        "alder-2", "docker node ls --format '{{.Hostname}} {{.ManagerStatus}}'"
    ).splitlines()
    return next(line.split()[0] for line in lines if line.endswith("Leader"))


def _plans_without(ground: Ground, leader: str) -> bool:
    """While the others choose a leader, nobody can say what there is."""
    found = ground.plan(status=3)
    codes = [one["code"] for one in found["findings"]]
    assert "host.no-answer" in codes and found["steps"] == []
    return "plan.docker-silent" not in codes and "plan.host-away" in codes


@pytest.mark.usefixtures("applied")
def test_machines_are_rebooted_one_after_another_and_the_leader_last(ground: Ground) -> None:
    leader = _leader(ground)
    before = {host: _boot(ground, host) for host in THREE}
    for host in THREE:
        ground.lab.ssh(host, "touch /run/reboot-required")
    said = ground.provider.run("host", "apply", "--reboot", "--yes")
    done = [line.split()[2] for line in said.splitlines() if line.startswith("ok  Reboot ")]
    assert sorted(done) == sorted(THREE) and done[-1] == leader
    assert not [host for host in THREE if _boot(ground, host) == before[host]]
    until(lambda: ground.nodes() == THREE, 60)
    until(lambda: ground.plan()["findings"] == [], 60)


def _boot(ground: Ground, host: str) -> str:
    return ground.lab.ssh(host, "cat /proc/sys/kernel/random/boot_id").strip()


@pytest.mark.usefixtures("applied")
def test_a_machine_that_is_cut_off_is_named_and_is_back_by_itself(ground: Ground) -> None:
    ground.lab.cut("alder-3", "ALL")
    try:
        found = ground.plan(status=3)
    finally:
        ground.lab.join("alder-3", "ALL")
    assert "host.no-answer" in {one["code"] for one in found["findings"]}
    assert found["steps"] == []
    until(lambda: ground.nodes("alder-1") == THREE, 90)
    until(lambda: ground.plan()["findings"] == [], 60)


@pytest.mark.usefixtures("applied")
def test_a_machine_that_cannot_be_told_that_an_operator_left_is_named_until_it_was(ground: Ground) -> None:
    assert [_lets_ben_in(ground, host) for host in THREE] == [True] * 3
    ground.lab.ssh("alder-3", "systemctl stop ssh")
    said = ground.provider.run("operator", "remove", "ben", "--yes")
    assert "alder-3 could not be asked: ben's account and keys are still there" in said
    found = {one["code"]: one for one in ground.plan(status=3)["findings"]}
    assert found["plan.may-let-in"]["operators"] == ["ben"] and found["plan.may-let-in"]["host"] == "alder-3"
    polder_lab("shell", "--console", "--name", ground.lab.name, "alder-3", "systemctl", "start", "ssh")
    ground.provider.run("host", "apply", "--yes")
    assert [_lets_ben_in(ground, host) for host in THREE] == [False] * 3


def _lets_ben_in(ground: Ground, host: str) -> bool:
    asked = f"id ben || grep -q '{BEN}' /root/.ssh/authorized_keys"
    return ground.lab.try_ssh(host, asked).returncode == 0


@pytest.mark.usefixtures("applied")
def test_a_machine_is_replaced_by_the_one_in_reserve(ground: Ground) -> None:
    data = f"$(docker volume inspect -f '{{{{.Mountpoint}}}}' {KEPT})/kept"
    ground.lab.ssh("alder-1", f"docker volume create --label polder.site=alder {KEPT} && touch {data}")
    key = re.findall(r"host-key: (.+)", ground.spare)[0]
    mesh = re.findall(r"mesh: (.+)", ground.spare)[0]
    words = ("--host-key", key, "--mesh", mesh, "--yes")
    said = ground.provider.run("host", "replace", "alder-1", "alder-4", ground.lab.address("alder-4"), *words)
    assert "Take alder-1 (" in said and "Let the machine alder-1 leave the swarm" in said
    assert _left(ground, "alder-1") == ["inactive", "", "inet polder", "yes"]
    assert ground.nodes() == {f"alder-{n}": ("Ready", "Active", True) for n in (2, 3, 4)}
    found = ground.plan()
    assert (found["steps"], found["findings"]) == ([], [])
    until(lambda: [ground.front(door)[0] for door in ("alder-2", "alder-4")] == [200, 200], 60)


def _left(ground: Ground, host: str) -> list[str]:
    """What a machine that left is: in no swarm, without containers, with its firewall; and whether the data that it had is there."""
    asked = (
        "docker info --format '{{.Swarm.LocalNodeState}}'",
        "docker ps -aq",
        "nft list tables | grep -o 'inet polder'",
        f"test -e $(docker volume inspect -f '{{{{.Mountpoint}}}}' {KEPT})/kept && echo yes",
    )
    return [ground.lab.ssh(host, command).strip() for command in asked]


def test_of_the_lab_nothing_is_left_in_the_sites_folder_but_the_site(ground: Ground) -> None:
    names = {path.name for path in Path(ground.provider.folder).iterdir()}
    assert names <= {
        "site.yml",
        "hosts.yml",
        "groups",
        "content",
        "secrets",
        "journal",
        "polder.lock",
        "internal-ca.crt",
    }
