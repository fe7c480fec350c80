"""Sentences whose code begins with ``kernel.``."""

from polder.kernel.sentences.mark import N_

SENTENCES: dict[str, str] = {
    "kernel.example": N_("Mend the {thing}."),
}

HINTS: dict[str, str] = {
}
