"""Hosts: nothing to do beside ansible-core, setting three up side by side or one by one, and a host lost.

Usage: python bench/hosts.py [--rounds 5] [--skip-one-by-one] [--json]     (root; about 12 minutes)

Three bare hosts of the lab (systemd-nspawn, each its own network) on this one machine.
1. `polder apply` from bare to a swarm with an app; then the same in another lab, one step at a time.
2. With nothing to do: `polder host plan` beside an Ansible playbook with the same operations (see _ansible.py), wall and processor
   seconds of this machine, in turns. The hosts run on it too: what the command itself takes is told apart as "own". The aim: 0.15.
3. A host's power fails: seconds until each stateless app that ran there answers again over HTTPS.

Needs ansible-core, in an environment of its own: python3 -m venv a && a/bin/pip install ansible-core, then --ansible a/bin/ansible-playbook
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import _ansible
from _common import POLDER, machine, note, options, seconds, show, summary
from _lab import PROVIDER, BenchLab, bench_lab, lab

from polder.actions.check_site import load_site
from polder.actions.look_hosts import machines_of
from polder.kernel.host import HostOperation, HostSeen, HostWork, PutFile
from polder.kernel.names import service_name
from polder.platform.hosts.baseline import host_steps
from polder.platform.plan.names import has_placeholder

AIM = 0.15
APPS = 6
INGRESS = f"{PROVIDER}-1"
PATIENCE = 180.0
"""Longest wait for an app to answer again, in seconds."""
ONE_BY_ONE = "import polder.actions.run_plan as r; r.TOGETHER = 1; from polder.cli import main; main()"


def main() -> None:
    parser = options(__doc__ or "")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--ansible", default="ansible-playbook", help="where ansible-playbook is")
    parser.add_argument("--skip-one-by-one", action="store_true", help="leave out the second provisioning")
    asked = parser.parse_args()
    if not shutil.which(asked.ansible):
        raise SystemExit("There is no ansible-playbook: python3 -m venv a && a/bin/pip install ansible-core")
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        if not asked.skip_one_by_one:
            with bench_lab(Path(name) / "b", 3) as one:
                more_apps(one)
                note("setting three hosts up, one step at a time")
                figures["one by one"] = seconds([sys.executable, "-c", ONE_BY_ONE, "apply", "--yes"], one.env)
        with bench_lab(Path(name) / "a", 3) as made:
            works = operations(made)
            more_apps(made)
            note("setting three hosts up, side by side")
            figures["side by side"] = seconds([POLDER, "apply", "--yes"], made.env)
            figures["nothing to do"] = nothing_to_do(made, works, asked.ansible, asked.rounds)
            note("a host is lost")
            figures["host lost"] = host_lost(made)
    show("hosts", machine(), figures, lines(figures), asked.json)


def operations(made: BenchLab) -> dict[str, list[HostOperation]]:
    """What Polder would do on each bare host."""
    site = load_site(made.site)
    with in_environment(made), machines_of(site) as machines:
        assert machines is not None
        seen = {name: look for name, look in machines.look(site).items() if isinstance(look, HostSeen)}
    steps = {name: host_steps(site, site.hosts[name], look, seen) for name, look in seen.items()}
    return {
        name: [one for step in found if isinstance(step.work, HostWork) for one in step.work.operations]
        for name, found in steps.items()
    }


@contextmanager
def in_environment(made: BenchLab) -> Iterator[None]:
    """This process as the operator of the lab's site."""
    before = dict(os.environ)
    os.environ.update(made.env)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def more_apps(made: BenchLab) -> None:
    """A few more sites of the group, so that some run on each host."""
    for number in range(APPS - 1):
        words = (f"garden/page{number}", "--recipe", "static", "--domain", f"page{number}.alder.test")
        seconds([POLDER, "app", "add", *words, "--set", "files=content/garden"], made.env)


def nothing_to_do(
    made: BenchLab, works: dict[str, list[HostOperation]], ansible: str, rounds: int
) -> dict[str, Any]:
    """Both in turns, after each has done its work once."""
    folder = made.folder / "ansible"
    folder.mkdir()
    site = load_site(made.site)
    addresses = {name: host.address for name, host in site.hosts.items()}
    works = {name: [as_it_is(made, name, one) for one in work] for name, work in works.items()}
    command = _ansible.write_playbook(ansible, folder, works, addresses, made.folder / "ssh_config")
    note("ansible-playbook: its first run")
    _ansible.run(command, folder, made.env)
    again = _ansible.run(command, folder, made.env)
    if again.count("changed=0") != len(addresses):
        raise SystemExit(f"The playbook still changes something:\n{again}")
    runs: dict[str, Callable[[], object]] = {
        "polder": lambda: check_empty(made),
        "ansible": lambda: _ansible.run(command, folder, made.env),
    }
    found: dict[str, Any] = {
        "tasks": again.count("TASK ["),
        "operations": sum(len(w) for w in works.values()) // 3,
    }
    walls: dict[str, list[float]] = {name: [] for name in runs}
    owns: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(rounds + 1):
        for name, run in runs.items():
            wall, own = measured(run)
            if turn:
                walls[name].append(wall)
                owns[name].append(own)
    for name in runs:
        found[name] = {"wall": summary(walls[name]), "own": summary(owns[name])}
    for kind in ("wall", "own"):
        found[f"{kind} ratio"] = round(found["polder"][kind]["median"] / found["ansible"][kind]["median"], 3)
    return found


