"""What is better kept out of a card, what others look for in it, and what in it is over: said, never refused.

What is published is mirrored by others and cannot be taken back; so what looks private is named before it is given.

>>> from polder.commons.card.model import Contacts
>>> card = Card(name={"en": "Alder"}, description={"en": "Call +49 30 1234567"}, contacts=Contacts(email="a.b@mail.test"))
>>> [problem.code for problem in advise(card, datetime(2026, 11, 22))]
['card.advice-number', 'card.advice-missing']
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from datetime import datetime

from polder.commons.card.build import mine
from polder.commons.card.columns import Leaves
from polder.commons.card.model import Card
from polder.commons.card.read import FILE
from polder.kernel.names import is_internal
from polder.kernel.problem import Problem

_NUMBER = re.compile(r"(?<![\w.])\+?\d(?:[ ()/.-]?\d){8,14}(?![\w.])")
_ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}\b")
_SECRET = re.compile(r"AGE-SECRET-KEY-|PRIVATE KEY|(?i:passw(?:or)?d\s*[:=])")
_HOST = re.compile(r"https?://(?:[^@/]*@)?(\[[^\]]*\]|[^:/?#]+)")
_FREE_TEXT = ("name", "summary", "description", "words", "price", "note", "state-note", "address")
WANTED = ("languages", "contacts", "policies", "state", "services", "places")
"""What people who look for a provider ask first."""


def advise(card: Card, now: datetime) -> tuple[Problem, ...]:
    every = mine(card)
    return (*_private(every), *_dates(card, now), *_missing(card))


def _private(every: Leaves) -> Iterator[Problem]:
    for path, value in every.items():
        text, key = str(value), ".".join(path)
        if _SECRET.search(text):
            yield _told("card.advice-secret", key)
        if _ACCOUNT.search(text):
            yield _told("card.advice-account", key)
        elif _NUMBER.search(text) and set(path) & set(_FREE_TEXT):
            yield _told("card.advice-number", key)
        if _leads_inside(text):
            yield _told("card.advice-inside", key)
        if path[-1] == "latitude" and len(text.partition(".")[2]) > 3:
            yield _told("card.advice-precise", key)


def _leads_inside(text: str) -> bool:
    """Whether an address is of a private network, or of a name that nobody outside can reach."""
    found = _HOST.match(text)
    if not found:
        return False
    name = found[1].strip("[]").lower()
    try:
        return not ipaddress.ip_address(name.partition("%")[0]).is_global
    except ValueError:
        return name == "localhost" or "." not in name or (is_internal(name) and not name.endswith(".test"))


def _dates(card: Card, now: datetime) -> Iterator[Problem]:
    today = f"{now:%Y-%m-%d}"
    if card.valid_until and card.valid_until < today[: len(card.valid_until)]:
        yield Problem("card.advice-over", FILE, {"key": "valid-until", "date": card.valid_until})
    for name, service in card.services.items():
        if (
            service.until
            and service.until < today[: len(service.until)]
            and service.state not in ("over", "")
        ):
            yield Problem("card.advice-over", FILE, {"key": f"services.{name}.until", "date": service.until})


def _missing(card: Card) -> Iterator[Problem]:
    blank = Card()
    absent = tuple(key for key in WANTED if getattr(card, key) == getattr(blank, key))
    if absent:
        yield Problem("card.advice-missing", FILE, {"keys": absent})


def _told(code: str, key: str) -> Problem:
    return Problem(code, FILE, {"key": key})
