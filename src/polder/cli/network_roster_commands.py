"""``polder network roster``: who is in the network; looking, verifying, coming in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from polder.cli import qr_code
from polder.cli.door import FAILED, guarded, language, network_path, show_json
from polder.cli.main import LazyGroup
from polder.kernel.problem import Problem, Refused
from polder.kernel.sentences import translate
from polder.kernel.sentences.mark import N_

if TYPE_CHECKING:
    from polder.commons.roster.replay import Step

HERE, SAYS, CHANGES = "network_roster_commands", "network_roster_says", "network_roster_changes"
COMMANDS: dict[str, tuple[str, str]] = {
    "show": (HERE, "show"),
    "status": (HERE, "status"),
    "introduce": (SAYS, "introduce"),
    "found": (CHANGES, "found"),
    "invite": (CHANGES, "invite"),
    "propose": (CHANGES, "propose"),
    "vouch": (SAYS, "vouch"),
    "block": (SAYS, "block"),
    "approve": (SAYS, "approve"),
    "refuse": (SAYS, "refuse"),
    "merge": (HERE, "merge"),
    "leave": (SAYS, "leave"),
    "wake": (SAYS, "wake"),
    "fingerprint": (HERE, "fingerprint"),
    "join": (HERE, "join"),
    "replay": (HERE, "replay"),
    "check": (HERE, "check"),
    "refound": (CHANGES, "refound"),
    "accept-new-beginning": (HERE, "accept_new_beginning"),
}
TYPE_AGREE = N_(
    "Two members read these words to you over two channels? To pin this network, type its first word ({word})"
)


class RosterGroup(LazyGroup):
    """The commands below ``polder network roster``."""

    commands_at: Mapping[str, tuple[str, str]] = COMMANDS


@click.group(cls=RosterGroup, epilog="Example: polder network roster status")
def roster() -> None:
    """Who is in the network, decided by its members alone: propose, vouch, sign, merge, verify."""


@click.command(epilog="Example: polder network roster show --json | jq '.members | keys'")
@click.option("--json", "as_json", is_flag=True, help="Print the roster as JSON.")
@guarded
def show(as_json: bool) -> None:
    """Show the newest roster that was accepted here."""
    from polder.actions.network_roster import acting_members, need_chain
    from polder.cli.network_roster_text import roster_data, show_roster
    from polder.commons.roster.chain import departed

    folder = network_path()
    chain = need_chain(folder)
    if as_json:
        show_json(roster_data(chain.roster, departed(chain)))
    else:
        show_roster(chain.roster, {one.id for one in acting_members(folder)}, departed(chain))


@click.command(epilog="Example: polder network roster status --json | jq '.[].missing'")
@click.option("--json", "as_json", is_flag=True, help="Print the proposals as JSON.")
@guarded
def status(as_json: bool) -> None:
    """Show every open proposal: what it changes, who signed, who is missing, until when, what hinders."""
    from polder.actions.roster_proposals import open_drafts
    from polder.cli.network_roster_text import draft_data, show_draft, tell

    drafts = open_drafts(network_path(), datetime.now(UTC))
    if as_json:
        show_json([draft_data(one) for one in drafts])
    elif not drafts:
        tell("roster.no-open-proposal")
    for one in () if as_json else drafts:
        show_draft(one)


@click.command(epilog="Example: polder network roster merge")
@click.option("--json", "as_json", is_flag=True, help="Print the news as JSON.")
@guarded
def merge(as_json: bool) -> None:
    """Bring in what others published about the roster, as it lies here after the last sync. Leaves with 1 when rosters rival."""
    from polder.actions.network_roster import merge_all
    from polder.cli.network_roster_text import problem_data, tell, tell_all

    merged = merge_all(network_path(), None, datetime.now(UTC))
    news = merged.news if merged else ()
    if as_json:
        show_json([problem_data(one) for one in news])
    elif news:
        tell_all(news)
    else:
        tell("roster.no-news")
    if merged and merged.rivals:
        raise SystemExit(FAILED)


def _show_words(words: str) -> None:
    held = words.split()
    for start in range(0, len(held), 6):
        click.echo(" ".join(held[start : start + 6]))


@click.command(epilog="Example: polder network roster fingerprint --language fr")
@click.option("--newest", is_flag=True, help="Of the newest version instead, to compare histories.")
@click.option("--json", "as_json", is_flag=True, help="Print words and hex as JSON.")
@click.option("--language", "spoken_in", default="", help="The language of the words: en fr es it pt.")
@qr_code.QR
@qr_code.QR_FILE
@guarded
def fingerprint(newest: bool, as_json: bool, spoken_in: str, qr: bool, qr_file: Path | None) -> None:
    """Show the network's fingerprint as words to read out, and as hex."""
    from polder.actions import roster_join
    from polder.actions.show_signpost import roster_signpost
    from polder.commons.roster.fingerprint import spoken

    if newest and (qr or qr_file):  # nobody comes in by it
        raise Refused(Problem("network.qr-of-newest"))
    qr_code.check_file(qr_file)
    folder = network_path()
    digest = roster_join.newest_fingerprint(folder) if newest else roster_join.fingerprint(folder)
    words = spoken(digest, spoken_in or language())
    if as_json:
        leads = {} if newest else {"signpost": str(roster_signpost(folder))}
        show_json({"words": words, "digest": digest, **leads})
    else:
        _show_words(words)
        click.echo(digest)
        if qr or qr_file:
            qr_code.show(roster_signpost(folder), qr, qr_file)


