"""The words under which a card is shown to people who never saw its keys.

>>> label("services.wiki.contact-email", "en"), label("places.0.country", "en"), label("memberships.chatons.since", "en")
('services: wiki: mail address', 'places: 1: country', 'memberships: chatons: since')
>>> label("what-tomorrow-brings", "en")
'what-tomorrow-brings'
"""

from __future__ import annotations

from polder.kernel.sentences import translate
from polder.kernel.sentences.mark import N_

NAMED = frozenset(("chats", "funding", "hosts", "memberships", "services", "social", "websites"))
"""What stands below these is a name that the provider gave."""
WORDS = {
    "accessibility": N_("accessibility"),
    "accounts": N_("accounts"),
    "address": N_("street and number"),
    "areas": N_("areas with access to the internet"),
    "capacity": N_("room for others"),
    "chats": N_("chat rooms"),
    "company": N_("whose machine it is"),
    "contact-email": N_("mail address"),
    "contact-form": N_("page to write to them"),
    "contacts": N_("how to reach them"),
    "control": N_("what they hold of it"),
    "counts": N_("how many they are"),
    "country": N_("country"),
    "country-name": N_("name of the country"),
    "created": N_("card begun"),
    "depends": N_("depends on"),
    "description": N_("description"),
    "email": N_("mail address"),
    "energy": N_("electricity"),
    "form": N_("page to write to them"),
    "free-accounts": N_("free accounts"),
    "free-storage": N_("free storage"),
    "full": N_("full"),
    "funding": N_("ways to give money"),
    "groups": N_("groups"),
    "host": N_("runs on"),
    "hosts": N_("machines"),
    "hypervisor": N_("virtualised by"),
    "kilowatt-hours": N_("kilowatt hours in a year"),
    "kind": N_("kind"),
    "kind-words": N_("legal form, in words"),
    "languages": N_("languages"),
    "latitude": N_("degrees north"),
    "legal": N_("legal notices"),
    "licence": N_("licence"),
    "locality": N_("town"),
    "logo": N_("logo"),
    "longitude": N_("degrees east"),
    "mailing-list": N_("mailing list"),
    "members": N_("members"),
    "memberships": N_("memberships"),
    "mirrors": N_("copies at"),
    "name": N_("name"),
    "nodes": N_("nodes"),
    "note": N_("remark"),
    "places": N_("places"),
    "policies": N_("rules"),
    "postcode": N_("postal code"),
    "price": N_("price"),
    "privacy": N_("what becomes of people's data"),
    "progress": N_("progress, 1 to 7"),
    "provider": N_("provider"),
    "recipients": N_("encrypted to"),
    "region": N_("region"),
    "security": N_("where to tell of a hole"),
    "serves": N_("whom they serve"),
    "services": N_("services"),
    "shape": N_("border"),
    "short": N_("short name"),
    "since": N_("since"),
    "social": N_("social networks"),
    "software": N_("software"),
    "source": N_("source"),
    "state": N_("state"),
    "state-note": N_("remark about that"),
    "statement": N_("page about it"),
    "storage": N_("storage"),
    "subscribers": N_("lines to the internet"),
    "summary": N_("in one sentence"),
    "system": N_("operating system"),
    "technical-guide": N_("how it is run"),
    "technologies": N_("ways of access"),
    "terms": N_("terms of use"),
    "until": N_("until"),
    "url": N_("address"),
    "urls": N_("publishes at"),
    "user-guide": N_("help for people"),
    "valid-until": N_("to be believed until"),
    "version": N_("version"),
    "website": N_("website"),
    "websites": N_("other websites"),
    "where": N_("where it stands"),
    "who": N_("who may use it"),
    "without": N_("whom they do not serve"),
    "words": N_("in words"),
    "written": N_("card written"),
}


def label(path: str, language: str) -> str:
    """``services.wiki.url`` in the reader's words; names and what is not known stay; lists are counted from 1."""
    parts, above = [], ""
    for part in path.split("."):
        if part.isdigit():
            parts.append(str(int(part) + 1))
        else:
            parts.append(part if above in NAMED else translate(WORDS.get(part, part), language))
        above = part
    return ": ".join(parts)
