"""The door of the command line: what a question does when nobody is there to answer it."""

from __future__ import annotations

import click
from click.testing import CliRunner

from polder.cli.door import confirm


@click.command()
def ask() -> None:
    click.echo("yes" if confirm("Type garden", "garden", yes=False) else "no")


def test_a_question_that_nobody_answers_is_a_no_on_a_line_of_its_own() -> None:
    assert CliRunner().invoke(ask, input="").output == "Type garden: \nno\n"


def test_only_the_expected_word_is_a_yes() -> None:
    assert CliRunner().invoke(ask, input="garden\n").output.endswith("yes\n")
    assert CliRunner().invoke(ask, input="jardin\n").output.endswith("no\n")
