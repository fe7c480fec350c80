"""A drain in a plan: what waits for it, in which order, and what is left of one that was cut short."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from polder.kernel.engine import Seen
from polder.platform.plan.asked import HostsAsked
from polder.platform.plan.draining import moved_within
from polder.platform.plan.make import make_plan
from polder.platform.plan.model import AwaitNode, Plan
from polder.platform.site.model import Site
from polder.world.docker.memory import MemoryEngine
from support.sites import NOW, SITE, carry_out, group, ready, site_files

FILES = {
    "hosts.yml": "lilas: {address: 192.0.2.1, roles: [manager, ingress]}\nsaule: {address: 192.0.2.2}\n",
    "site.yml": SITE + "registry: registry.lilas.test:5000\n",
}
WAITS = ["step.await-moved"]


def site(*apps: str, drained: str = "") -> Site:
    """Drained: ``drained``. Pinned to saule: what keeps data."""
    text = group(*apps).replace("recipe: plain,", "recipe: plain, host: saule,")
    found = ready(site_files({"lilas": text}, **FILES))
    images = {key: f"registry.lilas.test:5000/polder/x@{image}" for key, image in found.lock.images.items()}
    hosts = {name: replace(host, open=name != drained) for name, host in found.hosts.items()}
    return replace(found, lock=replace(found.lock, images=images), hosts=hosts)


def applied(*apps: str) -> MemoryEngine:
    engine = MemoryEngine(hosts=("lilas", "saule"))
    carry_out(make_plan(site(*apps), engine.look(), NOW), engine)
    for _ in range(100):  # a look is a second
        engine.look()
    return engine


def codes(plan: Plan) -> list[str]:
    return [step.code for step in plan.steps]


def drained(engine: MemoryEngine, *apps: str, name: str = "lilas") -> Seen:
    """Only the drain itself is done, and nothing was waited for."""
    plan = make_plan(site(*apps, drained=name), engine.look(), NOW)
    carry_out(replace(plan, steps=tuple(s for s in plan.steps if s.code == "step.drain-host")), engine)
    engine.starts_after = 1000
    return engine.look()


def later(seen: Seen, seconds: float) -> datetime:
    """``seconds`` after the last thing that happened."""
    newest = max(datetime.fromisoformat(task.updated) for task in seen.tasks)
    return newest + timedelta(seconds=seconds)


def test_a_drain_is_waited_for_after_everything_else_that_changes() -> None:
    engine = applied("page bare")
    plan = make_plan(site("page bare", "news bare", drained="lilas"), engine.look(), NOW)
    assert codes(plan)[0] == "step.drain-host" and codes(plan)[-1:] == WAITS
    moved = plan.steps[-1]
    assert {"host:lilas", "service:les-lilas_lilas_news_web"} <= set(moved.after)
    assert isinstance(moved.work, AwaitNode) and moved.work.within == moved_within(site("page bare")) == 90


def test_the_hosts_half_waits_for_it_too_and_opening_waits_for_nothing() -> None:
    engine = applied("page bare")
    only = HostsAsked(only=True)
    plan = make_plan(site("page bare", drained="lilas"), engine.look(), NOW, asked=only)
    assert codes(plan) == ["step.drain-host", *WAITS] and plan.steps[1].after == ("host:lilas",)
    carry_out(replace(plan, steps=plan.steps[:1]), engine)
    assert codes(make_plan(site("page bare"), engine.look(), NOW, asked=only)) == ["step.open-host"]


def test_a_drain_that_was_cut_short_is_waited_for_by_the_next_plan_while_that_is_recent() -> None:
    engine = applied("page bare")
    seen, asked = drained(engine, "page bare"), site("page bare", drained="lilas")
    assert codes(make_plan(asked, seen, later(seen, 5))) == WAITS
    old = make_plan(asked, seen, later(seen, 100))
    assert codes(old) == [] and "plan.not-running" in {one.code for one in old.findings}


def test_nothing_is_left_to_wait_for_when_all_runs_elsewhere_or_has_no_other_place() -> None:
    engine = applied("page bare", "wiki plain")
    seen = drained(engine, "page bare", "wiki plain", name="saule")
    assert codes(make_plan(site("page bare", "wiki plain", drained="saule"), seen, later(seen, 5))) == []


def test_what_still_stops_on_a_drained_host_is_waited_for_however_long_ago_that_began() -> None:
    engine = applied("page bare")
    seen, asked = drained(engine, "page bare"), site("page bare", drained="lilas")
    tasks = tuple(replace(t, state="running") if t.desired == "shutdown" else t for t in seen.tasks)
    assert codes(make_plan(asked, replace(seen, tasks=tasks), later(seen, 100))) == WAITS
