"""``polder network publish`` and ``sign``: what you give to the network, signed and written for a web server."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from polder.cli.door import DECLINED, confirm, guarded, language, network_path, show_json
from polder.cli.network_words import asker, note_data, tell, tell_commit, tell_notes
from polder.kernel.problem import Problem, Refused
from polder.kernel.sentences import say, translate
from polder.kernel.sentences.mark import N_
from polder.kernel.text import harmless

if TYPE_CHECKING:
    from polder.actions.network_publish import Outcome
    from polder.actions.network_sign import Waiting
    from polder.actions.show_changes import Shown
    from polder.commons.trust.publication import Decision
    from polder.commons.trust.roots import Signed
    from polder.world.git import Commit

TYPE_PUBLISH = N_("To sign and publish this, type the provider's name ({provider})")
TYPE_SIGN = N_("To sign this change of keys as {person}, type the provider's name ({provider})")
KEYLESS = {"statement.key-needed", "statement.named-key-needed"}
MARKS = {"new": "+", "changed": "~", "withdrawn": "-"}


@click.command(epilog="Example: polder network publish --as ana")
@click.option(
    "--as",
    "persons",
    multiple=True,
    metavar="NAME",
    help="Who signs what people give; may be given several times.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be signed and published, and do nothing.")
@click.option("--brief", is_flag=True, help="Name files that changed, without what changed in them.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON (implies --yes).")
@guarded
def publish(persons: tuple[str, ...], dry_run: bool, brief: bool, yes: bool, as_json: bool) -> None:
    """Sign what lies in given/, and write the folder that a web server serves.

    Card and statements that were edited are given first, as polder network give does. Shows which files readers get anew and what changed
    in them, and which documents are signed by whose keys. Where the server's keys are not at hand, the people's part is signed and kept
    in signing/; the same command on the server does the rest. With nothing new it writes nothing.
    """
    from polder.actions.network_publish import look
    from polder.actions.network_publish import publish as do
    from polder.actions.show_changes import show_changes

    folder, now, ask = network_path(), datetime.now(UTC), asker()
    persons = persons or _only_person()
    seen = look(folder, now, persons, ask)
    if persons and not dry_run:
        _give(folder, now)
        seen = look(folder, now, persons, ask)
    due = _due(folder, now) if dry_run else ()
    if dry_run and as_json:
        return show_json(_decision_data(seen.decision) | {"given_anew": note_data(due)})
    if not as_json:
        _tell_decision(seen.decision, due, () if brief else show_changes(folder, seen))
    if dry_run:
        return None
    question = translate(TYPE_PUBLISH, language()).format(provider=seen.network.provider)
    asks = bool(seen.decision.dues)
    if asks and not confirm(question, seen.network.provider, yes or as_json):
        click.echo(say("site.nothing-written", {}, language()), err=True)
        sys.exit(DECLINED)
    outcome = do(folder, now, persons, ask, expected=seen.fingerprint)
    if as_json:
        show_json(_outcome_data(outcome))
    else:
        _tell_outcome(outcome)
    tell_commit(outcome.commit, quiet=True)
    return None


def _give(folder: Path, now: datetime) -> None:
    """What was edited goes along. Where nothing can be encrypted, what lies in given/ already is published."""
    from polder.actions.network_card import give_card, is_begun
    from polder.actions.say_statement import give
    from polder.cli.network_say_commands import tell_news

    if is_begun(folder):
        give_card(folder, now)
    if not (folder / "statements").is_dir():
        return
    try:
        tell_news(give(folder, now).news)
    except Refused as refused:
        if not {problem.code for problem in refused.problems} <= KEYLESS:
            raise
        tell_news(refused.problems)


def _due(folder: Path, now: datetime) -> tuple[Problem, ...]:
    """What a person who publishes gives first, and what is shown here does not have in it yet."""
    from polder.actions.network_card import is_due
    from polder.actions.say_statement import due

    card = (Problem("trust.card-due"),) if is_due(folder, now) else ()
    return (*card, *(due(folder, now) if (folder / "statements").is_dir() else ()))


@click.command(epilog="Example: polder network sign --as ben")
@click.option("--as", "person", required=True, metavar="NAME", help="Who signs.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print how far it is as JSON (implies --yes).")
@guarded
def sign(person: str, yes: bool, as_json: bool) -> None:
    """Sign a change of keys that somebody proposed, after reading what it changes."""
    from polder.actions.load_network import load_network
    from polder.actions.network_sign import check_signer, look_signing, sign_root

    folder, now, words = network_path(), datetime.now(UTC), language()
    check_signer(folder, person)
    waiting = look_signing(folder, now)
    if waiting is None:
        raise Refused(Problem("trust.nothing-to-sign"))
    provider = load_network(folder).provider
    if not as_json:
        _tell_waiting(waiting)
    question = translate(TYPE_SIGN, words).format(person=person, provider=provider)
    if not confirm(question, provider, yes or as_json):
        click.echo(say("site.nothing-written", {}, words), err=True)
        sys.exit(DECLINED)
    done = sign_root(folder, person, now, asker(), expected=waiting.fingerprint)
    if as_json:
        show_json(_signed_data(done.signed) | {"changes": note_data(waiting.lines)})
    else:
        _tell_signed(done.signed)
        _tell_kept(done.commit)
    tell_commit(done.commit, quiet=True)


def _only_person() -> tuple[str, ...]:
    """Whoever is the only one need not be named, where their key is."""
    from polder.actions.load_network import load_network
    from polder.world.signing_keys import open_key

    folder = network_path()
    people = tuple(load_network(folder).people)
    try:
        return people if len(people) == 1 and open_key(folder, people[0]) else ()
    except Refused:
        return ()


def _tell_decision(decision: Decision, due: tuple[Problem, ...], shown: tuple[Shown, ...]) -> None:
    if decision.roots.lines:
        version = (
            decision.roots.chain[-1].version
            if decision.roots.signed is None
            else decision.roots.signed.version
        )
        tell("trust.says-root", version=version)
        _tell_lines(decision.roots.lines)
    about = {held.change: held for held in shown}
    for one in decision.changes:
        click.echo(harmless(f"  {MARKS[one.kind]} {one.path} ({one.size} B)"))
        if one in about:
            _tell_shown(about[one])
    for one_due in decision.dues:
        by = one_due.by or ("–",)
        tell(f"trust.due-{one_due.why}", kind=one_due.role, version=one_due.version, by=by)
    if decision.nothing and not due:
        tell("trust.says-nothing")
    tell_notes((*due, *decision.notes))


def _tell_shown(shown: Shown) -> None:
    """What changed in one file, below its name."""
    for line in shown.lines:
        click.echo(harmless(f"        {line}"))
    if shown.more:
        click.echo("        " + say("trust.change-more", {"count": shown.more}, language()))
    if shown.why:
        click.echo("        " + say(f"trust.change-{shown.why}", {}, language()))


def _tell_lines(lines: Any) -> None:
    for line in lines:
        click.echo(harmless(f"  {say(line.code, line.values, language())}"))


def _tell_waiting(waiting: Waiting) -> None:
    tell("trust.says-root", version=waiting.signed.version)
    _tell_lines(waiting.lines)
    _tell_signed(waiting.signed)


def _tell_signed(signed: Signed) -> None:
    """``2 of 3 signed`` before and after the change, who did, who may still."""
    for code, count in (("trust.says-signed-old", signed.old), ("trust.says-signed", signed.new)):
        if count:
            tell(code, found=count[0], wanted=count[1])
    tell("trust.says-who", have=signed.have or ("–",), missing=signed.missing or ("–",))
    if signed.complete:
        tell("trust.says-complete")


def _tell_kept(commit: Commit) -> None:
    """Where a signature is, and how it comes to the others."""
    if commit.id:
        tell("trust.says-kept", commit=commit.id[:10])
    else:
        tell("trust.says-kept-here")


def _tell_next(outcome: Outcome) -> None:
    """What is signed here, is not published yet: whose turn it is."""
    _tell_kept(outcome.commit)
    waiting = outcome.decision.roots.signed
    if waiting and not waiting.complete:
        tell("trust.next-people", missing=waiting.missing or ("–",))
    elif outcome.decision.people.root:
        tell("trust.next-server")


def _tell_outcome(outcome: Outcome) -> None:
    by_people = any(due.role in ("root", "targets") and due.by for due in outcome.decision.dues)
    if by_people and not outcome.written:
        _tell_next(outcome)
    if outcome.written:
        tell("trust.says-written", count=len(outcome.written), removed=len(outcome.removed))
    if outcome.until:
        tell("trust.says-until", until=f"{outcome.until:%Y-%m-%d}")


def _decision_data(decision: Decision) -> dict[str, Any]:
    return {
        "sign": [
            {"role": one.role, "version": one.version, "why": one.why, "by": list(one.by)}
            for one in decision.dues
        ],
        "changes": [
            {"path": one.path, "change": one.kind, "size": one.size, "role": one.role}
            for one in decision.changes
        ],
        "keys": note_data(decision.roots.lines),
        "waiting": _signed_data(decision.roots.signed) if decision.roots.signed else None,
        "notes": note_data(decision.notes),
    }


def _signed_data(signed: Signed) -> dict[str, Any]:
    return {
        "version": signed.version,
        "signed": list(signed.have),
        "missing": list(signed.missing),
        "before": list(signed.old) if signed.old else None,
        "after": list(signed.new),
        "complete": signed.complete,
    }


def _outcome_data(outcome: Outcome) -> dict[str, Any]:
    return _decision_data(outcome.decision) | {
        "written": list(outcome.written),
        "removed": list(outcome.removed),
        "until": outcome.until.strftime("%Y-%m-%dT%H:%M:%SZ") if outcome.until else None,
        "commit": outcome.commit.id,
    }
