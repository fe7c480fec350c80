"""Codes to sentences. Every problem, step and finding has a code; each module here holds the sentences of one area.

A sentence is an English ``str.format`` template, marked with ``N_`` so that the catalogues pick it up, and is
translated only when it is read. What is put into it may come from anybody: each value is made one line without anything hidden, but for
``lines``, which are several. One that counts something is marked with ``NP_`` and gives the form for 1 too.
``HINTS`` may add, for a code, what to do about it (shown below the sentence and on the
reference page).

>>> say("kernel.example", {"thing": "dike"})
'Mend the dike.'
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from string import Formatter

from polder.kernel.problem import Problem, Value
from polder.kernel.sentences.mark import Plural, Template, forms
from polder.kernel.sentences.words import FIELDS, WORDS
from polder.kernel.text import harmless, one_line, plain_addresses

AREAS = (
    "kernel",
    "site",
    "recipe",
    "compose",
    "engine",
    "image",
    "ingress",
    "secret",
    "operator",
    "placement",
    "capacity",
    "plan",
    "step",
    "app",
    "explain",
    "doctor",
    "host",
    "profile",
    "audit",
    "lab",
    "journal",
    "network",
    "trust",
    "roster",
    "card",
    "statement",
    "catalogue",
    "advisory",
    "sync",
)
LANGUAGES = ("en", "fr", "es", "ca", "de", "pt", "it", "el", "ro", "sq")
CATALOGUES = str(Path(__file__).resolve().parents[2] / "share" / "locale")


SEVERAL = 2
"""The number whose form is taken when the value that counts is no whole number (1.5, or the ``…`` of an old line)."""


@cache
def _area(name: str) -> tuple[Mapping[str, Template], Mapping[str, Template]]:
    module = import_module(f"polder.kernel.sentences.{name}")
    return module.SENTENCES, getattr(module, "HINTS", {})


def all_sentences() -> dict[str, Template]:
    """Every code with its English template, for the reference page and the test that none is missing."""
    return {code: text for area in AREAS for code, text in _area(area)[0].items()}


def all_hints() -> dict[str, Template]:
    """Every code that has a hint, with its English template."""
    return {code: text for area in AREAS for code, text in _area(area)[1].items()}


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The catalogue of ``language`` (BCP 47 or POSIX spelling); English when there is none."""
    short = language.replace("-", "_").split(".")[0].split("_")[0].lower()
    return gettext.translation("polder", CATALOGUES, languages=[short], fallback=True)


def say(code: str, values: Mapping[str, Value], language: str = "en") -> str:
    """The sentence of ``code`` in ``language``, filled with ``values`` (tuples are joined with commas)."""
    template = _area(code.split(".")[0])[0][code]
    return fill(template, values, language)


def hint(code: str, values: Mapping[str, Value], language: str = "en") -> str:
    """What to do about ``code``; empty when nothing is written for it. As loose as ``say_loosely``: what is kept may be of another version.

    >>> hint("step.of-tomorrow", {}), hint("tomorrow.area", {})
    ('', '')
    """
    area = code.split(".")[0]
    template = _area(area)[1].get(code) if area in AREAS else None
    return _fill_loosely(template, values, language) if template else ""


def say_problem(problem: Problem, language: str = "en") -> str:
    """``file:line: sentence`` for one problem."""
    place = f"{plain_addresses(one_line(problem.where))}: " if problem.where else ""
    return place + say(problem.code, problem.values, language)


def translate(text: str, language: str = "en") -> str:
    """A marked sentence that has no code (headings, labels) in ``language``."""
    return translations(language).gettext(text)


def say_loosely(code: str, values: Mapping[str, Value], language: str = "en") -> str:
    """The same for values that were written down long ago: what is missing is shown as ``…``, an unknown code as itself.

    >>> say_loosely("kernel.example", {}), say_loosely("step.of-tomorrow", {})
    ('Mend the ….', 'step.of-tomorrow')
    """
    area = code.split(".")[0]
    template = _area(area)[0].get(code) if area in AREAS else None
    return _fill_loosely(template, values, language) if template else code


def fill(template: Template, values: Mapping[str, Value], language: str = "en") -> str:
    """A marked sentence that has no code in ``language``, in the form that its number asks for, filled with ``values``."""
    shown = {name: _shown(name, value, language) for name, value in values.items()}
    return _form(template, values, language).format(**shown)


def _fill_loosely(template: Template, values: Mapping[str, Value], language: str) -> str:
    parsed = Formatter().parse(forms(template)[-1])
    names = {field.split(".")[0].split("[")[0] for _, field, _, _ in parsed if field}
    return fill(template, {**dict.fromkeys(names, "…"), **values}, language)


def _form(template: Template, values: Mapping[str, Value], language: str) -> str:
    known = translations(language)
    if isinstance(template, Plural):
        number = values.get(template.by)
        return known.ngettext(template.one, template.many, number if isinstance(number, int) else SEVERAL)
    return known.gettext(template)


def _shown(name: str, value: Value, language: str) -> str | int | float:
    if isinstance(value, tuple):
        return plain_addresses(one_line(", ".join(value)))
    if name in FIELDS and value in WORDS:
        return translations(language).gettext(WORDS[str(value)])
    if isinstance(value, str):
        return harmless(value) if name == "lines" else plain_addresses(one_line(value))
    return value
