"""``polder app check``: use apps as their people would, and say how each step went."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from polder.cli.door import FAILED, guarded, language, show_json, site_path
from polder.cli.lines import print_lines
from polder.kernel.problem import Problem, Refused, Value
from polder.kernel.sentences import hint, say, say_problem

if TYPE_CHECKING:
    from polder.actions.check_app import AppChecked, CheckResult

SIGNS = {"passed": ("ok", "green"), "failed": ("x ", "red"), "skipped": ("- ", "yellow")}


@click.command("check", epilog="Example: polder app check jardin/wiki")
@click.argument("apps", metavar="[GROUP/APP]...", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Check every app of the site.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@guarded
def check_apps(apps: tuple[str, ...], every: bool, as_json: bool) -> None:
    """Use apps over their HTTPS names as people would: make something, read it back, take it away.

    Exit status 1 when a check failed.
    """
    from polder.actions.check_app import check_app
    from polder.actions.check_site import load_site
    from polder.actions.explain_app import find_app

    folder, words = site_path(), language()
    site = load_site(folder)
    if not apps and not every:
        raise Refused(Problem("app.which", "", {"known": tuple(a.id for a in site.apps) or ("-",)}))
    chosen = site.apps if every else [find_app(site, name) for name in apps]
    checked = []
    for app in chosen:
        if not as_json:
            print_lines([(app.id, "bold")])
        report = (lambda result: None) if as_json else _told
        checked.append(check_app(folder, site, app, words, report=report))
        if not as_json:
            _summed_up(checked[-1], words)
    if as_json:
        show_json([_data(one, words) for one in checked])
    if not all(one.passed for one in checked):
        sys.exit(FAILED)


def _told(result: CheckResult) -> None:
    sign, style = SIGNS[result.state]
    print_lines([(f"  {sign} {result.say} ({result.seconds:.2f} s)", style)])
    if result.problem and result.state == "failed":
        print_lines([(f"       {say_problem(result.problem, language())}", "")])
        if advice := hint(result.problem.code, result.problem.values, language()):
            print_lines([(f"       {advice}", "")])


def _summed_up(one: AppChecked, words: str) -> None:
    failed = next((result for result in one.results if result.state == "failed"), None)
    if failed:
        values = {"app": one.app, "step": failed.say}
        print_lines(
            [(say("app.check-failed", values, words), "red"), (hint("app.check-failed", values, words), "")]
        )
    elif one.results:
        figures: dict[str, Value] = {"steps": len(one.results), "seconds": f"{one.seconds:.1f}"}
        print_lines([(say("app.check-passed", {"app": one.app, **figures}, words), "green")])
    else:
        print_lines([(say("app.check-none", {"app": one.app}, words), "yellow")])


def _data(one: AppChecked, words: str) -> dict[str, object]:
    results = []
    for result in one.results:
        data = asdict(result)
        data["problem"] = say_problem(result.problem, words) if result.problem else ""
        results.append(data)
    return {"app": one.app, "passed": one.passed, "seconds": round(one.seconds, 2), "results": results}
