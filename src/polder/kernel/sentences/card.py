"""Sentences whose code begins with ``card.``: what a provider says of itself, and directory files."""

from polder.kernel.sentences.mark import N_  # noqa: F401

SENTENCES: dict[str, str] = {}

HINTS: dict[str, str] = {}
