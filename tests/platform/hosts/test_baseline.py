"""What holds for every host and every site: a second look plans nothing, the way in stays open, secrets stay where they are."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polder.kernel.host import DockerSeen, HostWork, InstallPackages, PutFile, RunScript, UnitSeen
from polder.platform.hosts.baseline import host_steps
from polder.platform.hosts.firewall import firewall_file
from polder.platform.hosts.lines import IDS, LINES
from polder.platform.hosts.mesh import PRIVATE
from polder.platform.hosts.view import View
from polder.platform.plan.model import Step
from polder.platform.site.model import Site
from support.machines import KEY, OTHER_KEY, Machines, bare, carry_out, done, looks, steps_of
from support.sites import SITE, group, read, site_files

REGISTRIES = ("registry.lilas.test:5000", "192.0.2.1:5000", "10.213.0.2:5000")
hosts = st.fixed_dictionaries(
    {
        "codename": st.sampled_from(["bookworm", "trixie"]),
        "mesh": st.booleans(),
        "user": st.sampled_from(["root", "debian", "ana"]),
        "port": st.sampled_from([22, 2222]),
        "ports": st.lists(
            st.sampled_from(["25/tcp", "3478/udp", "443/udp", "5000/tcp"]), unique=True, max_size=3
        ),
        "without": st.lists(st.sampled_from(IDS), unique=True, max_size=3),
        "wireguard": st.sampled_from(["kernel", "userspace"]),
        "virtual": st.sampled_from(["kvm", "systemd-nspawn"]),
        "docker": st.booleans(),
    }
)


def site_of(*wishes: dict[str, object], registry: str = REGISTRIES[0]) -> Site:
    """A host for each wish: ``ada``, ``bob`` ..., the first managing and at the door."""
    lines = []
    for number, (name, wish) in enumerate(zip(("ada", "bob", "cleo", "dina"), wishes, strict=False), 1):
        without = ", ".join(f"{line}: x" for line in wish.get("without", ()))  # type: ignore[attr-defined]
        mesh = f", mesh: 10.213.0.{number}" if wish.get("mesh") else ""
        roles = ", roles: [manager, ingress]" if number == 1 else ""
        lines.append(
            f"{name}: {{address: 192.0.2.{number}, profile: baseline, user: {wish.get('user', 'root')}, "
            f"port: {wish.get('port', 22)}, ports: {wish.get('ports', [])}, without: {{{without}}}{mesh}{roles}}}\n"
        )
    text = SITE.replace("operators: {ana", "operators: {ben: " + OTHER_KEY + ", ana")
    keys = f'registry: {registry}\nssh-keys: {{ana: ["{KEY} ana@home"]}}\n'
    return read(
        site_files({"lilas": group("page bare")}, **{"hosts.yml": "".join(lines), "site.yml": text + keys})
    )


def machines_of(site: Site, *wishes: dict[str, object]) -> Machines:
    found = {}
    for name, wish in zip(site.hosts, wishes, strict=True):
        seen = bare(name, str(wish.get("codename", "bookworm")), wireguard=wish.get("wireguard", "kernel"))
        if wish.get("docker"):
            units = {**seen.units, "docker.service": UnitSeen("enabled", "active")}
            seen = replace(seen, units=units, docker=DockerSeen("20.10.24", True, containers=2))
        found[name] = replace(seen, virtual=str(wish.get("virtual", "kvm")))
    return Machines(found)


@settings(max_examples=40)
@given(st.lists(hosts, min_size=1, max_size=3), st.sampled_from(REGISTRIES))
def test_after_the_work_a_second_look_plans_nothing(wishes: list[dict[str, object]], registry: str) -> None:
    site = site_of(*wishes, registry=registry)
    machines = machines_of(site, *wishes)
    there = done(site, machines)
    assert steps_of(site, there) == []


@settings(max_examples=40)
@given(st.lists(hosts, min_size=2, max_size=2), st.lists(hosts, min_size=2, max_size=2))
def test_from_any_profile_to_any_other_takes_one_plan(
    before: list[dict[str, object]], after: list[dict[str, object]]
) -> None:
    former = site_of(*before)
    machines = machines_of(former, *before)
    done(former, machines)
    site = site_of(*({**a, "codename": b["codename"]} for a, b in zip(after, before, strict=True)))
    assert steps_of(site, done(site, machines)) == []


@given(hosts)
def test_the_way_in_is_open_in_every_firewall(wish: dict[str, object]) -> None:
    site = site_of(wish)
    text = firewall_file(View(site, site.hosts["ada"], bare("ada")))
    assert f"\n\t\ttcp dport {wish['port']} accept\n" in text
    assert (
        "flush ruleset" not in text
        and re.findall(r"^table (\S+ \S+)", text, re.MULTILINE) == ["inet polder"] * 2
    )


@settings(max_examples=40)
@given(st.lists(hosts, min_size=1, max_size=3))
def test_steps_of_a_host_follow_each_other_and_wait_for_nothing_that_waits_for_them(
    wishes: list[dict[str, object]],
) -> None:
    site = site_of(*wishes)
    machines = machines_of(site, *wishes)
    steps = steps_of(site, looks(site, machines))
    for before, step in pairwise(steps):
        if before.subject == step.subject:
            assert step.after[0] == before.key
    carry_out(steps, machines)
    assert len({step.key for step in steps}) == len(steps)


def plan_of(registry: str = REGISTRIES[0], **wish: object) -> list[Step]:
    site = site_of(wish, registry=registry)
    return steps_of(site, {"ada": bare("ada")})


def test_nothing_that_could_cut_the_way_in_is_done_without_a_guard() -> None:
    guarded = {s.key.split(":")[2] for s in plan_of() if isinstance(s.work, HostWork) and s.work.guard}
    assert guarded == {"sudo", "entry", "ssh", "ssh-forwarding", "firewall"}


@pytest.mark.parametrize(
    ("user", "rules"),
    [("root", ["ben", "ana"]), ("ana", ["ana", "ben"]), ("debian", ["debian", "ben", "ana"])],
)
def test_whoever_polder_comes_in_as_may_become_root(user: str, rules: list[str]) -> None:
    (step,) = (step for step in plan_of(user=user) if step.key == "host:ada:sudo")
    assert isinstance(step.work, HostWork) and isinstance(step.work.operations[0], PutFile)
    lines = step.work.operations[0].content.splitlines()[1:]
    assert lines == [f"{name} ALL=(ALL:ALL) NOPASSWD: ALL" for name in rules]


def test_the_registry_is_made_only_where_the_site_says_after_the_mesh_and_stopped_when_it_moves() -> None:
    wishes = ({"mesh": True}, {"mesh": True})
    here, elsewhere = (site_of(*wishes, registry=f"10.213.0.{number}:5000") for number in (1, 2))
    machines = machines_of(here, *wishes)
    steps = steps_of(here, machines.seen)
    made = [step for step in steps if step.code == "step.host-registry"]
    assert [step.subject for step in made] == ["host/ada"]
    order = [step.key for step in steps if step.subject == "host/ada"]
    assert order.index("host:ada:mesh") < order.index("host:ada:registry") < order.index("host:ada:docker")
    done(here, machines)
    moved = {step.key: step.code for step in steps_of(elsewhere, machines.seen)}
    assert moved["host:ada:registry"] == "step.host-registry-stop"
    assert moved["host:bob:registry"] == "step.host-registry"


def test_docker_is_installed_after_the_firewall_stands_and_its_file_before_it_starts() -> None:
    steps = plan_of()
    keys = [step.key for step in steps]
    assert keys.index("host:ada:firewall") < keys.index("host:ada:docker")
    assert isinstance(steps[-1].work, HostWork)
    kinds = [type(operation) for operation in steps[-1].work.operations]
    assert kinds.index(PutFile) < kinds.index(InstallPackages)


def test_the_private_key_of_the_mesh_is_only_ever_named_not_sent_or_printed() -> None:
    for step in plan_of(mesh=True):
        assert isinstance(step.work, HostWork)
        for operation in step.work.operations:
            if isinstance(operation, RunScript) and PRIVATE in operation.script:
                assert "umask 077" in operation.script
                assert operation.script.splitlines()[-1].startswith(
                    ("cat /etc/wireguard/polder0.pub", "done")
                )
            if isinstance(operation, PutFile):
                assert "PrivateKey" not in operation.content


def test_a_host_that_people_set_up_is_never_touched() -> None:
    site = site_of({})
    host = replace(site.hosts["ada"], profile="none")
    assert host_steps(site, host, bare("ada"), {}) == []


def test_every_line_with_steps_has_one_and_refusing_it_leaves_it_out() -> None:
    parts = {"accounts": {"account-ben", "account-ana", "sudo", "entry"}, "mesh": {"mesh-key", "mesh"}}
    for line in LINES:
        mine = parts.get(line.id, {line.id} if line.steps else set())
        here = "192.0.2.1:5000"
        with_it = {step.key.split(":")[2] for step in plan_of(registry=here, mesh=True)}
        without = {step.key.split(":")[2] for step in plan_of(registry=here, mesh=True, without=[line.id])}
        assert mine <= with_it
        assert with_it - without == mine


@pytest.mark.parametrize("user", ["root", "ana"])
def test_all_operators_get_in_where_polder_does_and_each_has_an_account_beside(user: str) -> None:
    site = site_of({"user": user})
    seen = bare("ada")
    machines = Machines({"ada": seen})
    there = done(site, machines)["ada"]
    keys = {account.name: account.keys for account in there.accounts if account.keys}
    assert "ben" in keys and keys["ben"] == (f"{OTHER_KEY} ben",)
    if user == "root":
        assert set(keys["root"]) == {f"{OTHER_KEY} ben", f"{KEY} ana"}
