"""The pages people see when no app answers: light, without scripts, in each of the provider's languages."""

from __future__ import annotations

from collections.abc import Sequence

from polder.kernel.sentences import say

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})
_BODY = "margin:0 auto;padding:15vh 1.2em;max-width:34em;font:1.1em/1.5 system-ui,sans-serif;color:#222;background:#fbfaf7"


def away_page(name: str, languages: Sequence[str]) -> str:
    """An app of the provider called ``name`` does not answer just now."""
    return _page(name, languages, "ingress.away-title", "ingress.away")


def gone_page(name: str, languages: Sequence[str]) -> str:
    """No app has this name (any more)."""
    return _page(name, languages, "ingress.gone-title", "ingress.gone")


def _page(name: str, languages: Sequence[str], title: str, words: str) -> str:
    """HTML. Braces are written as entities: Caddy would take them for placeholders."""
    spoken = list(languages) or ["en"]
    line = "<hr style='border:0;border-top:1px solid #ccc'>"
    parts = line.join(_part(language, title, words) for language in spoken)
    page = (
        f"<!doctype html><html lang='{_plain(spoken[0])}'><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width,initial-scale=1'>"
        f"<title>{_plain(say(title, {}, spoken[0]))}</title>"
        f"<body style='{_BODY}'>{parts}<p style='color:#666'>{_plain(name)}</p>\n"
    )
    return page.replace("{", "&#123;").replace("}", "&#125;")


def _part(language: str, title: str, words: str) -> str:
    heading, text = _plain(say(title, {}, language)), _plain(say(words, {}, language))
    return f"<div lang='{_plain(language)}'><h1 style='font-size:1.4em'>{heading}</h1><p>{text}</p></div>"


def _plain(text: str) -> str:
    return text.translate(_ENTITIES)
