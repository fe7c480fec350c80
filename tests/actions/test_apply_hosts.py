"""Machines and apps in one plan, on machines and engines in memory: from bare Debian to a swarm that runs the apps, whatever breaks
on the way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from polder.actions.edit_hosts import NewHost, drain_host, remove_host, replace_host
from polder.actions.edit_site import remove_app, set_app
from polder.cli.plan_text import plan_lines
from polder.kernel.document_text import remove
from polder.kernel.engine import CreateService, InitSwarm, JoinSwarm, Operation, UpdateNode
from polder.kernel.host import Reboot, SetUnit
from polder.kernel.problem import Problem, Unreachable
from polder.platform.plan.asked import HostsAsked
from polder.platform.plan.model import Plan, Step
from polder.platform.plan.services import JOINING
from polder.world.journal import Journal
from support.ground import (
    MANAGERS,
    Ground,
    Make,
    all_before,
    codes,
    hosts_yml,
    of_nodes,
    refusal,
    told,
    with_machine,
)
from support.sites import group

REBOOT = HostsAsked(only=True, reboot=True)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("polder.actions.hands.time.sleep", lambda seconds: None)


def test_three_bare_machines_become_a_swarm_that_runs_the_apps_in_one_plan_and_the_second_is_empty(
    ground: Make,
) -> None:
    site = ground()
    plan = site.done()
    assert {"step.init-swarm", "step.join-manager", "step.label-host", "step.create-service"} <= set(
        codes(plan)
    )
    assert {step.subject for step in plan.steps} >= {f"host/{name}" for name in MANAGERS} | {"lilas/wiki"}
    assert site.nodes() == dict.fromkeys(MANAGERS, ("manager", "active", "ready"))
    assert "les-lilas_lilas_wiki_web" in site.on("bela")
    again = site.plan()
    assert (again.steps, again.findings) == ((), ())


def test_machines_come_before_the_swarm_the_swarm_before_labels_and_labels_before_apps(ground: Make) -> None:
    plan = ground(hosts_yml(2, 1)).plan()
    after = {step.key: all_before(plan, step.key) for step in plan.steps}
    assert {s.key for s in plan.steps if s.subject == "host/ada" and s.kind == "host"} <= after["swarm"]
    assert (
        "swarm" in after["join:bela"]
        and "join:bela" in after["join:dora" if "join:dora" in after else "join:cleo"]
    )
    assert "join:bela" in after["host:bela"]
    services = [key for key in after if key.startswith("service:")]
    assert services and all({"host:ada", "host:bela", "join:cleo"} <= after[key] for key in services)


def test_hosts_are_heard_inside_the_mesh_and_new_networks_leave_it_room(ground: Make) -> None:
    plan = ground().plan()
    works = {step.key: step.work for step in plan.steps}
    (init,), (join,) = works["swarm"].operations, works["join:bela"].operations  # type: ignore[union-attr]
    assert init == InitSwarm("10.213.0.1", "10.213.0.1")
    assert join == JoinSwarm("manager", "10.213.0.2", ("10.213.0.1:2377",), "10.213.0.2")
    specs = [work.spec for key, work in works.items() if key.startswith("network:")]  # type: ignore[union-attr]
    assert specs and all(spec["Options"]["com.docker.network.driver.mtu"] == "1370" for spec in specs)
    plain = ground(hosts_yml(mesh=False)).plan()
    assert all("Options" not in s.work.spec for s in plain.steps if s.key.startswith("network:"))  # type: ignore[union-attr]


def test_the_token_is_in_no_plan_no_journal_and_no_error(ground: Make) -> None:
    site = ground()
    plan = site.done()
    token = site.cluster.engines["ada"].join_token("manager").reveal()
    shown = [text for text, _ in plan_lines(plan, "en", verbose=True)]
    shown += [path.read_text() for path in (site.folder / "journal").iterdir()]
    assert not [text for text in shown if token in text]


def test_the_journal_names_the_host_of_each_step_and_who_did_it(ground: Make) -> None:
    site = ground()
    site.done()
    lines = [line for line in Journal(site.folder, "").read() if line.get("subject") == "host/bela"]
    assert {line["who"] for line in lines} == {"ana"}
    assert {"step.join-manager", "step.label-host"} <= {line["step"] for line in lines}


@pytest.mark.parametrize("number", [1, 2, 3, 5, 8, 13, 21, 34])
def test_broken_at_any_operation_on_a_machine_the_next_apply_completes(ground: Make, number: int) -> None:
    site = ground()
    site.cluster.fail_at("bela", number, Unreachable("bela", "the line broke"))
    site.apply()
    site.cluster.back("bela")
    site.done()
    assert site.nodes() == dict.fromkeys(MANAGERS, ("manager", "active", "ready"))
    assert site.plan().steps == ()


@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize("kind", [InitSwarm, JoinSwarm, UpdateNode, CreateService])
def test_broken_at_any_operation_of_an_engine_the_next_apply_completes(
    ground: Make, kind: type[Operation], after: bool
) -> None:
    site = ground()
    for engine in site.cluster.engines.values():
        engine.fail_on(lambda operation: isinstance(operation, kind), Unreachable("it", "cut"), after=after)
    for _ in range(4):  # once for each engine that fails
        site.apply()
    assert site.plan().acting == ()
    assert site.nodes() == dict.fromkeys(MANAGERS, ("manager", "active", "ready"))


def test_one_machine_that_fails_does_not_keep_the_others_from_being_set_up(ground: Make) -> None:
    site = ground()
    site.cluster.fail_at("bela", 1)
    outcome = site.apply().outcome
    assert outcome
    assert {one.step.subject for one in outcome.failed} == {"host/bela"}
    done = {one.step.subject for one in outcome.results if one.state == "done" and one.step.kind == "host"}
    assert done == {"host/ada", "host/cleo"}
    assert not [s for s in outcome.results if s.state == "done" and s.step.key.startswith("service:")]


def test_a_worker_that_does_not_answer_is_named_and_all_goes_on_without_it(ground: Make) -> None:
    site = ground(hosts_yml(1, 2), {"lilas": group("page bare")})
    site.cluster.hangs("bela")
    plan = site.done()
    assert "host.no-answer" in told(plan)
    assert not [step for step in plan.steps if step.subject == "host/bela"]
    assert set(site.nodes()) == {"ada", "cleo"}
    site.cluster.back("bela")
    assert "join:bela" in {step.key for step in site.done().acting}
    assert set(site.nodes()) == {"ada", "bela", "cleo"}


def test_apps_of_a_host_that_has_not_joined_wait_for_it(ground: Make) -> None:
    site = ground()
    site.cluster.away("bela")
    plan = site.plan()
    assert "plan.manager-silent" in told(plan)
    worker = ground(hosts_yml(1, 2))
    worker.cluster.away("bela")
    assert "plan.waits-for-host" in told(worker.plan())
    assert "service:les-lilas_lilas_wiki_web" not in {step.key for step in worker.plan().steps}


def test_a_wrong_host_key_is_named_and_nothing_is_asked_of_that_machine(ground: Make) -> None:
    site = ground(hosts_yml(1, 1), {"lilas": group("page bare")})
    site.cluster.wrong_key("bela")
    assert "host.wrong-key" in told(site.done())
    assert not [host for host, _ in site.cluster.ran if host == "bela"]


def test_no_second_swarm_is_begun_while_a_manager_is_silent(ground: Make) -> None:
    site = ground()
    site.cluster.away("ada")
    plan = site.plan()
    assert "plan.manager-silent" in told(plan)
    assert {step.kind for step in plan.steps} == {"host"}
    site.cluster.back("ada")
    site.done()
    for name in ("ada", "bela"):
        site.cluster.away(name)
    assert "step.init-swarm" not in codes(site.plan())


def test_when_the_leader_is_gone_the_plan_is_made_with_another_manager(ground: Make) -> None:
    site = ground()
    site.done()
    site.cluster.power_off("ada")
    plan = site.plan()
    assert plan.engine == "ssh://bela" and {"host.no-answer", "plan.host-away"} <= told(plan)
    set_app(site.folder, "lilas/wiki", {"size": "large"})
    assert codes(site.done()) == ["step.update-service"]
    site.cluster.power_on("ada")
    again = site.plan()
    assert (again.steps, again.engine) == ((), "ssh://ada")


def test_a_plan_that_leaves_no_host_for_any_app_says_so(ground: Make) -> None:
    site = ground(groups={"lilas": group("page bare")})
    site.done()
    for name in site.nodes():
        drain_host(site.folder, name, drained=True)
    assert "plan.all-drained" in told(site.plan())
    drain_host(site.folder, "ada", drained=False)
    assert "plan.all-drained" not in told(site.plan())


def test_a_host_is_drained_and_opened_again_as_the_file_says(ground: Make) -> None:
    site = ground(groups={"lilas": group("page bare")})
    site.done()
    drain_host(site.folder, "ada", drained=True)
    plan = site.done()
    assert codes(plan) == ["step.drain-host", "step.await-moved"]
    assert "plan.host-drained" in told(plan)
    assert site.nodes()["ada"] == ("manager", "drain", "ready") and site.on("ada") == set()
    assert site.plan().acting == ()
    drain_host(site.folder, "ada", drained=False)
    assert codes(site.done()) == ["step.open-host"]
    assert site.nodes()["ada"] == ("manager", "active", "ready")
    assert (site.plan().steps, told(site.plan())) == ((), set())


def test_a_host_that_a_hand_drained_stays_so(ground: Make) -> None:
    site = ground()
    site.done()
    maker = site.cluster.engines["ada"]
    node = next(n for n in maker.look().nodes if n.hostname == "cleo")
    maker.run(UpdateNode(node.id, node.version, {**node.spec, "Availability": "drain"}))
    plan = site.plan()
    assert plan.acting == () and "plan.host-closed" in told(plan)


def test_roles_change_promotions_first(ground: Make) -> None:
    site = ground(hosts_yml(3, 1))
    site.done()
    place = site.folder / "hosts.yml"
    text = place.read_text().replace("2, roles: [manager]", "2, roles: [worker]")
    place.write_text(text.replace("4, roles: [worker]", "4, roles: [manager]"))
    plan = site.done()
    assert of_nodes(plan) == ["step.promote-host", "step.demote-host"]
    assert "promote:dora" in all_before(plan, "demote:bela")
    assert {n: role for n, (role, *_) in site.nodes().items()} == {
        "ada": "manager",
        "bela": "worker",
        "cleo": "manager",
        "dora": "manager",
    }


def test_a_host_that_was_taken_out_is_drained_demoted_and_removed(ground: Make) -> None:
    site = ground(hosts_yml(3, 1), {"lilas": group("page bare")})
    site.done()
    remove_host(site.folder, "cleo")
    plan = site.done()
    assert of_nodes(plan) == [
        "step.drain-leaving",
        "step.await-settled",
        "step.demote-host",
        "step.leave-swarm",
        "step.remove-node",
    ]
    removal = next(step.key for step in plan.steps if step.code == "step.remove-node")
    shut_out = [step.key for step in plan.steps if step.kind == "host"]
    assert shut_out and all(removal in all_before(plan, key) for key in shut_out)
    assert set(site.nodes()) == {"ada", "bela", "dora"}
    assert (site.plan().steps, told(site.plan())) == ((), set())


def test_a_dead_host_that_was_taken_out_is_removed_too(ground: Make) -> None:
    site = ground(groups={"lilas": group("page bare")})
    site.done()
    site.cluster.power_off("cleo")
    remove_host(site.folder, "cleo")
    assert of_nodes(site.done()) == ["step.demote-host", "step.remove-node"]


def test_a_host_that_the_quorum_needs_cannot_be_taken_out(ground: Make) -> None:
    site = ground(groups={"lilas": group("page bare")})
    site.done()
    site.cluster.power_off("cleo")
    remove_host(site.folder, "bela")
    assert refusal(site.plan) == "plan.quorum"


def test_a_manager_that_the_quorum_needs_is_not_demoted_nor_the_last_one(ground: Make) -> None:
    site = ground(groups={"lilas": group("page bare")})
    site.done()
    site.cluster.power_off("cleo")
    place = site.folder / "hosts.yml"
    place.write_text(place.read_text().replace("2, roles: [manager]", "2, roles: [worker]"))
    assert refusal(site.plan) == "plan.quorum"


def test_a_host_with_the_only_copy_of_an_apps_data_cannot_be_taken_out(ground: Make) -> None:
    site = ground()
    site.done()
    remove_app(site.folder, "lilas/wiki")
    remove_host(site.folder, "bela")
    assert refusal(site.plan) == "plan.only-copy"


def test_nor_one_with_data_of_an_app_that_was_pinned_by_nobody(ground: Make) -> None:
    site = ground(hosts_yml().replace("[manager]", "[manager, ingress]"), {"lilas": group("wiki plain")})
    host = next(step for step in site.done().steps if step.code == "step.create-service" and step.data)
    name = next(n for n in MANAGERS if host.values["service"] in site.on(n))
    assert refusal(lambda: remove_host(site.folder, name)) == "site.host-has-apps"
    hosts = site.folder / "hosts.yml"
    hosts.write_text(remove(hosts.read_text(), (name,), "hosts.yml"))
    assert refusal(site.plan) == "placement.host-gone"


def test_a_host_with_pinned_apps_is_not_even_taken_out_of_the_file(ground: Make) -> None:
    site = ground()
    assert refusal(lambda: remove_host(site.folder, "bela")) == "site.host-has-apps"


def test_a_host_is_replaced_by_another_and_the_data_left_behind_is_said(ground: Make) -> None:
    site = ground()
    site.done()
    new = NewHost("dora", "192.0.2.4", profile="baseline", mesh="10.213.0.4")
    replace_host(site.folder, "bela", new)
    site.cluster = with_machine(site.cluster, "dora", "10.213.0.4")
    plan = site.done()
    assert "plan.data-stays" in told(plan)
    assert set(site.nodes()) == {"ada", "cleo", "dora"}
    assert "les-lilas_lilas_wiki_web" in site.on("dora")
    doors = next(step.key for step in plan.steps if step.code == "step.await-service")
    assert doors in all_before(plan, next(s.key for s in plan.steps if s.code == "step.drain-leaving"))
    assert site.plan().steps == ()


def test_a_manager_that_is_replaced_stops_managing_before_the_new_one_joins(ground: Make) -> None:
    site = ground(groups={"lilas": group("page bare")})
    site.done()
    replace_host(site.folder, "ada", NewHost("dora", "192.0.2.4", profile="baseline", mesh="10.213.0.4"))
    site.cluster = with_machine(site.cluster, "dora", "10.213.0.4")
    plan = site.plan()
    demotion = next(step.key for step in plan.steps if step.code == "step.demote-host")
    assert demotion in all_before(plan, "join:dora")
    assert codes(plan).count("step.demote-host") == 1
    removal = next(step.key for step in plan.steps if step.code == "step.remove-node")
    assert {"join:dora", "service:les-lilas_polder_ingress_caddy"} <= all_before(plan, removal)


def test_what_runs_on_every_host_has_time_to_begin_on_one_that_has_just_joined(ground: Make) -> None:
    site = ground(groups={"lilas": group("page bare")})
    site.done()
    described = site.folder / "site.yml"
    described.write_text(described.read_text().replace("languages: [", "languages: [es, "))
    usual = door(site.plan())
    replace_host(site.folder, "ada", NewHost("dora", "192.0.2.4", profile="baseline", mesh="10.213.0.4"))
    site.cluster = with_machine(site.cluster, "dora", "10.213.0.4")
    joined = door(site.plan())
    assert (usual.code, joined.code) == ("step.update-service", "step.update-service")
    assert usual.wait and joined.wait and joined.wait.within == usual.wait.within + JOINING


def door(plan: Plan) -> Step:
    return next(step for step in plan.steps if step.key == "service:les-lilas_polder_ingress_caddy")


def test_the_only_manager_is_not_replaced_in_one_go(ground: Make) -> None:
    site = ground(hosts_yml(1, 1), {"lilas": group("page bare")})
    site.done()
    replace_host(site.folder, "ada", NewHost("dora", "192.0.2.4", profile="baseline", mesh="10.213.0.4"))
    site.cluster = with_machine(site.cluster, "dora", "10.213.0.4")
    plan = site.plan()
    assert "plan.swarm-unasked" in told(plan) and of_nodes(plan) == []


def test_a_machine_that_was_installed_anew_joins_again_and_its_former_node_goes(ground: Make) -> None:
    site = ground(groups={"lilas": group("page bare")})
    site.done()
    site.cluster.power_off("cleo")
    site.cluster = with_machine(site.cluster, "cleo", "10.213.0.3")
    site.cluster.back("cleo")
    site.cluster.dead.clear()
    plan = site.done()
    assert {"step.join-manager", "step.demote-host", "step.remove-node"} <= set(codes(plan))
    assert site.nodes() == dict.fromkeys(MANAGERS, ("manager", "active", "ready"))
    assert site.plan().steps == ()


def needs_reboot(site: Ground, *names: str) -> Ground:
    for name in names:
        site.cluster.change(name, reboot_needed=True)
    return site


def test_a_reboot_is_a_finding_until_it_is_asked_for(ground: Make) -> None:
    site = ground()
    site.done()
    plan = needs_reboot(site, "bela").plan()
    assert plan.steps == () and told(plan) == {"plan.reboot-needed"}


def test_hosts_are_rebooted_one_at_a_time_drained_before_and_opened_after_the_leader_last(
    ground: Make,
) -> None:
    site = ground(groups={"lilas": group("page bare")})
    site.done()
    plan = needs_reboot(site, "ada", "bela", "cleo").done(REBOOT)
    order = ["step.drain-host", "step.await-empty", "step.reboot-host", "step.await-node", "step.open-host"]
    assert codes(plan) == order * 3
    assert [host for host, operation in site.cluster.ran if isinstance(operation, Reboot)] == [
        "bela",
        "cleo",
        "ada",
    ]
    assert all(
        later.after == (before.key,) for before, later in zip(plan.steps, plan.steps[1:], strict=False)
    )
    assert site.nodes() == dict.fromkeys(MANAGERS, ("manager", "active", "ready"))
    assert (site.plan().steps, told(site.plan())) == ((), set())


def test_broken_in_the_middle_of_a_reboot_the_next_apply_opens_the_host_again(ground: Make) -> None:
    site = needs_reboot(ground(groups={"lilas": group("page bare")}), "bela")
    site.done()
    site.cluster.fail_on(lambda host, operation: isinstance(operation, Reboot), Unreachable("bela", "cut"))
    needs_reboot(site, "bela").apply(REBOOT)
    site.cluster.back("bela")
    assert site.nodes()["bela"] == ("manager", "drain", "ready")
    assert codes(site.done()) == ["step.open-host"]
    site.done(REBOOT)
    assert (site.plan().steps, told(site.plan())) == ((), set())


@pytest.mark.parametrize(("managers", "dead"), [(2, ""), (3, "cleo")])
def test_a_reboot_that_costs_the_quorum_is_refused(ground: Make, managers: int, dead: str) -> None:
    site = ground(hosts_yml(managers), {"lilas": group("page bare")})
    site.done()
    if dead:
        site.cluster.power_off(dead)
    needs_reboot(site, "bela")
    assert refusal(lambda: site.plan(REBOOT)) == "plan.reboot-quorum"


def test_a_manager_that_falls_away_between_two_reboots_stops_the_second(ground: Make) -> None:
    site = ground(groups={"lilas": group("page bare")})
    site.done()
    needs_reboot(site, "ada", "bela")
    site.cluster.on_script = None
    real = site.cluster.run

    def run(work, known, say):  # type: ignore[no-untyped-def]
        made = real(work, known, say)
        if any(isinstance(one, Reboot) for one in work.operations):
            site.cluster.power_off("cleo")
        return made

    site.cluster.run = run  # type: ignore[method-assign]
    outcome = site.apply(REBOOT).outcome
    assert outcome and [one.problem.code for one in outcome.failed if one.problem] == ["plan.reboot-quorum"]
    assert [host for host, operation in site.cluster.ran if isinstance(operation, Reboot)] == ["bela"]


def test_a_single_machine_is_rebooted_without_being_drained(ground: Make) -> None:
    site = ground(hosts_yml(1), {"lilas": group("page bare")})
    site.done()
    assert codes(needs_reboot(site, "ada").done(REBOOT)) == ["step.reboot-host", "step.await-node"]


def test_docker_is_restarted_on_one_host_of_a_swarm_at_a_time(ground: Make) -> None:
    site = ground(groups={"lilas": group("page bare")})
    site.done()
    for name in MANAGERS:
        held = site.cluster.seen[name].files
        other = replace(held["/etc/docker/daemon.json"], digest="0" * 64)
        site.cluster.change(name, files={**held, "/etc/docker/daemon.json": other})
    plan = site.done()
    restarts = [s.key for s in plan.steps if s.key.endswith(":docker")]
    assert len(restarts) == 3
    assert {f"host:{name}:ready" for name in ("ada", "bela")} <= all_before(plan, restarts[2])


def test_a_machine_in_another_swarm_is_left_alone(ground: Make) -> None:
    site = ground(hosts_yml(1, 1), {"lilas": group("page bare")})
    for name in ("ada", "bela"):
        site.cluster.change(
            name, docker=replace(site.cluster.seen[name].docker, version="26.1.5", running=True)
        )
        site.cluster.engines[name].run(InitSwarm("192.0.2.2"))
    plan = site.plan()
    assert "plan.other-swarm" in told(plan) and "join:bela" not in {step.key for step in plan.steps}


@pytest.mark.parametrize("silent", [("bela",), MANAGERS])
def test_docker_that_says_nothing_for_a_moment_is_not_taken_for_a_machine_without_a_swarm(
    ground: Make, silent: tuple[str, ...]
) -> None:
    site = ground()
    site.done()
    for name in silent:  # the unit is active, and docker info hangs
        site.cluster.change(name, docker=replace(site.cluster.seen[name].docker, running=False))
    plan = site.plan()
    assert plan.steps == ()
    assert told(plan) == ({"plan.docker-silent"} if silent == MANAGERS else set())


def test_a_problem_of_a_machine_shows_where_it_is_written(ground: Make) -> None:
    site = ground(hosts_yml(1, 1), {"lilas": group("page bare")})
    site.cluster.away("bela")
    (found,) = [one for one in site.plan().findings if one.code == "host.no-answer"]
    assert found.where == "hosts.yml:2" and isinstance(found, Problem)


def test_the_hosts_half_alone_makes_the_swarm_and_leaves_the_apps(ground: Make) -> None:
    site = ground()
    plan = site.done(HostsAsked(only=True))
    assert "step.join-manager" in codes(plan) and "step.create-service" not in codes(plan)
    assert site.plan(HostsAsked(only=True)).steps == ()
    assert "step.create-service" in codes(site.plan())


def test_docker_never_runs_before_the_firewall(ground: Make) -> None:
    site = ground()
    site.done()
    done = [operation for host, operation in site.cluster.ran if host == "ada"]
    units = [one.name for one in done if isinstance(one, SetUnit)]
    assert units.index("docker.service") > units.index(next(u for u in units if "firewall" in u))
