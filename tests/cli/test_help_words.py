"""Help and what click complains of, in the asker's language."""

import click
import pytest
from click.testing import CliRunner

from polder.cli.help_words import texts
from polder.cli.main import polder
from polder.kernel.sentences import LANGUAGES, translate

OTHERS = [language for language in LANGUAGES if language != "en"]


def answer(*words: str, **environment: str) -> str:
    done = CliRunner().invoke(polder, words, env={"COLUMNS": "100", **environment})
    return " ".join(done.output.split())


@pytest.mark.parametrize("language", OTHERS)
def test_a_command_and_its_options_are_told_in_the_language_that_is_asked_for(language: str) -> None:
    told = answer("--language", language, "network", "follow", "--help")

    for text in ("Usage:", "Do not ask.", "Show this message and exit.", "Example:"):
        assert translate(text, language) in told, text


@pytest.mark.parametrize("language", OTHERS)
def test_the_first_page_is_told_in_the_language_of_the_environment(language: str) -> None:
    told = answer("--help", POLDER_LANGUAGE=language)

    assert translate("Usage:", language) in told
    assert translate("One folder of files in, a collective's services running.", language) in told
    assert "One folder of files in" not in told


def test_a_wrong_option_and_a_wrong_command_are_complained_of_in_the_asker_s_language() -> None:
    option = answer("--language", "fr", "check", "--jsn")
    command = answer("--language", "de", "netwok")

    assert translate("No such option {name!r}.", "fr").format(name="--jsn") in option
    assert translate("No such command {name!r}.", "de").format(name="netwok") in command
    assert "'network'" in command
    assert "No such" not in option + command


def test_the_next_asker_is_answered_in_their_own_language() -> None:
    for language in ("en", "el", "en", "fr"):
        told = answer("--language", language, "plan", "--help")

        assert translate("Usage:", language) in told
        assert translate("Show this message and exit.", language) in told


def test_a_command_keeps_its_texts_after_they_were_told_in_another_language() -> None:
    before = set(texts(polder, click.Context(polder, info_name="polder")))
    answer("--language", "ro", "network", "--help")

    assert set(texts(polder, click.Context(polder, info_name="polder"))) == before
