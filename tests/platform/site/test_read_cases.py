"""Site folders and what is said about them: each case has files above ``----`` and the words below.

A case begins with a sentence; ``=== path`` begins a file, which takes the place of the standard site's file of that name
(``support.sites``); ``=== path -`` leaves one out. ``POLDER_REWRITE_CASES=1`` writes the words anew; read the difference
before you believe it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from polder.actions.check_site import load_recipes
from polder.kernel.digest import digest_of_bytes
from polder.kernel.folder import Folder
from polder.kernel.problem import Problem, Refused
from polder.kernel.sentences import hint, say_problem
from polder.platform.recipe.model import Recipe
from polder.platform.recipe.read import read_recipe
from polder.platform.site.files import recipe_folders
from polder.platform.site.read import read_site
from support.sites import RECIPE_FILES, group, site_files

FOLDER = Path(__file__).resolve().parents[2] / "cases" / "site"
CASES = sorted(FOLDER.glob("*.case"))
PART = re.compile(r"^=== (\S+)( -)?\n", re.MULTILINE)


def read_case(text: str) -> Folder:
    """The standard site with the case's files; ``content/x`` is there when a file lies in it."""
    files = site_files({"lilas": group("wiki plain", "blog bare")})
    pieces = PART.split(text)[1:]
    for path, leave_out, content in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True):
        if leave_out:
            files.pop(path, None)
        else:
            files[path] = content.replace("<TAB>", "\t")
    held = {
        path: digest_of_bytes(text.encode()) for path, text in files.items() if path.startswith("content/")
    }
    folders = {path.rpartition("/")[0]: digest for path, digest in held.items()}
    kept = {path: text.encode() for path, text in files.items() if path not in held}
    return Folder(kept, content=folders)


def recipes_of(folder: Folder, problems: list[Problem]) -> dict[str, Recipe]:
    """The recipes in the case and no others, so that sentences do not change when Polder gets a new one."""
    found = {}
    for name, held in recipe_folders(folder).items():
        try:
            found[name] = read_recipe(name, held, builtin=False)
        except Refused as refused:
            problems.extend(refused.problems)
    return found


def said(text: str) -> Iterator[str]:
    folder = read_case(text)
    problems: list[Problem] = []
    recipes = recipes_of(folder, problems)
    try:
        site = read_site(folder, recipes, recipe_folders(folder).keys() - recipes.keys())
    except Refused as refused:
        problems[:0] = refused.problems
    if not problems:
        yield "accepted"
        yield from (f"{app.id} on {app.host}, {app.size}, {dict(app.settings)}" for app in site.apps)
    for problem in problems:
        yield say_problem(problem)
        if advice := hint(problem.code, problem.values):
            yield f"    {advice}"


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_everything_wrong_in_a_site_is_said_at_once_with_its_line(case: Path) -> None:
    text, _, expected = case.read_text().partition("----\n")
    found = "".join(f"{line}\n" for line in said(text))
    if os.environ.get("POLDER_REWRITE_CASES") == "1":
        case.write_text(f"{text}----\n{found}")
    else:
        assert found == expected


def test_the_standard_site_of_the_cases_is_right() -> None:
    folder = read_case("")

    assert read_site(folder, load_recipes(folder)).groups["lilas"].apps["wiki"].settings == {"title": "Plain"}
    assert "recipes/plain/recipe.yml" in RECIPE_FILES
