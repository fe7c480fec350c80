"""Look at a site and its engine: the first half of plan, apply, status and explain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from polder.actions.check_site import load_site
from polder.actions.look_hosts import Looks, Machines, machines_of
from polder.actions.operator_remains import may_let_in
from polder.actions.reach_engine import engine_of, open_planned_engine
from polder.kernel.engine import Engine, Seen
from polder.platform.plan.asked import USUAL, HostsAsked
from polder.platform.site.model import Site
from polder.world.docker.together import begin

if TYPE_CHECKING:
    from polder.platform.plan.model import Plan


@dataclass(frozen=True, slots=True)
class Looked:
    """A site, its engine, what the engine and (``hosts``) the machines showed, and the plan that follows."""

    folder: Path
    site: Site
    engine: Engine
    seen: Seen
    plan: Plan
    hosts: Looks | None = None


def look(
    folder: Path,
    engine: Engine,
    site: Site,
    *,
    down: bool = False,
    forget: bool = False,
    machines: Machines | None = None,
    asked: HostsAsked = USUAL,
) -> Looked:
    """One look and the plan that follows from it. Without ``machines``, hosts are known by what the swarm says of its nodes."""
    looks = machines.look(site) if machines and not down else None
    answering = begin(engine.look)
    from polder.platform.plan.leaving import former_hosts  # while the engine answers
    from polder.platform.plan.make import make_plan

    seen = answering.result()
    former = machines.look_former(former_hosts(site, seen)) if machines and not (down or asked.only) else None
    now = datetime.now(UTC)
    plan = make_plan(site, seen, now, down=down, forget=forget, hosts=looks, former=former, asked=asked)
    told = (*plan.findings, *may_let_in(folder, site, looks or {}))
    return Looked(folder, site, engine, seen, replace(plan, engine=engine.address, findings=told), looks)


@contextmanager
def reached(site: Site, *, over_ssh: bool = True) -> Iterator[tuple[Engine, Machines | None]]:
    """The engine to talk to and the machines, both closed afterwards. ``over_ssh``: look at the machines themselves."""
    with ExitStack() as stack:
        machines = stack.enter_context(machines_of(site)) if over_ssh else None
        engine = open_planned_engine(site, machines)
        stack.callback(engine.close)
        yield engine, machines


@contextmanager
def looked_at(
    folder: Path,
    *,
    down: bool = False,
    forget: bool = False,
    over_ssh: bool = False,
    asked: HostsAsked = USUAL,
) -> Iterator[Looked]:
    """Read the site in ``folder``, look at its engine (``over_ssh``: and its machines), plan. ``Refused`` with every problem of the
    files."""
    site = load_site(folder)
    with reached(site, over_ssh=over_ssh) as (engine, machines):
        yield look(folder, engine, site, down=down, forget=forget, machines=machines, asked=asked)


__all__ = ["Looked", "engine_of", "look", "looked_at", "reached"]
