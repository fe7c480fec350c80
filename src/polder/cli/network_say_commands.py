"""``polder network say``, ``give``, ``said``, ``read`` and ``withdraw``: what one says to the network, and what others say."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from polder.cli.door import DECLINED, confirm, guarded, language, network_path, show_json
from polder.cli.lines import print_lines
from polder.kernel.problem import Problem, Refused
from polder.kernel.sentences import hint, say_problem, translate
from polder.kernel.sentences import say as sentence
from polder.kernel.text import harmless

if TYPE_CHECKING:
    from polder.actions.say_statement import Given
    from polder.actions.write_statement import Audience

_LANGUAGE = re.compile(r"([a-z]{2,3})=(.*)", re.DOTALL)


@click.command(
    epilog='Example: polder network say news moving --title "We move" --text "On Sunday." --for public'
)
@click.argument("type_", metavar="TYPE")
@click.argument("id_", metavar="ID")
@click.option(
    "--title",
    "titles",
    multiple=True,
    metavar="[LANG=]TEXT",
    help="What it is about; once for each language.",
)
@click.option(
    "--text",
    "texts",
    multiple=True,
    metavar="[LANG=]TEXT",
    help="What it says; “-” reads it from standard input.",
)
@click.option("--for", "word", type=click.Choice(["public", "network"]), help="Who may read it.")
@click.option("--circle", "circles", multiple=True, metavar="CIRCLE", help="A circle that may read it.")
@click.option("--provider", "providers", multiple=True, metavar="ID", help="A provider that may read it.")
@click.option(
    "--any", "any_", is_flag=True, help="Being in one of several circles is enough (default: in all)."
)
@click.option(
    "--field", "fields", multiple=True, metavar="NAME=VALUE", help="A field of the type; again for lists."
)
@click.option("--first", metavar="CIRCLE", help="Only this circle hears of it until the time of --until.")
@click.option("--until", default="", metavar="TIME", help="When the embargo ends, like 2026-12-01T00:00:00Z.")
@click.option(
    "--supersedes", default="", metavar="ID", help="Another statement of yours whose place it takes."
)
@click.option("--again", is_flag=True, help="In the place of the statement of this id.")
@click.option("--yes", is_flag=True, help="It is meant for providers that are not in the network yet, too.")
@guarded
def say(
    type_: str,
    id_: str,
    titles: tuple[str, ...],
    texts: tuple[str, ...],
    word: str | None,
    circles: tuple[str, ...],
    providers: tuple[str, ...],
    any_: bool,
    fields: tuple[str, ...],
    first: str | None,
    until: str,
    supersedes: str,
    again: bool,
    yes: bool,
) -> None:
    """Say something to the network: write the statement TYPE/ID, and give it (types: news, event, note, advisory)."""
    from polder.actions.write_statement import Audience, Wish
    from polder.actions.write_statement import say as say_it

    early = Audience(circles=(first,)) if first else None
    if bool(first) != bool(until):
        raise Refused(Problem("statement.first-and-until"))
    wish = Wish(
        type=type_,
        id=id_,
        title=by_language(titles),
        body=by_language(texts),
        audience=_audience(word, circles, providers, any_),
        fields=fields,
        supersedes=supersedes,
        first=early,
        until=until,
    )
    given = say_it(network_path(), wish, datetime.now(UTC), again, strangers=yes)
    tell_given(given)


@click.command(epilog="Example: polder network give && polder network publish --as ana")
@guarded
def give() -> None:
    """Bring what is given to the network up to card.yml and the files in statements/: after editing them, and when an embargo is over."""
    from polder.actions.network_card import give_card, is_begun
    from polder.actions.say_statement import give as give_it

    folder, now = network_path(), datetime.now(UTC)
    if is_begun(folder) and give_card(folder, now):
        click.echo(sentence("card.given", {}, language()))
    tell_given(give_it(folder, now))


@click.command(epilog="Example: polder network said --type event --from beech")
@click.option("--type", "type_", metavar="TYPE", help="Only of this type.")
@click.option("--from", "provider", metavar="ID", help="Only what this provider says.")
@click.option("--circle", metavar="CIRCLE", help="Only what is for this circle.")
@click.option(
    "--as", "who", metavar="ID", help="What this provider sees of it (anybody: somebody without a name)."
)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@guarded
def said(type_: str | None, provider: str | None, circle: str | None, who: str | None, as_json: bool) -> None:
    """List what this provider and its peers say, as far as you may read it, newest first."""
    from polder.actions import heard_names
    from polder.actions.edit_circle import find as find_circle
    from polder.actions.read_statements import listen, show
    from polder.cli.statement_text import HEADERS, row, statement_data
    from polder.cli.table import table_lines
    from polder.commons.statement.access import Reader

    words = language()
    listening = listen(network_path(), datetime.now(UTC))
    for name, check in (
        (type_, heard_names.of_type),
        (provider, heard_names.speaking),
        (who, heard_names.reading),
    ):
        if name:
            check(listening, name)
    shown = show(listening, Reader("" if who == heard_names.ANYBODY else who) if who else None)
    meant = find_circle(listening, circle).id if circle else ""
    found = [
        one
        for one in shown.heard
        if (not type_ or one.statement.type == type_)
        and (not provider or one.statement.provider == provider)
        and (not meant or meant in one.statement.rule.circles)
    ]
    tell_news((*listening.news, *shown.news))
    if as_json:
        show_json([statement_data(one, shown.rivals) for one in found])
    elif not found:
        click.echo(sentence("statement.none", {}, words))
    else:
        headers = [translate(header, words) for header in HEADERS]
        print_lines(table_lines(headers, [row(one, shown.rivals, words) for one in found]))


@click.command(epilog="Example: polder network read alder/news/moving")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@guarded
def read(name: str, as_json: bool) -> None:
    """Read the statement NAME: provider/type/id, or as much of its end as no other has."""
    from polder.actions.read_statements import find, listen, show
    from polder.cli.statement_text import statement_data, statement_lines

    listening = listen(network_path(), datetime.now(UTC))
    shown = show(listening)
    found = find(shown, name)
    tell_news(shown.news if len(found) > 1 else ())
    if as_json:
        show_json([statement_data(one, shown.rivals) for one in found])
        return
    for one in found:
        print_lines(statement_lines(one, language()))


@click.command(epilog='Example: polder network withdraw news/moving --reason "We stay."')
@click.argument("name")
@click.option(
    "--reason", "reasons", multiple=True, metavar="[LANG=]TEXT", help="Why; once for each language."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@guarded
def withdraw(name: str, reasons: tuple[str, ...], yes: bool) -> None:
    """Take back your statement NAME (type/id, or id): its readers are told so, and no longer what it said."""
    from polder.actions.write_statement import own_file
    from polder.actions.write_statement import withdraw as take_back

    folder, words = network_path(), language()
    key, _ = own_file(folder, name)
    if not confirm(sentence("statement.ask-withdraw", {"statement": key}, words), key, yes):
        click.echo(sentence("statement.not-withdrawn", {"statement": key}, words))
        sys.exit(DECLINED)
    _, given = take_back(folder, key, by_language(reasons), datetime.now(UTC))
    click.echo(sentence("statement.withdrawn", {"statement": key}, words))
    tell_given(given)


def by_language(written: Sequence[str]) -> dict[str, str]:
    """``en=A text`` (or a text, in the asker's language) to texts by language; ``-`` is standard input."""
    found: dict[str, str] = {}
    for one in written:
        match = _LANGUAGE.fullmatch(one)
        language_, text = (match[1], match[2]) if match else (language(), one)
        found[language_] = sys.stdin.read().strip("\n") if text == "-" else text
    return found


def _audience(word: str | None, circles: tuple[str, ...], providers: tuple[str, ...], any_: bool) -> Audience:
    from polder.actions.write_statement import Audience

    if bool(word) == bool(circles or providers):
        raise Refused(Problem("statement.which-audience"))
    return Audience(word or "", circles, providers, "any" if any_ else "all")


def tell_given(given: Given) -> None:
    """What giving did, and what to do next."""
    from polder.cli.site_commands import tell_commit

    words = language()
    tell_news(given.news)
    values: dict[str, Any] = {"written": len(given.written), "dropped": len(given.dropped)}
    changed = bool(given.written or given.dropped)
    click.echo(sentence("statement.given" if changed else "statement.given-nothing", values, words))
    if changed:
        click.echo(sentence("statement.publish", {}, words))
    tell_commit(given.commit, quiet=True)


def tell_news(news: Sequence[Problem]) -> None:
    """What people should know, on standard error."""
    words = language()
    for one in news:
        click.echo(harmless(say_problem(one, words)), err=True)
        if advice := hint(one.code, one.values, words):
            click.echo("    " + harmless(advice), err=True)
