"""A site read from disk, with the recipes that come with Polder and with its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from polder.actions.check_site import load_site
from polder.kernel.problem import Refused
from support.sites import group, site_files


@pytest.fixture
def site(tmp_path: Path) -> Path:
    files = site_files({"lilas": group("wiki plain", "home static files=content/www")})
    for path, text in {**files, "content/www/index.html": "Hello"}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def problems(folder: Path) -> list[str]:
    with pytest.raises(Refused) as refused:
        load_site(folder)
    return [f"{problem.where} {problem.code}" for problem in refused.value.problems]


def test_own_recipes_and_those_that_come_with_polder_serve_one_site(site: Path) -> None:
    read = load_site(site)

    assert [(app.recipe, read.recipes[app.recipe].builtin) for app in read.apps] == [
        ("plain", False),
        ("static", True),
    ]
    assert list(read.groups["lilas"].apps["home"].content) == ["files"]


def test_an_own_recipe_takes_the_place_of_the_one_of_its_name(site: Path) -> None:
    own = site / "recipes/static"
    own.mkdir()
    (own / "compose.yml").write_text((site / "recipes/bare/compose.yml").read_text())
    (own / "recipe.yml").write_text((site / "recipes/bare/recipe.yml").read_text().replace("bare", "static"))

    assert problems(site) == ["groups/lilas.yml:5 site.unknown-setting-near"]


@pytest.mark.parametrize(
    "path",
    ["site.yml", "hosts.yml", "groups/lilas.yml", "recipes/plain/compose.yml", "content/www/index.html"],
)
def test_the_digest_of_a_site_covers_everything_that_was_read(site: Path, path: str) -> None:
    before = load_site(site)
    assert load_site(site).digest == before.digest

    with (site / path).open("a") as file:
        file.write("# a remark\n")

    assert load_site(site).digest != before.digest


def test_the_digest_covers_new_secrets_and_the_lock(site: Path) -> None:
    seen = {load_site(site).digest}
    for path, text in {"secrets/lilas.wiki.password.age": "sealed", "polder.lock": "recipes: {}\n"}.items():
        (site / path).parent.mkdir(exist_ok=True)
        (site / path).write_text(text)
        seen.add(load_site(site).digest)

    assert len(seen) == 3


def test_a_huge_file_in_a_recipe_is_one_problem_and_its_apps_are_not_blamed(site: Path) -> None:
    (site / "recipes/plain/image").mkdir()
    with (site / "recipes/plain/image/blob").open("wb") as file:
        file.truncate(50 * 2**20)

    found = problems(site)

    assert [line for line in found if "blob" in line] == ["recipes/plain/image/blob site.file-too-big"]
    assert not [line for line in found if "groups/" in line]


def test_a_group_file_of_fifty_megabytes_is_one_problem(site: Path) -> None:
    with (site / "groups/big.yml").open("wb") as file:
        file.truncate(50 * 2**20)

    assert problems(site) == ["groups/big.yml site.file-too-big"]


def test_of_polders_own_recipes_only_those_the_site_speaks_of_are_read(site: Path) -> None:
    assert {recipe.name for recipe in load_site(site).recipes.values() if recipe.builtin} == {
        "static",
        "ingress",
    }


def test_a_wrong_recipe_gets_the_nearest_of_all_recipes(site: Path) -> None:
    path = site / "groups/lilas.yml"
    path.write_text(path.read_text().replace("recipe: plain", "recipe: radicalle"))

    with pytest.raises(Refused) as refused:
        load_site(site)

    assert [(p.code, p.values.get("nearest")) for p in refused.value.problems] == [
        ("site.unknown-recipe-near", "radicale")
    ]
