"""What ``polder host`` changes in hosts.yml and in groups' files, and what it will not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from polder.kernel.problem import Refused
from polder.platform.site import edit_hosts

HOSTS = b"""# Our machines.
ada:   # in the cellar
  address: 192.0.2.1
  roles: [manager, ingress]
  profile: baseline
  host-key: ssh-ed25519 AAAA
  mesh: 10.213.0.1
  power: solar
bela: {address: 192.0.2.2, mesh: 10.213.0.3}   # at the library
"""
FILES = {
    "hosts.yml": HOSTS,
    "groups/lilas.yml": b"apps:\n  wiki: {recipe: wiki, host: ada}   # theirs\n  page: {recipe: page}\n",
}

ALONE = {"hosts.yml": b"ada: {address: 192.0.2.1, profile: baseline}\n"}


def test_a_host_is_drained_and_opened_again_and_not_a_letter_else_changes() -> None:
    drained = edit_hosts.set_host(FILES, "ada", "drained", True)
    assert drained == {"hosts.yml": HOSTS.replace(b"power: solar\n", b"power: solar\n  drained: true\n")}
    assert edit_hosts.set_host(drained, "ada", "drained", None) == {"hosts.yml": HOSTS}
    assert edit_hosts.set_host(FILES, "ada", "drained", None) == {}


def test_a_host_without_apps_is_taken_out_and_one_with_apps_is_not() -> None:
    (changed,) = edit_hosts.remove_host(FILES, "bela").values()
    assert changed == HOSTS[: HOSTS.index(b"bela")]
    assert refusal(lambda: edit_hosts.remove_host(FILES, "ada")) == "site.host-has-apps"


def test_the_new_host_takes_over_all_but_what_belongs_to_the_machine() -> None:
    entry = {"address": "192.0.2.9", "host-key": "ssh-ed25519 BBBB", "mesh": "10.213.0.2"}
    changed = edit_hosts.replace_host(FILES, "ada", "cleo", entry)
    assert changed["groups/lilas.yml"] == FILES["groups/lilas.yml"].replace(b"host: ada", b"host: cleo")
    hosts = changed["hosts.yml"].decode()
    assert "ada" not in hosts and "# at the library" in hosts
    assert (
        hosts.partition("cleo:")[2].split()
        == (
            "address: 192.0.2.9 roles: [manager, ingress] profile: baseline power: solar"
            ' host-key: "ssh-ed25519 BBBB" mesh: 10.213.0.2'
        )
        .replace('"', "")
        .split()
    )


def test_the_lowest_free_address_of_the_mesh_is_given() -> None:
    assert edit_hosts.free_mesh_address(FILES) == "10.213.0.2"
    assert edit_hosts.has_mesh(FILES) and not edit_hosts.has_mesh({"hosts.yml": b"ada: {address: local}"})


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: edit_hosts.put_host(FILES, "ada", {"address": "192.0.2.9"}), "site.host-exists"),
        (lambda: edit_hosts.put_host(FILES, "Ada L", {"address": "192.0.2.9"}), "kernel.not-a-slug"),
        (lambda: edit_hosts.set_host(FILES, "adda", "drained", True), "site.unknown-host-near"),
        (lambda: edit_hosts.remove_host(FILES, "zzzzzz"), "site.unknown-host"),
        (lambda: edit_hosts.replace_host(FILES, "ada", "bela", {"address": "192.0.2.9"}), "site.host-exists"),
        (
            lambda: edit_hosts.replace_host(ALONE, "ada", "bela", {"address": "192.0.2.9"}),
            "plan.last-manager",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(call: Callable[[], object], code: str) -> None:
    assert refusal(call) == code


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.problems[0].code
