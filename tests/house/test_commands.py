"""Every command says what it does, shows an example, and explains each of its options."""

from collections.abc import Iterator

import click
import pytest

from polder.cli.main import polder


def walk(command: click.Command, context: click.Context) -> Iterator[click.Context]:
    yield context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None, f"{context.command_path} lists {name}, which is not there"
            yield from walk(below, click.Context(below, info_name=name, parent=context))


EVERY = list(walk(polder, click.Context(polder, info_name="polder")))
every_command = pytest.mark.parametrize("context", EVERY, ids=lambda context: context.command_path)


@every_command
def test_says_what_it_does(context: click.Context) -> None:
    text = (context.command.help or "").strip()

    assert text.endswith((".", "::", ":")) or "\n" in text, f"{context.command_path} has no sentence of help"


@every_command
def test_shows_an_example(context: click.Context) -> None:
    text = f"{context.command.help or ''}\n{context.command.epilog or ''}"

    assert "Example" in text, f"{context.command_path} shows no example"
    assert "polder " in text.partition("Example")[2]


@every_command
def test_examples_name_commands_that_exist(context: click.Context) -> None:
    text = f"{context.command.help or ''}\n{context.command.epilog or ''}".partition("Example")[2]
    known = {one.command_path for one in EVERY}

    for words in (
        line.split("polder ", 1)[1].split()
        for line in text.replace("&&", "\n").splitlines()
        if "polder " in line
    ):
        words = [word for word in words if not word.startswith("-")]
        assert not words or f"polder {words[0]}" in known, f"{context.command_path}: polder {words[0]}"


@every_command
def test_an_example_that_ends_with_publishing_names_who_signs(context: click.Context) -> None:
    text = f"{context.command.help or ''} {context.command.epilog or ''}"

    for told in " ".join(text.split()).split("polder network publish")[1:]:
        assert told.startswith(" --as "), f"{context.command_path}: publish by whom?"


@every_command
def test_explains_each_option(context: click.Context) -> None:
    silent = [
        p.name for p in context.command.params if isinstance(p, click.Option) and not (p.help or p.hidden)
    ]

    assert silent == []
