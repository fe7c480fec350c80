"""Sentences whose code begins with ``card.``: what a provider says of itself, and directory files."""

from polder.kernel.sentences.mark import N_

SENTENCES: dict[str, str] = {
    "card.not-a-url": N_("“{value}” is not an address of a page: https://…"),
    "card.not-an-email": N_("“{value}” is not a mail address."),
    "card.not-a-country": N_("“{value}” is not a country: two capital letters, such as FR."),
    "card.not-a-key": N_("“{value}” cannot be a name here: one line, 100 letters at most."),
    "card.not-a-date": N_("“{value}” is not a date: 2014, 2014-05 or 2014-05-09."),
    "card.not-a-moment": N_("“{value}” is not a time: 2026-11-22T12:00:00Z."),
    "card.not-degrees": N_("“{value}” is not a place on earth: degrees, such as 48.85."),
    "card.not-a-card": N_("This is not the card of a provider."),
    "card.newer": N_("The card is of a newer form ({format}); what is not understood is left aside."),
    "card.short-too-long": N_("The short name has more than {limit} letters."),
    "card.unknown-host": N_(
        "The service {service} runs on “{host}”, which is not among the hosts of the card."
    ),
    "card.half-a-position": N_("A position needs both: latitude and longitude."),
    "card.bad-area": N_(
        "The shape of the area “{area}” is no closed GeoJSON Polygon or MultiPolygon ({why})."
    ),
    "card.hides-nothing": N_("“{key}” under hide is not a key of the card; {nearest} is."),
}

HINTS: dict[str, str] = {}