FINGERPRINT = click.option(
    "--fingerprint", "typed", required=True, help="The 24 words, or 64 hex digits, as two members told you."
)
FROM = click.option(
    "--from",
    "sources",
    required=True,
    multiple=True,
    metavar="URL",
    help="A member's address, a peer's id, or a folder; several may be given.",
)
PRIVATE = click.option("--private", is_flag=True, help="The address may be a private one.")
YES = click.option("--yes", is_flag=True, help="Do not ask.")


@click.command(
    epilog='Example: polder network roster join --fingerprint "abandon ability ..." --from https://beech.example/net/'
)
@click.argument("signposts", nargs=-1, metavar="[SIGNPOST]...")
@click.option(
    "--fingerprint", "typed", default="", help="The 24 words, or 64 hex digits, as two members told you."
)
@click.option(
    "--from",
    "sources",
    multiple=True,
    metavar="URL",
    help="A member's address, a peer's id, or a folder; several may be given.",
)
@PRIVATE
@YES
@guarded
def join(signposts: Sequence[str], typed: str, sources: Sequence[str], private: bool, yes: bool) -> None:
    """Pin a network by its fingerprint and take in its roster. Ask two members for the fingerprint over two channels.

    A SIGNPOST is the text of a member's QR code (- reads one from standard input); it says the fingerprint, and where the roster is.
    """
    from polder.actions.load_network import load_network
    from polder.actions.roster_join import join as take_in
    from polder.cli.network_roster_text import insist, tell
    from polder.cli.signposts import read_typed_roster
    from polder.commons.network.signpost import agreed
    from polder.commons.roster.fingerprint import heard, spoken

    scanned = tuple(read_typed_roster(one) for one in signposts)
    sources = [*(one.url for one in scanned), *sources]
    digest = agreed(scanned, heard(typed) if typed else None)
    if digest is None:
        raise click.MissingParameter(param_hint="'--fingerprint'", param_type="option")
    if not sources:
        raise click.MissingParameter(param_hint="'--from'", param_type="option")
    for one in scanned:
        tell("network.signpost-read", name=one.name, url=one.url)
    words = spoken(digest, language())
    if not yes:
        _show_words(words)
    first = words.split()[0]
    insist(translate(TYPE_AGREE, language()).format(word=first), first, yes)
    folder = network_path()
    if len(scanned) == len(sources):  # nothing but members that were named: network.yml may speak of them
        private = private or {one.name for one in scanned} <= load_network(folder).private
    _show_steps(take_in(folder, digest, sources, datetime.now(UTC), private))
    tell("roster.joined")


@click.command(
    "accept-new-beginning",
    epilog='Example: polder network roster accept-new-beginning --fingerprint "abandon ..." --from https://beech.example/net/',
)
@FINGERPRINT
@FROM
@PRIVATE
@YES
@guarded
def accept_new_beginning(typed: str, sources: Sequence[str], private: bool, yes: bool) -> None:
    """Put the roster here aside for one that begins anew: only when the keys that must sign are lost for ever."""
    from polder.actions import roster_join
    from polder.cli.network_roster_text import insist
    from polder.commons.roster.fingerprint import heard, spoken

    digest = heard(typed)
    first = spoken(digest, language()).split()[0]
    insist(translate(TYPE_AGREE, language()).format(word=first), first, yes)
    steps = roster_join.accept_new_beginning(network_path(), digest, sources, datetime.now(UTC), private)
    _show_steps(steps)


@click.command(epilog="Example: polder network roster replay --json | jq '.[-1].digest'")
@click.option("--json", "as_json", is_flag=True, help="Print every step as JSON.")
@guarded
def replay(as_json: bool) -> None:
    """Verify the whole history again, offline, from the pinned fingerprint, and show each step."""
    from polder.actions.roster_join import replay_folder

    _show_steps(replay_folder(network_path()), as_json)


@click.command(epilog="Example: polder network roster check")
@guarded
def check() -> None:
    """Verify the roster here, and look for rivals, for members who signed two proposals, and for files that cannot be read."""
    from polder.actions.network_roster import everything, need_chain
    from polder.actions.roster_join import replay_folder
    from polder.cli.network_roster_text import tell, tell_all
    from polder.commons.roster.merge import merge as merge_purely
    from polder.kernel.sentences import say_problem

    folder = network_path()
    replay_folder(folder)
    found = merge_purely(need_chain(folder), everything(folder), datetime.now(UTC))
    tell_all(found.news)
    for one in found.facts.noted:
        click.echo(say_problem(one, language()))
    tell("roster.checked", version=need_chain(folder).head.version)
    if found.rivals:
        raise SystemExit(FAILED)


def _show_steps(steps: Sequence[Step], as_json: bool = False) -> None:
    from polder.cli.network_roster_text import edition_data, tell, tell_all, tell_below

    if as_json:
        show_json([edition_data(one.edition, one.signers, one.lines) for one in steps])
        return
    for one in steps:
        tell("roster.step", version=one.edition.version, digest=one.edition.digest[7:19], members=one.signers)
        tell_all(one.lines, "  ")
        if one.edition.reason:
            tell_below("roster.proposal-reason", reason=one.edition.reason)
    tell("roster.replayed", version=steps[-1].edition.version)
