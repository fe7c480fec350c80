"""Sentences whose code begins with ``site.``."""

from polder.kernel.sentences.mark import N_

SENTENCES: dict[str, str] = {
    "site.not-here": N_("There is no site.yml in {folder} or in a folder above it."),
}

HINTS: dict[str, str] = {
    "site.not-here": N_("Make a site with: polder init my-site"),
}
