"""Names of countries as they stand in files of directories, to their two letters (ISO 3166-1 alpha-2). Those whose providers have
such files, each in English and in the languages spoken there; a name that is not here stays a name.

>>> country_code("Deutschland"), country_code("fr"), country_code("Atlantis"), country_name("FR")
('DE', 'FR', '', 'France')
"""

from __future__ import annotations

_NAMES: dict[str, tuple[str, ...]] = {
    "AL": ("Albania", "Shqipëria", "Shqipëri"),
    "AR": ("Argentina",),
    "AT": ("Austria", "Österreich"),
    "BE": ("Belgium", "Belgique", "België", "Belgien"),
    "BR": ("Brazil", "Brasil"),
    "CA": ("Canada",),
    "CH": ("Switzerland", "Schweiz", "Suisse", "Svizzera"),
    "CL": ("Chile",),
    "CZ": ("Czechia", "Czech Republic", "Česko"),
    "DE": ("Germany", "Deutschland", "Allemagne"),
    "DK": ("Denmark", "Danmark"),
    "ES": ("Spain", "España", "Espagne", "Espanya"),
    "FI": ("Finland", "Suomi", "Finlande"),
    "FR": ("France", "Frankreich"),
    "GB": ("United Kingdom", "Great Britain", "UK", "Royaume-Uni"),
    "GR": ("Greece", "Ελλάδα", "Grèce"),
    "IE": ("Ireland", "Éire"),
    "IT": ("Italy", "Italia", "Italie"),
    "LU": ("Luxembourg", "Luxemburg"),
    "MX": ("Mexico", "México"),
    "NL": ("Netherlands", "Nederland", "Pays-Bas"),
    "NO": ("Norway", "Norge"),
    "PL": ("Poland", "Polska"),
    "PT": ("Portugal",),
    "RO": ("Romania", "România"),
    "SE": ("Sweden", "Sverige"),
    "US": ("United States", "USA", "United States of America"),
}
_CODES = {name.casefold(): code for code, names in _NAMES.items() for name in names}


def country_code(text: str) -> str:
    """The two letters of a country given by them or by its name; ``""`` when it is not known."""
    word = text.strip()
    if len(word) == 2 and word.isascii() and word.isalpha() and word.casefold() not in _CODES:
        return word.upper()
    return _CODES.get(word.casefold(), "")


def country_name(code: str) -> str:
    """Its English name; ``""`` when it is not in the list."""
    return _NAMES[code][0] if code in _NAMES else ""
