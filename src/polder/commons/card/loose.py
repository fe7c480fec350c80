"""Reads single values of files that others wrote, tolerant of what is found in the wild: what can be understood is taken and told as a
warning where it was odd; what cannot is left where it was.

Each kind is a method that gives the value as a card holds it, or ``None``. Nothing here fails on any input.

>>> loose = Loose("librehost.json", "en")
>>> loose.url("-", "termsOfServiceUrl"), loose.url("https://alder.test/.well_known/x", "homeUrl"), loose.email("info@alder.test ", "ml")
(None, 'https://alder.test/.well-known/x', 'info@alder.test')
>>> [problem.code for problem in loose.warnings]
['card.says-nothing', 'card.misspelt-path', 'card.blanks-around']
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from polder.commons.card.countries import country_code
from polder.commons.card.dates import loose_date, loose_moment
from polder.commons.card.kinds import EMAIL_PATTERN, URL_PATTERN
from polder.kernel.problem import Problem
from polder.kernel.problem import Value as ProblemValue
from polder.kernel.text import UNSEEN

_URL, _EMAIL = re.compile(URL_PATTERN), re.compile(EMAIL_PATTERN)
_BARE_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?:[/?#][^\s]*)?", re.IGNORECASE)
_TEMPLATE = re.compile(r"^https?://(?:[a-z0-9-]+\.)*example(?:[:/]|$)", re.IGNORECASE)
_NOTHING = {"", "-", "--", "n/a", "none", "null", "todo"}
LONGEST = 990


class Loose:
    """``file``: what problems call it. ``language``: of the texts, ``und`` when the file does not say. ``lines``: key to line, for files
    that have lines. ``unfilled`` counts what a template left behind."""

    def __init__(self, file: str, language: str, lines: Mapping[str, int] | None = None) -> None:
        self.file, self.language, self.lines = file, language, lines or {}
        self.warnings: list[Problem] = []
        self.unfilled = 0

    def warn(self, code: str, key: str, **values: ProblemValue) -> None:
        line = self.lines.get(key)
        self.warnings.append(
            Problem(code, f"{self.file}:{line}" if line else self.file, {"key": key, **values})
        )

    def bad(self, key: str, value: Any) -> None:
        self.warn("card.not-understood", key, value=shown(value))

    def text(self, value: Any, key: str) -> str | None:
        """Prose: ``<br/>`` and ``\\n`` are new lines, what steers a terminal is gone."""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            self.bad(key, value)
            return None
        plain = re.sub(r"<br ?/?>|\\n", "\n", str(value))
        cleaned = UNSEEN.sub(" ", plain.replace("\r\n", "\n").replace("\t", " ")).strip()[:100_000]
        return cleaned or None

    def line(self, value: Any, key: str) -> str | None:
        """One line of text."""
        found = self.text(value, key)
        return " ".join(found.split())[:LONGEST].strip() or None if found else None

    def said(self, value: Any, key: str) -> dict[str, str] | None:
        """A text in the file's language."""
        found = self.text(value, key)
        return {self.language: found} if found else None

    def url(self, value: Any, key: str) -> str | None:
        text = self._trimmed(value, key)
        if text is None:
            return None
        if _BARE_HOST.fullmatch(text) and "://" not in text:
            self.warn("card.no-scheme", key, value=shown(text))
            text = f"https://{text}"
        if "/.well_known/" in text:
            self.warn("card.misspelt-path", key)
            text = text.replace("/.well_known/", "/.well-known/")
        if not _URL.fullmatch(text):
            self.bad(key, text)
            return None
        if _TEMPLATE.match(text):
            self.unfilled += 1
            self.warn("card.left-from-template", key, value=shown(text))
        return text

    def email(self, value: Any, key: str) -> str | None:
        text = self._trimmed(value, key)
        if text is None:
            return None
        text = text.removeprefix("mailto:")
        if not _EMAIL.fullmatch(text):
            self.bad(key, text)
            return None
        return text

    def reach(self, value: Any, key: str) -> str | None:
        """A mail address or the page of a list."""
        page = isinstance(value, str) and "://" in value
        return self.url(value, key) if page else self.email(value, key)

    def date(self, value: Any, key: str) -> str | None:
        return self._when(loose_date(value), value, key)

    def moment(self, value: Any, key: str) -> str | None:
        return self._when(loose_moment(value), value, key)

    def country(self, value: Any, key: str) -> str | None:
        text = self.line(value, key)
        code = country_code(text) if text else ""
        if text and not code:
            self.bad(key, text)
        elif text and text != code:
            self.warn("card.country-by-name", key, value=shown(text), country=code)
        return code or None

    def latitude(self, value: Any, key: str) -> float | None:
        return self._degrees(value, key, 90)

    def longitude(self, value: Any, key: str) -> float | None:
        return self._degrees(value, key, 180)

    def count(self, value: Any, key: str) -> int | None:
        try:
            number = int(value) if not isinstance(value, bool | float | list | dict) else -1
        except (TypeError, ValueError):
            number = -1
        if not 0 <= number <= 2**53:
            self.bad(key, value)
            return None
        return number

    def texts(self, value: Any, key: str) -> list[str] | None:
        """Several: a list, or a text whose parts ``;`` (or ``,`` where there is no ``;``) keeps apart; empty ones say nothing."""
        parts = value if isinstance(value, list) else split(str(value))
        found = [text for part in parts if (text := self.line(part, key))]
        return found or None

    def one(self, value: Any, key: str) -> list[str] | None:
        """One line, where a card may hold several."""
        found = self.line(value, key)
        return [found] if found else None

    def languages(self, value: Any, key: str) -> list[str] | None:
        found = []
        for word in self.texts(value, key) or []:
            code = re.split(r"[-_]", word)[0].lower()
            if re.fullmatch(r"[a-z]{2,3}", code):
                found.append(code)
            else:
                self.bad(key, word)
        return list(dict.fromkeys(found)) or None

    def _trimmed(self, value: Any, key: str) -> str | None:
        if not isinstance(value, str):
            self.bad(key, value)
            return None
        text = value.strip()
        if stands_for_nothing(text):
            self.warn("card.says-nothing", key, value=text)
            return None
        if text != value:
            self.warn("card.blanks-around", key)
        return text

    def _when(self, found: tuple[str, str], value: Any, key: str) -> str | None:
        when, odd = found
        if odd == "unfilled":
            self.unfilled += 1
            self.warn("card.left-from-template", key, value=shown(value))
        elif odd == "day-first":
            self.warn("card.day-first", key, value=shown(value), date=when)
        elif odd == "bad":
            self.bad(key, value)
        return when or None

    def _degrees(self, value: Any, key: str, most: int) -> float | None:
        try:
            number = float(str(value).strip().replace(",", "."))
        except ValueError:
            number = float("nan")
        if isinstance(value, bool) or not -most <= number <= most:
            self.bad(key, value)
            return None
        return number


def split(text: str) -> list[str]:
    """The cells of a list; the first may be empty.

    >>> split(";a;b"), split(",73,33"), split("a, b; c")
    (['', 'a', 'b'], ['', '73', '33'], ['a, b', 'c'])
    """
    return [cell.strip() for cell in text.split(";" if ";" in text else ",")]


def stands_for_nothing(value: Any) -> bool:
    """Whether somebody wrote ``-`` or the like where there is nothing."""
    return isinstance(value, str) and value.strip().casefold() in _NOTHING


def says_nothing(value: Any) -> bool:
    """Whether a key holds nothing: no value, an empty text, list or mapping."""
    return value is None or value in ("", [], {}) or (isinstance(value, str) and not value.strip())


def shown(value: Any) -> str:
    """At most 60 characters of a value, on one line, nothing invisible."""
    line = "".join(letter if letter.isprintable() else " " for letter in str(value)[:200])
    return line if len(line) <= 60 else line[:59] + "…"
