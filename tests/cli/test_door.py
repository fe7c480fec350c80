"""The door of the command line: what a question does when nobody is there to answer it, and what strangers may show on a terminal."""

from __future__ import annotations

import json

import click
from click.testing import CliRunner

from polder.cli.door import confirm, guarded, show_json
from polder.kernel.problem import Unreachable


@click.command()
def ask() -> None:
    click.echo("yes" if confirm("Type garden", "garden", yes=False) else "no")


def test_a_question_that_nobody_answers_is_a_no_on_a_line_of_its_own() -> None:
    assert CliRunner().invoke(ask, input="").output == "Type garden: \nno\n"


def test_only_the_expected_word_is_a_yes() -> None:
    assert CliRunner().invoke(ask, input="garden\n").output.endswith("yes\n")
    assert CliRunner().invoke(ask, input="jardin\n").output.endswith("no\n")


def test_what_a_stranger_answers_steers_no_terminal() -> None:
    @click.command()
    @guarded
    def fetch() -> None:
        raise Unreachable("https://beech.example/", "\x1b]0;pwned\x07")

    @click.command()
    def tell() -> None:
        show_json({"title": "\x9b2J \u202e moved"})

    assert "\x1b" not in CliRunner().invoke(fetch).output
    told = CliRunner().invoke(tell).output
    assert "\x9b" not in told and "\u202e" not in told
    assert json.loads(told) == {"title": "\x9b2J \u202e moved"}


def test_bytes_that_are_no_text_are_refused_before_anything_is_done() -> None:
    @click.command()
    @click.argument("words", nargs=-1)
    @guarded
    def write(words: tuple[str, ...]) -> None:
        click.echo("written")

    found = CliRunner().invoke(write, ["moving", "caf\udce9"])
    assert (found.exit_code, found.output) == (2, "“caf?” is not UTF-8.\n")
    assert CliRunner().invoke(write, ["café 🎈"]).output == "written\n"
