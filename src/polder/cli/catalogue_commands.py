"""``polder catalogue``, ``adopt``, ``offer`` and ``network approve-recipe``: recipes of peers, and one's own for them."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from polder.cli.door import DECLINED, confirm, fail, guarded, language, network_path, show_json, site_path
from polder.cli.lines import print_lines
from polder.kernel.problem import Problem, Refused
from polder.kernel.sentences import say

if TYPE_CHECKING:
    from polder.actions.adopt_recipe import Adopted, Proposal
    from polder.actions.offer_recipe import Given

network_option = click.option(
    "--network",
    "network",
    type=click.Path(path_type=Path),
    default=None,
    metavar="DIR",
    help="The network folder (default: the nearest one upwards with network.yml).",
)
from_option = click.option(
    "--from", "provider", default="", metavar="PROVIDER", help="The peer whose offer is meant."
)


@click.command(epilog="Example: polder catalogue dokuwiki --from beech")
@click.argument("recipe", default="", metavar="[RECIPE[@DIGEST]]")
@from_option
@network_option
@click.option(
    "--unpack",
    "place",
    type=click.Path(path_type=Path),
    default=None,
    metavar="DIR",
    help="Write RECIPE's files to DIR/NAME, to read them.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@guarded
def catalogue(recipe: str, provider: str, network: Path | None, place: Path | None, as_json: bool) -> None:
    """Show the recipes that peers offer; with RECIPE, that one in full.

    In full means: who offers, read and adopted it; what it asks of a host; what differs from the recipe you have, line by line.
    Peers are shown as they were last verified (polder network sync). Nothing is changed.
    """
    from polder.actions.catalogue import open_page, open_shelf, unpack_recipe
    from polder.actions.network_peers import must_know
    from polder.cli.catalogue_data import list_data, page_data
    from polder.cli.catalogue_text import list_lines, page_lines
    from polder.commons.catalogue.choose import split_reference

    shelf = open_shelf(_network(network), _site_or_none(), datetime.now(UTC))
    if provider:
        must_know(provider, shelf.groups)
    if not recipe:
        held = [one for named in shelf.all.variants.values() for one in named]
        variants = [one for one in held if provider in ("", *(offered.provider for offered in one.offered))]
        if as_json:
            show_json(list_data(shelf, variants, language()))
        else:
            print_lines(list_lines(shelf, variants, language()))
        return
    name, digest = split_reference(recipe)
    try:
        page = open_page(shelf, name, digest, provider)
    except Refused as refused:
        if as_json or {problem.code for problem in refused.problems} != {"catalogue.which"}:
            raise
        print_lines(list_lines(shelf, list(shelf.all.variants[name]), language()))
        click.echo(say("catalogue.which-of-these", {}, language()))
        return
    if as_json:
        show_json(page_data(page, language()))
    else:
        print_lines(page_lines(page, language()))
    if place:
        click.echo(
            say("catalogue.unpacked", {"folder": str(unpack_recipe(page, place))}, language()), err=True
        )


@click.command(epilog="Example: polder adopt dokuwiki@1f0c33a2b94d --from beech")
@click.argument("recipe", metavar="NAME[@DIGEST]")
@from_option
@network_option
@click.option(
    "--replace", is_flag=True, help="It may take the place of one of your own or of one from elsewhere."
)
@click.option("--older", is_flag=True, help="It may be an older version than yours.")
@click.option("--undo", is_flag=True, help="Put back what was there before NAME was adopted.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found and done as JSON; wants --yes.")
@guarded
def adopt(
    recipe: str,
    provider: str,
    network: Path | None,
    replace: bool,
    older: bool,
    undo: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Take a recipe of a peer into the site, after showing what it asks for and what changes.

    Its files go to recipes/NAME/ and its digest into polder.lock, as one commit. Nothing that runs is changed: see polder plan.
    Refused when the rule below adopt: in network.yml is not met, or when the peer was not heard of in time.
    """
    from polder.actions import adopt_recipe as action
    from polder.actions.catalogue import open_shelf
    from polder.actions.network_peers import must_know
    from polder.commons.catalogue.choose import split_reference

    if as_json and not yes:
        raise click.UsageError("--json wants --yes")
    site = site_path()
    folder = _network(network, site)
    shelf = open_shelf(folder, site, datetime.now(UTC))
    if provider:
        must_know(provider, shelf.groups)
    name, digest = split_reference(recipe)
    if undo:
        if shelf.taken_from(name):
            _agree("catalogue.ask-undo", name, yes)
        _tell_undone(action.undo(shelf, folder, name, anyway=replace), name, as_json)
        return
    proposal = action.propose(shelf, action.Wish(name, digest, provider, replace, older))
    _show(proposal, as_json)
    if proposal.against:
        fail(proposal.against)
    if not proposal.nothing:
        _agree("catalogue.ask", name, yes)
    _tell_adopted(action.adopt(shelf, folder, proposal), proposal, as_json)


def _agree(code: str, name: str, yes: bool) -> None:
    """Leaves when somebody says no."""
    if not confirm(say(code, {"recipe": name}, language()), name, yes):
        click.echo(say("catalogue.declined", {}, language()), err=True)
        sys.exit(DECLINED)


def _show(proposal: Proposal, as_json: bool) -> None:
    from polder.cli.catalogue_text import page_lines

    if not as_json and not proposal.nothing:
        print_lines([*page_lines(proposal.page, language()), ("", "")])


