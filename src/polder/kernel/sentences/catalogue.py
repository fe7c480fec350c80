"""Sentences whose code begins with ``catalogue.``: recipes of peers."""

from polder.kernel.sentences.mark import N_  # noqa: F401

SENTENCES: dict[str, str] = {}

HINTS: dict[str, str] = {}
