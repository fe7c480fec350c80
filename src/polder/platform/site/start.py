"""The files of a new site: small, commented in the asker's language, and valid at once."""

from __future__ import annotations

from polder.kernel.document_text import block, scalar
from polder.platform.site.start_words import WORDS

LANGUAGES = tuple(WORDS)
GROUP = "commons"


def start_files(
    slug: str, name: str, domain: str, language: str = "en", operators: dict[str, str] | None = None
) -> dict[str, str]:
    """Path to text. ``slug`` must be a slug and ``domain`` a domain; other languages than ``LANGUAGES`` get English."""
    words = WORDS.get(language, WORDS["en"])
    return {
        "site.yml": _site(words, slug, name, domain, language, operators or {}),
        "hosts.yml": _hosts(words, slug),
        f"groups/{GROUP}.yml": _group(words, name, domain, language),
        f"content/{GROUP}/index.html": _page(words, name, language),
        "README.md": words["readme"].format(name=name, group=GROUP),
        ".gitignore": f"# {words['ignored']}\n.polder/\n*.tmp\nidentity.txt\n*.key\n",
        ".gitattributes": f"# {words['union']}\njournal/*.jsonl merge=union\nsecrets/*.age binary\n",
    }


def _comment(text: str, indent: int = 0) -> str:
    return "\n".join(" " * indent + "# " + line for line in text.splitlines())


def _modeline(kind: str, up: str = "") -> str:
    return f"# yaml-language-server: $schema={up}.polder/schema/{kind}.json"


def _site(
    words: dict[str, str], slug: str, name: str, domain: str, language: str, operators: dict[str, str]
) -> str:
    lines = [
        _modeline("site"),
        _comment(words["site"]),
        f"provider: {slug}",
        f"name: {scalar(name)}",
        f"languages: [{language}]",
        _comment(words["domain"]),
        f"domain: {domain}",
        f"# contact: mailto:hello@{domain}",
        _comment(words["engine"]),
        "engine: local",
        _comment(words["operators"]),
        block("operators", operators, 0) if operators else "operators:\n  # ana: age1...",
        _comment(words["policy"]),
        "policy:\n  keep-old: 3",
    ]
    return "\n".join(lines) + "\n"


def _hosts(words: dict[str, str], slug: str) -> str:
    entry = f"{slug}:\n  address: local\n  roles: [manager, ingress]\n  # region: BE\n  # power: solar\n"
    return f"{_modeline('hosts')}\n{_comment(words['hosts'])}\n{entry}"


def _group(words: dict[str, str], name: str, domain: str, language: str) -> str:
    lines = [
        _modeline("group", "../"),
        _comment(words["group"]),
        f"name: {scalar(name)}",
        f"languages: [{language}]",
        "apps:",
        "  site:",
        "    recipe: static",
        f"    domain: www.{domain}",
        "    size: small",
        "    settings:",
        _comment(words["content"], 6),
        f"      files: content/{GROUP}",
        _comment(words["more"], 2),
        _comment(f"wiki:\n  recipe: dokuwiki\n  domain: wiki.{domain}", 2),
        _comment(words["forget"]),
        "# forget-data: [wiki]",
    ]
    return "\n".join(lines) + "\n"


def _page(words: dict[str, str], name: str, language: str) -> str:
    safe = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return (
        f'<!doctype html>\n<html lang="{language}">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{safe}</title>\n"
        "<style>body{max-width:40rem;margin:4rem auto;padding:0 1rem;font:1.1rem/1.6 sans-serif}</style>\n"
        f"<h1>{safe}</h1>\n<p>{words['page']}</p>\n"
    )
