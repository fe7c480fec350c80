"""Help in the asker's language: what commands and options say of themselves, and what click says around it.

Commands are written in English where they are defined. Their texts are messages like any other sentence: each paragraph of a
command's text and each option's help (``texts`` lists them for the catalogues). ``told`` gives a command whose texts are
translated; ``speaking`` lets click's own words ("Usage:", "No such option") come from the same catalogues.

>>> paragraphs("One line\\nand its end.\\n\\nAnother.")
['One line and its end.', 'Another.']
"""

from __future__ import annotations

import gettext
import inspect
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy

import click

from polder.cli.door import language
from polder.kernel.sentences import CATALOGUES, fill, translate
from polder.kernel.sentences.mark import N_, NP_

SENTENCE = re.compile(r"(?<=[\w)]{3}\.)\s+")
EXAMPLE = N_("Example:")
HELP = N_("Show this message and exit.")
NO_SUCH = N_("No such command {name!r}.")
NEAR = NP_("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)", by="possibilities")
CLICK = (
    N_("Usage:"),
    N_("Options"),
    N_("Commands"),
    HELP,
    N_("Show the version and exit."),
    N_("Error: {message}"),
    N_("Try '{command} {option}' for help."),
    N_("Missing argument"),
    N_("Missing option"),
    N_("Missing parameter"),
    N_("Missing command."),
    N_("No such option {name!r}."),
    NO_SUCH,
    N_("Invalid value: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("Option {name!r} does not take a value."),
    N_("Choose from:\n\t{choices}"),
    N_("default: {default}"),
    N_("required"),
    N_("{value!r} is not a valid {number_type}."),
    N_("{value} is not in the range {range}."),
    N_("{name} {filename!r} does not exist."),
    N_("{name} {filename!r} is a file."),
    N_("{name} {filename!r} is a directory."),
    N_("{name} {filename!r} is not readable."),
    N_("Aborted!"),
    NEAR,
    NP_("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})", by="args"),
    NP_("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments.", by="nargs"),
    NP_("{value!r} is not {choice}.", "{value!r} is not one of {choices}.", by="choices"),
)
"""What click says in words of its own, as far as people meet it."""


@contextmanager
def speaking() -> Iterator[None]:
    """While it lasts, click's words are the asker's. gettext looks at the environment each time it is asked."""
    gettext.bindtextdomain("polder", CATALOGUES)
    gettext.textdomain("polder")
    before = os.environ.get("LANGUAGE")
    speak()
    try:
        yield
    finally:
        os.environ.pop("LANGUAGE") if before is None else os.environ.update(LANGUAGE=before)


def speak() -> None:
    """From here on click speaks the asker's language as it is known now."""
    os.environ["LANGUAGE"] = language()


def told(command: click.Command) -> click.Command:
    """``command`` with its texts in the asker's language, and its first sentence whole for lists of commands."""
    words = language()
    copied = copy(command)
    if words != "en":
        copied.help = _text(command.help, words)
        copied.epilog = (command.epilog or "").replace(EXAMPLE, translate(EXAMPLE, words), 1)
    copied.params = [_option(param, words) for param in command.params]
    if not any(
        param.name == "help" for param in copied.params
    ):  # click's own is made once, in the first asker's language
        click.help_option("-h", "--help", help=translate(HELP, words))(copied)
    copied.short_help = _first(copied.help or "")
    if isinstance(copied, click.Group) and isinstance(command, click.Group):
        copied.commands = {name: told(below) for name, below in command.commands.items()}
    return copied


def _first(help: str) -> str:
    """The first sentence, whole: a list of commands folds it where click would cut an English one off."""
    return SENTENCE.split(paragraphs(help)[0], maxsplit=1)[0] if help else help


def _option(param: click.Parameter, words: str) -> click.Parameter:
    if not isinstance(param, click.Option) or not param.help:
        return param
    copied = copy(param)
    copied.help = translate(" ".join(param.help.split()), words)
    return copied


def _text(help: str | None, words: str) -> str | None:
    return "\n\n".join(translate(part, words) for part in paragraphs(help)) if help else help


def no_such_command(name: str, near: str) -> str:
    """The complaint about the command ``name``, with the one that is near."""
    words = language()
    return (
        fill(NO_SUCH, {"name": name}, words)
        + " "
        + fill(NEAR, {"possibilities": 1, "possibility": repr(near)}, words)
    )


def paragraphs(help: str) -> list[str]:
    """The paragraphs of a command's text, each on one line, as the catalogues have them."""
    return [" ".join(part.split()) for part in inspect.cleandoc(help).split("\n\n")]


def texts(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    """Every text of ``command`` and of what is below it, with the module that it is from."""
    module = command.callback.__module__ if command.callback else __name__
    own = [param for param in command.params if param.name != "help"]
    for help in (command.help, *(getattr(param, "help", None) for param in own)):
        yield from ((part, module) for part in paragraphs(help or "") if part)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from texts(below, click.Context(below, info_name=name, parent=context))
