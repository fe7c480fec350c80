"""The firewall's text is what nft takes and what the kernel lists again, so that one look shows every change."""

from __future__ import annotations

import itertools
import secrets
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from polder.kernel.host import DockerSeen
from polder.platform.hosts.firewall import firewall_file, open_ports, plain, rule_changes, table
from polder.platform.hosts.view import View
from support.machines import bare
from support.sites import SITE, group, read, site_files

HOSTS = """ada: {address: 192.0.2.1, profile: baseline, roles: [manager, ingress], mesh: 10.213.0.1}
bob: {address: 192.0.2.10, profile: baseline, mesh: 10.213.0.2, port: 2222, ports: [25/tcp, 3478/udp, 993/tcp]}
cleo: {address: "2001:db8::3", profile: baseline}
dina: {address: 192.0.2.9, profile: none}
"""


def view(
    name: str = "ada", registry: str = "registry.lilas.test:5000", hosts: str = HOSTS, **seen: object
) -> View:
    site = read(
        site_files(
            {"lilas": group("page bare")},
            **{"hosts.yml": hosts, "site.yml": SITE + f"registry: {registry}\n"},
        )
    )
    return View(site, site.hosts[name], bare(name, **seen))


def chain(name: str, text: str) -> str:
    return text.partition(f"chain {name} {{\n")[2].partition("\t}\n")[0]


@pytest.fixture
def namespace() -> Iterator[str]:
    name = f"polder-fw-{secrets.token_hex(3)}"
    subprocess.run(["ip", "netns", "add", name], check=True)
    yield name
    subprocess.run(["ip", "netns", "del", name], check=True)


def nft(namespace: str, *words: str, text: str = "") -> str:
    argv = ["ip", "netns", "exec", namespace, shutil.which("nft", path="/usr/sbin:/usr/bin") or "nft", *words]
    done = subprocess.run(argv, input=text, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.builder
@pytest.mark.parametrize("name", ["ada", "bob", "cleo"])
@pytest.mark.parametrize("registry", ["registry.lilas.test:5000", "10.213.0.2:5000"])
def test_the_kernel_lists_the_table_as_it_was_written(namespace: str, name: str, registry: str) -> None:
    wanted = view(name, registry)
    nft(namespace, "-c", "-f", "-", text=firewall_file(wanted))
    nft(namespace, "-f", "-", text=firewall_file(wanted))
    assert nft(namespace, "-s", "list", "table", "inet", "polder") == table(wanted)


@pytest.mark.builder
def test_loading_it_again_replaces_it_whole_and_touches_no_other_table(namespace: str) -> None:
    theirs = 'table ip docker {\n\tchain keep {\n\t\tcomment "not ours"\n\t}\n}\n'
    nft(namespace, "-f", "-", text=theirs)
    for one in (view("bob"), view("ada")):
        nft(namespace, "-f", "-", text=firewall_file(one))
    listed = nft(namespace, "-s", "list", "ruleset")
    assert listed == theirs + table(view("ada")) or listed == table(view("ada")) + theirs


def test_only_the_door_and_named_ports_are_open_to_everybody() -> None:
    assert open_ports(view("ada")) == {"tcp": (80, 443)}
    assert open_ports(view("bob")) == {"tcp": (25, 993), "udp": (3478,)}
    assert open_ports(view("cleo")) == {}


def test_ssh_is_open_where_we_come_in_and_where_the_server_listens_behind_a_router() -> None:
    assert "\t\ttcp dport 22 accept\n" in table(view("ada", sshd={"port": "22"}))
    assert "\t\ttcp dport { 22, 2222 } accept\n" in table(view("bob", sshd={"port": "22"}))


def test_swarm_answers_in_the_mesh_and_past_it_only_to_hosts_without_one() -> None:
    rules = chain("input", table(view("ada")))
    assert 'iifname "polder0" tcp dport { 2377, 5000, 7946 } accept' in rules
    assert "ip saddr 192.0.2.10 udp dport 51820 accept" in rules
    assert "ip saddr 192.0.2.9 tcp dport { 2377, 5000, 7946 } accept" in rules
    assert "ip6 saddr 2001:db8::3 udp dport { 4789, 7946 } accept" in rules
    assert "ip saddr 192.0.2.10 tcp dport { 2377" not in rules


def test_a_swarm_that_was_joined_before_the_mesh_keeps_its_ways() -> None:
    rules = chain("input", table(view("ada", docker=DockerSeen("26", True, "active", address="192.0.2.1"))))
    assert "ip saddr { 192.0.2.9, 192.0.2.10 } tcp dport { 2377, 5000, 7946 } accept" in rules


def test_workers_take_no_orders() -> None:
    assert "2377" not in table(view("bob"))


def test_the_registry_is_open_where_it_can_be_and_to_the_sites_hosts_only() -> None:
    assert "5000" in table(view("bob", "10.213.0.2:5000"))
    assert "5000" not in table(view("ada", "10.213.0.2:5000"))
    for rule in table(view("ada")).splitlines():
        assert "5000" not in rule or 'iifname "polder0"' in rule or "saddr" in rule


def test_what_docker_publishes_is_held_to_the_same_list() -> None:
    rules = chain("published", table(view("bob"))).splitlines()
    assert rules[-1].strip() == "drop"
    allowed = [rule.strip() for rule in rules if rule.strip().startswith("ct status dnat")]
    assert allowed == [
        "ct status dnat meta l4proto tcp ct original proto-dst 25 return",
        "ct status dnat meta l4proto tcp ct original proto-dst 993 return",
        "ct status dnat meta l4proto udp ct original proto-dst 3478 return",
    ]


def test_a_rule_changed_by_hand_is_shown_and_whoever_logs_in_just_now_is_not() -> None:
    listed = table(view("ada"))
    busy = listed.replace(
        "\t\ttimeout 1m\n", "\t\ttimeout 1m\n\t\telements = { 192.0.2.7 limit rate over 120/minute }\n", 1
    )
    assert plain(busy) == plain(listed)
    opened = listed.replace("dport { 80, 443 } accept", "dport { 80, 443, 8080 } accept")
    shown = list(rule_changes(plain(opened), plain(listed)))
    assert [(c.before, c.after) for c in shown] == [
        ("tcp dport { 80, 443, 8080 } accept", ""),
        ("", "tcp dport { 80, 443 } accept"),
    ]


def test_rules_in_another_order_are_another_firewall() -> None:
    lines = plain(table(view("ada")))
    turned = tuple(itertools.chain(lines[:20], reversed(lines[20:24]), lines[24:]))
    assert list(rule_changes(turned, lines))
