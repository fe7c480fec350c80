"""Names and addresses of labs: all that a lab has follows from its number, and no two labs have anything in common."""

from ipaddress import ip_address, ip_network
from itertools import combinations

import pytest

from polder.kernel.problem import Refused
from polder.lab.model import EVERY_LAB, LABS, MOST_HOSTS, MOST_PROVIDERS, Lab, new_lab
from polder.lab.network import host_batch, machine_batch, plug_batch, router_batch, slow_rules

LAB = new_lab("lab", 0, 3, 2, "trixie")


def largest(number: int) -> Lab:
    return new_lab("lab", number, MOST_PROVIDERS, MOST_HOSTS, "trixie")


def test_every_address_is_in_the_range_kept_for_benchmarks() -> None:
    for number in range(LABS):
        assert ip_network(largest(number).network).subnet_of(ip_network(EVERY_LAB))


def test_networks_of_labs_do_not_overlap() -> None:
    networks = [ip_network(largest(number).network) for number in range(LABS)]

    assert not any(one.overlaps(other) for one, other in combinations(networks, 2))


@pytest.mark.parametrize("number", [0, 1, 15, 16, 31])
def test_in_the_largest_lab_no_two_things_share_an_address_or_a_name(number: int) -> None:
    lab = largest(number)
    own = [lab.operator, lab.router_address, lab.dns, lab.acme, *(p.gateway for p in lab.providers)]
    addresses = own + [node.address for node in lab.nodes]

    assert len(set(addresses)) == len(addresses)
    assert all(ip_address(address) in ip_network(lab.network) for address in addresses)
    for names in ([n.name for n in lab.nodes], [n.link for n in lab.nodes], [n.mesh for n in lab.nodes]):
        assert len(set(names)) == len(names)


def test_names_of_interfaces_are_short_enough_for_linux() -> None:
    lab = largest(LABS - 1)

    assert max(map(len, [lab.uplink, *(node.link for node in lab.nodes)])) <= 15


def test_each_provider_is_a_network_of_its_own() -> None:
    for provider in LAB.providers:
        assert all(ip_address(node.address) in ip_network(provider.network) for node in provider.nodes)
        assert ip_address(provider.gateway) in ip_network(provider.network)


@pytest.mark.parametrize(("providers", "hosts"), [(0, 1), (15, 1), (1, 0), (1, 21)])
def test_a_lab_of_impossible_size_is_refused(providers: int, hosts: int) -> None:
    with pytest.raises(Refused) as refused:
        new_lab("lab", 0, providers, hosts, "trixie")

    assert [problem.code for problem in refused.value.problems] == ["lab.too-many"]


def test_a_wrong_word_is_answered_with_the_nearest_right_one() -> None:
    with pytest.raises(Refused) as refused:
        LAB.end("alder1")

    problem = refused.value.problems[0]
    assert (problem.code, problem.values["nearest"]) == ("lab.unknown-end-near", "alder-1")


def test_ends_of_cuts_may_be_written_in_any_case() -> None:
    assert [LAB.end(word) for word in ("all", "Outside", "ALDER", "cedar-2")] == [
        *("ALL", "OUTSIDE", "alder", "cedar-2")
    ]


def test_a_host_knows_only_its_own_address_and_the_router() -> None:
    assert host_batch(LAB.node("birch-1")).splitlines() == [
        "link set lo up",
        "addr add 198.18.2.1/32 dev eth0",
        "link set eth0 up",
        "route add default via 198.18.2.254 dev eth0 onlink",
    ]


def test_the_router_has_a_link_for_each_host() -> None:
    assert plug_batch(LAB.node("birch-1")).splitlines() == [
        "link add p2h1 mtu 1500 type veth peer name eth0 mtu 1500 netns polder-lab0-birch-1",
        "link set p2h1 up",
        "route add 198.18.2.1/32 dev p2h1",
    ]


def test_where_no_host_has_power_packets_vanish_without_a_word() -> None:
    assert "route add blackhole 198.18.0.0/20 metric 9000" in router_batch(LAB).splitlines()


def test_the_machine_finds_all_hosts_behind_the_router() -> None:
    assert "route add 198.18.0.0/20 via 198.18.0.2 dev plab0" in machine_batch(LAB, 1500).splitlines()


def test_packets_that_waited_once_are_not_sent_to_wait_again() -> None:
    assert slow_rules((LAB.node("alder-1"),)) == (
        "priority 100 iif slow lookup main",
        "priority 200 from 198.18.1.1 lookup 100",
        "priority 200 to 198.18.1.1 lookup 100",
    )
    assert slow_rules(()) == ()
