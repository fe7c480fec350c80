"""Applying a site, faults and interruptions included, on the in-memory engine with real files and keys."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from polder.actions.apply_site import Applied, Asked, apply_to
from polder.actions.check_site import load_site
from polder.actions.run_plan import Outcome, StepResult
from polder.cli.outcome_data import outcome_data
from polder.cli.plan_text import outcome_lines, plan_lines
from polder.kernel.engine import CreateService, Engine, Operation, Rollout
from polder.kernel.problem import Problem, Refused, Unreachable
from polder.kernel.secret import Secret
from polder.platform.ingress.authority import certificates
from polder.platform.plan.make import make_plan
from polder.platform.plan.model import Plan, Step
from polder.platform.plan.show import plan_data
from polder.world.age import encrypt
from polder.world.authority import new_authority, new_intermediate, public_file
from polder.world.docker.lock import hold
from polder.world.docker.memory import MemoryEngine
from polder.world.journal import Journal
from support.sites import RECIPE_FILES, group

WriteSite = Callable[..., Path]
WIKI = {"lilas": group("wiki plain", "page bare")}


class Told:
    """A report that keeps what it was told."""

    def __init__(self) -> None:
        self.results: list[StepResult] = []
        self.lines: list[str] = []

    def begun(self, step: Step) -> None: ...

    def waiting(self, step: Step, rollout: Rollout) -> None: ...

    def line(self, step: Step, text: str) -> None:
        self.lines.append(text)

    def ended(self, result: StepResult) -> None:
        self.results.append(result)


def apply(
    engine: Engine, folder: Path, asked: Asked = Asked(), agree: Callable[[Plan], bool] = lambda plan: True
) -> Applied:
    return apply_to(engine, folder, asked, lambda looked: None, agree, Told())


def plan_of(engine: MemoryEngine, folder: Path) -> Plan:
    return make_plan(load_site(folder), engine.look(), datetime.now(UTC))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The in-memory engine's time passes with each look, so nobody has to wait between two."""
    monkeypatch.setattr("polder.actions.hands.time.sleep", lambda seconds: None)


def test_a_bare_engine_holds_the_whole_site_after_one_apply_and_nothing_changes_after_it(
    write_site: WriteSite,
) -> None:
    engine = MemoryEngine(swarm=False)
    folder = write_site(WIKI)
    for image in load_site(folder).lock.images.values():
        engine.add_image(image)
    done = apply(engine, folder)
    assert done.outcome and not done.outcome.failed and not done.outcome.not_begun
    names = {service.name for service in engine.look().services}
    assert names == {
        "les-lilas_polder_ingress_caddy",
        "les-lilas_polder_ingress_names",
        "les-lilas_lilas_wiki_web",
        "les-lilas_lilas_page_web",
    }
    assert (folder / "internal-ca.crt").read_text().count("BEGIN CERTIFICATE") == 2
    again = apply(engine, folder)
    assert again.outcome is None and again.plan.steps == ()


def test_the_journal_says_who_did_what_and_with_what_result(
    write_site: WriteSite, engine: MemoryEngine
) -> None:
    folder = write_site(WIKI)
    done = apply(engine, folder)
    lines = Journal(folder, "").read()
    assert {line["who"] for line in lines} == {"ana"}
    assert (lines[0]["what"], lines[-1]["what"], lines[-1]["result"]) == (
        "apply-begun",
        "apply-ended",
        "done",
    )
    results = [line["result"] for line in lines if line["what"] == "step"]
    assert results.count("done") == len(done.plan.acting)
    assert results.count("accepted") == len([step for step in done.plan.acting if step.wait])


def test_a_generated_secret_reaches_the_engine_and_nothing_else(
    write_site: WriteSite, engine: MemoryEngine
) -> None:
    folder = write_site(WIKI)
    done = apply(engine, folder)
    assert done.outcome
    values = [value.decode() for value in engine.revealed.values()]
    assert any(len(value) == 24 for value in values)
    shown = [
        json.dumps(plan_data(done.plan)),
        json.dumps(outcome_data(done, 1.0, "en")),
        *(text for text, _ in plan_lines(done.plan, "en", verbose=True)),
        *(text for text, _ in outcome_lines(done.outcome, 1.0, "en")),
        *(
            path.read_bytes().decode(errors="replace")
            for path in folder.rglob("*")
            if path.is_file() and path.suffix != ".crt"
        ),
        repr(done),
    ]
    private = [value for value in values if "CERTIFICATE" not in value]
    assert len(private) == 2 and not [value for value in private for text in shown if value.strip() in text]


