"""``polder init``, ``polder check`` and ``polder schema``: begin a site, read it, help editors with it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from polder.cli.door import REFUSED, guarded, language, show_json, site_path
from polder.kernel.problem import Problem, Refused
from polder.kernel.sentences import hint, say, say_problem


@click.command(epilog="Example: polder init les-lilas --name 'Les Lilas' --domain lilas.example --git")
@click.argument("folder", type=click.Path(path_type=Path), default=".", metavar="[DIR]")
@click.option(
    "--provider",
    default="",
    metavar="SLUG",
    help="Short name (default: that in network.yml, or made of the folder's name).",
)
@click.option("--name", default="", help="The organisation's name, for people.")
@click.option("--domain", default="", help="The organisation's own domain (default: SLUG.test).")
@click.option(
    "--operator", "operators", multiple=True, metavar="NAME=RECIPIENT", help="Who may read the secrets."
)
@click.option("--git", "repository", is_flag=True, help="Also begin a git repository.")
@guarded
def init(
    folder: Path, provider: str, name: str, domain: str, operators: tuple[str, ...], repository: bool
) -> None:
    """Write a new, commented site into DIR (default: this folder). It can be applied as it is.

    Nothing that exists is overwritten; it may be a network folder, or a repository with a README.md and a .gitignore. The comments are in
    your language (--language en, fr, es).
    """
    from polder.actions.init_site import NewSite, init_site

    asked = NewSite(provider, name, domain, language(), pairs(operators, "--operator"), repository)
    started = init_site(folder, asked)
    for file in started.files:
        click.echo(f"  {folder / file}")
    click.echo(say("site.begun", {"name": started.site.name, "folder": str(folder)}, language()))
    tell_commit(started.commit)


@click.command(epilog="Example: polder check --json | jq '.problems[].where'")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@guarded
def check(as_json: bool) -> None:
    """Read every file of the site and say everything that is wrong, with file, line and the nearest right word.

    Asks no engine and changes nothing. Exit status: 0 nothing is wrong, 2 something is.
    """
    from polder.actions.check_site import load_site

    if not as_json:
        site = load_site(site_path())
        counts = {"apps": len(site.apps), "groups": len(site.groups), "hosts": len(site.hosts)}
        click.echo(say("site.right", {"name": site.name, **counts}, language()))
        return
    try:
        load_site(site_path())
    except Refused as refused:
        show_json({"problems": [_data(problem) for problem in refused.problems]})
        sys.exit(REFUSED)
    show_json({"problems": []})


def _data(problem: Problem) -> dict[str, object]:
    return {
        "code": problem.code,
        "where": problem.where,
        "values": dict(problem.values),
        "sentence": say_problem(problem, language()),
        "hint": hint(problem.code, problem.values, language()),
    }


@click.command(epilog="Example: polder schema group > group.schema.json")
@click.argument("name", default="", metavar="[NAME]")
@click.option(
    "--write",
    is_flag=True,
    help="Write all into .polder/schema/, where the files' first lines look for them.",
)
@guarded
def schema(name: str, write: bool) -> None:
    """Print the JSON Schema of a kind of file, so that editors complete and check it.

    Of a site: site hosts group lock recipe. Of a network folder: network card software, and news event note circle advisory for what is in
    statements/. Without NAME, all of them in one object.
    """
    from polder.actions.site_schema import one_schema, schemas, write_schemas

    if write:
        folder = site_path()
        for file in write_schemas(folder):
            click.echo(f"  {folder / file}")
        return
    folder_or_none = site_or_none()
    show_json(one_schema(name, folder_or_none) if name else schemas(folder_or_none))


def site_or_none() -> Path | None:
    """Schemas are useful without a site, too."""
    try:
        return site_path()
    except Refused:
        return None


def pairs(given: tuple[str, ...], option: str) -> dict[str, str]:
    """``NAME=VALUE`` words as a mapping; a usage error names the word that is none."""
    found = {}
    for word in given:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"{word!r} is not NAME=VALUE", param_hint=option or None)
        found[name] = value
    return found


def tell_commit(commit: object, *, quiet: bool = False) -> None:
    """Say what git did, if anything; a failed commit, and one on no branch, goes to standard error. ``quiet``: only those."""
    from polder.world.git import Commit

    assert isinstance(commit, Commit)
    if commit.id and not quiet:
        click.echo(say("site.committed", {"commit": commit.id[:10]}, language()))
    if trouble := commit.problem or commit.warning:
        click.echo(say_problem(trouble, language()), err=True)
        if advice := hint(trouble.code, trouble.values, language()):
            click.echo("    " + advice, err=True)
