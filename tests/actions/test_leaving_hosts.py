"""Hosts are drained and leave: nobody goes before what ran there is healthy elsewhere, and a machine leaves the swarm itself if it can."""

from __future__ import annotations

import threading

import pytest

from polder.actions.apply_site import Applied
from polder.actions.edit_hosts import NewHost, drain_host, remove_host, replace_host
from polder.kernel.engine import LeaveSwarm, Operation, RemoveNode, UpdateNode
from polder.kernel.problem import Problem, Unreachable
from polder.platform.plan.asked import HostsAsked
from polder.platform.plan.model import AtHost, Plan
from support.ground import Ground, Make, codes, hosts_yml, of_nodes, told, with_machine
from support.machines import OTHER_KEY
from support.sites import IMAGE, group

PAGE = "les-lilas_lilas_page_web"
GONE = [
    "step.drain-leaving",
    "step.await-settled",
    "step.demote-host",
    "step.leave-swarm",
    "step.remove-node",
]


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now, self._guard = 0.0, threading.Lock()

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._guard:
            self.now += seconds


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    for module in ("hands", "node_hands"):
        monkeypatch.setattr(f"polder.actions.{module}.time", made)
    return made


@pytest.fixture
def site(ground: Make) -> Ground:
    """Three managers, a worker, and a page without data that runs on cleo."""
    found = ground(hosts_yml(3, 1), {"lilas": group("page bare")})
    found.done()
    for name in ("ada", "bela"):
        drain_host(found.folder, name, drained=True)
    found.done()
    for name in ("ada", "bela"):
        drain_host(found.folder, name, drained=False)
    found.done()
    found.heard.lines.clear()
    assert PAGE in found.on("cleo")
    return found


def fails_elsewhere(site: Ground) -> None:
    """From now on, no container of the page starts any more."""
    site.keeper().add_image(IMAGE, {"polder.test": "never-healthy"})


def works_again(site: Ground) -> None:
    del site.keeper().images[IMAGE]


def problem_of(applied: Applied) -> Problem:
    assert applied.outcome
    (failed,) = applied.outcome.failed
    assert failed.problem
    return failed.problem


def leaves(plan: Plan) -> list[LeaveSwarm]:
    works = [step.work for step in plan.steps if isinstance(step.work, AtHost)]
    return [one for work in works for one in work.operations if isinstance(one, LeaveSwarm)]


def outside(site: Ground, name: str) -> bool:
    """Whether the machine itself believes to be in no swarm."""
    return site.cluster.engines[name].joined is None


@pytest.mark.parametrize("asked", [HostsAsked(), HostsAsked(only=True)])
def test_a_drain_is_over_when_what_ran_there_is_healthy_elsewhere(site: Ground, asked: HostsAsked) -> None:
    site.keeper().starts_after = 6
    drain_host(site.folder, "cleo", drained=True)
    plan = site.done(asked)
    assert of_nodes(plan) == ["step.drain-host", "step.await-moved"]
    assert site.heard.lines[0] == f"0 of 2 healthy; waiting for: {PAGE}, les-lilas_polder_ingress_names"
    assert PAGE in site.on("ada")
    assert site.plan(asked).acting == ()


def test_what_does_not_get_healthy_elsewhere_is_named_and_the_host_stays_drained(
    site: Ground, clock: Clock
) -> None:
    fails_elsewhere(site)
    drain_host(site.folder, "cleo", drained=True)
    began = clock.now
    problem = problem_of(site.apply())
    assert problem.code == "plan.not-moved"
    assert problem.values == {
        "host": "cleo",
        "seconds": 90,
        "services": (PAGE,),
        "service": PAGE,
        "error": "task: non-zero exit (137): dockerexec: unhealthy container",
    }
    assert clock.now - began < 100
    assert site.nodes()["cleo"] == ("manager", "drain", "ready")


def test_an_app_that_was_broken_before_is_not_waited_for_by_a_drain(site: Ground) -> None:
    fails_elsewhere(site)
    site.keeper().by_hand(PAGE, lambda spec: {**spec, "Mode": {"Replicated": {"Replicas": 0}}})
    site.keeper().by_hand(PAGE, lambda spec: {**spec, "Mode": {"Replicated": {"Replicas": 1}}})
    site.keeper().look()
    drain_host(site.folder, "dora", drained=True)
    assert "step.await-moved" in codes(site.done(HostsAsked(only=True)))


def test_apps_whose_data_is_on_a_drained_host_are_away_and_not_waited_for(ground: Make) -> None:
    site = ground()
    site.done()
    drain_host(site.folder, "bela", drained=True)
    site.done()
    assert site.on("bela") == set() and "plan.down-with-host" in told(site.plan())


def test_a_host_is_not_taken_out_while_an_app_of_it_is_not_healthy_elsewhere(site: Ground) -> None:
    fails_elsewhere(site)
    remove_host(site.folder, "cleo")
    for _ in range(2):  # the engine has long forgotten that it ran on cleo
        assert problem_of(site.apply()).code == "plan.not-moved"
        assert site.nodes()["cleo"] == ("manager", "drain", "ready")
        assert not outside(site, "cleo")
    works_again(site)
    assert of_nodes(site.done())[0] == "step.await-settled"
    assert "cleo" not in site.nodes() and outside(site, "cleo")


