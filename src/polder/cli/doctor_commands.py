"""``polder doctor``: what is missing here, and how to get it."""

from __future__ import annotations

import sys

import click

from polder.cli.door import FAILED, guarded, language, show_json, site_path
from polder.cli.lines import print_lines
from polder.kernel.problem import Refused
from polder.kernel.sentences import hint, say_problem

SIGNS = {"ok": ("ok", "green"), "missing": ("x ", "red"), "advice": ("! ", "yellow")}


@click.command(epilog="Example: polder doctor --json")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@guarded
def doctor(as_json: bool) -> None:
    """Say what this machine and engine lack, and how to get it. Exit status 1 when something is missing."""
    from polder.actions.examine import examine

    words = language()
    try:
        site = site_path()
    except Refused:
        site = None
    found = examine(_address(site), site)
    if as_json:
        show_json(
            [
                {
                    "level": f.level,
                    "code": f.problem.code,
                    "sentence": say_problem(f.problem, words),
                    "hint": hint(f.problem.code, f.problem.values, words),
                }
                for f in found
            ]
        )
    else:
        for finding in found:
            sign, style = SIGNS[finding.level]
            print_lines([(f"{sign} {say_problem(finding.problem, words)}", style)])
            if finding.level != "ok" and (
                advice := hint(finding.problem.code, finding.problem.values, words)
            ):
                print_lines([(f"      {advice}", "")])
    if any(finding.level == "missing" for finding in found):
        sys.exit(FAILED)


def _address(site: object) -> str:
    from pathlib import Path

    from polder.actions.check_site import load_site

    if not isinstance(site, Path):
        return "local"
    try:
        return load_site(site).engine
    except Refused:
        return "local"
