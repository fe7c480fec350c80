"""A provider with two hosts: manager and ingress on one, an app pinned to the other, images through the provider's own registry,
a second operator by SSH, and a host whose plug is pulled. The hosts are Docker engines in networks of their own (``script/hosts``).

The tests follow one another: each takes the site as the one before left it.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from polder.kernel.problem import Unreachable
from polder.world.web import Visitor
from support.hosts import Hosts, start_hosts, stop_hosts, until
from support.provider import Provider, provider_in

pytestmark = [pytest.mark.engine, pytest.mark.builder]

GROUPS = {
    "jardin": """name: Jardin des Trois Merles
languages: [fr]
apps:
  site: {recipe: static, domain: trois-merles.test, settings: {files: content/jardin}}
  fanzine: {recipe: static, domain: fanzine.trois-merles.test, settings: {files: content/jardin}}
""",
    "velo": """name: Atelier vélo du Canard Bleu
languages: [fr]
apps:
  site: {recipe: static, domain: canard-bleu.test, settings: {files: content/velo}}
  agenda: {recipe: radicale, domain: agenda.canard-bleu.test, host: saule}
""",
}
AGENDA, DATA = "duo_velo_agenda_web", "duo_velo_agenda_data"


@dataclass(frozen=True)
class Site:
    """``no_registry``: what the first ``polder check`` said; ``cut_off``: what the first apply said, the registry being away."""

    provider: Provider
    hosts: Hosts
    no_registry: str
    cut_off: str

    def apps(self) -> dict[str, dict[str, Any]]:
        return {app["app"]: app for app in self.provider.json("status")["apps"]}

    def front(self, domain: str) -> int:
        """The status of its first page, asked at the ingress's host. An app that is away is looked for before that is said."""
        authority = (self.provider.folder / "internal-ca.crt").read_text()
        with Visitor(domain, f"{self.hosts.one}:443", authority) as visitor:
            return visitor.ask("GET", "/").status

    def answer(self, domain: str) -> str:
        """The status, or why there is none. After a power cut the doors open, and find the apps, some seconds after the engine says
        "running": measured, 4 to 16 s."""
        try:
            return str(self.front(domain))
        except Unreachable as lost:
            return lost.why


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site, applied twice: first while its registry is away."""
    hosts = start_hosts()
    folder = tmp_path_factory.mktemp("duo")
    provider: Provider | None = None
    try:
        provider = provider_in(folder, hosts.engine, "", "duo")
        no_registry = _describe(provider, hosts)
        with hosts.no_registry():
            cut_off = provider.run("apply", "--yes", status=1)
        provider.run("apply", "--yes")
        yield Site(provider, hosts, no_registry, cut_off)
    finally:
        if provider:
            provider.stop()
        stop_hosts(hosts)


def _describe(provider: Provider, hosts: Hosts) -> str:
    """Write the two hosts and their groups; what ``polder check`` says before the registry is named."""
    lines = (
        f"lilas: {{address: {hosts.one}, roles: [manager, ingress], region: BE}}",
        f"saule: {{address: {hosts.two}, roles: [worker], region: FR}}",
    )
    (provider.folder / "hosts.yml").write_text("\n".join(lines) + "\n")
    for group, text in GROUPS.items():
        (provider.folder / f"groups/{group}.yml").write_text(text)
    said = provider.run("check", status=2)
    provider.edit("site.yml", "domain: lilas.test", f"domain: lilas.test\nregistry: {hosts.registry}")
    _git(provider, "commit", "-qam", "Two hosts.")
    made = provider.run("key", "new", "--file", str(provider.folder.parent / "ben.txt"))
    recipient = next(word for word in made.split() if word.startswith("age1")).rstrip(".")
    provider.run("operator", "add", "ben", recipient)
    return said


def _git(provider: Provider, *words: str) -> None:
    who = ["-c", "user.name=Ana", "-c", "user.email=ana@lilas.test"]
    subprocess.run(["git", "-C", str(provider.folder), *who, *words], check=True, timeout=60)


def test_two_hosts_without_a_registry_are_refused_with_the_line_to_write(site: Site) -> None:
    assert "site.yml:1: With more than one host (lilas, saule), images need a registry" in site.no_registry
    assert "registry: " in site.no_registry


def test_a_registry_that_is_away_is_said_and_the_next_apply_completes(site: Site) -> None:
    assert f"could not be pushed as {site.hosts.registry}/polder/" in site.cut_off
    assert "Is the registry up, and can each host reach it?" in site.cut_off
    assert "Start duo_velo_agenda_web" in site.cut_off.partition("Not begun:")[2]
    assert site.provider.json("plan")["steps"] == []


def test_images_are_named_by_their_digest_in_the_registry_and_the_other_host_pulled_them(site: Site) -> None:
    lock = (site.provider.folder / "polder.lock").read_text()
    images = re.findall(r"^  [a-z]+-[0-9a-f]{12}: (.+)$", lock, re.MULTILINE)
    assert len(images) == 4
    pattern = re.escape(site.hosts.registry) + r"/polder/(static|radicale|ingress)@sha256:[0-9a-f]{64}"
    assert all(re.fullmatch(pattern, image) for image in images)
    running = site.hosts.docker("one", "service", "inspect", AGENDA, "-f", image_of_service())
    assert running.strip() in images
    there = site.hosts.docker("two", "images", "--digests", "--format", "{{.Repository}}@{{.Digest}}").split()
    assert running.strip() in there
    assert set(there) <= set(images)


def image_of_service() -> str:
    return "{{.Spec.TaskTemplate.ContainerSpec.Image}}"


def test_hosts_are_labelled_and_the_pinned_apps_data_is_on_its_host_only(site: Site) -> None:
    docker = site.hosts.docker
    nodes = docker("one", "node", "ls", "-q").split()
    labels = docker("one", "node", "inspect", *nodes, "-f", "{{.Status.Addr}} {{json .Spec.Labels}}")
    lilas = '{"polder.host":"lilas","polder.ingress":"true","polder.region":"BE"}'
    saule = '{"polder.host":"saule","polder.region":"FR"}'
    assert set(labels.splitlines()) == {f"{site.hosts.one} {lilas}", f"{site.hosts.two} {saule}"}
    assert DATA in docker("two", "volume", "ls", "-q").split()
    assert DATA not in docker("one", "volume", "ls", "-q").split()


def test_apps_on_both_hosts_answer_at_the_address_of_the_ingress(site: Site) -> None:
    checked = site.provider.json("app", "check", "--all")
    assert {one["app"] for one in checked} == {"jardin/site", "jardin/fanzine", "velo/site", "velo/agenda"}
    assert all(one["passed"] and one["results"] for one in checked), checked


def test_status_and_explain_say_which_host_runs_what(site: Site) -> None:
    apps = site.apps()
    assert apps["velo/agenda"]["hosts"] == ["saule"]
    assert "lilas" in apps["polder/ingress"]["hosts"]
    assert {host for app in apps.values() for host in app["hosts"]} == {"lilas", "saule"}
    table = site.provider.run("status")
    assert "runs on" in table and re.search(r"velo/agenda .* saule$", table, re.MULTILINE)
    explained = site.provider.run("explain", "velo/agenda")
    assert f"{AGENDA}: 1 of 1 container healthy on saule" in explained
    assert f"the volume {DATA}, on host saule" in explained


@pytest.fixture(scope="module")
def ssh(site: Site) -> Path:
    """An SSH server on the manager's host; the folder with what a client needs."""
    folder = site.hosts.ssh()
    until(lambda: "listening" in (folder / "log").read_text(), 30)
    return folder


