"""A real lab of two providers with two hosts each: disasters happen, are mended, and stay where they belong."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator

import pytest

from support.lab import Lab, polder_lab, start_lab, stop_lab, until

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    made = start_lab(2, 2)
    yield made
    stop_lab(made)


def status(lab: Lab) -> dict[str, dict[str, object]]:
    seen = json.loads(polder_lab("status", "--json", "--name", lab.name))
    return {node["name"]: node for node in seen["nodes"]}


def round_trip(lab: Lab, host: str, other: str) -> float:
    """Milliseconds, the quickest of three."""
    text = lab.ssh(host, f"ping -c 3 -i 0.3 -W 2 {lab.address(other)}")
    found = re.search(r"= ([\d.]+)/", text)
    assert found, text
    return float(found[1])


def boot_id(lab: Lab, host: str) -> str:
    """Another one after each start, as on a machine."""
    return lab.try_ssh(host, "cat /proc/sys/kernel/random/boot_id").stdout


def test_every_host_is_a_bare_debian_that_answers(lab: Lab) -> None:
    for node in lab.nodes:
        assert lab.ssh(node.name, "hostname; . /etc/os-release; echo $VERSION_CODENAME").split() == [
            *(node.name, "trixie")
        ]
        assert lab.try_ssh(node.name, "command -v docker").returncode != 0


def test_hosts_differ_in_what_must_be_unique(lab: Lab) -> None:
    words = "cat /etc/machine-id; cut -d' ' -f2 /etc/ssh/ssh_host_ed25519_key.pub"
    seen = [lab.ssh(node.name, words).split() for node in lab.nodes]

    assert len({machine for machine, _ in seen}) == len({key for _, key in seen}) == len(lab.nodes)


def test_a_host_sees_its_own_interfaces_and_none_of_the_machines(lab: Lab) -> None:
    assert lab.ssh("alder-1", "ls /sys/class/net; cat /sys/class/net/eth0/mtu").split() == [
        "eth0",
        "lo",
        "1500",
    ]


def test_names_of_the_lab_and_of_the_world_are_answered(lab: Lab) -> None:
    text = lab.ssh("alder-1", "getent hosts garden.birch.test birch-2.birch.test; apt-get -q update")

    assert text.split()[:3:2] == [lab.address("birch-1"), lab.address("birch-2")]


def test_what_setting_a_host_up_installs_is_there_without_a_download(lab: Lab) -> None:
    text = lab.ssh("alder-2", "apt-get install -y --no-install-recommends --print-uris docker.io nftables")

    assert "'http" not in text


def test_the_acme_directory_and_the_registries_are_trusted_by_every_host(lab: Lab) -> None:
    ask = """import socket, ssl
