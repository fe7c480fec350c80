"""Names that end up in files, host names and engine objects, and the nearest right word for a wrong one.

>>> is_slug("les-lilas"), is_slug("Les Lilas"), is_domain("wiki.lilas.test"), is_domain("localhost")
(True, False, True, False)
>>> is_domain("192.0.2.1")
False
>>> nearest("dokuwikki", ["dokuwiki", "radicale"])
'dokuwiki'
>>> nearest("zzz", ["dokuwiki"])
''
"""

from __future__ import annotations

import re
from collections.abc import Iterable

SLUG = re.compile(r"[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
INTERNAL_SUFFIXES = (".test", ".internal", ".home.arpa")
"""Names no public certificate authority signs: RFC 6761 (.test), RFC 8375 (.home.arpa), ICANN 2024 (.internal)."""


def is_slug(text: str) -> bool:
    """A short name in lower case: a letter, then up to 31 letters, digits, hyphens; no hyphen last, none doubled."""
    return bool(SLUG.fullmatch(text)) and "--" not in text


def is_domain(text: str) -> bool:
    """A fully qualified name in lower case ASCII with two labels or more (RFC 1123; A-labels for other scripts)."""
    labels = text.split(".")
    if len(text) > 253 or len(labels) < 2 or labels[-1].isdigit():
        return False
    return all(_LABEL.fullmatch(label) for label in labels)


def is_internal(domain: str) -> bool:
    """Whether only an internal certificate authority can vouch for ``domain``."""
    return domain.endswith(INTERNAL_SUFFIXES)


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that ``word`` was probably meant to be; ``""`` when none is near."""
    import difflib

    found = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return found[0] if found else ""


def service_name(*parts: str) -> str:
    """The engine's name for an object: slugs joined by ``_``, which no slug holds, so it reads back unambiguously."""
    return "_".join(parts)
