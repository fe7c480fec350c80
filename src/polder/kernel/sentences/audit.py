"""Sentences whose code begins with ``audit.``: what an audit finds, why it matters (``-why``) and how to mend it (hints)."""

SENTENCES: dict[str, str] = {}
HINTS: dict[str, str] = {}
