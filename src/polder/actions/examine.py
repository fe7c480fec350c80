"""``polder doctor``: what this machine and engine lack for the main job, and how to get it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from polder.kernel.problem import Problem, Refused, Unreachable
from polder.world.images.needs import can_build


@dataclass(frozen=True, slots=True)
class Finding:
    """``level``: ok, missing (something will not work) or advice."""

    level: Literal["ok", "missing", "advice"]
    problem: Problem


def examine(address: str, site: Path | None) -> tuple[Finding, ...]:
    """Engine, image building, keys, git. ``site``: its folder, when there is one here."""
    return (*_engine(address), *_building(), *_tools(), *_key(), *(_site(site) if site else ()))


def _engine(address: str) -> Iterator[Finding]:
    from polder.world.docker.http import open_engine

    try:
        engine = open_engine(address)
        try:
            seen = engine.look(tasks=False, storage=False)
        finally:
            engine.close()
    except Unreachable as lost:
        yield Finding("missing", Problem("doctor.no-engine", "", {"what": lost.what, "why": lost.why}))
        return
    except Refused as refused:
        yield from (Finding("missing", problem) for problem in refused.problems)
        return
    values = {"address": engine.address, "version": seen.engine_version}
    yield Finding("ok", Problem("doctor.engine", "", values))
    if seen.swarm == "worker":
        yield Finding("missing", Problem("doctor.worker"))
    elif seen.swarm == "none":
        yield Finding("ok", Problem("doctor.no-swarm-yet"))


def _building() -> Iterator[Finding]:
    problems = can_build()
    yield from (Finding("missing", problem) for problem in problems)
    if not problems:
        yield Finding("ok", Problem("doctor.can-build"))


def _tools() -> Iterator[Finding]:
    if shutil.which("git"):
        yield Finding("ok", Problem("doctor.git"))
    else:
        yield Finding("advice", Problem("doctor.no-git"))


def _key() -> Iterator[Finding]:
    from polder.world.age import load_identities

    try:
        identities = load_identities()
    except Refused as refused:
        yield from (Finding("advice", problem) for problem in refused.problems)
        return
    yield Finding("ok", Problem("doctor.key", "", {"number": len(identities.places)}))


def _site(folder: Path) -> Iterator[Finding]:
    from polder.actions.check_site import load_site

    try:
        site = load_site(folder)
    except Refused as refused:
        yield from (Finding("missing", problem) for problem in refused.problems)
        return
    yield Finding("ok", Problem("doctor.site", "", {"site": site.slug, "apps": len(site.apps)}))
    if not site.operators:
        yield Finding("advice", Problem("doctor.no-operators"))
