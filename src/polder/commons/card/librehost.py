"""``librehost.json`` 0.0.1, the file of librehosters: exactly seventeen keys, in and out.

Read: ``-`` for an address that there is none, a year as a number or as text, another version than there ever was, templates.
Written: all seventeen keys, the year as text as everybody has it, and nothing else: keys that others added cannot come back.

>>> read = read_librehost(b'{"name": "Alder", "homeUrl": "https://alder.test", "termsOfServiceUrl": "-", "foundingDate": 2014}')
>>> read.status, read.card.since, [problem.code for problem in read.warnings]
('good', '2014', ['card.says-nothing'])
"""

from __future__ import annotations

from typing import Any

from polder.commons.card.build import build, dropped, mine
from polder.commons.card.carry import IGNORED, give, take
from polder.commons.card.columns import Exported, Imported, Leaves, Outgoing, Pair, Path, leaves, pair
from polder.commons.card.json_files import read_object, write_object
from polder.commons.card.loose import Loose
from polder.commons.card.model import KINDS, UNKNOWN_LANGUAGE, Card
from polder.kernel.problem import Problem

NAME, FILE, VERSION = "librehost", "librehost.json", "0.0.1"
IS_PROVIDER = {"true": "active", "false": "forming"}
PAIRS: tuple[Pair, ...] = (
    pair("@context", "", IGNORED),
    pair("@type", "", IGNORED),
    pair("version", "", IGNORED),
    pair("organizationType", "kind-words"),
    pair("name", "name", "said"),
    pair("tagLine", "summary", "said"),
    pair("homeUrl", "website", "url"),
    pair("logo", "logo", "url"),
    pair("description", "description", "said"),
    pair("communicationLanguages", "languages", "languages"),
    pair("contactUrl", "contacts.form", "url"),
    pair("privacyPolicyUrl", "policies.privacy", "url"),
    pair("termsOfServiceUrl", "policies.terms", "url"),
    pair("isServiceProvider", "state", "word", IS_PROVIDER),
    pair("foundingDate", "since", "date"),
    pair("dateCreated", "created", "moment"),
    pair("dateModified", "written", "moment"),
)
KEYS = tuple(one.key[0] for one in PAIRS)
_KIND_WORDS = (
    ("cooperative", ("cooperative", "co-operative", "coop", "genossenschaft")),
    (
        "association",
        ("association", "verein", "e.v.", "asbl", "vzw", "non-profit", "nonprofit", "foundation"),
    ),
    ("informal", ("informal", "collective", "common", "group")),
    ("individual", ("individual", "person")),
    ("company", ("company", "gmbh", "ltd", "s.l.", "sarl", "b.v.")),
)


def kind_of(words: str) -> str:
    """Which of the model's kinds free words mean; ``""`` when they do not say.

    >>> kind_of("Informal collective"), kind_of("computational common"), kind_of("a dream")
    ('informal', 'informal', '')
    """
    plain = words.casefold().strip()
    if plain in KINDS:
        return plain
    return next((kind for kind, said in _KIND_WORDS if any(word in plain for word in said)), "")


def read_librehost(content: bytes, file: str = FILE, language: str = UNKNOWN_LANGUAGE) -> Imported:
    data, wrong = read_object(content, file)
    if wrong or not {"name", "homeUrl", "tagLine", "isServiceProvider"} & set(data):
        problem = wrong or Problem("card.not-this-format", file, {"format": NAME})
        return build(NAME, {}, {}, (), problems=[problem])
    loose = Loose(file, language)
    if data.get("version") not in (VERSION, None, ""):
        loose.warn("card.other-version", "version", value=str(data["version"])[:20], expected=VERSION)
    found, rest = take(leaves(data), PAIRS, loose)
    _same_address(found, loose)
    _kind(found)
    lacks = [] if ("name", language) in found else [Problem("card.lacks", file, {"key": "name"})]
    return build(
        NAME, found, {".".join(k): v for k, v in rest.items()}, loose.warnings, lacks, loose.unfilled
    )


def _same_address(found: Leaves, loose: Loose) -> None:
    terms = found.get(("policies", "terms"))
    if terms and terms == found.get(("policies", "privacy")):
        loose.warn("card.same-address", "termsOfServiceUrl", value=terms, other="privacyPolicyUrl")


def _kind(found: Leaves) -> None:
    words = found.get(("kind-words",), "")
    if kind := kind_of(words):
        found[("kind",)] = kind
    if words in KINDS:
        del found[("kind-words",)]


def write_librehost(card: Card, out: Outgoing) -> Exported:
    every = mine(card)
    fit = every | ({("written",): out.written} if out.written else {})
    theirs, carried = give(fit, PAIRS, out)
    carried |= _type(every, theirs)
    if len(theirs.get(("foundingDate",), "")) > 4:
        theirs[("foundingDate",)] = theirs[("foundingDate",)][:4]
        carried.discard(("since",))
    data = {key: theirs.get((key,), _otherwise(key)) for key in KEYS}
    data["isServiceProvider"] = theirs.get(("isServiceProvider",), "true") == "true"
    wants = [Problem("card.format-wants", FILE, {"key": key}) for key in KEYS if data[key] in ("", [])]
    lost = (*dropped(every, carried), *(f"also.{NAME}.{key}" for key in card.also.get(NAME, {})))
    return Exported(NAME, {FILE: write_object(data)}, lost, tuple(wants))


def _type(every: Leaves, theirs: Leaves) -> set[Path]:
    """The kind, which goes into the same key as the words for it; carried when the words lead back to it."""
    kind = every.get(("kind",), "")
    words = theirs.setdefault(("organizationType",), kind)
    return {("kind",)} if kind and kind_of(str(words)) == kind else set()


def _otherwise(key: str) -> Any:
    fixed = {"@context": "http://schema.org", "@type": "Organization", "version": VERSION}
    return fixed.get(key, [] if key == "communicationLanguages" else "")
