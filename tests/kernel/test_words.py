"""Words that code gives to sentences reach people in their own language; data keeps code's words."""

from __future__ import annotations

import gettext

import pytest

from polder.kernel import sentences
from polder.kernel.sentences import hint, say, say_loosely


class Mirror(gettext.NullTranslations):
    """Translates every text to itself in angle brackets."""

    def gettext(self, message: str) -> str:
        return f"<{message}>"


@pytest.fixture(autouse=True)
def mirrored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentences, "translations", lambda language: Mirror())


def test_a_state_a_kind_and_a_result_are_translated_and_names_are_not() -> None:
    assert say("plan.host-away", {"host": "down", "state": "down"}) == "<Host down is <down>.>"
    assert (
        say("engine.missing", {"kind": "service", "name": "service"})
        == "<There is no <service> called service on the engine.>"
    )
    assert "(<a choice>)" not in say("recipe.setting", {"setting": "x", "kind": "choice", "question": "?"})
    assert "(<choice>)" in say("recipe.setting", {"setting": "x", "kind": "choice", "question": "?"})


def test_a_word_that_nobody_translated_is_shown_as_it_is() -> None:
    assert say("plan.host-away", {"host": "ada", "state": "on fire"}) == "<Host ada is on fire.>"


def test_what_is_missing_of_an_old_line_is_a_mark_not_an_error() -> None:
    assert say_loosely("plan.host-away", {"host": "ada"}) == "<Host ada is ….>"
    assert say_loosely("nothing.known", {}) == "nothing.known"
    assert hint("nothing.known", {}) == ""
    assert "peers wake …" in hint("sync.asleep", {})
