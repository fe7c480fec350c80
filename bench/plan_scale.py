"""Reading and planning 1,000 and 10,000 apps against the in-memory twin: seconds and MiB; growth must be linear.

Usage: python bench/plan_scale.py [--apps 1000,10000] [--json]

Every app has a service, a secret and a volume. For each size fresh processes: "first" reads the site's folder and plans it on
an empty engine (every step is there); "again" fills the twin by that plan and plans once more (nothing to do), "down" plans to take
all of it away, "moved" plans it with every group under another name (everything goes and comes anew); "spread" plans it on fifty
hosts, which it chooses for every app. Seconds are processor time. Peak memory is the process's largest resident size above that
of the same process before it read anything.
"""

from __future__ import annotations

import gc
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from _common import machine, note, options, show
from _site import HEAD, BenchSite, new_site, tiny_recipes, write, write_apps

from polder.actions.check_site import load_site
from polder.kernel.digest import digest_of_bytes
from polder.kernel.engine import CreateSecret
from polder.kernel.secret import Secret
from polder.platform.plan.make import make_plan
from polder.platform.plan.model import Nothing, Plan
from polder.platform.site.lock import lock_text
from polder.platform.site.model import Capacity, Host, Lock, Site
from polder.world.docker.memory import MemoryEngine

T = TypeVar("T")
JOBS = ("first", "again", "down", "moved", "spread")
HOSTS = tuple(f"h{number:02}" for number in range(50))
IMAGE = digest_of_bytes(b"tiny")
KEEPER = (
    HEAD.format(name="keeper")
    + """front: {service: web, path: /}
sizes: {small: {memory: 16M, disk: 1G, people: 1}}
settings:
  title: {kind: text, question: {en: Its title?}, default: Plain}
secrets: {password: {meaning: {en: Of the administrator.}}}
datasets: {pages: {volume: data, meaning: {en: The pages}}}
updates: {order: start-first, away: 0s, starts-within: 60s}
"""
)
KEEPER_COMPOSE = f"""services:
  web:
    image: {IMAGE}
    environment: {{TITLE: "${{SETTING_TITLE}}"}}
    volumes: ["data:/data"]
    secrets: [password]
    healthcheck: {{test: [CMD, "true"], interval: 5s}}
    deploy: {{resources: {{limits: {{memory: "${{POLDER_SIZE_MEMORY}}"}}}}}}
volumes: {{data: {{}}}}
secrets: {{password: {{external: true}}}}
"""


def main() -> None:
    parser = options(__doc__ or "")
    parser.add_argument("--apps", default="1000,10000", help="how many, separated by commas")
    parser.add_argument("--measure", nargs=2, metavar=("WHAT", "SITE"), help="what a child process does")
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measure(asked.measure[0], Path(asked.measure[1]))))
        return
    counts = sorted(int(word) for word in asked.apps.split(","))
    figures: dict[str, Any] = {}
    for count in counts:
        with tempfile.TemporaryDirectory() as name:
            folder = prepare(Path(name), count).folder
            figures[str(count)] = {what: child(what, folder, count) for what in JOBS}
    ratios = growth(figures, counts)
    show("planning at scale", machine(), {**figures, "growth": ratios}, lines(figures, ratios), asked.json)


def prepare(parent: Path, count: int) -> BenchSite:
    """The whole folder on disk: groups, a secret file for each app, an authority, the lock."""
    from polder.world.authority import new_authority, new_intermediate, public_file

    note(f"writing a site of {count} apps")
    recipes = tiny_recipes(IMAGE) | {"keeper/recipe.yml": KEEPER, "keeper/compose.yml": KEEPER_COMPOSE}
    site = new_site(parent, "local", recipes)
    write_apps(site, count, "keeper")
    now = datetime.now(UTC)
    root, key = new_authority("Bench", (), now)
    write(site.folder / "internal-ca.crt", public_file(root, new_intermediate("Bench", root, key, now)[0]))
    for name in ("ca", "intermediate", "intermediate-certificate"):
        write(site.folder / f"secrets/polder.{name}.age", name)
    read = load_site(site.folder)
    for one in read.apps:
        write(site.folder / f"secrets/{one.group}.{one.name}.password.age", f"{one.id} " * 40)
    digests = {name: read.recipes[name].digest for name in ("keeper", "ingress")}
    write(site.folder / "polder.lock", lock_text(Lock(digests, {})))
    return site