door = socket.create_connection(("{host}", {port}))
print(ssl.create_default_context().wrap_socket(door, server_hostname="{host}").version())"""

    for host, port in (("acme.lab.test", 14000), ("registry.alder.test", 5000)):
        assert "TLSv1" in lab.ssh("alder-1", f"python3 -c '{ask.format(host=host, port=port)}'")


def test_a_registry_is_for_its_own_provider(lab: Lab) -> None:
    knock = f"timeout 2 bash -c '</dev/tcp/{lab.model.provider('birch').gateway}/5000'"

    assert lab.try_ssh("birch-2", knock).returncode == 0
    assert lab.try_ssh("alder-2", knock).returncode != 0


def test_providers_reach_each_other_through_the_router_only(lab: Lab) -> None:
    assert lab.reaches("alder-1", "birch-2")
    assert (
        lab.ssh("alder-1", "ip route").strip()
        == f"default via {lab.model.node('alder-1').gateway} dev eth0 onlink"
    )


def test_a_cut_means_no_answer_and_joining_mends_it(lab: Lab) -> None:
    lab.cut("alder-1", "birch")

    assert not lab.reaches("alder-1", "birch-1") and not lab.reaches("birch-2", "alder-1")
    assert lab.reaches("alder-2", "birch-1") and lab.reaches("alder-1", "alder-2")

    lab.join("birch", "alder-1")

    assert lab.reaches("alder-1", "birch-1") and lab.reaches("birch-2", "alder-1")


def test_a_host_cut_off_from_all_does_not_answer_us_either_but_its_console_does(lab: Lab) -> None:
    lab.cut("birch-2", "ALL")
    try:
        assert status(lab)["birch-2"]["ssh"] == "no"
        assert polder_lab("shell", "--console", "--name", lab.name, "birch-2", "hostname") == "birch-2\n"
    finally:
        lab.join("birch-2", "ALL")

    assert status(lab)["birch-2"]["ssh"] == "yes"


def test_a_slow_host_shows_in_round_trips_to_it_and_to_nobody_else(lab: Lab) -> None:
    lab.slow("alder-2", "--delay", "60ms")
    try:
        assert 115 < round_trip(lab, "alder-1", "alder-2") < 180
        assert 115 < round_trip(lab, "birch-1", "alder-2") < 180
        assert round_trip(lab, "alder-1", "birch-1") < 20
    finally:
        lab.slow("alder-2", "--off")

    assert round_trip(lab, "alder-1", "alder-2") < 20


def test_a_narrow_wire_takes_its_time(lab: Lab) -> None:
    lab.slow("alder-2", "--rate", "4mbit")
    try:
        began = time.monotonic()
        lab.ssh("alder-2", "head -c 1000000 /dev/zero")
        seconds = time.monotonic() - began
    finally:
        lab.slow("alder-2", "--off")

    assert 1.9 < seconds < 8  # 8 million bits are 2 s, and somewhat more with TCP's own words


def test_a_host_that_lost_its_power_is_silent_and_comes_back_with_its_files_and_without_its_rules(
    lab: Lab,
) -> None:
    words = "echo kept >/srv/note; sync; ip link add ghost type dummy; echo 1 >/run/gone"
    lab.ssh("alder-1", words)
    lab.kill("alder-1")

    assert status(lab)["alder-1"]["power"] is False
    assert (
        "Destination Host Unreachable"
        not in lab.try_ssh("alder-2", f"ping -c 1 -W 1 {lab.address('alder-1')}").stdout
    )
    assert not lab.reaches("alder-2", "alder-1")

    lab.revive("alder-1")

    assert (
        lab.ssh("alder-1", "cat /srv/note; ls /run/gone /sys/class/net/ghost 2>/dev/null || true") == "kept\n"
    )
    assert lab.reaches("alder-2", "alder-1")


def test_a_host_that_reboots_comes_back_by_itself(lab: Lab) -> None:
    before = boot_id(lab, "birch-1")
    lab.try_ssh("birch-1", "systemctl reboot")

    until(lambda: boot_id(lab, "birch-1") not in ("", before), within=30)
    assert lab.ssh("birch-1", "hostname").strip() == "birch-1"


def test_a_host_that_is_switched_off_from_within_stays_off_until_it_is_revived(lab: Lab) -> None:
    lab.try_ssh("birch-2", "systemctl poweroff")
    until(lambda: status(lab)["birch-2"]["power"] is False, within=30)
    time.sleep(2)

    assert status(lab)["birch-2"]["power"] is False
    lab.revive("birch-2")
    assert lab.ssh("birch-2", "hostname").strip() == "birch-2"


def test_another_machine_in_a_hosts_place_is_empty_and_not_taken_for_it(lab: Lab) -> None:
    lab.ssh("birch-2", "touch /srv/note /var/lib/docker/note")
    lab.kill("birch-2")
    lab.revive("birch-2", "--anew")

    refused = lab.try_ssh("birch-2", "true")
    assert refused.returncode != 0 and "REMOTE HOST IDENTIFICATION HAS CHANGED" in refused.stderr
    within = ("shell", "--console", "--name", lab.name, "birch-2")
    assert polder_lab(*within, "find", "/srv", "/var/lib/docker", "-name", "note") == ""


def test_the_timeline_tells_what_was_done_and_since_when_hosts_answer(lab: Lab) -> None:
    lab.kill("alder-2")
    lab.revive("alder-2")
    until(lambda: answering(lab)["alder-2"] > 0, within=10)
    told = [moment["command"] for moment in moments(lab) if moment["command"]]

    assert told[0] == "up"
    assert told[-2:] == ["kill alder-2", "revive alder-2"]


def moments(lab: Lab) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(polder_lab("time", "--json", "--name", lab.name))["moments"]
    return found


def answering(lab: Lab) -> dict[str, float]:
    found: dict[str, float] = json.loads(polder_lab("time", "--json", "--name", lab.name))["answering"]
    return found


def test_hosts_can_be_debian_12_too() -> None:
    old = start_lab(1, 1, suite="bookworm")
    try:
        assert "bookworm" in old.ssh("alder-1", "cat /etc/os-release")
    finally:
        stop_lab(old)
