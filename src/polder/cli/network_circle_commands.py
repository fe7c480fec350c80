"""``polder network circle``: working groups of providers, for whom statements can be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click

from polder.cli.door import guarded, language, network_path, show_json
from polder.cli.lines import print_lines
from polder.cli.network_say_commands import by_language, tell_given, tell_news
from polder.kernel.sentences import say, translate
from polder.kernel.sentences.mark import N_
from polder.kernel.text import one_line

HEADERS = (N_("circle"), N_("name"), N_("stewards"), N_("members"), N_("state"))
_YES = click.option("--yes", is_flag=True, help="Those are meant who are not in the network yet, too.")
SPLIT, ENDED, OPEN, STRICT = N_("split"), N_("ended"), N_("open"), N_("members only")


@click.group(epilog="Example: polder network circle new care --title Care --member beech")
def circle() -> None:
    """Working groups of providers: their stewards change them by statements, and statements can be for them alone."""


@circle.command(epilog="Example: polder network circle new care --title Care --member beech --steward cedar")
@click.argument("name")
@click.option(
    "--title", "titles", multiple=True, required=True, metavar="[LANG=]TEXT", help="What it is called."
)
@click.option("--member", "members", multiple=True, metavar="ID", help="A provider in it.")
@click.option(
    "--steward", "stewards", multiple=True, metavar="ID", help="Another provider that may change it."
)
@click.option("--open", "open_", is_flag=True, help="Everybody belongs to it, even without a name.")
@click.option(
    "--for",
    "word",
    type=click.Choice(["public", "network", "members"]),
    default="network",
    help="Who may know that it exists (default: network).",
)
@_YES
@guarded
def new(
    name: str,
    titles: tuple[str, ...],
    members: tuple[str, ...],
    stewards: tuple[str, ...],
    open_: bool,
    word: str,
    yes: bool,
) -> None:
    """Found the circle NAME; this provider is a steward of it."""
    from polder.actions.edit_circle import begin_circle, begin_data
    from polder.actions.load_network import load_network

    folder = network_path()
    own = load_network(folder).provider
    audience = {"circles": [f"{own}/{name}"]} if word == "members" else word
    every = tuple(sorted({own, *stewards}))
    data = begin_data(by_language(titles), every, members, "open" if open_ else "strict", audience)
    id_, given = begin_circle(folder, name, data, datetime.now(UTC), strangers=yes)
    click.echo(say("statement.circle-made", {"circle": id_}, language()))
    tell_given(given)


@circle.command("list", epilog="Example: polder network circle list --json")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@guarded
def list_(as_json: bool) -> None:
    """List the circles that you know of."""
    from polder.actions.read_statements import listen
    from polder.cli.table import table_lines

    words = language()
    listening = listen(network_path(), datetime.now(UTC))
    found = [held for _, held in sorted(listening.circles.known.items())]
    tell_news([one for one in listening.news if one.code.startswith("statement.circle-")])
    if as_json:
        show_json([_data(one) for one in found])
    elif not found:
        click.echo(say("statement.no-circles", {}, words))
    else:
        rows = [
            [
                one.id,
                one.name.read(words),
                ", ".join(one.stewards),
                ", ".join(one.members),
                _state(one, words),
            ]
            for one in found
        ]
        print_lines(table_lines([translate(header, words) for header in HEADERS], rows))


@circle.command(epilog="Example: polder network circle show alder/care")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@guarded
def show(name: str, as_json: bool) -> None:
    """Show the circle NAME (care, or alder/care where several are called so)."""
    from polder.actions.edit_circle import find
    from polder.actions.read_statements import listen

    words = language()
    found = find(listen(network_path(), datetime.now(UTC)), name)
    if as_json:
        show_json(_data(found))
        return
    print_lines([(one_line(f"{found.id}: {found.name.read(words)} ({_state(found, words)})"), "bold")])
    for header, names in (
        (HEADERS[2], found.stewards),
        (HEADERS[3], found.members),
        (N_("blocked"), found.blocked),
    ):
        if names:
            print_lines([(f"  {translate(header, words)}: {', '.join(names)}", "")])


@circle.command(epilog="Example: polder network circle add care beech cedar")
@click.argument("name")
@click.argument("providers", nargs=-1, required=True)
@_YES
@guarded
def add(name: str, providers: tuple[str, ...], yes: bool) -> None:
    """Take PROVIDERS into the circle NAME."""
    from polder.actions.edit_circle import adding

    _change(name, adding("members", providers), yes)


@circle.command(epilog="Example: polder network circle remove care cedar")
@click.argument("name")
@click.argument("providers", nargs=-1, required=True)
@guarded
def remove(name: str, providers: tuple[str, ...]) -> None:
    """Take PROVIDERS out of the circle NAME; what they could read before stays readable to them."""
    from polder.actions.edit_circle import removing

    _change(name, removing(providers), True)


@circle.command(epilog="Example: polder network circle steward care beech")
@click.argument("name")
@click.argument("providers", nargs=-1, required=True)
@_YES
@guarded
def steward(name: str, providers: tuple[str, ...], yes: bool) -> None:
    """Make PROVIDERS stewards of the circle NAME: they may change it from then on, you included or not."""
    from polder.actions.edit_circle import adding

    _change(name, adding("stewards", providers), yes)


@circle.command(epilog="Example: polder network circle block care cedar/ana")
@click.argument("name")
@click.argument("readers", nargs=-1, required=True)
@_YES
@guarded
def block(name: str, readers: tuple[str, ...], yes: bool) -> None:
    """Block READERS (cedar, or cedar/ana) in the circle NAME: they get nothing for it, whatever else they are."""
    from polder.actions.edit_circle import adding

    _change(name, adding("blocked", readers), yes)


def _change(name: str, change: Callable[[dict[str, Any]], dict[str, Any]], strangers: bool) -> None:
    from polder.actions.edit_circle import change_circle

    id_, given = change_circle(network_path(), name, change, datetime.now(UTC), strangers=strangers)
    click.echo(say("statement.circle-changed", {"circle": id_}, language()))
    tell_given(given)


def _state(one: Any, words: str) -> str:
    word = ENDED if one.ended else SPLIT if one.split else OPEN if one.mode == "open" else STRICT
    return translate(word, words)


def _data(one: Any) -> dict[str, Any]:
    return {**asdict(one), "name": dict(one.name.by_language)}
