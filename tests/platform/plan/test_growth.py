"""Four times the apps are four times the work, counted in calls and in what steps hold, whatever there is to do."""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from polder.cli.plan_text import plan_lines
from polder.kernel.engine import Seen
from polder.platform.placement.capacity import capacity
from polder.platform.placement.facts import facts
from polder.platform.placement.model import Placed
from polder.platform.placement.place import place
from polder.platform.plan.make import make_plan
from polder.platform.plan.model import Plan
from polder.platform.site.model import Site
from polder.world.docker.memory import MemoryEngine
from support.sites import NOW, SITE, carry_out, group, ready, site_files

FEW, MANY = 30, 120
SLACK = 1.15


HOSTS = "".join(
    f"h{i:02}: {{address: 192.0.2.{i + 1}, power: {'solar' if i % 2 else 'grid'}, capacity: {{memory: 2G, disk: 90G}}, "
    f"roles: [{'manager, ingress' if i == 0 else 'worker'}]}}\n"
    for i in range(50)
)


@cache
def spread(count: int) -> Site:
    """``count`` new apps with data that nobody gave a host, and fifty hosts."""
    apps = "".join(
        f"  a{i}: {{recipe: plain, domain: a{i}.lilas.test, needs: {{power: {'solar' if i % 3 else 'grid'}}}}}\n"
        for i in range(count)
    )
    return ready(
        site_files(
            {"lilas": f"name: Lilas\napps:\n{apps}"},
            **{"hosts.yml": HOSTS, "site.yml": SITE + "registry: registry.lilas.test\n"},
        )
    )


@cache
def running(count: int) -> tuple[Site, Seen]:
    """A site of ``count`` apps with data and secrets, all of them up."""
    engine = MemoryEngine()
    groups = {f"g{i}": group(*(f"a{i}x{j} plain" for j in range(10))) for i in range(count // 10)}
    site = ready(site_files(groups), engine)
    carry_out(make_plan(site, engine.look(), NOW), engine)
    return site, engine.look()


def renamed(site: Site) -> Site:
    """Every group under another name: every app goes, and comes anew at the same domain."""
    groups = {
        f"{slug}n": replace(
            one,
            slug=f"{slug}n",
            apps={name: replace(app, group=f"{slug}n") for name, app in one.apps.items()},
        )
        for slug, one in site.groups.items()
    }
    return replace(site, groups=groups)


def placed(count: int) -> Placed:
    site = spread(count)
    return place(site, facts(site, Seen("none")))


JOBS: dict[str, Callable[[int], object]] = {
    "placed": placed,
    "capacity": lambda count: capacity(spread(count), facts(spread(count), Seen("none")), ()),
    "again": lambda count: make_plan(*running(count), NOW),
    "down": lambda count: make_plan(*running(count), NOW, down=True),
    "renamed": lambda count: make_plan(renamed(running(count)[0]), running(count)[1], NOW),
    "shown": lambda count: list(plan_lines(make_plan(*running(count), NOW, down=True), "en")),
}


def calls(job: Callable[[int], object], count: int) -> int:
    job(count)
    profile = cProfile.Profile()
    profile.runcall(job, count)
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


@pytest.mark.parametrize("what", JOBS)
def test_the_work_grows_as_the_apps_do(what: str) -> None:
    few, many = calls(JOBS[what], FEW), calls(JOBS[what], MANY)
    assert many / few < MANY / FEW * SLACK


def held(plan: Plan) -> int:
    """Keys in what steps wait for; a tuple that they share counts once."""
    return sum(len(after) for after in {id(step.after): step.after for step in plan.steps}.values())


@pytest.mark.parametrize("what", ["down", "renamed"])
def test_what_steps_wait_for_grows_as_the_apps_do(what: str) -> None:
    few, many = (JOBS[what](count) for count in (FEW, MANY))
    assert isinstance(few, Plan) and isinstance(many, Plan)
    assert held(many) / held(few) < MANY / FEW * SLACK
