"""``polder plan``, ``polder apply`` and ``polder down``: look, show, ask, do."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

from polder.cli.door import DECLINED, FAILED, UNREACHABLE, confirm, guarded, language, show_json, site_path
from polder.cli.lines import print_lines
from polder.kernel.sentences import say_problem, translate
from polder.kernel.sentences.mark import N_

if TYPE_CHECKING:
    from polder.actions.look_site import Looked
    from polder.platform.plan.asked import HostsAsked
    from polder.platform.plan.model import Plan

TYPE_NAME = N_("To go ahead, type the name of the site ({site})")
DECLINED_TEXT = N_("Nothing was done.")


@click.command(epilog="Example: polder plan --json | jq .changes")
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON, with exactly what would run.")
@click.option("--verbose", is_flag=True, help="Also print what each step would run.")
@guarded
def plan(as_json: bool, verbose: bool) -> None:
    """Say in words what would change. Changes nothing.

    Exit status: 0 nothing has to change, also 0 when something has to (see --json), 2 bad files, 3 the engine is away, or a host that
    Polder sets up: the plan then holds for the others.
    """
    from polder.platform.plan.asked import USUAL

    show(USUAL, as_json, verbose)


def show(asked: HostsAsked, as_json: bool, verbose: bool) -> None:
    """Look, print the plan, and leave with 3 when a host did not show itself."""
    from polder.actions.look_site import looked_at

    with looked_at(site_path(), over_ssh=True, asked=asked) as looked:
        if as_json:
            from polder.platform.plan.show import plan_data

            show_json(plan_data(looked.plan, language()))
        else:
            show_plan(looked.plan, verbose)
    from polder.cli.plan_text import silent

    if silent(looked.plan):
        sys.exit(UNREACHABLE)


@click.command(epilog="Example: polder apply --yes --plan 3f2a91cc")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--plan",
    "digest",
    default="",
    metavar="DIGEST",
    help="Run only the plan with this digest (as shown by polder plan).",
)
@click.option(
    "--detach",
    is_flag=True,
    help="Return when the engine has accepted everything, without waiting until apps are healthy.",
)
@click.option(
    "--remove-everything",
    "everything",
    default="",
    metavar="SITE",
    help="Also when every app of the site would go: type its name.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON (implies --yes).")
@guarded
def apply(yes: bool, digest: str, detach: bool, everything: str, as_json: bool) -> None:
    """Make hosts and engine hold what the site says.

    Shows the plan, asks, runs it with progress, writes the journal. Stops at the first failure and says what was done and
    what was not. Exit status: 0 done, 1 a step failed, 2 refused (nothing done), 3 the engine is away, or all was done but for a host
    that does not show itself, 4 you said no.
    """
    from polder.actions.apply_site import Asked

    asked = Asked(plan=digest, detach=detach, language=language(), everything=everything)
    carry_out(asked, yes or as_json, as_json)


@click.command(epilog="Example: polder down --yes")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--forget-data", default="", metavar="SITE", help="Also destroy all data of the site: type its name."
)
@guarded
def down(yes: bool, forget_data: str) -> None:
    """Stop everything of this site; its data is kept on the hosts, the site's files stay as they are."""
    from polder.actions.apply_site import Asked
    from polder.actions.check_site import load_site
    from polder.kernel.problem import Problem, Refused

    site = load_site(site_path())
    if forget_data and forget_data != site.slug:
        raise Refused(Problem("site.forget-mismatch", "", {"typed": forget_data, "wanted": site.slug}))
    carry_out(Asked(down=True, forget=bool(forget_data), language=language()), yes, False)


def carry_out(asked: object, yes: bool, as_json: bool) -> None:
    """Show, ask, run, say what became of it; leaves with the status that says so."""
    from polder.actions.apply_site import Asked, apply_site
    from polder.cli.plan_text import outcome_lines
    from polder.cli.progress import Quiet, progress

    assert isinstance(asked, Asked)
    words = language()

    def tell(looked: Looked) -> None:
        if not as_json:
            show_plan(looked.plan)

    def agree(plan: Plan) -> bool:
        return confirm(translate(TYPE_NAME, words).format(site=plan.site), plan.site, yes)

    began = time.monotonic()
    with Quiet() if as_json else progress(words) as report:
        applied = apply_site(site_path(), asked, tell, agree, report)
    if applied.declined:
        click.echo(translate(DECLINED_TEXT, words), err=True)
        sys.exit(DECLINED)
    if as_json:
        from polder.cli.outcome_data import outcome_data

        show_json(outcome_data(applied, time.monotonic() - began, words))
    elif applied.outcome:
        print_lines(outcome_lines(applied.outcome, time.monotonic() - began, words))
    if applied.unsaved:
        click.echo(say_problem(applied.unsaved, words), err=True)
    if applied.outcome and (applied.outcome.failed or applied.outcome.not_begun):
        sys.exit(FAILED)
    from polder.cli.plan_text import silent

    if silent(applied.plan):
        sys.exit(UNREACHABLE)


def show_plan(plan: Plan, verbose: bool = False) -> None:
    """Print a plan for people."""
    from polder.cli.plan_text import plan_lines

    print_lines(plan_lines(plan, language(), verbose))