@pytest.fixture(scope="module")
def ben(site: Site, ssh: Path, tmp_path_factory: pytest.TempPathFactory) -> Provider:
    """A second operator: a clone of the site on a machine that never built an image and reaches the engine by SSH only.

    ``ssh`` finds its key and known hosts through ``-F``: it looks for ``~/.ssh`` in the password file's home, whatever HOME says.
    """
    folder = tmp_path_factory.mktemp("ben")
    (folder / "bin").mkdir()
    program = folder / "bin/ssh"
    program.write_text(f'#!/bin/sh\nexec /usr/bin/ssh -F {ssh}/ssh_config "$@"\n')
    program.chmod(0o755)
    path = f"{folder}/bin:{os.environ['PATH']}"
    own = {"POLDER_OPERATOR": "ben", "POLDER_CACHE": str(folder / "cache"), "PATH": path}
    own["POLDER_IDENTITY"] = str(site.provider.folder.parent / "ben.txt")
    _git(site.provider, "clone", "-q", str(site.provider.folder), str(folder / "site"))
    clone = replace(site.provider, folder=folder / "site", environment=site.provider.environment | own)
    clone.edit("site.yml", f"engine: {site.hosts.engine}", f"engine: ssh://root@{site.hosts.one}")
    return clone


def test_a_second_operator_needs_to_build_nothing(ben: Provider) -> None:
    assert ben.json("plan")["steps"] == []
    ben.run("app", "set", "velo/site", "size=large")
    assert [step["code"] for step in ben.json("plan")["steps"]] == ["step.update-service"]
    ben.run("apply", "--yes")
    assert ben.json("plan")["steps"] == []
    assert not list(Path(ben.environment["POLDER_CACHE"]).glob("*"))
    assert ben.json("app", "check", "velo/agenda")[0]["passed"]


