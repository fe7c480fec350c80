"""A text in several languages, as recipes and groups give it.

>>> Text({"en": "Wiki", "fr": "Wiki partagé"}).read("fr-BE")
'Wiki partagé'
>>> Text({"en": "Wiki"}).read("sq")
'Wiki'
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from polder.kernel.value import dataclass

UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Characters that steer a terminal or turn the direction of text; newlines and tabs are none of them."""


def harmless(text: str) -> str:
    """``text`` from anybody (a container, an engine) as it may be shown on a terminal.

    >>> harmless("ready\\x1b]0;pwned\\x07")
    'ready�]0;pwned�'
    """
    return UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text)


@dataclass(frozen=True, slots=True)
class Text:
    """``by_language``: BCP 47 primary tags to sentences; English or the first given serves the others."""

    by_language: Mapping[str, str]

    def read(self, language: str) -> str:
        short = language.replace("_", "-").split("-")[0].split(".")[0].lower()
        found = self.by_language.get(short) or self.by_language.get("en")
        return found if found is not None else next(iter(self.by_language.values()), "")
