"""``polder network advisories``: what providers warn of, and whether it concerns what runs here."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from polder.cli.door import FAILED, guarded, language, network_path, show_json
from polder.cli.lines import print_lines
from polder.cli.network_say_commands import tell_news
from polder.kernel.sentences import say
from polder.kernel.text import Text, one_line

if TYPE_CHECKING:
    from polder.actions.network_advisories import Finding

STYLES = {"critical": "bold red", "high": "red", "medium": "yellow", "low": ""}


@click.group(invoke_without_command=True, epilog="Example: polder network advisories --json")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.option("--all", "every", is_flag=True, help="Also those that concern nothing here.")
@click.pass_context
@guarded
def advisories(context: click.Context, as_json: bool, every: bool) -> None:
    """What providers warn of, held against what runs here. Ends with status 1 when somebody should look."""
    if context.invoked_subcommand:
        return
    from polder.actions.network_advisories import match

    words = language()
    found = match(network_path(), None, datetime.now(UTC), keep=False)
    tell_news(found.news)
    urgent = any(one.urgent for one in found.findings)
    shown = [one for one in found.findings if every or one.verdict in ("affected", "unknown")]
    if as_json:
        show_json([{**asdict(one), "urgent": one.urgent} for one in (found.findings if every else shown)])
    elif not found.findings:
        click.echo(say("advisory.none", {}, words))
    else:
        for one in shown:
            print_lines(_lines(one, words))
        if not urgent:
            click.echo(say("advisory.quiet", {}, words))
    sys.exit(FAILED if urgent else 0)


@advisories.command(epilog='Example: polder network advisories ack wiki-hole --reason "Updated on Monday."')
@click.argument("name")
@click.option("--reason", required=True, metavar="TEXT", help="Why nothing more is to be done.")
@guarded
def ack(name: str, reason: str) -> None:
    """Write down, for this provider's operators, that the advisory NAME is seen to; a new version of it asks again."""
    from polder.actions.network_advisories import acknowledge

    done = acknowledge(network_path(), name, reason, datetime.now(UTC))
    click.echo(say("advisory.acknowledged", {"advisory": done}, language()))


def _lines(one: Finding, words: str) -> Iterator[tuple[str, str]]:
    yield say(f"advisory.{one.verdict}", one.values, words), "dim" if one.ack else STYLES[one.severity]
    yield "    " + say("advisory.from", {"name": one.name, "title": Text(one.title).read(words)}, words), ""
    if one.ack:
        yield "    " + say("advisory.seen-to", {"reason": one.ack}, words), "dim"
        return
    yield from (("    " + line, "") for line in Text(one.do).read(words).splitlines())
    if one.fixed_in:
        yield "    " + say("advisory.fixed-in", {"versions": one.fixed_in}, words), ""
    if one.until:
        yield "    " + say("advisory.keep", {"until": one.until}, words), "yellow"
    yield from (("    " + one_line(link), "dim") for link in one.references)