def test_a_machine_that_answers_leaves_the_swarm_itself_as_a_worker(site: Ground) -> None:
    remove_host(site.folder, "cleo")
    plan = site.done()
    assert of_nodes(plan) == GONE and leaves(plan) == [LeaveSwarm()]
    assert set(site.nodes()) == {"ada", "bela", "dora"} and outside(site, "cleo")
    assert (site.plan().steps, told(site.plan())) == ((), set())


def test_the_manager_that_made_the_swarm_leaves_it_and_the_others_go_on(ground: Make) -> None:
    site = ground(
        hosts_yml().replace("2, roles: [manager]", "2, roles: [manager, ingress]"),
        {"lilas": group("page bare")},
    )
    site.done()
    remove_host(site.folder, "ada")
    site.cluster = with_machine(site.cluster, "dora", "10.213.0.4")
    replace_host(site.folder, "cleo", NewHost("dora", "192.0.2.4", profile="baseline", mesh="10.213.0.4"))
    site.done()
    assert set(site.nodes()) == {"bela", "dora"}
    assert outside(site, "ada") and outside(site, "cleo")
    assert PAGE in site.on("bela") | site.on("dora")
    assert (site.plan().steps, told(site.plan())) == ((), set())


def test_a_machine_that_is_silent_is_said_to_believe_itself_a_member(site: Ground) -> None:
    remove_host(site.folder, "cleo")
    site.cluster.away("cleo")
    plan = site.done()
    (finding,) = plan.findings
    assert (finding.code, finding.values["host"]) == ("plan.still-a-member", "cleo")
    assert finding.values["why"] == "No route to host" and leaves(plan) == []
    assert set(site.nodes()) == {"ada", "bela", "dora"} and not outside(site, "cleo")


def test_a_machine_with_another_key_is_not_asked_to_leave_and_both_are_said(site: Ground) -> None:
    remove_host(site.folder, "cleo")
    site.cluster.wrong_key("cleo")
    assert told(site.plan()) == {"host.wrong-key", "plan.still-a-member"} and leaves(site.plan()) == []


def test_how_a_machine_is_reached_is_remembered_once_it_was_so(site: Ground) -> None:
    hosts = site.folder / "hosts.yml"
    text = hosts.read_text()
    hosts.write_text(text.replace("10.213.0.3}", f"10.213.0.3, port: 2222, host-key: {OTHER_KEY}}}"))
    site.cluster.wrong_key("cleo")
    plan = site.plan()
    assert told(plan) == {"host.wrong-key"} and not [s for s in plan.steps if s.subject == "host/cleo"]
    site.cluster.back("cleo")
    site.done()
    labels = {n.hostname: n.spec["Labels"]["polder.reach"] for n in site.keeper().look().nodes}
    assert labels == dict.fromkeys(("ada", "bela", "dora"), "root 22") | {"cleo": f"root 2222 {OTHER_KEY}"}


def test_a_locked_machine_is_not_forced(site: Ground) -> None:
    remove_host(site.folder, "cleo")
    site.cluster.engines["cleo"].lock()
    site.cluster.show("cleo", state="down", reachable=False)
    plan = site.done()
    assert told(plan) == {"plan.still-a-member-locked", "plan.host-away"} and leaves(plan) == []
    assert "cleo" not in site.nodes()


def test_a_machine_whose_docker_is_stopped_is_told_apart(site: Ground) -> None:
    remove_host(site.folder, "cleo")
    held = site.cluster.seen["cleo"].docker
    site.cluster.change("cleo", docker=type(held)(version=held.version))
    site.cluster.show("cleo", state="down", reachable=False)
    plan = site.plan()
    assert "plan.still-a-member-stopped" in told(plan) and leaves(plan) == []


def test_a_machine_that_the_managers_do_not_hear_leaves_by_force_once_it_is_demoted(site: Ground) -> None:
    remove_host(site.folder, "cleo")
    site.cluster.show("cleo", state="down", reachable=False)
    plan = site.done()
    assert of_nodes(plan) == ["step.demote-host", "step.leave-swarm", "step.remove-node"]
    assert leaves(plan) == [LeaveSwarm(force=True)] and outside(site, "cleo")


def test_a_machine_that_is_another_node_by_now_is_left_alone(site: Ground) -> None:
    remove_host(site.folder, "cleo")
    site.cluster = with_machine(site.cluster, "cleo", "10.213.0.9")
    plan = site.plan()
    assert leaves(plan) == [] and not told(plan)


@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize("kind", [UpdateNode, LeaveSwarm, RemoveNode])
def test_cut_short_anywhere_the_next_apply_completes_the_removal(
    site: Ground, kind: type[Operation], after: bool
) -> None:
    remove_host(site.folder, "cleo")
    for engine in site.cluster.engines.values():
        engine.fail_on(lambda operation: isinstance(operation, kind), Unreachable("it", "cut"), after=after)
    for _ in range(3):
        site.apply()
    assert set(site.nodes()) == {"ada", "bela", "dora"} and outside(site, "cleo")
    assert (site.plan().steps, told(site.plan())) == ((), set())