def _tell_adopted(done: Adopted, proposal: Proposal, as_json: bool) -> None:
    from polder.cli.catalogue_data import page_data
    from polder.cli.site_commands import tell_commit

    page, words = proposal.page, language()
    if as_json:
        show_json({**page_data(page, words), "files": list(done.files), "commit": done.commit.id})
        return
    values = {"recipe": page.recipe.name, "version": page.recipe.version, "provider": page.source.provider}
    if not done.files:
        click.echo(say("catalogue.adopted-already", values, words))
        return
    click.echo(say("catalogue.adopted", values, words))
    tell_commit(done.commit)
    if done.told:
        click.echo(say("catalogue.told", {}, words))
    click.echo(say("catalogue.plan-next", {}, words))


def _tell_undone(done: Adopted, name: str, as_json: bool) -> None:
    from polder.cli.site_commands import tell_commit

    if not done.files and not done.commit.id:
        raise Refused(Problem("catalogue.nothing-to-undo", "", {"recipe": name}))
    if as_json:
        show_json({"recipe": name, "files": list(done.files), "commit": done.commit.id})
        return
    click.echo(say("catalogue.undone", {"recipe": name}, language()))
    tell_commit(done.commit)
    click.echo(say("catalogue.plan-next", {}, language()))


@click.command(epilog="Example: polder offer dokuwiki --note 'In use by three groups since May'")
@click.argument("recipe")
@click.option("--note", default="", metavar="TEXT", help="A sentence for those who think of taking it.")
@click.option("--withdraw", is_flag=True, help="Offer it no longer.")
@network_option
@click.option("--json", "as_json", is_flag=True, help="Print what is offered as JSON.")
@guarded
def offer(recipe: str, note: str, withdraw: bool, network: Path | None, as_json: bool) -> None:
    """Offer RECIPE to peers: one of your own, one that comes with Polder, or a folder (a path with a slash).

    It is written below given/; others see it after polder network publish --as NAME. Without a site, any recipe's folder will do.
    """
    from polder.actions.offer_recipe import offer_recipe, withdraw_offer

    words = language()
    if withdraw:
        _tell_given(withdraw_offer(_network(network), recipe), "catalogue.withdrawn", as_json, recipe=recipe)
        return
    made, given = offer_recipe(_network(network), _site_or_none(), recipe, datetime.now(UTC), note)
    code = "catalogue.offered" if given.paths else "catalogue.offered-already"
    _tell_given(
        given, code, as_json, recipe=made.name, version=made.version, digest=made.digest, note=made.note
    )
    if given.hidden and not as_json:
        click.echo(say("catalogue.hidden-left-out", {"files": given.hidden}, words), err=True)


@click.command(epilog="Example: polder network approve-recipe dokuwiki@1f0c33a2b94d --runs")
@click.argument("recipe", metavar="NAME[@DIGEST]")
@from_option
@click.option("--runs", is_flag=True, help="You did not only read it, you run it.")
@click.option("--note", default="", metavar="TEXT", help="A sentence about what you looked at.")
@click.option("--withdraw", is_flag=True, help="Say it no longer.")
@network_option
@click.option("--json", "as_json", is_flag=True, help="Print what was said as JSON.")
@guarded
def approve_recipe(
    recipe: str, provider: str, runs: bool, note: str, withdraw: bool, network: Path | None, as_json: bool
) -> None:
    """Say to the network that you read a peer's recipe, for those whose rule asks for your approval.

    It is written below given/recipes/approvals/; others see it after polder network publish --as NAME.
    """
    from polder.actions.catalogue import open_shelf
    from polder.actions.network_peers import must_know
    from polder.actions.offer_recipe import approve_recipe as approve
    from polder.actions.offer_recipe import withdraw_approval
    from polder.commons.catalogue.choose import choose_variant, split_reference
    from polder.kernel.digest import Digest, short

    folder, now = _network(network), datetime.now(UTC)
    name, digest = split_reference(recipe)
    if len(digest) < 64:
        shelf = open_shelf(folder, None, now)
        if provider:
            must_know(provider, shelf.groups)
        digest = short(choose_variant(shelf.all, name, digest, provider).digest, 64)
    whole = Digest(f"sha256:{digest}")
    if withdraw:
        given, code = withdraw_approval(folder, name, whole), "catalogue.approval-withdrawn"
    else:
        given, code = approve(folder, name, whole, now, note, runs=runs), "catalogue.approved"
    _tell_given(given, code, as_json, recipe=name, digest=whole)


def _tell_given(given: Given, code: str, as_json: bool, **values: str) -> None:
    from polder.cli.site_commands import tell_commit
    from polder.kernel.digest import short

    if as_json:
        show_json({**values, "given": list(given.paths), "commit": given.commit.id})
        return
    shown = {**values, "digest": short(values.get("digest", ""))}
    print_lines([(say(code, shown, language()), "")])
    tell_commit(given.commit)
    if given.paths:
        click.echo(say("catalogue.publish-next", {}, language()))


def _network(given: Path | None, site: Path | None = None) -> Path:
    """``--network``, else the site's own folder when it is one, else the nearest one upwards."""
    for folder in (given, site):
        if folder and (folder / "network.yml").is_file():
            return folder
    if given:
        raise Refused(Problem("network.not-here", "", {"folder": str(given)}))
    return network_path()


def _site_or_none() -> Path | None:
    from polder.cli.site_commands import site_or_none

    return site_or_none()
