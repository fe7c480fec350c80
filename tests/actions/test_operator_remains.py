"""Somebody is taken out while a host is away: it is named until their account and keys are gone from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from polder.actions.check_site import load_site
from polder.actions.edit_site import add_operator
from polder.actions.operator_remains import remains
from polder.actions.remove_operator import remove_operator
from polder.world.age import new_identity
from polder.world.journal import Journal
from support.ground import Ground, Make, hosts_yml, told
from support.machines import OTHER_KEY
from support.sites import group


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("polder.actions.hands.time.sleep", lambda seconds: None)


@pytest.fixture
def site(ground: Make, tmp_path: Path) -> Ground:
    """Ana and Ben on four machines."""
    found = ground(hosts_yml(3, 1), {"lilas": group("page bare")})
    add_operator(found.folder, "ben", new_identity(tmp_path / "ben.txt"), (OTHER_KEY,))
    found.done()
    assert lets_in(found, "dora") and lets_in(found, "ada")
    return found


def lets_in(site: Ground, host: str) -> bool:
    """Whether Ben has an account or a key there."""
    accounts = site.cluster.seen[host].accounts
    return any(a.name == "ben" or any(key.startswith(OTHER_KEY) for key in a.keys) for a in accounts)


def named(site: Ground) -> dict[object, object]:
    found = site.plan().findings
    return {one.values["host"]: one.values["operators"] for one in found if one.code == "plan.may-let-in"}


def test_a_host_that_is_away_is_named_until_it_is_back_and_the_next_apply_takes_them_away(
    site: Ground,
) -> None:
    site.cluster.power_off("dora")
    removed = remove_operator(site.folder, "ben")
    assert removed.hosts == ("ada", "bela", "cleo", "dora")
    assert named(site) == {"dora": ("ben",)}
    site.done()
    assert not lets_in(site, "ada") and lets_in(site, "dora")
    assert named(site) == {"dora": ("ben",)}
    site.cluster.power_on("dora")
    assert named(site) == {}
    assert {step.subject for step in site.done().steps if step.kind == "host"} == {"host/dora"}
    assert not lets_in(site, "dora") and (site.plan().steps, told(site.plan())) == ((), set())
    site.cluster.power_off("dora")
    assert named(site) == {}


def test_broken_between_the_keys_and_the_account_the_host_is_still_named(site: Ground) -> None:
    remove_operator(site.folder, "ben")
    site.cluster.fail_on(
        lambda host, operation: host == "dora" and type(operation).__name__ == "RemoveAccount"
    )
    site.apply()
    site.cluster.power_off("dora")
    assert named(site) == {"dora": ("ben",)}


def test_a_host_that_shows_another_key_is_named_too(site: Ground) -> None:
    remove_operator(site.folder, "ben")
    site.cluster.wrong_key("dora")
    assert named(site) == {"dora": ("ben",)}


def test_nobody_is_named_who_is_back_or_had_no_key_for_hosts(site: Ground, tmp_path: Path) -> None:
    add_operator(site.folder, "carla", new_identity(tmp_path / "carla.txt"))
    site.cluster.power_off("dora")
    assert remove_operator(site.folder, "carla").hosts == () and named(site) == {}
    remove_operator(site.folder, "ben")
    add_operator(site.folder, "ben", new_identity(tmp_path / "new.txt"), (OTHER_KEY,))
    assert named(site) == {}


def test_a_host_that_keeps_its_accounts_by_itself_is_not_named(site: Ground) -> None:
    hosts = site.folder / "hosts.yml"
    text = hosts.read_text().replace("mesh: 10.213.0.4}", "mesh: 10.213.0.4, without: {accounts: ours}}")
    hosts.write_text(text)
    site.cluster.power_off("dora")
    assert "dora" not in remove_operator(site.folder, "ben").hosts and named(site) == {}


def test_only_what_was_done_since_is_a_proof(site: Ground) -> None:
    before = len(Journal(site.folder, "").read())
    remove_operator(site.folder, "ben")
    site.done()
    lines = Journal(site.folder, "").read()
    assert remains(lines)["ada"] == {"ben": set()}
    assert remains([*lines[before + 1 :], lines[before]])["ada"] == {"ben": {"account", "entry"}}
    assert [one.name for one in load_site(site.folder).operators] == ["ana"]
