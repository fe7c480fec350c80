"""What hosts have room for, and what the loss of the biggest would mean; at the door, too."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from polder.actions.site_capacity import seen_capacity
from polder.cli.capacity_commands import capacity_data, capacity_lines
from polder.cli.main import polder
from polder.kernel.engine import Seen
from polder.kernel.host import HostSeen, Mounted
from polder.platform.placement.capacity import Capacity, capacity
from polder.platform.placement.facts import SYSTEM_MEMORY, facts
from polder.platform.plan.make import make_plan
from polder.platform.site.model import Site
from polder.world.docker.memory import MemoryEngine
from support.sites import NOW, SITE, carry_out, ready, site_files

MIB, GIB = 2**20, 2**30
INGRESS = 320 * MIB
HOSTS = """ada: {address: 192.0.2.1, roles: [manager, ingress], power: grid, capacity: {memory: 1G, disk: 20G}}
ben: {address: 192.0.2.2, power: solar, capacity: {memory: 256M, disk: 20G}}
cleo: {address: 192.0.2.3, power: solar, jurisdiction: CH, capacity: {memory: 200M, disk: 20G}}
"""
GROUP = """name: Lilas
apps:
  wiki: {recipe: plain, domain: wiki.lilas.test, size: large, host: ada}
  pad: {recipe: plain, domain: pad.lilas.test, needs: {jurisdiction: CH}}
  page: {recipe: bare, domain: page.lilas.test}
