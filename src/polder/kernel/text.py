"""A text in several languages, as recipes and groups give it.

>>> Text({"en": "Wiki", "fr": "Wiki partagé"}).read("fr-BE")
'Wiki partagé'
>>> Text({"en": "Wiki"}).read("sq")
'Wiki'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """``by_language``: BCP 47 primary tags to sentences; English or the first given serves the others."""

    by_language: Mapping[str, str]

    def read(self, language: str) -> str:
        short = language.replace("_", "-").split("-")[0].split(".")[0].lower()
        found = self.by_language.get(short) or self.by_language.get("en")
        return found if found is not None else next(iter(self.by_language.values()), "")
