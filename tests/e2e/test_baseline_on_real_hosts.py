"""The baseline on real Debian hosts: applied over SSH, then tried from outside, from the neighbour, and from within containers."""

from __future__ import annotations

import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import repeat
from pathlib import Path

import pytest

from polder.actions.check_site import load_site
from polder.kernel.host import Hosts, HostSeen, HostWork, Reach
from polder.platform.hosts.ask import question
from polder.platform.hosts.audit import audit
from polder.platform.hosts.baseline import host_steps
from polder.platform.plan.model import Step
from polder.platform.site.model import Site
from polder.world.hosts import open_hosts
from support.lab import Lab, start_lab, stop_lab, until

pytestmark = pytest.mark.lab
SERVE = "mkdir /w; echo $NAME > /w/index.html; exec httpd -f -p 8080 -h /w"
TRY = (
    "import socket,sys\ns=socket.create_connection((sys.argv[1],int(sys.argv[2])),2)\n"
    "s.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n')\nprint(s.makefile().read().split()[-1])"
)


@pytest.fixture(scope="module", params=["trixie", "bookworm"])
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    made = start_lab(2, 2, suite=request.param)
    yield made
    stop_lab(made)


@pytest.fixture(scope="module")
def site(lab: Lab) -> Site:
    return load_site(lab.site("alder"))


@pytest.fixture(scope="module")
def hosts(lab: Lab, site: Site) -> Iterator[Hosts]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in lab.environment.items():
            patch.setenv(name, value)
        opened = open_hosts(
            {h.name: Reach(h.name, h.address, h.port, h.user, h.host_key) for h in site.hosts.values()}
        )
        yield opened
        opened.close()


def look(site: Site, hosts: Hosts) -> dict[str, HostSeen]:
    found = hosts.look({name: question(site, host) for name, host in site.hosts.items()})
    assert all(isinstance(seen, HostSeen) for seen in found.values()), found
    return {name: seen for name, seen in found.items() if isinstance(seen, HostSeen)}


def steps(site: Site, looks: Mapping[str, HostSeen]) -> list[Step]:
    return [step for name in looks for step in host_steps(site, site.hosts[name], looks[name], looks)]


def apply(site: Site, hosts: Hosts) -> None:
    """Each host's steps one after another, the hosts side by side until each has its mesh key, then again."""
    every = steps(site, look(site, hosts))
    known: dict[str, str] = {}
    for later in (False, True):
        chosen = [[s for s in every if mine(s, name, later)] for name in site.hosts]
        with ThreadPoolExecutor() as pool:
            for made in list(pool.map(run_all, repeat(hosts), chosen, repeat(known))):
                known |= made


def mine(step: Step, host: str, later: bool) -> bool:
    return step.subject == f"host/{host}" and later == (step.key.split(":")[2] in ("mesh", "docker"))


def run_all(hosts: Hosts, chosen: list[Step], known: Mapping[str, str]) -> Mapping[str, str]:
    for step in chosen:
        assert isinstance(step.work, HostWork)
        known = {**known, **hosts.run(step.work, known, lambda line: None)}
    return known


@pytest.fixture(scope="module")
def applied(lab: Lab, site: Site, hosts: Hosts) -> Lab:
    apply(site, hosts)
    return lab


@pytest.fixture(scope="module")
def swarm(applied: Lab, busybox_image: Path) -> Lab:
    """Both hosts in one swarm over the mesh; on each a service at port 80, one at 9000, and one at none."""
    one, two = mesh(applied, "alder-1"), mesh(applied, "alder-2")
    for host in ("alder-1", "alder-2"):
        argv = [
            "ssh",
            "-F",
            str(applied.ssh_config),
            host,
            "docker import --change 'ENV PATH=/bin' - busybox:1",
        ]
        subprocess.run(argv, stdin=busybox_image.open("rb"), check=True, capture_output=True)
    applied.ssh("alder-1", f"docker swarm init --advertise-addr {one} --data-path-addr {one}")
    token = applied.ssh("alder-1", "docker swarm join-token -q worker").strip()
    applied.ssh(
        "alder-2",
        f"docker swarm join --advertise-addr {two} --data-path-addr {two} --token {token} {one}:2377",
    )
    applied.ssh("alder-1", "docker network create -d overlay apps")
    for name, port in (("door", 80), ("hidden", 9000), ("inner", 0)):
        published = f"--publish mode=host,published={port},target=8080" if port else ""
        words = (
            f"--name {name} --mode global --endpoint-mode dnsrr --network apps --env NAME={name} {published}"
        )
        applied.ssh("alder-1", f"docker service create -d {words} busybox:1 sh -c '{SERVE}'")
    running = "docker service ls --format '{{.Replicas}}'"
    until(lambda: applied.ssh("alder-1", running).split() == ["2/2"] * 3, 60)
    return applied


