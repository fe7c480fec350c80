"""What the commands about keys and publishing say alike: notes with what to do, asking for passphrases, what git did."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import click

from polder.cli.door import language
from polder.cli.site_commands import tell_commit
from polder.kernel.problem import Problem, Value
from polder.kernel.secret import Secret
from polder.kernel.sentences import hint, say
from polder.kernel.text import harmless


def tell(code: str, **values: Value) -> None:
    """A sentence on standard output."""
    click.echo(harmless(say(code, values, language())))


def tell_notes(notes: Iterable[Problem], *, err: bool = False) -> None:
    """Each note as a sentence, what to do about it below."""
    for note in notes:
        click.echo(harmless(f"- {say(note.code, note.values, language())}"), err=err)
        if advice := hint(note.code, note.values, language()):
            click.echo(harmless(f"    {advice}"), err=err)


def note_data(notes: Iterable[Problem]) -> list[dict[str, Any]]:
    """Notes for machines."""
    return [
        {"code": one.code, "values": dict(one.values), "text": say(one.code, one.values, language())}
        for one in notes
    ]


def asker() -> Callable[[str], Secret]:
    """Asks for the passphrase of a key, once for each key in one run, without echo and on standard error."""
    known: dict[str, Secret] = {}

    def ask(name: str) -> Secret:
        if name not in known:
            question = say("trust.ask-passphrase", {"name": name}, language())
            known[name] = Secret(click.prompt(question, hide_input=True, err=True))
        return known[name]

    return ask


def ask_new(name: str) -> Secret:
    """Asks for a new passphrase, twice."""
    words = language()
    question = say("trust.ask-new-passphrase", {"name": name}, words)
    again = say("secret.ask-again", {}, words)
    return Secret(click.prompt(question, hide_input=True, confirmation_prompt=again, err=True))


__all__ = ["ask_new", "asker", "note_data", "tell", "tell_commit", "tell_notes"]
