"""Compose files and what is said about them: each case has a file above ``----`` and the words below.

``POLDER_REWRITE_CASES=1`` writes the words anew; read the difference before you believe it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from polder.kernel.problem import Refused
from polder.kernel.sentences import hint, say_problem
from polder.platform.compose.permissions import needed_permissions
from polder.platform.compose.read import read_project

FOLDER = Path(__file__).resolve().parents[2] / "cases" / "compose"
CASES = sorted(FOLDER.glob("*.case"))


def _said(text: str) -> Iterator[str]:
    try:
        project = read_project(text.encode(), "compose.yml")
    except Refused as refused:
        for problem in refused.problems:
            yield say_problem(problem)
            if advice := hint(problem.code, problem.values):
                yield f"    {advice}"
        return
    yield "accepted"
    for permission, where in needed_permissions(project).items():
        yield f"needs {permission}: {where}"
    for reported in project.reported:
        yield say_problem(reported)


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_every_problem_of_a_file_is_said_at_once_with_its_line(case: Path) -> None:
    text, _, expected = case.read_text().partition("----\n")
    said = "".join(f"{line}\n" for line in _said(text))
    if os.environ.get("POLDER_REWRITE_CASES") == "1":
        case.write_text(f"{text}----\n{said}")
    else:
        assert said == expected
