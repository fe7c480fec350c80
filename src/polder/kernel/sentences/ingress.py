"""Sentences whose code begins with ``ingress.``."""

from polder.kernel.sentences.mark import N_

SENTENCES: dict[str, str] = {
    "ingress.away-title": N_("One moment"),
    "ingress.away": N_("This service is being looked after and will be back soon. Please try again in a minute."),
    "ingress.no-authority": N_("This site has no certificate authority yet."),
    "ingress.uncovered": N_("{domain} is a public name that this site's certificate authority cannot vouch for."),
}

HINTS: dict[str, str] = {
    "ingress.no-authority": N_("The first `polder apply` makes one."),
    "ingress.uncovered": N_(
        "Browsers will warn of it until public certificates (ACME) arrive; until then use a name under .test, .internal or .home.arpa."
    ),
}
