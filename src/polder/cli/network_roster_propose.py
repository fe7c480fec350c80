"""How a change of the roster is proposed at the door: shown, agreed to, given to the network, and signed where nothing hinders that.

Rules: a signature is for ever, so whoever proposes is told that proposing signs, sees the difference first, and types the beginning of its
digest, as for ``approve``. Other open proposals for the same number are named before: whoever signs one can sign no other, and a
network that signs half of each is stuck. ``--yes`` skips the question and does not skip that (``--beside``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, wraps
from typing import TYPE_CHECKING, Any

import click

from polder.cli.door import guarded, language, show_json
from polder.kernel.problem import Problem, Refused
from polder.kernel.sentences import translate
from polder.kernel.sentences.mark import N_

if TYPE_CHECKING:
    from pathlib import Path

    from polder.actions.roster_proposals import Draft

TYPE_PROPOSE = N_("To propose exactly this, type yes")
TYPE_SIGN = N_(
    "Proposing this signs it in the name of {provider}, for ever. To do so, type the first six characters of its digest ({digest})"
)
OPTIONS = (
    click.option("--reason", default="", help="Why, for the others to read."),
    click.option("--unsigned", is_flag=True, help="Propose it only; sign it later with approve."),
    click.option("--beside", is_flag=True, help="With --yes: sign it though others are open for its number."),
    click.option("--yes", is_flag=True, help="Do not ask."),
    click.option("--json", "as_json", is_flag=True, help="Print the proposal as JSON; wants --yes."),
)


@dataclass(frozen=True, slots=True)
class Manner:
    """What the asker said about proposing, whatever is proposed."""

    reason: str = ""
    unsigned: bool = False
    beside: bool = False
    yes: bool = False
    as_json: bool = False


def proposing(command: Callable[..., None]) -> Callable[..., None]:
    """Decorator: the command takes ``OPTIONS``, and gets them as one value, its first argument."""

    @wraps(command)
    @guarded
    def run(*, reason: str, unsigned: bool, beside: bool, yes: bool, as_json: bool, **asked: Any) -> None:
        if as_json and not yes:
            raise click.UsageError("--json wants --yes")
        command(Manner(reason, unsigned, beside, yes, as_json), **asked)

    made: Callable[..., None] = run
    for option in reversed(OPTIONS):
        made = option(made)
    return made


def put_to_all(folder: Path, one: Draft, manner: Manner) -> None:
    """Show it, ask, give it to the network; sign it too when nothing hinders that, or vouch for the newcomer one proposes."""
    from polder.actions.roster_proposals import (
        check_opens,
        check_word,
        find_draft,
        put_forward,
        rivals,
        say_of,
    )
    from polder.cli.network_roster_says import tell_given
    from polder.cli.network_roster_text import ask_passphrase, draft_data

    now, signs, ask = datetime.now(UTC), not one.hindrances and not manner.unsigned, cache(ask_passphrase)
    if signs:
        check_word(folder, one, "sign", manner.reason)
    elif _vouches(one, manner):
        check_word(folder, one, "vouch", one.edition.reason)
    _agree(folder, one, rivals(folder, one.edition, now), signs, manner)
    if signs or _vouches(one, manner):
        check_opens(folder, ask)
    put_forward(folder, one.edition)
    given, news = find_draft(folder, one.edition.digest, now), tuple[Problem, ...]()
    if signs and not given.hindrances:
        news = say_of(folder, given, "sign", one.edition.reason, now, ask)
    elif _vouches(given, manner):
        say_of(folder, given, "vouch", one.edition.reason, now, ask)
    if manner.as_json:
        show_json(draft_data(_newest(folder, given, now)))
    else:
        tell_given(news)


def _vouches(one: Draft, manner: Manner) -> bool:
    return bool(not manner.unsigned and one.standing and one.standing.demand.vouches and one.edition.reason)


def _agree(folder: Path, one: Draft, others: Sequence[Draft], signs: bool, manner: Manner) -> None:
    """Leaves when somebody says no. Refused (``roster.open-beside``) when nobody would be asked and others are open for its number."""
    from polder.actions.load_network import load_network
    from polder.cli.network_roster_text import insist, show_draft, show_rivals

    if signs and others and manner.yes and not manner.beside:
        digests = tuple(other.edition.digest[7:19] for other in others)
        raise Refused(Problem("roster.open-beside", "", {"proposals": digests}))
    if not manner.as_json:
        show_draft(one)
        show_rivals(others)
    digest, provider = one.edition.digest[7:13], load_network(folder).provider
    question = translate(TYPE_SIGN if signs else TYPE_PROPOSE, language())
    insist(question.format(provider=provider, digest=digest), digest if signs else "yes", manner.yes)


def _newest(folder: Path, given: Draft, now: datetime) -> Draft:
    """As it stands after it was signed; as it stood before when that made a new version of it."""
    from polder.actions.roster_proposals import open_drafts

    known = (one for one in open_drafts(folder, now) if one.edition.digest == given.edition.digest)
    return next(known, given)
