"""A text in several languages, as recipes and groups give it.

>>> Text({"en": "Wiki", "fr": "Wiki partagé"}).read("fr-BE")
'Wiki partagé'
>>> Text({"en": "Wiki"}).read("sq")
'Wiki'
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Characters that no text which is read here may hold: they steer a terminal or turn the direction of text. Newlines and tabs are none
of them. What a document may say depends on these, so they stay."""

_JOINED = "[\u0600-\u1fff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]"
HIDDEN = re.compile(
    UNSEEN.pattern
    + "|[\u00ad\u061c\u180e\u200b\u200e\u200f\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
    + f"|(?<!{_JOINED})[\u200c\u200d]|[\u200c\u200d](?!{_JOINED})"
)
"""Those, and all that nobody sees and that makes two texts look alike: characters without width, marks of direction, tags, half characters.
Joiners stay where scripts (Persian, Hindi) and pictures need them."""

_MACHINE = re.compile(
    r"(https?://(?:[^\s/?#@]*@)?)([^\s/?#:@\\\"'<>()\[\],;\u2019\u201c-\u201e\xab\xbb]+)", re.IGNORECASE
)


def harmless(text: str) -> str:
    """``text`` from anybody (a container, an engine), which may have several lines, as it may be shown on a terminal.

    >>> harmless("ready\\x1b]0;pwned\\x07")
    'ready�]0;pwned�'
    """
    return HIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)


def one_line(text: str) -> str:
    """The same where one line is expected: nobody writes what looks like another line.

    >>> one_line("Alder\\nbeech: all is well\\u202e")
    'Alder beech: all is well�'
    """
    return harmless(text.replace("\r\n", " ").replace("\n", " ").replace("\t", " "))


def plain_addresses(text: str) -> str:
    """``text`` with the name of the machine in each address as it is asked for (IDNA, RFC 3490): letters of another alphabet that look
    like those of somebody else's name are seen.

    >>> plain_addresses("http://b\u0435ech.example:81/ is not http://beech.example/")
    'http://xn--bech-v4d.example:81/ is not http://beech.example/'
    """
    return _MACHINE.sub(lambda found: found[1] + _asked_for(found[2]), text)


def _asked_for(name: str) -> str:
    if name.isascii():
        return name
    with suppress(UnicodeError):
        plain = name.encode("idna").decode()
        if re.fullmatch(r"[A-Za-z0-9._-]+", plain):
            return plain
    return name.encode("ascii", "backslashreplace").decode()  # it leads nowhere


@dataclass(frozen=True, slots=True)
class Text:
    """``by_language``: BCP 47 primary tags to sentences; English or the first given serves the others."""

    by_language: Mapping[str, str]

    def read(self, language: str) -> str:
        short = language.replace("_", "-").split("-")[0].split(".")[0].lower()
        found = self.by_language.get(short) or self.by_language.get("en")
        return found if found is not None else next(iter(self.by_language.values()), "")
