"""Small words about text that several formats need.

>>> slug_of("Sankt Andreasberg"), slug_of("frankfurt_am_main"), slug_of("DNS-over-TLS"), slug_of("日本")
('sankt-andreasberg', 'frankfurt-am-main', 'dns-over-tls', '')
>>> chat_kind("irc://irc.example/#a"), chat_kind("https://matrix.to/#/#a:b.test"), chat_kind("https://chat.test/")
('irc', 'matrix', 'other')
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from polder.kernel.names import is_slug
from polder.kernel.text import UNSEEN

_KINDS = (
    ("irc", ("irc:", "ircs:", "irc6:")),
    ("xmpp", ("xmpp:", "jabber:")),
    ("matrix", ("matrix:", "https://matrix.to/", "http://matrix.to/")),
    ("mumble", ("mumble:",)),
)


def clean(data: Any) -> Any:
    """Plain data from anybody without characters that steer a terminal, hide others, or are none (halves of a pair).

    >>> clean({"a\\u202e": ["b\\ud800", 1]})
    {'a': ['b�', 1]}
    """
    if isinstance(data, str):
        plain = UNSEEN.sub(" ", data.replace("\r\n", "\n"))
        return plain.encode("utf-8", "surrogatepass").decode("utf-8", "replace").replace("���", "�")
    if isinstance(data, Mapping):
        return {str(clean(str(key))).strip(): clean(held) for key, held in data.items()}
    return [clean(item) for item in data] if isinstance(data, list) else data


def slug_of(text: str) -> str:
    """A slug that looks like ``text``; ``""`` when nothing of it can be in one."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    word = "-".join("".join(c if c.isalnum() else " " for c in plain).split())
    word = word if word[:1].isalpha() else f"x-{word}" if word else ""
    word = word[:32].rstrip("-")
    return word if is_slug(word) else ""


def fresh_slug(text: str, taken: Iterable[str], otherwise: str) -> str:
    """A slug for ``text`` that is not among ``taken``."""
    known = set(taken)
    begin = slug_of(text) or otherwise
    numbered = (f"{begin[:28].rstrip('-')}-{number}" for number in range(2, len(known) + 3))
    return begin if begin not in known else next(name for name in numbered if name not in known)


def chat_kind(address: str) -> str:
    """``irc``, ``xmpp``, ``matrix``, ``mumble``, or ``other``: by what the address begins with."""
    for kind, beginnings in _KINDS:
        if address.lower().startswith(beginnings):
            return kind
    return "other"
