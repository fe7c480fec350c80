"""Changes that a member proposes: each is shown as a difference before anything is given to the network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from polder.cli.door import network_path, show_json
from polder.cli.network_roster_propose import Manner, proposing, put_to_all

if TYPE_CHECKING:
    from pathlib import Path

    from polder.actions.roster_proposals import Draft
    from polder.commons.roster.changes import Change
    from polder.commons.roster.model import Rules

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
@proposing
def found(manner: Manner, founders: Sequence[str], name: str, preset: str, least: int) -> None:
    """Begin a network with FOUNDERS (peers that you follow, or files of their introductions). Each founder signs; alone is possible."""
    _begin(founders, name, _rules(preset, least), manner, anew=False)


@click.command(
    epilog="Example: polder network roster refound beech cedar --reason 'Three of five keys are lost.'"
)
@click.argument("founders", nargs=-1)
@PRESET
@LEAST
@proposing
def refound(manner: Manner, founders: Sequence[str], preset: str, least: int) -> None:
    """Begin the network anew when the keys that must sign are lost for ever. Each member accepts that by hand."""
    _begin(founders, "", _rules(preset, least), manner, anew=True)


def _begin(founders: Sequence[str], name: str, rules: Rules, manner: Manner, anew: bool) -> None:
    from polder.actions.network_roster import need_chain
    from polder.actions.roster_join import fingerprint
    from polder.actions.roster_proposals import draft_beginning

    folder, now = network_path(), datetime.now(UTC)
    after = fingerprint(folder) if anew else ""
    called = need_chain(folder).roster.network if anew else name
    put_to_all(folder, draft_beginning(folder, founders, rules, called, manner.reason, now, after), manner)


def _rules(preset: str, least: int) -> Rules:
    from dataclasses import replace

    from polder.commons.roster.presets import PRESETS as KNOWN

    rules = next(rules for name, rules in KNOWN.items() if name == preset)
    return replace(rules, least=least) if least else rules


@click.command(
    epilog="Example: polder network roster invite fir --reason 'We run backups for each other since 2024.'"
)
@click.argument("source")
@proposing
def invite(manner: Manner, source: str) -> None:
    """Propose that a provider comes in. SOURCE: a peer that you follow, or the file of its introduction."""
    from polder.actions.roster_proposals import introduction_from
    from polder.commons.roster.changes import Join

    _propose(lambda folder: Join(introduction_from(folder, source)), manner)


@click.group(epilog="Example: polder network roster propose expel elm --reason '...'")
def propose() -> None:
    """Propose a change of the roster other than a newcomer (that is `invite`)."""


@propose.command(
    epilog="Example: polder network roster propose expel elm --compromised --reason 'Its server was seized.'"
)
@click.argument("member")
@click.option("--compromised", is_flag=True, help="Others hold its keys: nobody waits.")
@proposing
def expel(manner: Manner, member: str, compromised: bool) -> None:
    """That MEMBER is expelled; it has no vote in it."""
    from polder.commons.roster.changes import Expel

    _propose(lambda folder: Expel(member, compromised), manner)


@propose.command(
    epilog="Example: polder network roster propose key elm --reason 'Ana and Ben showed us the new one.'"
)
@click.argument("source")
@proposing
def key(manner: Manner, source: str) -> None:
    """That a member that lost its governance key gets the one in its new introduction. SOURCE: the member, or a file."""
    from polder.actions.roster_proposals import introduction_from
    from polder.commons.roster.changes import ReplaceKey

    _propose(lambda folder: ReplaceKey(introduction_from(folder, source)), manner)


@propose.command(epilog="Example: polder network roster propose entry alder")
@click.argument("source")
@proposing
def entry(manner: Manner, source: str) -> None:
    """That a member's entry becomes what its newest introduction says. SOURCE: the member (yourself too), or a file."""
    from polder.actions.roster_proposals import introduction_from
    from polder.commons.roster.changes import ChangeMember

    _propose(lambda folder: ChangeMember(introduction_from(folder, source)), manner)


@propose.command(epilog="Example: polder network roster propose threshold 4")
@click.argument("least", type=int)
@proposing
def threshold(manner: Manner, least: int) -> None:
    """That every change needs LEAST signatures at least (more than half of the active members always)."""
    from polder.commons.roster.changes import ChangeLeast

    _propose(lambda folder: ChangeLeast(least), manner)


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
@proposing
def rules(
    manner: Manner, preset: str, least: int, waiting: int, waiting_expelled: int, open_days: int
) -> None:
    """That other rules hold from the version after."""
    from dataclasses import replace

    from polder.commons.roster.changes import ChangeRules

    given = {"waiting": waiting, "waiting_expelled": waiting_expelled, "open": open_days}
    wanted = replace(_rules(preset, least), **{name: days for name, days in given.items() if days >= 0})  # type: ignore[arg-type]
    _propose(lambda folder: ChangeRules(wanted), manner)


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
@proposing
def dormant(
    manner: Manner, member: str, silent: datetime, announced: Sequence[datetime], missed: Sequence[int]
) -> None:
    """That MEMBER no longer counts when it is counted who signs. It stays a member, and one word of its own wakes it."""
    from polder.commons.roster.changes import Dormant

    told = tuple(one.replace(tzinfo=UTC) for one in announced)
    change = Dormant(member, silent.replace(tzinfo=UTC), told, tuple(missed))
    _propose(lambda folder: change, manner)


@propose.command("words", epilog="Example: polder network roster propose words")
@proposing
def words(manner: Manner) -> None:
    """What members said for themselves and nobody proposed yet: that they left, that they are awake."""
    from polder.actions.roster_words import words_of_peers
    from polder.cli.network_roster_text import tell

    asked = words_of_peers(network_path(), datetime.now(UTC))
    if asked.carried:
        _tell_carried(asked.carried, manner)
    elif asked.fresh:
        _propose(lambda _: asked.fresh[0], manner)
    elif manner.as_json:
        show_json({"open": []})
    else:
        tell("roster.no-words")


def _tell_carried(carried: Sequence[Draft], manner: Manner) -> None:
    """What is proposed already, to be signed instead of another proposal of the same; a further word has to wait for it."""
    from polder.cli.network_roster_text import draft_data, show_draft, tell
    from polder.commons.roster.changes import concerns

    if manner.as_json:
        show_json({"open": [draft_data(one) for one in carried]})
        return
    for one in carried:
        show_draft(one)
    digest = carried[0].edition.digest[7:19]
    tell("roster.word-carried", member=concerns(carried[0].edition.change), proposal=digest)


def _propose(change: Callable[[Path], Change], manner: Manner) -> None:
    from polder.actions.roster_proposals import draft

    folder = network_path()
    put_to_all(folder, draft(folder, change(folder), manner.reason, datetime.now(UTC)), manner)
