"""Look at a site and its engine: the first half of plan, apply, status and explain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from polder.actions.check_site import load_site
from polder.kernel.engine import Engine, Seen
from polder.platform.plan.make import make_plan
from polder.platform.plan.model import Plan
from polder.platform.site.model import Site


@dataclass(frozen=True, slots=True)
class Looked:
    """A site, its engine, what the engine showed, and the plan that follows."""

    folder: Path
    site: Site
    engine: Engine
    seen: Seen
    plan: Plan


@contextmanager
def engine_of(site: Site) -> Iterator[Engine]:
    """The engine that ``site.yml`` names, closed afterwards. ``Unreachable`` when it does not answer."""
    from polder.world.docker.http import open_engine

    engine = open_engine(site.engine)
    try:
        yield engine
    finally:
        engine.close()


def look(folder: Path, engine: Engine, site: Site, *, down: bool = False, forget: bool = False) -> Looked:
    """One look and the plan that follows from it."""
    seen = engine.look()
    plan = make_plan(site, seen, datetime.now(UTC), down=down, forget=forget)
    return Looked(folder, site, engine, seen, replace(plan, engine=engine.address))


@contextmanager
def looked_at(folder: Path, *, down: bool = False, forget: bool = False) -> Iterator[Looked]:
    """Read the site in ``folder``, look at its engine, plan. ``Refused`` with every problem of the files."""
    site = load_site(folder)
    with engine_of(site) as engine:
        yield look(folder, engine, site, down=down, forget=forget)
