"""Managers that lock themselves: when the swarm is told to, who keeps the key, and what is planned while all are locked."""

from __future__ import annotations

from dataclasses import replace

from polder.kernel.digest import digest_of_bytes
from polder.kernel.engine import SetAutolock
from polder.kernel.host import DockerSeen, HostSeen
from polder.platform.plan.locking import UNLOCK_FILE
from polder.platform.plan.make import make_plan
from polder.platform.plan.model import AtHost, KeepUnlockKey, Plan
from polder.platform.site.model import Site
from polder.world.docker.memory import MemoryEngine
from support.sites import NOW, SITE, group, ready, site_files

KEPT = {UNLOCK_FILE: digest_of_bytes(b"sealed")}


def site(*, autolock: bool, kept: bool = False) -> Site:
    found = ready(site_files({"lilas": group()}, **{"site.yml": SITE}))
    return replace(found, autolock=autolock, secrets={**found.secrets, **(KEPT if kept else {})})


def of_locking(plan: Plan) -> list[str]:
    return [step.code for step in plan.steps if "lock" in step.code and step.code != "step.write-lock"]


def test_a_swarm_is_told_to_lock_once_and_its_key_is_kept() -> None:
    engine = MemoryEngine()
    plan = make_plan(site(autolock=True), engine.look(), NOW)
    assert of_locking(plan) == ["step.autolock-on", "step.keep-unlock-key"]
    engine.run(SetAutolock(True))
    assert of_locking(make_plan(site(autolock=True, kept=True), engine.look(), NOW)) == []


def test_without_its_file_nobody_has_the_key_so_another_one_is_made() -> None:
    engine = MemoryEngine()
    engine.run(SetAutolock(True))
    plan = make_plan(site(autolock=True), engine.look(), NOW)
    assert of_locking(plan) == ["step.keep-unlock-key"]
    assert [s.work.rotate for s in plan.steps if isinstance(s.work, KeepUnlockKey)] == [True]


def test_only_what_polder_locked_is_opened_for_good() -> None:
    engine = MemoryEngine()
    engine.run(SetAutolock(True))
    assert of_locking(make_plan(site(autolock=False), engine.look(), NOW)) == []
    assert of_locking(make_plan(site(autolock=False, kept=True), engine.look(), NOW)) == ["step.autolock-off"]


def test_while_the_engine_is_locked_unlocking_it_is_all_that_is_planned() -> None:
    engine = MemoryEngine()
    engine.lock()
    plan = make_plan(site(autolock=True, kept=True), engine.look(), NOW)
    assert [step.code for step in plan.steps] == ["step.unlock-engine"]
    assert [one.code for one in plan.findings] == ["plan.locked"]
    without = make_plan(site(autolock=True), engine.look(), NOW)
    assert without.steps == ()
    assert [one.code for one in without.findings] == ["plan.locked", "plan.no-unlock-key"]


def test_a_locked_manager_beside_open_ones_is_unlocked_before_all_else() -> None:
    found = site(autolock=True, kept=True)
    name, host = next(iter(found.hosts.items()))
    managed = replace(found, hosts={name: replace(host, profile="baseline", address="192.0.2.1")})
    engine = MemoryEngine()
    engine.run(SetAutolock(True))
    docker = DockerSeen("26.1.5", True, "locked", manager=True)
    looks = {name: HostSeen(name, docker=docker)}
    plan = make_plan(managed, engine.look(), NOW, hosts=looks, profile=lambda *_: [])
    first = plan.steps[0]
    assert first.code == "step.unlock-host" and isinstance(first.work, AtHost) and first.work.host == name
    assert not any(step.code.startswith("step.join") for step in plan.steps)
