"""The sites of a lab are sites: Polder reads them and finds nothing wrong."""

from pathlib import Path

import pytest

from polder.actions.check_site import load_site
from polder.lab.model import new_lab
from polder.lab.services import dns_settings
from polder.lab.sites import roles, site_files, ssh_config

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ9f6XK5m0N3F0Tq0m3yqv1m9oXxv8oXo1m7oVxq0f2h"
LAB = new_lab("lab", 0, 2, 3, "trixie")


@pytest.mark.parametrize("hosts", [1, 2, 3, 5])
def test_a_site_of_any_size_is_whole(hosts: int, tmp_path: Path) -> None:
    provider = new_lab("lab", 0, 1, hosts, "trixie").providers[0]
    for path, text in site_files(provider, lambda name: KEY, f"{KEY} operator").items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)

    site = load_site(tmp_path)

    assert len(site.hosts) == hosts
    assert all(host.profile == "baseline" and host.host_key == KEY for host in site.hosts.values())
    assert site.engine == "hosts"


@pytest.mark.parametrize(("hosts", "managers"), [(1, 1), (2, 1), (3, 3), (5, 3)])
def test_as_many_hosts_manage_as_can_outvote_one_that_is_lost(hosts: int, managers: int) -> None:
    provider = new_lab("lab", 0, 1, hosts, "trixie").providers[0]
    found = [roles(provider, node) for node in provider.nodes]

    assert sum("manager" in words for words in found) == managers
    assert [number for number, words in enumerate(found) if "ingress" in words] == [0]


def test_every_host_can_be_reached_by_name_and_by_address_with_one_file() -> None:
    text = ssh_config(LAB, Path("/lab"))

    assert "Host birch-3\n  HostName 198.18.2.3\n" in text
    assert "alder-1 198.18.1.1" in text
    assert "StrictHostKeyChecking yes" in text


def test_a_providers_names_lead_to_its_first_host_and_hosts_have_names_of_their_own() -> None:
    lines = dns_settings(LAB, ["192.0.2.53"]).splitlines()

    assert "address=/birch.test/198.18.2.1" in lines
    assert "address=/birch-2.birch.test/198.18.2.2" in lines
    assert "address=/registry.alder.test/198.18.1.254" in lines
    assert "local=/test/" in lines and "server=192.0.2.53" in lines
