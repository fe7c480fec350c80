"""Apps that nobody gave a host, on two real engines: placed by what they need and by room, written down, explained, counted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.hosts import Hosts, start_hosts, stop_hosts
from support.provider import Provider, provider_in

pytestmark = [pytest.mark.engine, pytest.mark.builder]

GROUP = """name: Atelier vélo du Canard Bleu
languages: [fr]
apps:
  site: {recipe: static, domain: canard-bleu.test, needs: {region: FR}, settings: {files: content/velo}}
  agenda: {recipe: radicale, domain: agenda.canard-bleu.test, needs: {region: FR}}
"""


@pytest.fixture(scope="module")
def hosts() -> Iterator[Hosts]:
    made = start_hosts()
    yield made
    stop_hosts(made)


@pytest.fixture(scope="module")
def provider(hosts: Hosts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    made = provider_in(tmp_path_factory.mktemp("placed"), hosts.engine, "", "placed")
    try:
        for old in (made.folder / "groups").glob("*.yml"):
            old.unlink()
        (made.folder / "groups/velo.yml").write_text(GROUP)
        (made.folder / "hosts.yml").write_text(
            f"lilas: {{address: {hosts.one}, roles: [manager, ingress], region: BE}}\n"
            f"saule: {{address: {hosts.two}, roles: [worker], region: FR}}\n"
        )
        made.edit("site.yml", "domain: lilas.test", f"domain: lilas.test\nregistry: {hosts.registry}")
        yield made
    finally:
        made.stop()


def test_apps_go_where_what_they_need_is_and_stay_there(provider: Provider, hosts: Hosts) -> None:
    said = provider.run("plan")
    assert "On saule, the only host that has what it needs" in said
    assert "velo/agenda (saule)" in said
    provider.run("apply", "--yes")
    assert "placements:\n  velo/agenda: saule\n" in (provider.folder / "polder.lock").read_text()
    two = hosts.docker("two", "info", "-f", "{{.Name}}").strip()
    for service in ("placed_velo_site_web", "placed_velo_agenda_web"):
        told = hosts.docker(
            "one", "service", "ps", service, "--filter", "desired-state=running", "--format", "{{.Node}}"
        )
        assert told.split() == [two]
        reserved = "{{.Spec.TaskTemplate.Resources.Reservations.MemoryBytes}}"
        assert int(hosts.docker("one", "service", "inspect", service, "-f", reserved)) >= 32 * 2**20
    assert "Nothing has to change." in provider.run("plan")


def test_what_is_there_is_explained_counted_and_in_the_hosts_log(provider: Provider) -> None:
    assert "On saule, because its data is there." in provider.run("explain", "velo/agenda")
    found = provider.json("capacity")
    assert found["looked"] and {one["host"]: one["apps"] for one in found["hosts"]} == {
        "lilas": [],
        "saule": ["velo/site", "velo/agenda"],
    }
    assert all(one["offered"]["memory"] > 0 for one in found["hosts"])
    assert found["loss"]["host"] == "saule" and set(found["loss"]["homeless"]) == {"velo/site", "velo/agenda"}
    log = provider.run("journal", "--host", "saule", "--last", "0")
    assert "Start placed_velo_agenda_web  done" in log and "lilas" not in log
