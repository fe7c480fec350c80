"""A site with two hosts: what waits for a host that is away, what data cannot be reached from here, which node is which host."""

from __future__ import annotations

from dataclasses import replace

import pytest

from polder.kernel.engine import NodeSeen, RemoveSecret, Seen, UpdateNode
from polder.platform.plan.hosts import find_node
from polder.platform.plan.make import make_plan
from polder.platform.plan.model import Plan
from polder.platform.site.model import Site
from polder.world.docker.memory import MemoryEngine
from support.sites import NOW, SITE, carry_out, group, ready, site_files

FILES = {
    "hosts.yml": "lilas: {address: 192.0.2.1, roles: [manager, ingress]}\nsaule: {address: 192.0.2.2}\n",
    "site.yml": SITE + "registry: registry.lilas.test:5000\n",
}


def two_hosts(*apps: str, host: str = "saule", forget: str = "") -> Site:
    """Apps of the recipe ``plain`` keep data and are pinned to ``host``; those of ``bare`` are not. Images are in the registry."""
    text = group(*apps, forget=forget).replace("recipe: plain,", f"recipe: plain, host: {host},")
    found = ready(site_files({"lilas": text}, **FILES))
    images = {key: f"registry.lilas.test:5000/polder/x@{image}" for key, image in found.lock.images.items()}
    return replace(found, lock=replace(found.lock, images=images))


def applied(site: Site) -> MemoryEngine:
    engine = MemoryEngine(hosts=("lilas", "saule"))
    carry_out(make_plan(site, engine.look(), NOW), engine)
    return engine


def without(engine: MemoryEngine, **changes: str) -> Seen:
    """A look while ``saule`` is down, or otherwise not there."""
    worker = next(node for node in engine.look().nodes if node.hostname == "saule")
    engine.set_node(worker.id, **(changes or {"state": "down"}))
    engine.look()
    return engine.look()


def codes(plan: Plan) -> list[str]:
    return [step.code for step in plan.steps]


def told(plan: Plan) -> dict[str, dict[str, object]]:
    return {problem.code: dict(problem.values) for problem in plan.findings}


def test_hosts_get_their_names_as_labels_and_the_second_plan_is_empty() -> None:
    site = two_hosts("wiki plain", "page bare")
    engine = applied(site)
    labels = {node.hostname: node.spec["Labels"] for node in engine.look().nodes}
    assert labels["saule"] == {"polder.host": "saule"}
    assert labels["lilas"] == {"polder.host": "lilas", "polder.ingress": "true"}
    assert make_plan(site, engine.look(), NOW).steps == ()


def test_a_change_on_a_host_that_is_away_waits_and_everything_else_goes_on() -> None:
    engine = applied(two_hosts("wiki plain", "page bare"))
    changed = two_hosts("wiki plain title=New", "page bare", "news bare")
    plan = make_plan(changed, without(engine), NOW)
    assert {step.subject for step in plan.acting} == {"lilas/news", "polder/ingress"}
    assert told(plan)["plan.waits-for-host"] == {"service": "les-lilas_lilas_wiki_web", "host": "saule"}
    carry_out(plan, engine)
    assert make_plan(changed, engine.look(), NOW).acting == ()
    back = without(engine, state="ready")
    assert [step.key for step in make_plan(changed, back, NOW).acting] == ["service:les-lilas_lilas_wiki_web"]


def test_an_app_that_is_new_on_a_host_that_is_away_waits_too() -> None:
    engine = applied(two_hosts("page bare"))
    plan = make_plan(two_hosts("page bare", "wiki plain"), without(engine), NOW)
    assert "service:les-lilas_lilas_wiki_web" not in {step.key for step in plan.steps}
    assert "plan.waits-for-host" in told(plan)


def test_an_app_that_is_down_with_its_host_is_told_apart_from_one_that_is_ill() -> None:
    site = two_hosts("wiki plain")
    engine = applied(site)
    seen = without(engine)
    stopped = replace(seen, tasks=tuple(t for t in seen.tasks if t.service_id != wiki(seen)))
    assert told(make_plan(site, stopped, NOW))["plan.host-away"] == {"host": "saule", "state": "down"}
    assert told(make_plan(site, stopped, NOW))["plan.down-with-host"]["host"] == "saule"
    assert "plan.not-running" not in told(make_plan(site, stopped, NOW))