def test_what_a_killed_apply_left_out_of_the_history_the_next_one_brings_in(
    write_site: WriteSite, engine: MemoryEngine
) -> None:
    folder = write_site({"lilas": group("wiki plain")})
    who = ("-c", "user.name=ana", "-c", "user.email=ana@lilas.test")

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", "-C", folder, *words], capture_output=True, text=True, check=True
        ).stdout

    (folder / ".gitignore").write_text("identity.txt\n")
    git("init", "-q", "-b", "main")
    git("add", "-A")
    git(*who, "commit", "-qm", "Begin.")
    apply(engine, folder)
    left = ("internal-ca.crt", "polder.lock", "secrets/lilas.wiki.password.age", "secrets/polder.ca.age")
    git("rm", "-q", "--cached", *left)
    git(*who, "commit", "-qm", "As if that apply had been killed before its end.")
    (folder / "groups/lilas.yml").write_text(group("wiki plain", "page bare"))
    apply(engine, folder)
    assert set(left) <= set(git("ls-files").split())


def test_a_secret_for_somebody_elses_key_stops_everything_before_it_begins(
    write_site: WriteSite, engine: MemoryEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_site(WIKI)
    apply(engine, folder)
    apply(engine, folder, Asked(down=True))
    from polder.world.age import new_identity

    new_identity(tmp_path / "berta.txt")
    monkeypatch.setenv("POLDER_IDENTITY", str(tmp_path / "berta.txt"))
    before = len(engine.ran)
    with pytest.raises(Refused) as refused:
        apply(engine, folder)
    assert {problem.code for problem in refused.value.problems} == {"secret.not-for-you"}
    assert [op for op in engine.ran[before:] if "lock" not in str(getattr(op, "name", ""))] == []


def test_without_operators_no_secret_is_made(write_site: WriteSite, engine: MemoryEngine) -> None:
    folder = write_site({"lilas": group("page bare")})
    text = (folder / "site.yml").read_text()
    (folder / "site.yml").write_text(
        "\n".join(line for line in text.splitlines() if "operators" not in line) + "\n"
    )
    with pytest.raises(Refused, match="plan.no-operators"):
        apply(engine, folder)
    assert engine.look().services == ()


def test_a_file_edited_between_plan_and_yes_stops_before_anything_is_done(
    write_site: WriteSite, engine: MemoryEngine
) -> None:
    folder = write_site(WIKI)

    def edit_and_agree(plan: Plan) -> bool:
        (folder / "groups/lilas.yml").write_text(group("wiki plain title=Other", "page bare"))
        return True

    with pytest.raises(Refused, match="plan.changed-since"):
        apply(engine, folder, agree=edit_and_agree)
    assert engine.look().services == ()


def test_an_object_changed_on_the_engine_between_plan_and_yes_stops_too(
    write_site: WriteSite, engine: MemoryEngine
) -> None:
    folder = write_site(WIKI)
    apply(engine, folder)
    (folder / "groups/lilas.yml").write_text(group("wiki plain title=Other", "page bare"))

    def meddle_and_agree(plan: Plan) -> bool:
        def more(spec: dict) -> dict:  # type: ignore[type-arg]
            spec["TaskTemplate"]["ContainerSpec"]["User"] = "nobody"
            return spec

        engine.by_hand("les-lilas_lilas_wiki_web", more)
        return True

    with pytest.raises(Refused, match="plan.changed-since"):
        apply(engine, folder, agree=meddle_and_agree)


def test_only_the_plan_that_was_named_runs(write_site: WriteSite, engine: MemoryEngine) -> None:
    folder = write_site(WIKI)
    with pytest.raises(Refused, match="plan.not-that-plan"):
        apply(engine, folder, Asked(plan="0123456789ab"))
    digest = plan_of(engine, folder).digest.removeprefix("sha256:")
    assert apply(engine, folder, Asked(plan=digest[:8])).outcome


def test_saying_no_changes_nothing(write_site: WriteSite, engine: MemoryEngine) -> None:
    folder = write_site(WIKI)
    assert apply(engine, folder, agree=lambda plan: False).declined
    assert engine.ran == [] and not (folder / "journal").exists()


def test_a_second_operator_is_told_and_not_mixed_in(write_site: WriteSite, engine: MemoryEngine) -> None:
    folder = write_site(WIKI)
    with hold(engine, "les-lilas", "berta"), pytest.raises(Refused, match="engine.locked"):
        apply(engine, folder)
    assert engine.look().services == ()
    assert apply(engine, folder).outcome


def test_the_first_failure_stops_and_says_what_was_done_and_what_not(
    write_site: WriteSite, engine: MemoryEngine
) -> None:
    folder = write_site({"lilas": group("shop pair")})
    engine.fail_on(
        _creates("shop_db"), Refused(Problem("engine.said", "", {"message": "no space left on device"}))
    )
    done = apply(engine, folder)
    assert done.outcome
    assert [failure.problem.code for failure in done.outcome.failed if failure.problem] == ["engine.said"]
    assert "service:les-lilas_lilas_shop_web" in {result.step.key for result in done.outcome.not_begun}
    assert Journal(folder, "").read()[-1]["result"] == "failed"
    _complete(engine, folder)


def test_an_engine_that_dies_half_way_is_reported_and_the_next_apply_completes(
    write_site: WriteSite, engine: MemoryEngine
) -> None:
    folder = write_site(WIKI)
    lost = Unreachable("the engine", "connection reset")
    engine.fail_on(_creates("wiki_web"), lost, after=True)
    done = apply(engine, folder)
    assert done.outcome and [f.state for f in done.outcome.failed] == ["unfinished"]
    _complete(engine, folder)


def test_an_app_that_never_gets_healthy_is_taken_back_and_the_others_are_untouched(
    write_site: WriteSite, engine: MemoryEngine
) -> None:
    bad = RECIPE_FILES["recipes/plain/compose.yml"].replace("plain@", "never-healthy@")
    folder = write_site(WIKI, **{"recipes/plain/compose.yml": bad})
    done = apply(engine, folder)
    assert done.outcome
    (failure,) = done.outcome.failed
    assert failure.problem and failure.problem.code == "plan.never-healthy"
    assert "unhealthy" in failure.logs[-1]
    names = {service.name for service in engine.look().services}
    assert "les-lilas_lilas_page_web" in names and "les-lilas_lilas_wiki_web" not in names


def test_a_bad_change_is_rolled_back_with_the_last_lines_of_the_container(
    write_site: WriteSite, engine: MemoryEngine
) -> None:
    folder = write_site(WIKI)
    apply(engine, folder)
    compose = folder / "recipes/plain/compose.yml"
    compose.write_text(compose.read_text().replace("plain@", "never-healthy@"))
    done = apply(engine, folder)
    assert done.outcome and [f.problem.code for f in done.outcome.failed if f.problem] == ["plan.rolled-back"]
    wiki = next(s for s in engine.look().services if s.name == "les-lilas_lilas_wiki_web")
    assert "registry.example/plain@" in wiki.spec["TaskTemplate"]["ContainerSpec"]["Image"]


class PowerLoss(BaseException):
    """Nothing of ours may catch this: it stands for the machine going dark."""


@pytest.mark.parametrize("after", [False, True], ids=["before the engine did it", "after the engine did it"])
@pytest.mark.parametrize("number", range(7))
def test_cut_off_at_any_operation_the_next_apply_completes(
    write_site: WriteSite, engine: MemoryEngine, number: int, after: bool
) -> None:
    folder = write_site(WIKI)
    apply(engine, folder)
    files = {"lilas": group("wiki plain title=New", "shop pair")}
    for slug, text in files.items():
        (folder / f"groups/{slug}.yml").write_text(text)
    engine.fail_on(_numbered(number), PowerLoss(), after=after)  # type: ignore[arg-type]
    with contextlib.suppress(PowerLoss):
        apply(engine, folder)
    _complete(engine, folder)


def _numbered(number: int) -> Callable[[Operation], bool]:
    seen = {"count": 0}

    def matches(operation: Operation) -> bool:
        if "lock" in str(getattr(operation, "name", "")):
            return False
        seen["count"] += 1
        return seen["count"] == number + 1

    return matches


def _creates(part: str) -> Callable[[Operation], bool]:
    return lambda operation: isinstance(operation, CreateService) and part in operation.name


def _complete(engine: MemoryEngine, folder: Path) -> Outcome | None:
    done = apply(engine, folder)
    assert done.outcome is None or not (done.outcome.failed or done.outcome.not_begun)
    assert not plan_of(engine, folder).acting
    return done.outcome


def test_an_authority_about_to_end_is_renewed_in_one_apply_and_nobody_trusts_anything_anew(
    write_site: WriteSite, engine: MemoryEngine, recipient: str
) -> None:
    folder = write_site(WIKI)
    long_ago = datetime.now(UTC) - timedelta(days=320)
    root, root_key = new_authority("Les Lilas", (), long_ago)
    certificate, key = new_intermediate("Les Lilas", root, root_key, long_ago)
    (folder / "internal-ca.crt").write_text(public_file(root, certificate))
    files = {
        "polder.ca": root_key,
        "polder.intermediate": key,
        "polder.intermediate-certificate": Secret(certificate),
    }
    (folder / "secrets").mkdir()
    for file, value in files.items():
        (folder / "secrets" / f"{file}.age").write_bytes(encrypt(value, [recipient]))
    apply(engine, folder)
    assert not plan_of(engine, folder).acting
    new_root, new_certificate = certificates((folder / "internal-ca.crt").read_text())
    assert new_root == root and new_certificate != certificate
    assert new_certificate.encode() in engine.revealed.values()


@pytest.mark.parametrize("lost", ["internal-ca.crt", "secrets/polder.ca.age", "both"])
def test_a_lost_authority_is_made_anew_only_after_the_plan_said_that_nobody_trusts_the_new_one(
    write_site: WriteSite, engine: MemoryEngine, lost: str
) -> None:
    folder = write_site(WIKI)
    assert "step.make-authority" in [step.code for step in plan_of(engine, folder).steps]
    apply(engine, folder)
    for name in ["internal-ca.crt", "secrets/polder.ca.age"] if lost == "both" else [lost]:
        (folder / name).unlink()
    plan = plan_of(engine, folder)
    step = next(step for step in plan.steps if step.key == "authority")
    assert (step.code, step.kind, step.undo) == ("step.replace-authority", "rotate", "no")
    shown = "\n".join(text for text, _ in plan_lines(plan, "en", False))
    assert "everybody who trusts the former one" in shown and "bring back internal-ca.crt" in shown


def test_an_authority_whose_root_ends_soon_is_replaced_and_one_with_another_key_is_refused(
    write_site: WriteSite, engine: MemoryEngine, recipient: str
) -> None:
    folder = write_site(WIKI)
    apply(engine, folder)
    long_ago = datetime.now(UTC) - timedelta(days=320)
    root, root_key = new_authority("Les Lilas", (), long_ago)
    text = public_file(root, new_intermediate("Les Lilas", root, root_key, long_ago)[0])
    (folder / "internal-ca.crt").write_text(text)
    outcome = apply(engine, folder).outcome
    assert outcome and outcome.failed[0].problem
    assert outcome.failed[0].problem.code == "ingress.not-its-key"
    assert (folder / "internal-ca.crt").read_text() == text
    ages_ago = datetime.now(UTC) - timedelta(days=3600)
    root, root_key = new_authority("Les Lilas", (), ages_ago)
    text = public_file(root, new_intermediate("Les Lilas", root, root_key, ages_ago)[0])
    (folder / "internal-ca.crt").write_text(text)
    assert "step.replace-authority" in [step.code for step in plan_of(engine, folder).steps]
    _complete(engine, folder)


@pytest.mark.parametrize("cut", [100, 300, 900])
def test_an_authority_file_cut_short_is_refused_where_it_is(
    write_site: WriteSite, engine: MemoryEngine, cut: int
) -> None:
    folder = write_site(WIKI)
    apply(engine, folder)
    path = folder / "internal-ca.crt"
    path.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" + path.read_text()[:cut])
    with pytest.raises(Refused, match=r"site\.not-a-certificate"):
        load_site(folder)


@pytest.mark.parametrize("room", range(0, 40, 3))
def test_a_disk_that_fills_up_hides_nothing_of_what_was_done_and_the_next_apply_completes(
    write_site: WriteSite, engine: MemoryEngine, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    folder, flush, left = write_site(WIKI), os.fsync, [room]

    def full(handle: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        flush(handle)

    monkeypatch.setattr(os, "fsync", full)
    first_line = pytest.raises(OSError, match="No space") if not room else contextlib.nullcontext()
    with first_line:  # of the journal: without it nothing is begun
        applied = apply(engine, folder)
        assert applied.outcome
        assert left[0] >= 0 or applied.unsaved
    monkeypatch.setattr(os, "fsync", flush)
    _complete(engine, folder)
