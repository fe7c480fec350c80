"""Sentences whose code begins with ``kernel.``."""

from polder.kernel.sentences.mark import N_

SENTENCES: dict[str, str] = {
    "kernel.example": N_("Mend the {thing}."),
    "kernel.unreachable": N_("No answer from {what}: {why}"),
    "kernel.interrupted": N_("Interrupted. What was done stays done; run the same command again to complete it."),
}

HINTS: dict[str, str] = {
}