def test_no_ssh_is_left_behind(ben: Provider, ssh: Path) -> None:
    ben.run("plan")
    found = subprocess.run(["pgrep", "-f", f"ssh -F {ssh}"], capture_output=True, text=True)
    assert found.stdout == ""


def test_a_host_that_shows_another_key_than_the_known_one_is_not_asked(ben: Provider, ssh: Path) -> None:
    known = (ssh / "known_hosts").read_text()
    address = known.split()[0]
    other = (ssh / "key.pub").read_text().split()
    (ssh / "known_hosts").write_text(f"{address} {other[0]} {other[1]}\n")
    try:
        said = ben.run("plan", status=3)
        (ssh / "known_hosts").write_text("")
        unknown = ben.run("plan", status=3)
    finally:
        (ssh / "known_hosts").write_text(known)
    assert "the host shows another SSH key (SHA256:" in said
    assert f"{ssh}/known_hosts, line 1" in said and "@@@" not in said
    assert "ssh does not know this host yet" in unknown


@pytest.fixture(scope="module")
def cut(site: Site, ben: Provider) -> dict[str, float]:
    """The worker's plug is pulled. Seconds until that is shown, and until an app that may run anywhere answers again."""
    _git(site.provider, "pull", "-q", str(ben.folder), "HEAD")
    began = time.monotonic()
    site.hosts.power("two", "off")
    until(lambda: bool(away(site)), 90)
    shown = time.monotonic() - began
    free = [name for name in site.apps() if name != "velo/agenda"]
    until(lambda: all(site.apps()[name]["state"] == "running" for name in free), 180)
    return {"shown": shown, "back": time.monotonic() - began}


def away(site: Site) -> list[dict[str, Any]]:
    findings: list[dict[str, Any]] = site.provider.json("plan")["findings"]
    return [found for found in findings if found["code"] == "plan.host-away"]


def test_a_host_without_power_is_named_and_what_may_move_runs_on_the_other(
    site: Site, cut: dict[str, float]
) -> None:
    assert cut["shown"] < cut["back"]
    assert [found["host"] for found in away(site)] == ["saule"]
    for app in site.apps().values():
        assert app["hosts"] == ([] if app["app"] == "velo/agenda" else ["lilas"])
    for domain in ("trois-merles.test", "fanzine.trois-merles.test", "canard-bleu.test"):
        until(lambda domain=domain: site.answer(domain) == "200", 60)
    assert site.front("agenda.canard-bleu.test") == 503


@pytest.mark.usefixtures("cut")
def test_the_pinned_app_waits_for_its_host_and_so_does_what_has_to_change_in_it(site: Site) -> None:
    said = site.provider.run("plan")
    assert "Nothing has to change." in said
    assert "velo/agenda is not running: it belongs on host saule, which can run nothing now." in said
    site.provider.run("app", "set", "velo/agenda", "size=large")
    site.provider.run("app", "set", "velo/site", "size=small")
    said = site.provider.run("apply", "--yes")
    assert f"What has to change in {AGENDA} waits until its host saule can run it again" in said
    assert "Done: 1 of 1 step " in said


@pytest.mark.usefixtures("cut")
def test_when_the_power_is_back_the_app_is_back_with_its_data_and_the_plan_is_the_rest(site: Site) -> None:
    site.hosts.power("two", "on")
    until(lambda: site.apps()["velo/agenda"]["state"] == "running", 120)
    assert [step["key"] for step in site.provider.json("plan")["steps"]] == [f"service:{AGENDA}"]
    site.provider.run("apply", "--yes")
    until(lambda: site.answer("agenda.canard-bleu.test") != "503", 60)
    assert site.provider.json("app", "check", "velo/agenda")[0]["passed"]
    assert site.apps()["velo/agenda"]["hosts"] == ["saule"]
    assert site.provider.json("plan") | {"made": "", "plan": "", "engine": ""} == nothing_to_do()