"""


def files(hosts: str = HOSTS, apps: str = GROUP) -> dict[str, str]:
    site = SITE + "registry: registry.lilas.test\n"
    return site_files({"lilas": apps}, **{"hosts.yml": hosts, "site.yml": site})


def of_files(hosts: str = HOSTS, apps: str = GROUP) -> Capacity:
    site = ready(files(hosts, apps))
    return capacity(site, facts(site, Seen("none")), plain(site))


def plain(site: Site):  # type: ignore[no-untyped-def]
    return [site.recipes[name] for name in ("bare", "plain")]


def text(found: Capacity) -> str:
    return "\n".join(line for line, _ in capacity_lines(found, "en"))


def test_each_host_says_what_it_offers_what_is_promised_and_what_is_left() -> None:
    ada, ben, cleo = of_files().hosts
    assert (ada.offered.memory, ada.promised.memory, ada.free.memory) == (GIB, INGRESS + 96 * MIB, 608 * MIB)
    assert (ada.apps, ada.people) == (("lilas/wiki", "lilas/page"), 110)
    assert (cleo.apps, cleo.promised.memory, cleo.free.disk) == (("lilas/pad",), 32 * MIB, 19 * GIB)
    assert (ben.apps, ben.disk_used) == ((), -1)


def test_what_fits_still_is_counted_for_each_size_and_host() -> None:
    fits = {(fit.recipe, fit.size): fit for fit in of_files().fits}
    assert dict(fits["plain", "large"].by_host) == {"ada": 9, "ben": 4, "cleo": 2}
    assert fits["plain", "large"].together == 15
    assert dict(fits["plain", "small"].by_host) == {"ada": 17, "ben": 8, "cleo": 5}


def test_where_nothing_is_known_it_is_said_to_be_unknown_not_endless() -> None:
    bare = HOSTS.replace(", capacity: {memory: 256M, disk: 20G}", "")
    found = of_files(bare)
    assert {fit.by_host["ben"] for fit in found.fits} == {-1}
    assert "?" in text(found)
    assert capacity_data(found)["fits"][0]["by_host"]["ben"] is None


def test_the_loss_of_the_biggest_names_data_on_it_what_fits_elsewhere_and_what_does_not() -> None:
    loss = of_files().loss
    assert loss
    assert (loss.host, loss.data, loss.roles) == ("ada", ("lilas/wiki",), ("ingress", "manager"))
    assert set(loss.moved) == {"lilas/wiki", "lilas/page"} and loss.homeless == {}
    full = "".join(
        f"  a{i}: {{recipe: plain, size: large, domain: a{i}.lilas.test, host: ben}}\n" for i in range(4)
    )
    small = HOSTS.replace("200M", "90M")
    loss = of_files(small, GROUP + full).loss
    assert loss
    why = loss.homeless["lilas/wiki"]
    assert (why.code, why.values["host"], why.values["free"]) == (
        "placement.short-of-memory",
        "cleo",
        "26 MiB",
    )
    assert loss.moved == ("lilas/page",)


def test_needs_that_only_one_host_meets_are_named() -> None:
    assert of_files().lone_needs == (("lilas/pad", ("jurisdiction: CH",), "cleo"),)
    loss = of_files(HOSTS.replace("200M", "4G")).loss
    assert loss and loss.host == "cleo"
    assert loss.homeless["lilas/pad"].code == "placement.other-label"


def test_people_are_counted_by_what_feeds_their_host() -> None:
    assert [(p.power, p.hosts, p.people) for p in of_files().power] == [
        ("grid", ("ada",), 110),
        ("solar", ("ben", "cleo"), 10),
    ]


def test_an_app_that_fits_nowhere_is_said_and_the_rest_is_shown() -> None:
    found = of_files(HOSTS.replace("memory: 200M", "memory: 20M"))
    assert found.unplaced[0].code == "placement.nowhere"
    assert "No host can take lilas/pad" in text(found)


def test_with_an_engine_apps_count_where_they_run_and_disks_as_they_are() -> None:
    engine, site = (
        MemoryEngine(hosts=("ada", "ben", "cleo")),
        ready(files(HOSTS.replace(", capacity: {memory: 256M, disk: 20G}", ""))),
    )
    site = replace(
        site,
        lock=replace(
            site.lock, images={k: f"registry.lilas.test/x@{v}" for k, v in site.lock.images.items()}
        ),
    )
    carry_out(make_plan(site, engine.look(), NOW), engine)
    seen = engine.look()
    seen = replace(
        seen,
        nodes=tuple(replace(n, memory=SYSTEM_MEMORY + 512 * MIB, nano_cpus=2 * 10**9) for n in seen.nodes),
    )
    look = HostSeen("ben", mounts=(Mounted("/", "vda", "ext4", 10 * GIB, 4 * GIB),))
    found = seen_capacity(site, seen, plain(site), {"ben": look})
    ben = next(host for host in found.hosts if host.name == "ben")
    assert (ben.offered.memory, ben.offered.disk, ben.offered.cpus, ben.disk_used) == (
        512 * MIB,
        9 * GIB,
        2,
        4 * GIB,
    )
    runs = {app: host.name for host in found.hosts for app in host.apps}
    node = {n.id: n.hostname for n in seen.nodes}
    page = next(s.id for s in seen.services if s.name.endswith("page_web"))
    assert runs["lilas/page"] == next(node[t.node_id] for t in seen.tasks if t.service_id == page)
    assert found.looked


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(polder, ["--site", str(folder), "capacity", *words])


@pytest.fixture
def site(tmp_path: Path, clean_environment: Path) -> Path:
    for path, content in files().items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(content)
    return tmp_path


def test_the_files_alone_are_enough_when_nobody_can_be_asked(site: Path) -> None:
    done = run(site, "--offline")
    assert done.exit_code == 0
    for words in (
        "416 MiB of 1 GiB",
        "plain large",
        "If ada, the biggest, were lost:",
        "Fed by solar: ben, cleo",
        "which cleo alone has",
    ):
        assert words in done.output


def test_the_page_of_documentation_names_every_key_of_the_data(site: Path) -> None:
    data = json.loads(run(site, "--offline", "--json").output)
    page = (Path(__file__).resolve().parents[3] / "docs/how-to/capacity.md").read_text()
    parts = [
        data,
        data["hosts"][0],
        data["fits"][0],
        data["loss"],
        data["power"][0],
        data["only_one_host"][0],
    ]
    missing = {key for part in parts for key in part if f"`{key}`" not in page}
    assert missing == set()
