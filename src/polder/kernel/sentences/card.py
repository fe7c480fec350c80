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
    "card.of-another": N_(
        "The card says that it is of “{provider}”; whose it is, the folder says that it came from."
    ),
    "card.short-too-long": N_("The short name has more than {limit} letters."),
    "card.unknown-host": N_(
        "The service {service} runs on “{host}”, which is not among the hosts of the card."
    ),
    "card.half-a-position": N_("A position needs both: latitude and longitude."),
    "card.bad-area": N_(
        "The shape of the area “{area}” is no closed GeoJSON Polygon or MultiPolygon ({why})."
    ),
    "card.hides-nothing": N_("“{key}” under hide is not a key of the card."),
    "card.hides-nothing-near": N_("“{key}” under hide is not a key of the card; did you mean “{nearest}”?"),
    # files of directories: what makes one invalid
    "card.not-json": N_("This is not JSON: {why}."),
    "card.not-an-object": N_("This is JSON, but no list of names with their values, as such files are."),
    "card.template-marks": N_("This is the template of a program, with marks where values go: {why}."),
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
    "card.half-kept-out": N_("{key} was left out: a position needs both, latitude and longitude."),
    "card.other-version": N_("{key}: the version is {value}, not {expected}."),
    "card.same-address": N_("{key}: {value} is given for {other} too."),
    "card.is-a-network": N_("This file is about a network, not about one provider."),
    "card.kept-private": N_(
        "“{key}” may be private: it stays in card.yml, and goes back into this format only."
    ),
    # exports
    "card.format-wants": N_("The format wants “{key}”, which the card does not say."),
    "card.dropped": N_("{format} has no place for: {fields}."),
    "card.wants": N_("{format} wants these, which the card does not say: {keys}."),
    # polder network card
    "card.not-here": N_("There is no card.yml in the network folder."),
    "card.no-peer": N_("Nothing of “{provider}” was fetched yet."),
    "card.no-peer-near": N_("Nothing of “{provider}” was fetched yet; did you mean “{nearest}”?"),
    "card.peer-without": N_("{provider} publishes no card."),
    "card.unknown-format": N_("Nothing tells which kind of file this is; say it with --format: {formats}."),
    "card.unfilled": N_("This is a template that nobody filled in; nothing of it was taken."),
    "card.comes": N_("{key}: {after}"),
    "card.replaces": N_("{key}: {after} (was: {before})"),
    "card.stays": N_("{key} stays {before}; the file says {after}."),
    "card.would-change": N_("Fields that would come into card.yml: {fields}."),
    "card.imported": N_("Fields that came into card.yml: {fields}."),
    "card.nothing-new": N_("The card says all of that already."),
    "card.checked": N_("The card can be given to the network; services in it: {services}."),
    "card.given": N_("The card is ready. Next: polder network publish --as NAME"),
    "card.given-already": N_("The card was given as it is."),
    "card.age-fresh": N_("Days since it was changed: {days}."),
    "card.age-old": N_("Days since it was changed: {days}, over a year."),
    "card.age-stale": N_("Days since it was changed: {days}, over three years. Ask before you believe it."),
    "card.age-unknown": N_("It does not say when it was last changed."),
    # advice
    "card.advice-secret": N_("{key} looks as if it held a secret; everything in a card is public for ever."),
    "card.advice-account": N_(
        "{key} looks as if it held a bank account; a page about giving is better under funding."
    ),
    "card.advice-number": N_("{key} looks as if it held a telephone number; is it somebody's own?"),
    "card.advice-inside": N_(
        "{key} is an address that nobody outside can reach; it shows your inner network."
    ),
    "card.advice-precise": N_("{key} points to one house; two decimals are enough to find the town."),
    "card.advice-over": N_("{key} is over: {date}."),
    "card.advice-missing": N_("People will look for these and not find them: {keys}."),
}

HINTS: dict[str, str] = {
    "card.not-here": N_("Write one, or begin from a directory's file: polder network card import FILE"),
    "card.no-peer": N_("polder network sync"),
    "card.lacks": N_("Which keys a file has: docs/reference/formats/card.md"),
}
