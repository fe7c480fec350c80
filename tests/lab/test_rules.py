"""Cuts as the router's rules."""

from polder.lab.change import mends
from polder.lab.model import new_lab
from polder.lab.rules import cut_rules, way_out

LAB = new_lab("lab", 0, 2, 2, "trixie")


def dropped(*cuts: tuple[str, str]) -> list[str]:
    """What the cuts themselves drop, without the borders that are always there."""
    always = cut_rules(LAB, ())
    lines = cut_rules(LAB, cuts).splitlines()
    return [line.strip().removesuffix(" drop") for line in lines if line not in always]


def test_a_cut_between_hosts_works_both_ways() -> None:
    assert dropped(("alder-1", "birch-2")) == [
        "ip saddr 198.18.1.1/32 ip daddr 198.18.2.2/32",
        "ip saddr 198.18.2.2/32 ip daddr 198.18.1.1/32",
    ]


def test_a_provider_cut_off_from_all_keeps_its_own_hosts() -> None:
    assert dropped(("ALL", "alder")) == [
        "ip saddr 198.18.1.0/24 ip daddr != 198.18.1.0/24",
        "ip daddr 198.18.1.0/24 ip saddr != 198.18.1.0/24",
    ]


def test_a_host_cut_off_from_all_has_nobody() -> None:
    assert dropped(("ALL", "alder-1"))[0] == "ip saddr 198.18.1.1/32 ip daddr != 198.18.1.1/32"


def test_a_provider_cut_off_from_outside_still_has_the_other_providers() -> None:
    assert dropped(("OUTSIDE", "birch")) == [
        'ip saddr 198.18.2.0/24 oifname "wan"',
        'ip daddr 198.18.2.0/24 iifname "wan"',
    ]


def test_the_whole_lab_can_lose_the_outside() -> None:
    assert dropped(("ALL", "OUTSIDE"))[0] == 'ip saddr 198.18.0.0/20 oifname "wan"'


def test_cuts_hold_for_what_passes_and_for_the_routers_own_services() -> None:
    text = cut_rules(LAB, ())

    assert all(f"hook {hook} priority 0; jump cuts;" in text for hook in ("forward", "input", "output"))


def test_no_packet_reaches_another_lab_or_another_providers_registry() -> None:
    text = cut_rules(LAB, ())

    assert 'oifname "wan" ip daddr 198.18.0.0/15 ip daddr != 198.18.0.1 drop' in text
    assert "ip daddr 198.18.2.254 tcp dport 5000 ip saddr != { 198.18.2.0/24, 198.18.0.1 } drop" in text


def test_joining_to_all_mends_every_cut_of_that_host_and_of_no_other() -> None:
    cuts = [("alder-1", "birch"), ("ALL", "alder-1"), ("alder-2", "birch")]

    assert [cut for cut in cuts if not mends(("ALL", "alder-1"), cut)] == [("alder-2", "birch")]
    assert [cut for cut in cuts if not mends(("ALL", "ALL"), cut)] == []
    assert [cut for cut in cuts if not mends(("alder-1", "birch"), cut)] == cuts[1:]


def test_rules_of_the_machine_itself_carry_the_labs_name() -> None:
    assert all("polder-lab0" in rule for rule in way_out(LAB))
