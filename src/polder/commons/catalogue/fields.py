"""Fields of JSON that comes from anybody: each taken by its kind, every one that is wrong told.

Text is made one harmless line as it is taken, so that nothing read here can steer a terminal or pretend to be another line.

>>> one_line("Ours.\\n  approved by: everyone\\x1b[2J")
'Ours. approved by: everyone\N{REPLACEMENT CHARACTER}[2J'
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from polder.kernel.digest import Digest
from polder.kernel.plain import read_plain
from polder.kernel.problem import Problems
from polder.kernel.text import Text, harmless

LONGEST = 500
MOST_KEYS = 200
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"
_JOINERS = "\u200c\u200d"
"""Zero width, and needed to write some languages."""


def one_line(text: str, longest: int = LONGEST) -> str:
    """``text`` as one line of at most ``longest`` characters, without characters that cannot be seen."""
    shown = " ".join(harmless(text).split())
    return "".join("\N{REPLACEMENT CHARACTER}" if _hidden(letter) else letter for letter in shown)[:longest]


def _hidden(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn") and letter not in _JOINERS


def moment_text(moment: datetime) -> str:
    """ISO 8601, UTC, whole seconds.

    >>> moment_text(datetime(2026, 11, 22, tzinfo=UTC))
    '2026-11-22T00:00:00Z'
    """
    return moment.astimezone(UTC).strftime(_MOMENT)


class Fields:
    """The keys of one JSON object; what is missing or of another kind is a problem and gives a blank."""

    def __init__(self, data: Mapping[str, Any], where: str, problems: Problems) -> None:
        self.data, self.where, self.problems = data, where, problems

    def wrong(self, key: str) -> None:
        self.problems.add("catalogue.wrong-field", self.where, key=one_line(key, 60))

    def text(self, key: str, *, needed: bool = True) -> str:
        value = self.data.get(key, None if needed else "")
        if not isinstance(value, str) or (needed and not value):
            self.wrong(key)
            return ""
        return one_line(value)

    def digest(self, key: str) -> Digest:
        value = self.data.get(key)
        if not isinstance(value, str) or not _DIGEST.fullmatch(value):
            self.wrong(key)
            return Digest("")
        return Digest(value)

    def number(self, key: str) -> int:
        value = self.data.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.wrong(key)
            return 0
        return value

    def yes_no(self, key: str) -> bool:
        value = self.data.get(key, False)
        if not isinstance(value, bool):
            self.wrong(key)
        return value is True

    def moment(self, key: str) -> datetime:
        try:
            return datetime.strptime(str(self.data.get(key)), _MOMENT).replace(tzinfo=UTC)
        except ValueError:
            self.wrong(key)
            return datetime(1970, 1, 1, tzinfo=UTC)

    def below(self, key: str) -> dict[str, Any]:
        """An object of at most ``MOST_KEYS`` keys; empty when it is not there."""
        value = self.data.get(key, {})
        if not isinstance(value, dict) or len(value) > MOST_KEYS:
            self.wrong(key)
            return {}
        return value

    def texts(self, key: str) -> Text:
        """A text in several languages."""
        found = self.below(key)
        if any(not _LANGUAGE.fullmatch(code) or not isinstance(held, str) for code, held in found.items()):
            self.wrong(key)
            return Text({})
        return Text({code: one_line(held) for code, held in found.items()})


def fields_of(content: bytes, form: str, where: str, problems: Problems) -> Fields:
    """The object in ``content``, which must say that its format is ``form``. Refused (``kernel.not-plain``) when it is no JSON."""
    fields = Fields(read_plain(content, where), where, problems)
    if fields.data.get("format") != form:
        problems.add("catalogue.other-format", where, format=form)
    return fields
