"""A site that lost its groups looks like one whose every app was removed: the plan is loud, and applying needs more than a yes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from polder.actions.apply_site import Applied, Asked, apply_to
from polder.actions.run_plan import StepResult
from polder.cli.plan_text import plan_lines
from polder.kernel.engine import Rollout
from polder.kernel.problem import Refused
from polder.platform.plan.model import Plan, Step
from polder.world.docker.memory import MemoryEngine
from support.sites import group

WriteSite = Callable[..., Path]


class Silent:
    def begun(self, step: Step) -> None: ...
    def waiting(self, step: Step, rollout: Rollout) -> None: ...
    def line(self, step: Step, text: str) -> None: ...
    def ended(self, result: StepResult) -> None: ...


def apply(engine: MemoryEngine, folder: Path, asked: Asked = Asked()) -> tuple[Applied, list[Plan]]:
    shown: list[Plan] = []
    done = apply_to(
        engine, folder, asked, lambda looked: shown.append(looked.plan), lambda plan: True, Silent()
    )
    return done, shown


@pytest.fixture
def site(write_site: WriteSite, engine: MemoryEngine, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("polder.actions.hands.time.sleep", lambda seconds: None)
    folder = write_site({"lilas": group("wiki plain", "page bare")})
    apply(engine, folder)
    return folder


def names(engine: MemoryEngine) -> set[str]:
    return {service.name for service in engine.look().services}


@pytest.mark.parametrize("how", ["no folder", "no file", "no app"])
def test_nothing_goes_until_it_is_said_in_so_many_words(site: Path, engine: MemoryEngine, how: str) -> None:
    before = names(engine)
    if how == "no app":
        (site / "groups/lilas.yml").write_text(group())
    else:
        shutil.rmtree(site / "groups")
        if how == "no file":
            (site / "groups").mkdir()
    for asked in (Asked(), Asked(everything="lilas"), Asked(plan="")):
        with pytest.raises(Refused) as refused:
            apply(engine, site, asked)
        assert refused.value.problems[0].code == "plan.everything-unsaid"
    assert names(engine) == before
    done, (plan,) = apply(engine, site, Asked(everything="les-lilas"))
    assert done.outcome and names(engine) == set()
    loud = [text for text, style in plan_lines(plan, "en") if style == "bold red" and text.startswith("! ")]
    assert len(loud) == 1 and "THIS REMOVES EVERY APP of les-lilas (2: lilas/page, lilas/wiki)" in loud[0]
    assert ("no such folder" in loud[0]) == (how != "no app")


def test_removing_all_but_one_app_and_taking_the_site_down_need_no_more_than_before(
    site: Path, engine: MemoryEngine
) -> None:
    (site / "groups/lilas.yml").write_text(group("page bare"))
    done, (plan,) = apply(engine, site)
    assert done.outcome and plan.findings == ()
    done, (plan,) = apply(engine, site, Asked(down=True))
    assert done.outcome and plan.findings == () and names(engine) == set()