def as_it_is(made: BenchLab, host: str, operation: HostOperation) -> HostOperation:
    """A file whose content was not known before the first run (others' public keys), with the content that it has now."""
    if not isinstance(operation, PutFile) or not has_placeholder(operation.content):
        return operation
    argv = ["ssh", "-F", str(made.folder / "ssh_config"), host, f"cat {operation.path}"]
    done = subprocess.run(argv, check=True, capture_output=True, text=True, timeout=30)
    return replace(operation, content=done.stdout)


def check_empty(made: BenchLab) -> None:
    """``polder host plan``, which must find nothing to do."""
    done = subprocess.run(
        [POLDER, "host", "plan", "--json"], env=made.env, capture_output=True, text=True, timeout=120
    )
    if done.returncode or json.loads(done.stdout)["steps"]:
        raise SystemExit(f"The plan is not empty:\n{done.stdout}{done.stderr}")


def measured(run: Callable[[], object]) -> tuple[float, float]:
    """Wall seconds, and processor seconds of what was started here and has ended."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    run()
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def host_lost(made: BenchLab) -> dict[str, Any]:
    """The power of the host with most of the sites fails; the one with the ingress stays."""
    where = {name: host_of(made, name) for name in domains(made)}
    others = [host for host in where.values() if host != INGRESS]
    if not others:
        raise SystemExit("Every site runs beside the ingress: nothing to lose.")
    lost = max(set(others), key=others.count)
    waiting = {name for name, host in where.items() if host == lost}
    note(f"{lost} fails; {len(waiting)} of {len(where)} sites run there")
    lab("kill", lost, "--name", made.name)
    began, gone, back = time.monotonic(), set[str](), dict[str, float]()
    while len(back) < len(waiting):
        after = time.monotonic() - began
        if after > PATIENCE:
            raise SystemExit(f"Not back after {PATIENCE} s: {sorted(waiting - back.keys())}")
        for name in waiting - back.keys():
            if not answers(made, name):
                gone.add(name)
            elif name in gone:
                back[name] = round(after, 1)
        time.sleep(0.5)
    return {"host": lost, "sites": len(waiting), "first": min(back.values()), "last": max(back.values())}


def domains(made: BenchLab) -> dict[str, str]:
    """Service name to domain of each site."""
    apps = load_site(made.site).apps
    return {service_name(PROVIDER, app.group, app.name, "web"): app.domain for app in apps}


def host_of(made: BenchLab, service: str) -> str:
    """The host that runs the service's one container."""
    ask = f"docker service ps --filter desired-state=running --format '{{{{.Node}}}}' {service}"
    argv = ["ssh", "-F", str(made.folder / "ssh_config"), INGRESS, ask]
    return subprocess.run(argv, check=True, capture_output=True, text=True, timeout=30).stdout.split()[0]


def answers(made: BenchLab, service: str) -> bool:
    """Whether the site is there, as a visitor with a fresh connection finds it within two seconds."""
    domain, address = domains(made)[service], load_site(made.site).hosts[INGRESS].address
    trust = ("--cacert", str(made.site / "internal-ca.crt"), "--resolve", f"{domain}:443:{address}")
    argv = ["curl", "--silent", "--fail", "--max-time", "2", *trust, f"https://{domain}/"]
    return subprocess.run(argv, capture_output=True).returncode == 0


def lines(figures: dict[str, Any]) -> list[str]:
    same, lost = figures["nothing to do"], figures["host lost"]
    found = [f"three bare hosts to a swarm with {APPS} sites, side by side: {figures['side by side']:.0f} s"]
    if "one by one" in figures:
        found.append(f"the same, one step at a time: {figures['one by one']:.0f} s")
    for kind in ("wall", "own"):
        ours, theirs = same["polder"][kind]["median"], same["ansible"][kind]["median"]
        found.append(
            f"nothing to do, {kind}: polder {ours:.2f} s, ansible {theirs:.2f} s: {same[f'{kind} ratio']} (aim {AIM})"
        )
    found.append(f"{same['operations']} operations a host for Polder, {same['tasks']} tasks for Ansible")
    found.append(
        f"a host lost: its {lost['sites']} sites answer again after {lost['first']} to {lost['last']} s"
    )
    return found


if __name__ == "__main__":
    main()
