"""Sentences whose code begins with ``card.``: what a provider says of itself, and directory files."""

from polder.kernel.sentences.mark import N_

SENTENCES: dict[str, str] = {
    # card.yml, card.json
    "card.not-a-url": N_("“{value}” is not an address of a page: https://…"),
    "card.not-an-email": N_("“{value}” is not a mail address."),
    "card.not-a-way-to-reach": N_("“{value}” is neither a mail address nor an address of a page."),
    "card.not-a-country": N_("“{value}” is not a country: two capital letters, such as FR."),
    "card.not-a-key": N_("“{value}” cannot be a name here: one line, 100 letters at most."),
    "card.not-a-date": N_("“{value}” is not a date: 2014, 2014-05 or 2014-05-09."),
    "card.not-a-moment": N_("“{value}” is not a time: 2026-11-22T12:00:00Z."),
    "card.not-degrees": N_("“{value}” is not a place on earth: degrees, such as 48.85."),
    "card.not-a-card": N_("This is not the card of a provider."),
    "card.newer": N_("The card is of a newer form ({format}); what is not understood is left aside."),
    "card.short-too-long": N_("The short name has more than {limit} letters."),
    "card.unknown-host": N_("The service {service} runs on “{host}”, which is not among the hosts of the card."),
    "card.half-a-position": N_("A position needs both: latitude and longitude."),
    "card.bad-area": N_("The shape of the area “{area}” is no closed GeoJSON Polygon or MultiPolygon ({why})."),
    "card.hides-nothing": N_("“{key}” under hide is not a key of the card; the nearest is “{nearest}”."),
    # files of directories: what makes one invalid
    "card.not-json": N_("This is not JSON: {why}."),
    "card.too-big": N_("The file has {size} bytes; more than {limit} are not read."),
    "card.not-this-format": N_("This is no file of the format {format}."),
    "card.lacks": N_("“{key}” is missing."),
    # what was odd, and what was made of it
    "card.not-utf-8": N_("The file is not in UTF-8; it was read as Latin-1."),
    "card.no-equals": N_("A line without “=” was left out."),
    "card.twice": N_("“{key}” is there twice, first in line {first}; the last one counts."),
    "card.says-nothing": N_("{key}: “{value}” was read as no value."),
    "card.not-understood": N_("{key}: “{value}” was not understood."),
    "card.unknown-word": N_("{key}: “{value}” is none of {known}."),
    "card.blanks-around": N_("{key}: blanks around the value were taken away."),
    "card.misspelt-path": N_("{key}: “.well_known” was read as “.well-known”."),
    "card.no-scheme": N_("{key}: “{value}” has no scheme; https:// was put before it."),
    "card.day-first": N_("{key}: “{value}” was read with the day first: {date}."),
    "card.left-from-template": N_("{key}: “{value}” was left from a template."),
    "card.country-by-name": N_("{key}: “{value}” was read as {country}."),
    "card.old-key": N_("{key} is an old or misspelt name; it was read, and will be written rightly."),
    "card.open-ring": N_("{key}: the border of “{area}” was not closed; its first point was put at its end."),
    "card.other-version": N_("{key}: the version is {value}, not {expected}."),
    "card.same-address": N_("{key}: {value} is given for {other} too."),
    "card.is-a-network": N_("This file is about a network, not about one provider."),
    "card.kept-private": N_(
        "“{key}” may be private: it stays in card.yml, and goes back into this format only."
    ),
    # exports
    "card.format-wants": N_("The format wants “{key}”, which the card does not say."),
}

HINTS: dict[str, str] = {}