def child(what: str, folder: Path, count: int) -> dict[str, float]:
    note(f"{what}: {count} apps")
    command = [sys.executable, __file__, "--measure", what, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def measure(what: str, folder: Path) -> dict[str, float]:
    """In a process of its own, so that the peak is that of this one thing."""
    gc.set_threshold(50_000, 20, 20)  # as the polder command does
    before = _resident()
    engine, now = MemoryEngine(), datetime.now(UTC)
    engine.add_image(IMAGE)
    reading, site = _timed(lambda: load_site(folder))
    after_reading = _peak() - before
    if what == "spread":
        site, engine = spread(site), MemoryEngine(hosts=HOSTS)
    planning, plan = _timed(lambda: make_plan(site, engine.look(), now))
    found = {"apps": len(site.apps), "read": reading, "read_mib": after_reading}
    if what in ("again", "down", "moved"):
        _fill(engine, plan)
        del plan
        goal = moved(site) if what == "moved" else site
        planning, plan = _timed(lambda: make_plan(goal, engine.look(), now, down=what == "down"))
        if what == "again" and (left := [s.key for s in plan.acting if s.code != "step.await-service"]):
            raise SystemExit(f"The second plan is not empty: {left[:5]}")
    return {**found, "plan": planning, "mib": _peak() - before, "steps": len(plan.acting)}


def moved(site: Site) -> Site:
    """Every group under another name."""
    renamed = {
        f"{slug}n": replace(
            group,
            slug=f"{slug}n",
            apps={name: replace(app, group=f"{slug}n") for name, app in group.apps.items()},
        )
        for slug, group in site.groups.items()
    }
    return replace(site, groups=renamed)


def spread(site: Site) -> Site:
    """Fifty hosts with room, and no app pinned to one."""
    hosts = {
        name: Host(
            name,
            f"192.0.2.{number + 1}",
            frozenset(("worker",) if number else ("manager", "ingress")),
            {},
            "hosts.yml:1",
            capacity=Capacity(64 * 2**30, 8 * 2**40),
        )
        for number, name in enumerate(HOSTS)
    }
    groups = {
        slug: replace(group, apps={name: replace(app, host=None) for name, app in group.apps.items()})
        for slug, group in site.groups.items()
    }
    return replace(site, hosts=hosts, groups=groups, registry="registry.bench.test")


def _fill(engine: MemoryEngine, plan: Plan) -> None:
    """Everything the plan would do, done on the twin."""
    for step in plan.acting:
        work: Any = step.work
        if not isinstance(work, Nothing):
            values = {work.source: Secret("x")} if isinstance(work, CreateSecret) else {}
            engine.run(work, values)
    for _ in range(4):
        engine.look()


def _timed(run: Callable[[], T]) -> tuple[float, T]:
    """Processor time: what others do on the machine is not in it."""
    began = time.process_time()
    found = run()
    return time.process_time() - began, found


def _peak() -> float:
    """Largest resident size so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def growth(figures: dict[str, Any], counts: list[int]) -> dict[str, float]:
    """Cost for each app at the largest size over that at the smallest: 1 is linear."""
    few, many = figures[str(counts[0])], figures[str(counts[-1])]
    times = counts[-1] / counts[0]
    found = {}
    for what in JOBS:
        for key in ("read", "plan", "mib"):
            found[f"{what} {key}"] = round(many[what][key] / few[what][key] / times, 2)
    return found


def lines(figures: dict[str, Any], ratios: dict[str, float]) -> list[str]:
    found = ["  apps          steps   read s   plan s   ms per app (read, plan)   peak MiB (reading alone)"]
    for count, row in figures.items():
        for what, one in row.items():
            each = f"{one['read'] / int(count) * 1000:.2f}, {one['plan'] / int(count) * 1000:.2f}"
            found.append(
                f"{count:>6}   {what:6}  {one['steps']:6}   {one['read']:6.2f}   {one['plan']:6.2f}   {each:>23}"
                f"   {one['mib']:8.0f} ({one['read_mib']:.0f})"
            )
    told = ", ".join(f"{what} {ratio}" for what, ratio in ratios.items())
    return [*found, f"cost for each app, largest over smallest (1 is linear): {told}"]


if __name__ == "__main__":
    main()
