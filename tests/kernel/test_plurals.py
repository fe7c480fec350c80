"""A sentence that counts something is said in the form that its number asks for, in every language."""

from __future__ import annotations

import gettext
import importlib.util
import io
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from polder.cli.look_commands import DAYS, PENDING
from polder.kernel import sentences
from polder.kernel.sentences import fill, say, say_loosely
from polder.kernel.sentences.mark import NP_

ROOT = Path(__file__).resolve().parents[2]
STRANGE = NP_("{count} cat of {name}", "{count} cats of {name}")
"""Stands in no catalogue."""


@cache
def compiler() -> Callable[[Path], bytes]:
    """The function that compiles the catalogues when the package is built."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    compiled: Callable[[Path], bytes] = module.compiled
    return compiled


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    path = ROOT / f"locale/{language}/LC_MESSAGES/polder.po"
    return (
        gettext.GNUTranslations(io.BytesIO(compiler()(path))) if path.exists() else gettext.NullTranslations()
    )


@pytest.fixture(autouse=True)
def as_in_the_source(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Catalogues as they are in ``locale/``, not as they were when the package was installed."""
    monkeypatch.setattr(sentences, "translations", catalogue)
    yield


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "0 days, 1 day, 2 days, 5 days, 20 days, 21 days, 101 days"),
        ("de", "0 Tage, 1 Tag, 2 Tage, 5 Tage, 20 Tage, 21 Tage, 101 Tage"),
        ("fr", "0 jour, 1 jour, 2 jours, 5 jours, 20 jours, 21 jours, 101 jours"),
        ("ro", "0 zile, 1 zi, 2 zile, 5 zile, 20 de zile, 21 de zile, 101 zile"),
    ],
)
def test_each_number_gets_its_form(language: str, said: str) -> None:
    assert ", ".join(fill(DAYS, {"days": n}, language) for n in (0, 1, 2, 5, 20, 21, 101)) == said


def test_verbs_follow_the_number() -> None:
    steps = [fill(PENDING, {"number": n}, "de") for n in (1, 3)]
    assert steps == ["1 Schritt wartet auf polder apply.", "3 Schritte warten auf polder apply."]
    assert say("doctor.key", {"number": 1}) == "There is 1 key to open secrets with."
    assert say("doctor.key", {"number": 0}) == "There are 0 keys to open secrets with."
    assert say("doctor.key", {"number": 20}, "ro") == "Există 20 de chei cu care se pot deschide secrete."


def test_the_value_that_counts_is_the_one_that_the_sentence_names() -> None:
    values = {"service": "wiki", "running": 0, "hosts": ("ada",), "image": "x"}
    assert "0 of 1 container healthy" in say("explain.service", {**values, "wanted": 1})
    assert "1 of 3 containers healthy" in say("explain.service", {**values, "running": 1, "wanted": 3})


@pytest.mark.parametrize("language", ["en", "fr", "ro"])
def test_a_sentence_without_translation_is_english_by_english_rules(language: str) -> None:
    said = [fill(STRANGE, {"count": n, "name": "ana"}, language) for n in (0, 1, 2)]
    assert said == ["0 cats of ana", "1 cat of ana", "2 cats of ana"]


PART = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "{count} cat of {name}"
msgid_plural "{count} cats of {name}"
msgstr[0] "{count} chat de {name}"
msgstr[1] ""
"""


def test_a_sentence_that_lacks_one_form_is_english_in_all(tmp_path: Path) -> None:
    (tmp_path / "polder.po").write_text(PART)
    part = gettext.GNUTranslations(io.BytesIO(compiler()(tmp_path / "polder.po")))

    assert [part.ngettext(STRANGE.one, STRANGE.many, n) for n in (0, 1)] == [STRANGE.many, STRANGE.one]


@pytest.mark.parametrize("number", ["1", "…", 1.0, 1.5, ("ana",)])
def test_what_is_no_whole_number_is_said_as_several(number: str | float | tuple[str, ...]) -> None:
    assert fill(STRANGE, {"count": number, "name": "ana"}).endswith(" cats of ana")
    assert "de zile" not in fill(DAYS, {"days": number}, "ro") and "zile" in fill(
        DAYS, {"days": number}, "ro"
    )


def test_an_old_line_whose_number_is_missing_is_still_said() -> None:
    assert say_loosely("journal.apply-begun", {"plan": "ab12"}) == "Began to apply plan ab12: … steps"
    assert say_loosely("journal.apply-begun", {"plan": "ab12", "steps": 1}).endswith(": 1 step")
