"""The page people see while an app is away: light, without scripts, in each of the provider's languages."""

from __future__ import annotations

import html
from collections.abc import Sequence

from polder.kernel.sentences import say

_BODY = "margin:0 auto;padding:15vh 1.2em;max-width:34em;font:1.1em/1.5 system-ui,sans-serif;color:#222;background:#fbfaf7"


def away_page(name: str, languages: Sequence[str]) -> str:
    """HTML. Braces are written as entities: Caddy would take them for placeholders."""
    spoken = list(languages) or ["en"]
    parts = "<hr style='border:0;border-top:1px solid #ccc'>".join(_words(language) for language in spoken)
    page = (
        f"<!doctype html><html lang='{_plain(spoken[0])}'><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width,initial-scale=1'>"
        f"<title>{_plain(say('ingress.away-title', {}, spoken[0]))}</title>"
        f"<body style='{_BODY}'>{parts}<p style='color:#666'>{_plain(name)}</p>\n"
    )
    return page.replace("{", "&#123;").replace("}", "&#125;")


def _words(language: str) -> str:
    title, words = say("ingress.away-title", {}, language), say("ingress.away", {}, language)
    return f"<div lang='{_plain(language)}'><h1 style='font-size:1.4em'>{_plain(title)}</h1><p>{_plain(words)}</p></div>"


def _plain(text: str) -> str:
    return html.escape(text, quote=True)
