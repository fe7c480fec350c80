"""Changes that a member proposes: each is shown as a difference before anything is given to the network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from polder.cli.door import guarded, language, network_path, show_json
from polder.kernel.sentences import translate
from polder.kernel.sentences.mark import N_

if TYPE_CHECKING:
    from pathlib import Path

    from polder.actions.roster_proposals import Draft
    from polder.commons.roster.changes import Change
    from polder.commons.roster.model import Rules

TYPE_PROPOSE = N_("To propose exactly this, type yes")
REASON = click.option("--reason", default="", help="Why, for the others to read.")
YES = click.option("--yes", is_flag=True, help="Do not ask.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print the proposal as JSON.")
PRESETS = ("polder", "ladder", "vouches")
PRESET = click.option(
    "--preset", type=click.Choice(PRESETS), default="polder", help="The rules to begin with."
)
LEAST = click.option(
    "--least", type=int, default=0, help="Signatures that every change needs at least (0: the preset's)."
)
NETWORK = click.option("--network", "name", default="", help="What the network calls itself.")
DAY = click.DateTime(["%Y-%m-%d"])


@click.command(
    epilog="Example: polder network roster found beech cedar.json --network Waterland --preset polder"
)
@click.argument("founders", nargs=-1)
@NETWORK
@PRESET
@LEAST
@REASON
@YES
@JSON
@guarded
def found(
    founders: Sequence[str], name: str, preset: str, least: int, reason: str, yes: bool, as_json: bool
) -> None:
    """Begin a network with FOUNDERS (peers that you follow, or files of their introductions). Each founder signs; alone is possible."""
    _begin(founders, name, _rules(preset, least), reason, yes, as_json, False)


@click.command(
    epilog="Example: polder network roster refound beech cedar --reason 'Three of five keys are lost.'"
)
@click.argument("founders", nargs=-1)
@PRESET
@LEAST
@REASON
@YES
@JSON
@guarded
def refound(founders: Sequence[str], preset: str, least: int, reason: str, yes: bool, as_json: bool) -> None:
    """Begin the network anew when the keys that must sign are lost for ever. Each member accepts that by hand."""
    _begin(founders, "", _rules(preset, least), reason, yes, as_json, True)


def _begin(
    founders: Sequence[str], name: str, rules: Rules, reason: str, yes: bool, as_json: bool, anew: bool
) -> None:
    from polder.actions.network_roster import need_chain
    from polder.actions.roster_join import fingerprint
    from polder.actions.roster_proposals import draft_beginning

    folder, now = network_path(), datetime.now(UTC)
    after = fingerprint(folder) if anew else ""
    called = need_chain(folder).roster.network if anew else name
    _put_forward(folder, draft_beginning(folder, founders, rules, called, reason, now, after), yes, as_json)


def _rules(preset: str, least: int) -> Rules:
    from dataclasses import replace

    from polder.commons.roster.presets import PRESETS as KNOWN

    rules = next(rules for name, rules in KNOWN.items() if name == preset)
    return replace(rules, least=least) if least else rules


@click.command(
    epilog="Example: polder network roster invite fir --reason 'We run backups for each other since 2024.'"
)
@click.argument("source")
@REASON
@YES
@JSON
@guarded
def invite(source: str, reason: str, yes: bool, as_json: bool) -> None:
    """Propose that a provider comes in. SOURCE: a peer that you follow, or the file of its introduction."""
    from polder.actions.roster_proposals import introduction_from
    from polder.commons.roster.changes import Join

    _propose(lambda folder: Join(introduction_from(folder, source)), reason, yes, as_json)


@click.group(epilog="Example: polder network roster propose expel elm --reason '...'")
def propose() -> None:
    """Propose a change of the roster other than a newcomer (that is `invite`)."""


@propose.command(
    epilog="Example: polder network roster propose expel elm --compromised --reason 'Its server was seized.'"
)
@click.argument("member")
@click.option("--compromised", is_flag=True, help="Others hold its keys: nobody waits.")
@REASON
@YES
@JSON
@guarded
def expel(member: str, compromised: bool, reason: str, yes: bool, as_json: bool) -> None:
    """That MEMBER is expelled; it has no vote in it."""
    from polder.commons.roster.changes import Expel

    _propose(lambda folder: Expel(member, compromised), reason, yes, as_json)


@propose.command(
    epilog="Example: polder network roster propose key elm --reason 'Ana and Ben showed us the new one.'"
)
@click.argument("source")
@REASON
@YES
@JSON
@guarded
def key(source: str, reason: str, yes: bool, as_json: bool) -> None:
    """That a member that lost its governance key gets the one in its new introduction. SOURCE: the member, or a file."""
    from polder.actions.roster_proposals import introduction_from
    from polder.commons.roster.changes import ReplaceKey

    _propose(lambda folder: ReplaceKey(introduction_from(folder, source)), reason, yes, as_json)


@propose.command(epilog="Example: polder network roster propose entry alder")
@click.argument("source")
@REASON
@YES
@JSON
@guarded
def entry(source: str, reason: str, yes: bool, as_json: bool) -> None:
    """That a member's entry becomes what its newest introduction says. SOURCE: the member (yourself too), or a file."""
    from polder.actions.roster_proposals import introduction_from
    from polder.commons.roster.changes import ChangeMember

    _propose(lambda folder: ChangeMember(introduction_from(folder, source)), reason, yes, as_json)


