"""The recipes that come with Polder, as files: each reads without a problem and says what people need in three languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from polder.kernel.text import Text
from polder.platform.recipe.model import Recipe
from polder.platform.recipe.read import read_recipe
from polder.world.files import read_recipe_folder
from polder.world.images.settings import read_settings

FOLDER = Path(__file__).resolve().parents[2] / "recipes"
NAMES = sorted(path.parent.name for path in FOLDER.glob("*/recipe.yml"))


def recipe(name: str) -> Recipe:
    return read_recipe(name, read_recipe_folder(FOLDER / name), builtin=True)


def texts(found: Recipe) -> list[Text]:
    return [
        found.names,
        found.summary,
        *(setting.question for setting in found.settings.values()),
        *(secret.meaning for secret in found.secrets.values()),
        *(dataset.meaning for dataset in found.datasets.values()),
        *(step.say for step in found.check),
    ]


def test_the_four_recipes_are_there() -> None:
    assert {"dokuwiki", "ingress", "radicale", "static"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_reads_without_a_problem_or_a_remark(name: str) -> None:
    found = recipe(name)
    assert found.project.reported == ()
    assert found.front_service in found.project.services


@pytest.mark.parametrize("name", NAMES)
def test_every_text_is_there_in_english_spanish_and_french(name: str) -> None:
    for text in texts(recipe(name)):
        assert {"en", "es", "fr"} <= set(text.by_language), text


@pytest.mark.parametrize("name", NAMES)
def test_every_service_is_read_only_unprivileged_and_limited(name: str) -> None:
    image_user = read_settings(FOLDER / name / "image").get("User", "root")
    for service in recipe(name).project.services.values():
        assert service.read_only and service.cap_drop == ("ALL",)
        assert (service.user or image_user) not in ("root", "0", "0:0")
        assert service.limits.pids > 0


@pytest.mark.parametrize("name", NAMES)
def test_every_image_says_how_its_health_is_asked(name: str) -> None:
    assert read_settings(FOLDER / name / "image")["Healthcheck"]["Test"][0] == "CMD"


@pytest.mark.parametrize("name", [name for name in NAMES if not recipe(name).system])
def test_an_app_s_check_reads_back_and_one_that_keeps_data_makes_and_removes_something(name: str) -> None:
    found = recipe(name)
    phases = {step.phase for step in found.check}
    assert "verify" in phases
    assert not found.datasets or phases == {"seed", "verify", "clean"}
