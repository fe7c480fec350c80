"""Apply a site: look, show, ask, look again, run, write down. The main job, as a story."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from polder.actions.check_site import load_site
from polder.actions.hands import SiteHands
from polder.actions.look_hosts import Machines
from polder.actions.look_site import Looked, look, reached
from polder.actions.prepare_site import Preparer
from polder.actions.run_plan import Outcome, Report, StepResult, run_plan
from polder.kernel.digest import short
from polder.kernel.engine import Engine
from polder.kernel.problem import Problem, Refused, Value, file_trouble
from polder.platform.plan.asked import USUAL, HostsAsked
from polder.platform.plan.findings import removes_everything
from polder.platform.plan.model import MakeAuthority, Plan
from polder.platform.site.model import Site
from polder.world.authority import get_ready
from polder.world.docker.lock import Lock, hold
from polder.world.docker.together import begin
from polder.world.git import commit_paths
from polder.world.journal import Journal, operator


@dataclass(frozen=True, slots=True)
class Asked:
    """What the asker wants. ``plan``: digest (or its beginning) of the one plan that may run; ``""``: whichever is shown.
    ``language``: of the lines that say how far a step has come. ``everything``: the site whose every app may go."""

    down: bool = False
    forget: bool = False
    plan: str = ""
    detach: bool = False
    language: str = "en"
    hosts: HostsAsked = USUAL
    everything: str = ""


@dataclass(frozen=True, slots=True)
class Applied:
    """``outcome`` is ``None`` when there was nothing to do or the asker said no (``declined``). ``unsaved``: why the files that
    applying wrote could not be committed to the site's history."""

    plan: Plan
    outcome: Outcome | None
    declined: bool = False
    unsaved: Problem | None = None


Ran = tuple[Outcome, Problem | None]


def apply_site(
    folder: Path, asked: Asked, show: Callable[[Looked], None], agree: Callable[[Plan], bool], report: Report
) -> Applied:
    """Bring the engine that ``site.yml`` names to what the site says; see ``apply_to``."""
    site = load_site(folder)
    with reached(site, over_ssh=not asked.down) as (engine, machines):
        return apply_to(engine, folder, asked, show, agree, report, machines, site)


def apply_to(
    engine: Engine,
    folder: Path,
    asked: Asked,
    show: Callable[[Looked], None],
    agree: Callable[[Plan], bool],
    report: Report,
    machines: Machines | None = None,
    site: Site | None = None,
) -> Applied:
    """Bring ``engine`` and ``machines`` to what the site in ``folder`` says (``site``: as it was read just now).

    ``show`` is given the plan; ``agree`` says whether it may run. Refused when files or engine changed between the two, when
    somebody else is applying, when a secret cannot be read, or when every app would go and ``asked`` does not say so; nothing is
    changed then.
    """
    first = _look(folder, engine, asked, machines, site)
    _expect(asked.plan, first.plan)
    show(first)
    if not first.plan.acting:
        return Applied(first.plan, None)
    if removes_everything(first.plan.findings) and asked.everything != first.site.slug:
        raise Refused(Problem("plan.everything-unsaid", "", {"site": first.site.slug}))
    if any(isinstance(step.work, MakeAuthority) for step in first.plan.acting):
        begin(get_ready)
    if not agree(first.plan):
        return Applied(first.plan, None, declined=True)
    outcome, unsaved = _run_alone(folder, engine, first, asked, report, machines)
    return Applied(first.plan, outcome, unsaved=unsaved)


def _look(
    folder: Path, engine: Engine, asked: Asked, machines: Machines | None, site: Site | None = None
) -> Looked:
    return look(
        folder,
        engine,
        site or load_site(folder),
        down=asked.down,
        forget=asked.forget,
        machines=machines,
        asked=asked.hosts,
    )


def _run_alone(
    folder: Path, engine: Engine, first: Looked, asked: Asked, report: Report, machines: Machines | None
) -> Ran:
    """Under the lock, look once more: only the plan that was approved runs."""
    who = operator(folder)
    with hold(engine, first.site.slug, who) as lock:
        again = _look(folder, engine, asked, machines)
        if again.plan.digest != first.plan.digest:
            values = {"before": short(first.plan.digest, 8), "after": short(again.plan.digest, 8)}
            raise Refused(Problem("plan.changed-since", "", values))
        return _run(again, who, asked, report, lock, machines)


def _run(
    looked: Looked, who: str, asked: Asked, report: Report, lock: Lock, machines: Machines | None
) -> Ran:
    journal = Journal(looked.folder, who)
    preparer = Preparer(looked.folder, looked.site, looked.engine, asked.language)
    preparer.preflight(looked.plan)
    digest = short(looked.plan.digest)
    journal.write(datetime.now(UTC), "apply-begun", {"plan": digest, "steps": len(looked.plan.acting)})
    hands = SiteHands(looked.engine, preparer, journal, looked.seen, digest, lock, machines)
    failed: tuple[StepResult, ...] = ()
    result, began = "interrupted", time.monotonic()
    try:
        outcome = run_plan(looked.plan, hands, report, detach=asked.detach)
        result = "failed" if outcome.failed or outcome.not_begun else "done"
        if result == "done" and not asked.detach and not asked.hosts.only:
            from polder.actions.meet_names import meet_names

            meet_names(looked.site, looked.plan)
        failed = outcome.failed
    finally:
        ended: dict[str, Value] = {
            "plan": digest,
            "result": result,
            "seconds": round(time.monotonic() - began, 2),
        }
        unsaved = _write_down(looked, journal, failed, ended, preparer.written)
    return outcome, unsaved


def _write_down(
    looked: Looked,
    journal: Journal,
    failed: tuple[StepResult, ...],
    ended: Mapping[str, Value],
    paths: list[Path],
) -> Problem | None:
    """The end goes into the journal, and what applying wrote (lock, secrets, journal) into the site's history, if it has one.

    A full disk must not hide what became of the steps: it is returned.
    """
    try:
        for failure in failed:
            why = failure.problem or Problem("")
            values = {name: list(v) if isinstance(v, tuple) else v for name, v in why.values.items()}
            facts = {"step": failure.step.code, "subject": failure.step.subject, "problem": why.code}
            told = {**facts, "problem_values": values, "plan": ended["plan"]}
            journal.write(datetime.now(UTC), "step-failed", told)
        path = journal.write(datetime.now(UTC), "apply-ended", ended)
    except OSError as error:
        return file_trouble(error)
    message = f"Apply {short(looked.plan.digest, 8)}: {ended['result']}."
    commit = commit_paths(looked.folder, [*paths, path, *_own_files(looked.folder)], message)
    return commit.problem or commit.warning


def _own_files(folder: Path) -> list[Path]:
    """What Polder writes: an apply that was killed may have left some of it out of the history."""
    kept = (folder / name for name in ("internal-ca.crt", "polder.lock"))
    return [*(path for path in kept if path.is_file()), *sorted((folder / "secrets").glob("*.age"))]


def _expect(wanted: str, plan: Plan) -> None:
    found = short(plan.digest, 64)
    if wanted and not found.startswith(wanted.removeprefix("sha256:")):
        raise Refused(Problem("plan.not-that-plan", "", {"wanted": wanted, "found": short(plan.digest)}))