def wiki(seen: Seen) -> str:
    return next(s.id for s in seen.services if s.name == "les-lilas_lilas_wiki_web")


@pytest.mark.parametrize("availability", ["drain", "pause"])
def test_a_host_closed_by_hand_is_away_too_and_the_plan_says_how_to_open_it(availability: str) -> None:
    site = two_hosts("wiki plain")
    plan = make_plan(site, without(applied(site), availability=availability), NOW)
    assert told(plan)["plan.host-closed"] == {"host": "saule", "node": "saule"}


def test_secrets_of_an_app_that_waits_for_its_host_are_not_pruned() -> None:
    site = replace(two_hosts("wiki plain"), keep_old=0)
    engine = applied(site)
    seen = without(engine)
    for number in "ab":
        rotated = replace(site, secrets={**site.secrets, "lilas.wiki.password": "sha256:" + number * 64})
        plan = make_plan(rotated, seen, NOW)
        carry_out(plan, engine)
        seen = engine.look()
    pruned = [step.work.name for step in plan.steps if isinstance(step.work, RemoveSecret)]
    assert pruned == ["les-lilas_lilas_wiki_password_" + "a" * 12]


def test_an_app_that_moves_to_another_host_is_said_to_leave_its_data_behind() -> None:
    engine = applied(two_hosts("wiki plain"))
    plan = make_plan(two_hosts("wiki plain", host="lilas"), engine.look(), NOW)
    volumes = ("les-lilas_lilas_wiki_data",)
    assert told(plan)["plan.data-stays"] == {
        "app": "lilas/wiki",
        "volumes": volumes,
        "old": "saule",
        "new": "lilas",
    }


def test_data_of_a_removed_app_on_another_host_is_said_to_be_kept_there() -> None:
    engine = applied(two_hosts("wiki plain", "page bare"))
    seen = replace(engine.look(), volumes=())
    plan = make_plan(two_hosts("page bare"), seen, NOW)
    kept = next(step for step in plan.steps if step.kind == "keep")
    assert (kept.code, kept.values["host"]) == ("step.keep-data-elsewhere", "saule")


def test_data_that_cannot_be_destroyed_from_here_is_not_said_to_be_destroyed() -> None:
    engine = applied(two_hosts("wiki plain", "page bare"))
    plan = make_plan(two_hosts("page bare", forget="wiki"), replace(engine.look(), volumes=()), NOW)
    assert "step.forget-data" not in codes(plan)
    assert told(plan)["plan.data-elsewhere"]["what"] == "lilas/wiki"
    whole = make_plan(two_hosts("wiki plain"), engine.look(), NOW, down=True, forget=True)
    assert told(whole)["plan.data-elsewhere"]["what"] == "les-lilas"


def test_a_machine_that_joined_anew_is_found_by_its_address_not_by_its_former_node() -> None:
    site = two_hosts("page bare")
    gone = NodeSeen("n1", 1, "debian", "192.0.2.2", "down", "active", "worker", False, labels("saule"))
    new = NodeSeen("n2", 2, "debian", "192.0.2.2", "ready", "active", "worker", False, {"Labels": {}})
    assert find_node(site.hosts["saule"], site, Seen("manager", nodes=(gone, new))) == new
    assert find_node(site.hosts["saule"], site, Seen("manager", nodes=(gone,))) == gone
    again = NodeSeen("n2", 2, "debian", "192.0.2.2", "ready", "active", "worker", False, labels("saule"))
    assert find_node(site.hosts["saule"], site, Seen("manager", nodes=(gone, again))) == again


def labels(host: str) -> dict[str, dict[str, str]]:
    return {"Labels": {"polder.host": host}}


def test_labels_of_a_host_that_changed_are_set_without_touching_other_peoples() -> None:
    site = two_hosts("page bare")
    engine = applied(site)
    node = next(node for node in engine.look().nodes if node.hostname == "saule")
    spec = {**node.spec, "Labels": {"rack": "3", "polder.host": "saule", "polder.power": "solar"}}
    engine.run(UpdateNode(node.id, node.version, spec))
    (step,) = make_plan(site, engine.look(), NOW).steps
    assert isinstance(step.work, UpdateNode)
    assert step.work.spec["Labels"] == {"rack": "3", "polder.host": "saule"}