@propose.command(epilog="Example: polder network roster propose threshold 4")
@click.argument("least", type=int)
@REASON
@YES
@JSON
@guarded
def threshold(least: int, reason: str, yes: bool, as_json: bool) -> None:
    """That every change needs LEAST signatures at least (more than half of the active members always)."""
    from polder.commons.roster.changes import ChangeLeast

    _propose(lambda folder: ChangeLeast(least), reason, yes, as_json)


@propose.command(epilog="Example: polder network roster propose rules --preset ladder")
@PRESET
@LEAST
@click.option("--waiting", type=int, default=-1, help="Days that readers wait before they act on a change.")
@click.option(
    "--waiting-expelled", type=int, default=-1, help="The same when a compromised member is expelled."
)
@click.option(
    "--open", "open_days", type=int, default=-1, help="Days that a large change is open to objections."
)
@REASON
@YES
@JSON
@guarded
def rules(
    preset: str,
    least: int,
    waiting: int,
    waiting_expelled: int,
    open_days: int,
    reason: str,
    yes: bool,
    as_json: bool,
) -> None:
    """That other rules hold from the version after."""
    from dataclasses import replace

    from polder.commons.roster.changes import ChangeRules

    given = {"waiting": waiting, "waiting_expelled": waiting_expelled, "open": open_days}
    wanted = replace(_rules(preset, least), **{name: days for name, days in given.items() if days >= 0})  # type: ignore[arg-type]
    _propose(lambda folder: ChangeRules(wanted), reason, yes, as_json)


@propose.command(
    epilog="Example: polder network roster propose dormant elm --silent 2026-03-01 --announced 2026-09-01 --announced 2026-10-01 --missed 4"
)
@click.argument("member")
@click.option("--silent", type=DAY, required=True, help="Since when nothing was heard of it.")
@click.option(
    "--announced", type=DAY, multiple=True, required=True, help="When it was told that it would be; twice."
)
@click.option(
    "--missed", type=int, multiple=True, required=True, help="A large change (version) that it did not sign."
)
@REASON
@YES
@JSON
@guarded
def dormant(
    member: str,
    silent: datetime,
    announced: Sequence[datetime],
    missed: Sequence[int],
    reason: str,
    yes: bool,
    as_json: bool,
) -> None:
    """That MEMBER no longer counts when it is counted who signs. It stays a member, and one word of its own wakes it."""
    from polder.commons.roster.changes import Dormant

    told = tuple(one.replace(tzinfo=UTC) for one in announced)
    change = Dormant(member, silent.replace(tzinfo=UTC), told, tuple(missed))
    _propose(lambda folder: change, reason, yes, as_json)


@propose.command("words", epilog="Example: polder network roster propose words")
@REASON
@YES
@JSON
@guarded
def words(reason: str, yes: bool, as_json: bool) -> None:
    """What members said for themselves and nobody proposed yet: that they left, that they are awake."""
    from polder.actions.roster_words import words_of_peers
    from polder.cli.network_roster_text import tell

    folder = network_path()
    asked = words_of_peers(folder)
    if not asked:
        tell("roster.no-words")
        return
    _propose(lambda _: asked[0], reason, yes, as_json)


def _propose(change: Callable[[Path], Change], reason: str, yes: bool, as_json: bool) -> None:
    from polder.actions.roster_proposals import draft

    folder = network_path()
    _put_forward(folder, draft(folder, change(folder), reason, datetime.now(UTC)), yes, as_json)


def _put_forward(folder: Path, one: Draft, yes: bool, as_json: bool) -> None:
    """Show it, ask, give it to the network; sign it too when nothing hinders that, or vouch for the newcomer one proposes."""
    from polder.actions.roster_proposals import find_draft, put_forward, say_of
    from polder.cli.network_roster_says import tell_given
    from polder.cli.network_roster_text import ask_passphrase, draft_data, insist, show_draft

    if not as_json:
        show_draft(one)
    insist(translate(TYPE_PROPOSE, language()), "yes", yes)
    now = datetime.now(UTC)
    put_forward(folder, one.edition)
    given = find_draft(folder, one.edition.digest, now)
    news = (
        say_of(folder, given, "sign", one.edition.reason, now, ask_passphrase) if not given.hindrances else ()
    )
    if given.hindrances and given.standing and given.standing.demand.vouches and one.edition.reason:
        say_of(folder, given, "vouch", one.edition.reason, now, ask_passphrase)
    if as_json:
        show_json(draft_data(given))
    else:
        tell_given(news)