@pytest.fixture(scope="module")
def busybox_image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("busybox")
    subprocess.run(
        ["apt-get", "download", "-q", "busybox-static"], cwd=folder, check=True, capture_output=True
    )
    subprocess.run(["dpkg", "-x", next(folder.glob("*.deb")).name, "."], cwd=folder, check=True)
    with tarfile.open(folder / "image.tar", "w") as tar:
        tar.add(folder / "bin/busybox", "bin/busybox")
        for applet in ("sh", "httpd", "nslookup", "wget", "ping", "mkdir", "echo"):
            link = tarfile.TarInfo(f"bin/{applet}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)
    return folder / "image.tar"


def mesh(lab: Lab, host: str) -> str:
    return lab.model.node(host).mesh


def answers(lab: Lab, here: str, address: str, port: int) -> str:
    """The page that ``here`` gets from there, ``""`` when it gets none."""
    done = lab.try_ssh(here, f'python3 -c "{TRY}" {address} {port}')
    return done.stdout.strip() if done.returncode == 0 else ""


def test_a_second_look_plans_nothing_and_an_audit_finds_nothing_that_the_profile_mends(
    applied: Lab, site: Site, hosts: Hosts
) -> None:
    looks = look(site, hosts)
    assert steps(site, looks) == []
    for name, seen in looks.items():
        found = audit(seen, site.hosts[name], site, datetime.now(UTC), looks)
        assert [f.key for f in found if f.level in ("high", "medium")] == []


def test_operators_get_in_with_keys_as_themselves_and_nobody_with_a_password(applied: Lab) -> None:
    assert applied.ssh("operator@alder-1", "sudo -n id -u").strip() == "0"
    argv = [
        "ssh",
        "-F",
        str(applied.ssh_config),
        "-oPubkeyAuthentication=no",
        "-oBatchMode=yes",
        "alder-1",
        "true",
    ]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=20)
    assert "Permission denied (publickey)" in done.stderr


def test_hosts_reach_each_other_in_the_mesh(applied: Lab) -> None:
    assert applied.reaches("alder-1", mesh(applied, "alder-2"), 3)
    assert applied.reaches("alder-2", mesh(applied, "alder-1"), 3)


def test_only_the_doors_port_answers_others(swarm: Lab) -> None:
    one, two = swarm.address("alder-1"), swarm.address("alder-2")
    for outsider in ("birch-1", "alder-2"):
        assert answers(swarm, outsider, one, 80) == "door"
        assert answers(swarm, outsider, one, 9000) == ""
    assert answers(swarm, "birch-1", two, 80) == ""
    assert answers(swarm, "alder-1", one, 9000) == "hidden"


def test_without_the_firewall_the_hidden_port_would_answer(swarm: Lab) -> None:
    one = swarm.address("alder-1")
    swarm.ssh("alder-1", "nft delete table inet polder")
    try:
        assert answers(swarm, "birch-1", one, 9000) == "hidden"
    finally:
        swarm.ssh("alder-1", "systemctl reload polder-firewall")
    assert answers(swarm, "birch-1", one, 9000) == ""


def test_containers_reach_each_other_across_hosts_and_what_is_outside(swarm: Lab) -> None:
    container = swarm.ssh("alder-1", "docker ps -q --filter name=inner").strip()
    names = swarm.ssh("alder-1", f"docker exec {container} nslookup tasks.inner")
    inner = [
        line.split()[-1]
        for line in names.splitlines()
        if line.startswith("Address") and "127.0.0.11" not in line
    ]
    assert len(inner) == 2
    for address in inner:
        page = swarm.ssh("alder-1", f"docker exec {container} wget -qO- http://{address}:8080/")
        assert page.strip() == "inner"
    assert (
        swarm.try_ssh(
            "alder-1", f"docker exec {container} ping -c 1 -W 3 {swarm.address('birch-1')}"
        ).returncode
        == 0
    )


def test_firewall_and_mesh_are_there_again_after_a_power_cut(swarm: Lab, site: Site, hosts: Hosts) -> None:
    swarm.kill("alder-2")
    swarm.revive("alder-2")
    until(lambda: swarm.reaches("alder-1", mesh(swarm, "alder-2")), 60)
    until(lambda: swarm.try_ssh("alder-2", "docker info").returncode == 0, 60)
    assert steps(site, look(site, hosts)) == []
    assert answers(swarm, "birch-1", swarm.address("alder-2"), 9000) == ""
