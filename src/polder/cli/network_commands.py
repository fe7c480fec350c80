"""``polder network``: a provider's part in the network. Works without a site, hosts or an engine."""

from __future__ import annotations

from collections.abc import Mapping

import click

from polder.cli.door import guarded, language
from polder.cli.main import LazyGroup
from polder.kernel.sentences import say

# name: (module, attribute). The order is the order of the help.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("network_commands", "init"),
    "keys": ("network_keys_commands", "keys"),
    "card": ("network_card_commands", "card"),
    "publish": ("network_publish_commands", "publish"),
    "sign": ("network_publish_commands", "sign"),
    "check": ("network_check_commands", "check"),
    "follow": ("network_follow_commands", "follow"),
    "unfollow": ("network_follow_commands", "unfollow"),
    "sync": ("network_sync_commands", "sync"),
    "status": ("network_sync_commands", "status"),
    "peers": ("network_alarm_commands", "peers"),
    "alarms": ("network_alarm_commands", "alarms"),
    "steward": ("network_sync_commands", "steward"),
    "roster": ("network_roster_commands", "roster"),
    "say": ("network_say_commands", "say"),
    "give": ("network_say_commands", "give"),
    "said": ("network_say_commands", "said"),
    "read": ("network_say_commands", "read"),
    "withdraw": ("network_say_commands", "withdraw"),
    "circle": ("network_circle_commands", "circle"),
    "advisories": ("network_advisory_commands", "advisories"),
    "approve-recipe": ("catalogue_commands", "approve_recipe"),
}


class NetworkGroup(LazyGroup):
    """The commands below ``polder network``."""

    commands_at: Mapping[str, tuple[str, str]] = COMMANDS


@click.group(cls=NetworkGroup, epilog="Example: polder network init alder --url https://alder.example/net/")
def network() -> None:
    """Your part in a network of providers: keys, card, roster, statements, peers. Nothing here needs a site or an engine."""


@click.command(
    epilog="Example: polder network init alder --url https://alder.example/net/ --person ana=age1... --person ben"
)
@click.argument("provider")
@click.option(
    "--url", "urls", multiple=True, required=True, metavar="URL", help="Where your public folder is served."
)
@click.option(
    "--person",
    "people",
    multiple=True,
    required=True,
    metavar="NAME[=RECIPIENT]",
    help="Who holds a root key, and the age recipient or SSH public key that its file is encrypted to; a passphrase when not given.",
)
@click.option(
    "--recipient",
    "recipients",
    multiple=True,
    metavar="RECIPIENT",
    help="Who opens the server's keys and reads what is for you: the server's own age key first of all.",
)
@click.option(
    "--threshold", type=int, default=0, help="How many of them sign a change of keys (default: most)."
)
@click.argument("folder", default=".")
@guarded
def init(
    provider: str,
    urls: tuple[str, ...],
    people: tuple[str, ...],
    recipients: tuple[str, ...],
    threshold: int,
    folder: str,
) -> None:
    """Begin a network folder for PROVIDER in FOLDER (default: here): network.yml, card.yml and what git must not take."""
    from pathlib import Path

    from polder.actions.init_network import init_network

    made = init_network(Path(folder), provider, urls, people, recipients, threshold)
    for name in made:
        click.echo(say("network.written", {"file": name}, language()))
    click.echo(say("network.next-keys", {}, language()))
