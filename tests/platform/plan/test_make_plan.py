"""What a plan says and does, on the in-memory engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polder.kernel.digest import digest_of_bytes
from polder.kernel.engine import CreateNetwork, RemoveVolume, UpdateService
from polder.kernel.problem import Refused
from polder.kernel.sentences import hint
from polder.platform.plan.make import make_plan
from polder.platform.plan.model import MakeAuthority, MakeSecret, Plan
from polder.platform.site.model import Site
from polder.world.docker.memory import MemoryEngine
from support.sites import NEW_IMAGE, NOW, RECIPE_FILES, SITE, carry_out, group, read, ready, site_files


def applied(files: dict[str, str], engine: MemoryEngine) -> Site:
    site = ready(files, engine)
    carry_out(make_plan(site, engine.look(), NOW), engine)
    return site


def codes(plan: Plan) -> list[str]:
    return [step.code for step in plan.steps]


WIKI = {"lilas": group("wiki plain")}


def test_asking_twice_plans_nothing_the_second_time() -> None:
    engine = MemoryEngine()
    site = applied(site_files({"lilas": group("wiki plain", "pair pair", "page bare")}), engine)
    again = make_plan(site, engine.look(), NOW)
    assert again.steps == ()
    assert again.findings == ()


def test_a_new_site_prepares_its_files_before_the_engine_is_asked_for_anything() -> None:
    plan = make_plan(read(site_files(WIKI)), MemoryEngine(swarm=False).look(), NOW)
    kinds = [step.kind for step in plan.steps]
    assert kinds == sorted(kinds, key=["prepare", "create"].index)
    assert plan.steps[0].code == "step.init-swarm"
    assert any(isinstance(step.work, MakeAuthority) for step in plan.steps)
    assert [s.work.file for s in plan.steps if isinstance(s.work, MakeSecret)] == ["lilas.wiki.password"]


def test_nothing_is_made_for_a_site_without_apps() -> None:
    plan = make_plan(ready(site_files({"lilas": group()})), MemoryEngine().look(), NOW)
    assert codes(plan) == ["step.label-host", "step.write-lock"] or codes(plan) == ["step.label-host"]


def test_a_changed_setting_is_one_update_with_the_exact_difference() -> None:
    engine = MemoryEngine()
    applied(site_files(WIKI), engine)
    site = ready(site_files({"lilas": group("wiki plain title=Hello")}), engine)
    (step,) = make_plan(site, engine.look(), NOW).steps
    assert isinstance(step.work, UpdateService)
    assert [(c.path, c.before, c.after) for c in step.changes] == [("environment TITLE", "Plain", "Hello")]
    assert (step.away, step.undo, step.drift) == (0, "rollback", False)


def test_a_change_by_hand_is_seen_shown_and_set_right() -> None:
    engine = MemoryEngine()
    site = applied(site_files(WIKI), engine)
    name = "les-lilas_lilas_wiki_web"

    def smaller(spec: dict) -> dict:  # type: ignore[type-arg]
        spec["TaskTemplate"]["Resources"]["Limits"]["MemoryBytes"] = 1024 * 1024
        return spec

    engine.by_hand(name, smaller)
    (step,) = make_plan(site, engine.look(), NOW).steps
    assert step.drift
    assert [(c.path, c.before, c.after) for c in step.changes] == [("memory limit", "1 MiB", "32 MiB")]
    carry_out(make_plan(site, engine.look(), NOW), engine)
    assert make_plan(site, engine.look(), NOW).steps == ()


def test_what_is_not_ours_is_left_alone() -> None:
    engine = MemoryEngine()
    other = ready(site_files(WIKI, **{"site.yml": RECIPE_SITE.replace("les-lilas", "other")}), engine)
    carry_out(make_plan(other, engine.look(), NOW), engine)
    site = ready(site_files({"lilas": group()}), engine)
    assert not [
        step
        for step in make_plan(site, engine.look(), NOW).steps
        if step.kind in ("remove", "prune", "forget")
    ]


RECIPE_SITE = site_files({})["site.yml"]


def test_a_removed_app_goes_and_its_data_is_kept_until_told_otherwise() -> None:
    engine = MemoryEngine()
    applied(site_files({"lilas": group("wiki plain", "page bare")}), engine)
    without = ready(site_files({"lilas": group("page bare")}), engine)
    plan = make_plan(without, engine.look(), NOW)
    assert "step.remove-service" in codes(plan) and "step.keep-data" in codes(plan)
    assert "step.forget-data" not in codes(plan)
    carry_out(plan, engine)
    kept = make_plan(without, engine.look(), NOW)
    assert codes(kept) == ["step.keep-data"] and not kept.acting
    forgetting = ready(site_files({"lilas": group("page bare", forget="wiki")}), engine)
    (step,) = make_plan(forgetting, engine.look(), NOW).steps
    assert (step.work, step.undo) == (RemoveVolume("les-lilas_lilas_wiki_data"), "no")
    carry_out(make_plan(forgetting, engine.look(), NOW), engine)
    assert make_plan(forgetting, engine.look(), NOW).steps == ()


def test_a_rotated_secret_is_delivered_before_the_service_that_uses_it() -> None:
    engine = MemoryEngine()
    site = applied(site_files(WIKI), engine)
    rotated = replace(site, secrets={**site.secrets, "lilas.wiki.password": digest_of_bytes(b"new")})
    deliver, update = make_plan(rotated, engine.look(), NOW).steps
    assert (deliver.code, update.code) == ("step.rotate-secret", "step.rotate-in-service")
    assert deliver.key in update.after


def test_old_values_of_a_secret_are_pruned_after_the_number_kept() -> None:
    engine = MemoryEngine()
    site = applied(site_files(WIKI), engine)
    for number in range(6):
        content = digest_of_bytes(str(number).encode())
        site = replace(site, secrets={**site.secrets, "lilas.wiki.password": content})
        carry_out(make_plan(site, engine.look(), NOW), engine)
    kept = [s.name for s in engine.look().secrets if "password" in s.name]
    assert len(kept) == site.keep_old + 1


def test_dependencies_start_first() -> None:
    plan = make_plan(ready(site_files({"lilas": group("shop pair")})), MemoryEngine().look(), NOW)
    web = next(step for step in plan.steps if step.key == "service:les-lilas_lilas_shop_web")
    assert "service:les-lilas_lilas_shop_db" in web.after


def test_a_domain_that_moves_to_another_app_is_freed_first() -> None:
    engine = MemoryEngine()
    applied(site_files({"lilas": group("old bare domain=a.lilas.test")}), engine)
    moved = ready(site_files({"lilas": group("new bare domain=a.lilas.test")}), engine)
    plan = make_plan(moved, engine.look(), NOW)
    start = next(step for step in plan.steps if step.code == "step.create-service")
    assert "remove:les-lilas_lilas_old_web" in start.after


def test_going_down_removes_everything_but_data_and_forgetting_takes_that_too() -> None:
    engine = MemoryEngine()
    site = applied(site_files(WIKI), engine)
    carry_out(make_plan(site, engine.look(), NOW, down=True), engine)
    seen = engine.look()
    assert (seen.services, seen.secrets, seen.configs, seen.networks) == ((), (), (), ())
    assert "les-lilas_lilas_wiki_data" in {v.name for v in seen.volumes}
    carry_out(make_plan(site, engine.look(), NOW, down=True, forget=True), engine)
    assert engine.look().volumes == ()


def test_going_down_does_not_say_of_an_app_that_it_left_the_site() -> None:
    engine = MemoryEngine()
    applied(site_files({"lilas": group("wiki plain", "shop pair")}), engine)
    one = ready(site_files(WIKI), engine)
    kept = {
        step.subject: step
        for step in make_plan(one, engine.look(), NOW, down=True).steps
        if step.kind == "keep"
    }
    assert kept["lilas/wiki"].code == kept["polder/ingress"].code == "step.keep-data-down"
    assert kept["lilas/shop"].code == "step.keep-data"
    advice = hint(kept["lilas/wiki"].code, kept["lilas/wiki"].values)
    assert advice.endswith("polder down --forget-data les-lilas")


def test_the_order_in_which_the_engine_lists_things_changes_no_plan() -> None:
    engine = MemoryEngine()
    site = applied(site_files(WIKI), engine)
    seen = engine.look()
    listed = ("nodes", "services", "tasks", "networks", "secrets", "configs", "volumes", "images")
    turned = replace(seen, **{kind: tuple(reversed(getattr(seen, kind))) for kind in listed})

    assert make_plan(site, turned, NOW, down=True).steps == make_plan(site, seen, NOW, down=True).steps


def test_an_authority_that_ends_soon_is_renewed_without_a_new_root() -> None:
    engine = MemoryEngine()
    site = applied(site_files(WIKI), engine)
    plan = make_plan(site, engine.look(), NOW + timedelta(days=330))
    renewal = next(step for step in plan.steps if isinstance(step.work, MakeAuthority))
    assert renewal.work.renew and renewal.code == "step.renew-authority"


def test_a_worker_is_refused() -> None:
    seen = replace(MemoryEngine().look(), swarm="worker")
    with pytest.raises(Refused, match="engine.not-manager"):
        make_plan(ready(site_files(WIKI)), seen, NOW)


def test_a_host_that_is_no_node_is_refused() -> None:
    hosts = "one: {address: 192.0.2.1, roles: [manager, ingress]}\ntwo: {address: 192.0.2.2}\n"
    site_text = RECIPE_SITE + "registry: registry.lilas.test:5000\n"
    files = site_files({"lilas": group("page bare")}, **{"hosts.yml": hosts, "site.yml": site_text})
    with pytest.raises(Refused) as refused:
        make_plan(ready(files), MemoryEngine().look(), NOW)
    assert {p.code for p in refused.value.problems} == {"plan.no-node"}


def test_an_image_missing_on_the_engine_is_built_again_although_the_lock_names_one() -> None:
    site = ready(site_files({"lilas": group("page bare")}))
    plan = make_plan(site, MemoryEngine().look(), NOW)
    assert "step.build-image" in codes(plan)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from(["a plain", "b pair", "c bare", "d plain size=large", "e bare"]), unique=True),
    st.lists(st.sampled_from(["a plain title=New", "b bare", "c plain", "d plain", "f pair"]), unique=True),
)
def test_from_any_site_to_any_other_one_plan_is_enough(first: list[str], second: list[str]) -> None:
    engine = MemoryEngine()
    applied(site_files({"lilas": group(*first)}), engine)
    site = ready(site_files({"lilas": group(*second)}), engine)
    carry_out(make_plan(site, engine.look(), NOW), engine)
    again = make_plan(site, engine.look(), NOW)
    assert not again.acting
    wanted_apps = {app.id for app in site.apps}
    assert {s.labels["polder.app"] for s in engine.look().services} - {"polder/ingress"} == wanted_apps


def test_an_image_that_never_gets_healthy_leaves_the_former_one_and_the_next_plan_is_the_rest() -> None:
    engine = MemoryEngine()
    applied(site_files(WIKI), engine)
    bad = RECIPE_FILES["recipes/plain/compose.yml"].replace("plain@", "never-healthy@")
    site = ready(site_files(WIKI, **{"recipes/plain/compose.yml": bad}), engine)
    carry_out(make_plan(site, engine.look(), NOW), engine)
    for _ in range(20):
        engine.look()
    assert engine.rollout("les-lilas_lilas_wiki_web").state == "rolled-back"
    assert [s.kind for s in make_plan(site, engine.look(), NOW).acting] == ["change"]
    good = RECIPE_FILES["recipes/plain/compose.yml"].replace(
        "registry.example/plain@sha256:" + "ab" * 32, NEW_IMAGE
    )
    carry_out(
        make_plan(ready(site_files(WIKI, **{"recipes/plain/compose.yml": good}), engine), engine.look(), NOW),
        engine,
    )
    for _ in range(5):
        engine.look()
    assert engine.rollout("les-lilas_lilas_wiki_web").state == "done"


OUTGOING = {
    **RECIPE_FILES,
    "recipes/pair/recipe.yml": RECIPE_FILES["recipes/pair/recipe.yml"] + "outgoing: true\n",
}


def networks_of(engine: MemoryEngine, app: str) -> set[str]:
    specs = [s.spec for s in engine.look().services if s.labels["polder.app"] == app]
    return {one["Target"] for spec in specs for one in spec["TaskTemplate"].get("Networks") or []}


def test_apps_that_reach_the_internet_share_no_network_but_that_of_the_ingress() -> None:
    engine = MemoryEngine()
    applied(site_files({"lilas": group("wiki pair", "pad pair")}, **OUTGOING), engine)
    assert networks_of(engine, "lilas/wiki") & networks_of(engine, "lilas/pad") == {"les-lilas_ingress"}
    assert "les-lilas_lilas_wiki__out" in networks_of(engine, "lilas/wiki")


@pytest.mark.parametrize("outgoing", [True, False])
def test_a_network_of_a_recipe_leads_out_only_when_the_recipe_says_that_its_app_does(outgoing: bool) -> None:
    compose = RECIPE_FILES["recipes/pair/compose.yml"].replace("  db:\n", "  db:\n    networks: [deep]\n")
    recipes = {
        **(OUTGOING if outgoing else RECIPE_FILES),
        "recipes/pair/compose.yml": compose + "networks: {deep: {}}\n",
    }
    plan = make_plan(ready(site_files({"lilas": group("wiki pair")}, **recipes)), MemoryEngine().look(), NOW)
    (work,) = [s.work for s in plan.steps if s.key == "network:les-lilas_lilas_wiki_deep"]
    assert isinstance(work, CreateNetwork) and work.spec["Internal"] is not outgoing


def test_a_changed_short_name_of_the_provider_is_not_taken_for_a_new_site_without_a_word() -> None:
    engine = MemoryEngine()
    applied(site_files(WIKI), engine)
    renamed = ready(
        site_files(WIKI, **{"site.yml": SITE.replace("provider: les-lilas", "provider: lilas")}), engine
    )
    with pytest.raises(Refused, match="plan.port-taken"):
        make_plan(renamed, engine.look(), NOW)
    carry_out(make_plan(ready(site_files(WIKI), engine), engine.look(), NOW, down=True), engine)
    found = make_plan(renamed, engine.look(), NOW).findings
    assert [(f.code, f.values["other"], f.values["volumes"]) for f in found] == [
        ("plan.other-site", "les-lilas", 2)
    ]
    carry_out(make_plan(renamed, engine.look(), NOW), engine)
    assert make_plan(renamed, engine.look(), NOW).findings == ()


def test_a_service_whose_recipe_limits_no_memory_gets_the_limit_of_its_size() -> None:
    engine = MemoryEngine()
    applied(site_files({"lilas": group("wiki pair", "page bare size=large")}), engine)
    limits = {
        s.name: s.spec["TaskTemplate"]["Resources"]["Limits"]["MemoryBytes"] for s in engine.look().services
    }
    assert limits["les-lilas_lilas_wiki_db"] == limits["les-lilas_lilas_wiki_web"] == 32 * 2**20
    assert limits["les-lilas_lilas_page_web"] == 64 * 2**20


def test_an_ingress_of_ones_own_is_held_to_the_policy_like_any_recipe() -> None:
    bare = {f"recipes/ingress/{n}": RECIPE_FILES[f"recipes/bare/{n}"] for n in ("recipe.yml", "compose.yml")}
    bare["recipes/ingress/recipe.yml"] = bare["recipes/ingress/recipe.yml"].replace(
        "recipe: bare", "recipe: ingress"
    )
    bare["recipes/ingress/compose.yml"] = bare["recipes/ingress/compose.yml"].replace(
        "web: {", "web: {volumes: ['/run/docker.sock:/run/docker.sock'], "
    )
    with pytest.raises(Refused, match=r"site\.needs-docker-socket"):
        read(site_files(WIKI, **bare))


def test_a_volume_that_a_recipe_renamed_is_not_called_that_of_a_removed_app() -> None:
    engine = MemoryEngine()
    applied(site_files(WIKI), engine)
    renamed = {
        "recipes/plain/recipe.yml": RECIPE_FILES["recipes/plain/recipe.yml"].replace(
            "volume: data", "volume: pages"
        ),
        "recipes/plain/compose.yml": RECIPE_FILES["recipes/plain/compose.yml"]
        .replace('"data:/data"', '"pages:/data"')
        .replace("volumes: {data: {}}", "volumes: {pages: {}}"),
    }
    plan = make_plan(ready(site_files(WIKI, **renamed), engine), engine.look(), NOW)
    (kept,) = [step for step in plan.steps if step.kind == "keep"]
    assert (kept.code, kept.data) == ("step.keep-unused-data", ("les-lilas_lilas_wiki_data",))
    assert "--forget-data" not in hint(kept.code, kept.values), "which would destroy what the app uses now"


def test_a_second_site_whose_ingress_wants_ports_that_are_held_is_refused_and_takes_nothing_away() -> None:
    engine = MemoryEngine()
    applied(site_files(WIKI), engine)
    other = ready(site_files(WIKI, **{"site.yml": RECIPE_SITE.replace("les-lilas", "les-joncs")}), engine)
    with pytest.raises(Refused) as refused:
        make_plan(other, engine.look(), NOW)
    taken = {(problem.code, problem.values["port"]) for problem in refused.value.problems}
    assert taken == {("plan.port-taken", 80), ("plan.port-taken", 443)}


def test_an_app_speaks_the_first_language_of_its_group_that_it_knows() -> None:
    wiki = group("wiki dokuwiki").replace("languages: [en]", "languages: [eo, fr, en]")
    told = group("wiki dokuwiki language=es").replace("languages: [en]", "languages: [fr]")
    site = read(site_files({"lilas": wiki, "joncs": told.replace("lilas.test", "joncs.test")}))
    assert [app.settings["language"] for app in site.apps] == ["es", "fr"]
