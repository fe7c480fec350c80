"""``polder app``, ``group`` and ``recipe``: edit the site's files, show what there is.

They only edit files; ``polder plan`` shows what follows for the engine.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from polder.cli.check_commands import check_apps
from polder.cli.door import DECLINED, confirm, guarded, language, show_json, site_path
from polder.cli.lines import print_lines
from polder.cli.site_commands import pairs, tell_commit
from polder.cli.table import table_lines
from polder.kernel.problem import Problem, Refused
from polder.kernel.sentences import say, translate
from polder.kernel.sentences.mark import N_

TYPE_APP = N_("To remove it, type its name ({app})")
HEADERS = (N_("app"), N_("recipe"), N_("domain"), N_("size"), N_("host"))


@click.group(epilog="Example: polder app list")
def app() -> None:
    """Add, change, remove and list the apps of groups."""


app.add_command(check_apps)


@app.command(
    "add",
    epilog="Example: polder app add jardin/wiki --recipe dokuwiki --domain wiki.lilas.example --set title=Carnet",
)
@click.argument("app_id", metavar="GROUP/APP")
@click.option("--recipe", required=True, metavar="RECIPE", help="What to run (polder recipe list).")
@click.option("--domain", required=True, metavar="DOMAIN", help="The name people find it at.")
@click.option("--size", default="", metavar="SIZE", help="One of the recipe's sizes (default: its first).")
@click.option(
    "--set",
    "answers",
    multiple=True,
    metavar="NAME=VALUE",
    help="A setting of the recipe; lists with commas.",
)
@click.option("--host", default="", metavar="HOST", help="The host to pin it to.")
@guarded
def add_app(app_id: str, recipe: str, domain: str, size: str, answers: tuple[str, ...], host: str) -> None:
    """Write a new app into its group's file."""
    from polder.actions import edit_site

    new = edit_site.NewApp(app_id, recipe, domain, size, host, pairs(answers, "--set"))
    told(edit_site.add_app(site_path(), new))


@app.command("set", epilog="Example: polder app set jardin/wiki size=large settings.title='Notre carnet'")
@click.argument("app_id", metavar="GROUP/APP")
@click.argument("changes", nargs=-1, required=True, metavar="KEY=VALUE...")
@guarded
def set_app(app_id: str, changes: tuple[str, ...]) -> None:
    """Change an app: domain, size, host, settings.NAME or needs.LABEL. An empty VALUE takes the key out."""
    from polder.actions import edit_site

    told(edit_site.set_app(site_path(), app_id, pairs(changes, "KEY=VALUE")))


@app.command("remove", epilog="Example: polder app remove jardin/wiki --forget-data jardin/wiki")
@click.argument("app_id", metavar="GROUP/APP")
@click.option(
    "--forget-data",
    default="",
    metavar="GROUP/APP",
    help="Also destroy its data with the next apply: type its name again.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@guarded
def remove_app(app_id: str, forget_data: str, yes: bool) -> None:
    """Take an app out of its group's file. Its data is kept, unless you ask to forget it."""
    from polder.actions import edit_site
    from polder.actions.check_site import load_site

    if forget_data and forget_data != app_id:
        raise Refused(Problem("site.forget-mismatch", "", {"typed": forget_data, "wanted": app_id}))
    folder = site_path()
    kept = edit_site.kept_data(load_site(folder), app_id)
    if kept:
        code = "site.data-forgotten" if forget_data else "site.data-kept"
        click.echo(say(code, {"app": app_id, "volumes": kept}, language()))
    if not confirm(translate(TYPE_APP, language()).format(app=app_id), app_id, yes):
        click.echo(say("site.nothing-written", {}, language()), err=True)
        sys.exit(DECLINED)
    told(edit_site.remove_app(folder, app_id, forget_data=bool(forget_data)))


@app.command("list", epilog="Example: polder app list --json | jq -r '.[].domain'")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@guarded
def list_apps(as_json: bool) -> None:
    """Show every app that the site's files name. Asks no engine."""
    from polder.actions.check_site import load_site

    apps = load_site(site_path()).apps
    if as_json:
        show_json(
            [
                {"app": a.id, "recipe": a.recipe, "domain": a.domain, "size": a.size, "host": a.host}
                for a in apps
            ]
        )
        return
    headers = [translate(header, language()) for header in HEADERS]
    print_lines(table_lines(headers, [[a.id, a.recipe, a.domain, a.size, a.host or "-"] for a in apps]))


@click.group(epilog="Example: polder group list")
def group() -> None:
    """Add and list the groups that are served."""


@group.command(
    "add", epilog="Example: polder group add jardin --name 'Jardin des Trois Merles' --languages fr,es"
)
@click.argument("slug")
@click.option("--name", required=True, help="The group's name, for people.")
@click.option("--languages", default="", metavar="CODES", help="The languages it speaks, with commas.")
@guarded
def add_group(slug: str, name: str, languages: str) -> None:
    """Write a file for a new group, groups/SLUG.yml."""
    from polder.actions import edit_site

    spoken = tuple(code.strip() for code in languages.split(",") if code.strip())
    told(edit_site.add_group(site_path(), slug, name, spoken))


@group.command("list", epilog="Example: polder group list --json")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@guarded
def list_groups(as_json: bool) -> None:
    """Show every group and how many apps it has."""
    from polder.actions.check_site import load_site

    groups = load_site(site_path()).groups.values()
    if as_json:
        show_json(
            [
                {"group": g.slug, "name": g.name, "languages": g.languages, "apps": list(g.apps)}
                for g in groups
            ]
        )
        return
    headers = [
        translate(header, language()) for header in (N_("group"), N_("name"), N_("languages"), N_("apps"))
    ]
    rows = [[g.slug, g.name, ", ".join(g.languages), str(len(g.apps))] for g in groups]
    print_lines(table_lines(headers, rows))


@click.group(epilog="Example: polder recipe show static")
def recipe() -> None:
    """Show what can be run."""


@recipe.command("list", epilog="Example: polder recipe list --language fr")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@guarded
def list_recipes(as_json: bool) -> None:
    """Show every recipe that a group may ask for."""
    from polder.actions.show_recipes import offered_recipes

    words = language()
    found = offered_recipes(_here())
    if as_json:
        show_json(
            [{"recipe": r.name, "name": r.names.read(words), "summary": r.summary.read(words)} for r in found]
        )
        return
    headers = [translate(header, words) for header in (N_("recipe"), N_("name"), N_("what it is"))]
    print_lines(table_lines(headers, [[r.name, r.names.read(words), r.summary.read(words)] for r in found]))


@recipe.command("show", epilog="Example: polder recipe show dokuwiki --json")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print the recipe as JSON.")
@guarded
def show_recipe(name: str, as_json: bool) -> None:
    """Show one recipe: its sizes, settings, secrets, data, and what it asks of the machine."""
    from polder.actions.show_recipes import one_recipe, recipe_data, recipe_lines

    found = one_recipe(_here(), name)
    if as_json:
        show_json(recipe_data(found, language()))
    else:
        print_lines(recipe_lines(found, language()))


def _here() -> Path | None:
    from polder.cli.site_commands import site_or_none

    return site_or_none()


def told(edited: object) -> None:
    from polder.actions.edit_site import Edited

    assert isinstance(edited, Edited)
    if not edited.files:
        click.echo(say("site.nothing-changed", {}, language()))
        return
    click.echo(say("site.written", {"files": edited.files}, language()))
    tell_commit(edited.commit)
    click.echo(say("site.next", {}, language()))
