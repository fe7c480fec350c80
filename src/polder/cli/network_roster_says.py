"""What a member says: that it exists, that it vouches, blocks, signs, leaves, or is awake again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from polder.cli.door import guarded, language, network_path
from polder.kernel.sentences import translate
from polder.kernel.sentences.mark import N_

if TYPE_CHECKING:
    from pathlib import Path

    from polder.commons.roster.approval import Stance
    from polder.kernel.problem import Problem

TYPE_SIGN = N_("To sign exactly this, type the first six characters of its digest ({digest})")
TYPE_REFUSE = N_("To refuse exactly this for ever, type the first six characters of its digest ({digest})")
TYPE_LEAVE = N_("To leave the network, type your provider's id ({provider})")
PROPOSAL = click.argument("proposal", default="")
REASON = click.option("--reason", default="", help="Why, for the others to read.")
YES = click.option("--yes", is_flag=True, help="Do not ask.")


@click.command(epilog='Example: polder network roster introduce --name "Alder Collective"')
@click.option("--name", default="", help="The name people know you by (default: your id).")
@click.option("--group", default="", help="Your independence group, if others of it are in the network.")
@guarded
def introduce(name: str, group: str) -> None:
    """Say how you want to stand in the roster: addresses, keys, recipients as network.yml has them. Needed to found or join."""
    from polder.actions.load_network import load_network
    from polder.actions.roster_words import introduce as say_it
    from polder.cli.network_roster_text import ask_passphrase, tell

    folder = network_path()
    say_it(folder, name or load_network(folder).provider, group, datetime.now(UTC), ask_passphrase)
    tell("roster.introduced")


@click.command(
    epilog='Example: polder network roster vouch 1a2b3c --reason "We have met them for two years."'
)
@PROPOSAL
@REASON
@guarded
def vouch(proposal: str, reason: str) -> None:
    """Vouch for PROPOSAL (the beginning of its digest; the only open one when not given), with a reason."""
    _say(proposal, "vouch", reason)


@click.command(epilog='Example: polder network roster block 1a2b3c --reason "They host for the police."')
@PROPOSAL
@REASON
@guarded
def block(proposal: str, reason: str) -> None:
    """Block PROPOSAL, with a reason. By the rules a block may need a second member to stand."""
    _say(proposal, "block", reason)


@click.command(epilog='Example: polder network roster refuse 1a2b3c --reason "We could not agree on it."')
@PROPOSAL
@REASON
@YES
@guarded
def refuse(proposal: str, reason: str, yes: bool) -> None:
    """Refuse PROPOSAL for good: you did not sign it and never will. Enough refusals free the others to sign another for its number."""
    _say(proposal, "refuse", reason, yes)


@click.command(epilog="Example: polder network roster approve 1a2b3c")
@PROPOSAL
@REASON
@YES
@guarded
def approve(proposal: str, reason: str, yes: bool) -> None:
    """Sign PROPOSAL after reading every difference. A signature is for ever; it is asked for when the time for objections is over."""
    _say(proposal, "sign", reason, yes)


def _say(proposal: str, stance: Stance, reason: str, yes: bool = True) -> None:
    """Show it, ask when it cannot be taken back, say it."""
    from polder.actions.roster_proposals import check_word, find_draft, say_of
    from polder.cli.network_roster_text import ask_passphrase, insist, show_draft

    folder, now = network_path(), datetime.now(UTC)
    one = find_draft(folder, proposal, now)
    show_draft(one)
    typed = one.edition.digest[7:13]
    check_word(folder, one, stance, reason)
    if question := {"sign": TYPE_SIGN, "refuse": TYPE_REFUSE}.get(stance):
        insist(translate(question, language()).format(digest=typed), typed, yes)
    tell_given(say_of(folder, one, stance, reason, now, ask_passphrase))


@click.command(epilog="Example: polder network roster leave")
@YES
@guarded
def leave(yes: bool) -> None:
    """Leave the network: nobody has to agree. Others stop sharing with you as soon as they see it.

    Exit status: 0 when it was said, also where no version of the roster without you can follow; 2 when it was not.
    """
    from polder.actions.roster_words import leave as say_it
    from polder.cli.network_roster_text import ask_passphrase, insist, tell_all
    from polder.kernel.problem import Problem

    folder = network_path()
    provider = _provider(folder)
    insist(translate(TYPE_LEAVE, language()).format(provider=provider), provider, yes)
    left = say_it(folder, datetime.now(UTC), ask_passphrase)
    if left.draft and not left.signed:
        tell_all(left.draft.hindrances)
    if left.before:
        digests = tuple(one.edition.digest[7:19] for one in left.before)
        tell_all([Problem("roster.leave-after", "", {"proposals": digests})])
    if left.why:
        tell_all([*left.why, Problem("roster.leave-last")])
    tell_given(())


@click.command(epilog="Example: polder network roster wake")
@guarded
def wake() -> None:
    """Say that you are awake again after you were called dormant."""
    from polder.actions.roster_words import wake as say_it
    from polder.cli.network_roster_text import ask_passphrase

    say_it(network_path(), datetime.now(UTC), ask_passphrase)
    tell_given(())


def _provider(folder: Path) -> str:
    from polder.actions.load_network import load_network

    return load_network(folder).provider


def tell_given(news: Sequence[Problem]) -> None:
    """News, and that it still has to be published."""
    from polder.cli.network_roster_text import tell, tell_all

    tell_all(news)
    tell("roster.given")
