"""Sentences whose code begins with ``ingress.``."""

from polder.kernel.sentences.mark import N_

SENTENCES: dict[str, str] = {
}

HINTS: dict[str, str] = {
}