def nothing_to_do() -> dict[str, Any]:
    return {"site": "duo", "engine": "", "plan": "", "made": "", "changes": 0, "steps": [], "findings": []}


def calendar(site: Site, method: str) -> int:
    """The status of ``method`` on one of the group's calendars, asked as the group."""
    password = site.provider.run("secret", "show", "velo.agenda.password", "--yes").strip()
    authority = (site.provider.folder / "internal-ca.crt").read_text()
    with Visitor("agenda.canard-bleu.test", f"{site.hosts.one}:443", authority) as visitor:
        answer = visitor.ask(method, "/group/tours/", headers={"Depth": "0"}, auth=("group", password))
    return answer.status


def copy_data(hosts: Hosts) -> None:
    """As docs/how-to/several-hosts.md says, but for the ssh: from the worker's volume to one made on the manager."""
    labels = ["--label", "polder.site=duo", "--label", "polder.app=velo/agenda"]
    hosts.docker("one", "volume", "create", *labels, DATA)
    places = (
        hosts.docker(host, "volume", "inspect", "-f", "{{.Mountpoint}}", DATA) for host in ("two", "one")
    )
    script = 'tar -C "$0" --numeric-owner -cf - . | tar -C "$1" --numeric-owner -xpf -'
    subprocess.run(["sh", "-c", script, *(place.strip() for place in places)], check=True, timeout=60)


def test_an_app_moves_with_its_data_as_documented(site: Site) -> None:
    assert calendar(site, "MKCALENDAR") == 201
    site.provider.run("app", "set", "velo/agenda", "host=lilas")
    assert f"its data ({DATA}) stays on saule" in site.provider.run("plan")
    site.hosts.docker("one", "service", "scale", "--detach", f"{AGENDA}=0")
    until(lambda: AGENDA not in site.hosts.docker("two", "ps", "--format", "{{.Names}}"), 60)
    copy_data(site.hosts)
    site.provider.run("apply", "--yes")
    assert site.apps()["velo/agenda"]["hosts"] == ["lilas"]
    assert calendar(site, "PROPFIND") == 207
    assert site.provider.json("plan") | {"made": "", "plan": "", "engine": ""} == nothing_to_do()


def test_data_on_another_host_is_not_said_to_be_destroyed(site: Site) -> None:
    site.provider.run("app", "remove", "velo/agenda", "--forget-data", "velo/agenda", "--yes")
    said = site.provider.run("apply", "--yes")
    assert f"Destroy the data of velo/agenda: volume {DATA}" in said
    assert "What velo/agenda may have kept on saule can be neither seen nor destroyed from here." in said
    assert DATA not in site.hosts.docker("one", "volume", "ls", "-q").split()
    assert DATA in site.hosts.docker("two", "volume", "ls", "-q").split()


def test_going_down_leaves_neither_services_nor_networks_on_either_host(site: Site) -> None:
    site.provider.run("down", "--yes")
    assert site.hosts.docker("one", "service", "ls", "-q") == ""
    assert "duo_" not in site.hosts.docker("one", "network", "ls", "--format", "{{.Name}}")


def test_a_manager_that_locks_itself_waits_for_the_sites_key_and_no_app_loses_anything(site: Site) -> None:
    provider = site.provider
    provider.edit("site.yml", "domain: lilas.test", "domain: lilas.test\npolicy: {autolock: true}")
    assert "Let managers that start anew wait for a key" in provider.run("apply", "--yes")
    assert (provider.folder / "secrets" / "polder.unlock-key.age").is_file()
    assert provider.run("plan").endswith("Nothing has to change.\n")
    key = site.hosts.docker("one", "swarm", "unlock-key", "-q").strip()
    site.hosts.power("one", "off")
    site.hosts.power("one", "on")
    locked = provider.run("plan")
    assert "The swarm is locked" in locked and "Unlock the engine's swarm" in locked
    said = provider.run("apply", "--yes")
    assert key.startswith("SWMKEY-") and key not in said + locked + provider.run("journal", "--last", "0")
    until(lambda: {app["state"] for app in site.apps().values()} == {"running"}, 120)
    provider.run("apply", "--yes")
    until(lambda: site.answer("canard-bleu.test") == "200", 120)
    assert provider.run("plan").endswith("Nothing has to change.\n")
