"""Keep the message catalogues in step with the sentences in ``src/``.

``locale/polder.pot`` holds every text marked with ``N_`` or ``NP_`` (and given to ``translate``) and the help of every command; each
``locale/<language>/LC_MESSAGES/polder.po`` its translations. The files carry no dates and no line
numbers, so that they change only when a sentence does.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

HEADER = "# Sentences of Polder. The licence is that of Polder: AGPL-3.0-or-later.\n#"
KEYWORDS = {"N_": None, "NP_": (1, 2), "translate": None}
LOCALE = Path("locale")


def template() -> Catalog:
    """Every marked text in ``src/``, with the files that use it."""
    found = Catalog(project="Polder", version="", fuzzy=False, header_comment=HEADER)
    for file, _line, message, comments, context in sorted(
        extract_from_dir("src", keywords=KEYWORDS, comment_tags=("translators:",)), key=lambda m: (m[0], m[1])
    ):
        if message and not (isinstance(message, str) and not message.strip()):
            found.add(message, locations=[(file, None)], auto_comments=comments, context=context)
    for text, module in sorted(set(helps()), key=lambda found: (found[1], found[0])):
        found.add(text, locations=[(module.replace(".", "/") + ".py", None)])
    for entry in found:
        entry.flags.discard("python-format")  # ours are for str.format: a percent sign is one
    return found


def helps() -> list[tuple[str, str]]:
    """What the commands and their options say of themselves, with the module."""
    from polder.cli.help_words import texts
    from polder.cli.main import polder

    return list(texts(polder, click.Context(polder, info_name="polder")))


def written(catalogue: Catalog) -> bytes:
    """The catalogue as a file: without the date and tool lines that would change at every run."""
    out = io.BytesIO()
    write_po(out, catalogue, width=110, omit_header=False, ignore_obsolete=True, include_lineno=False)
    lines = out.getvalue().splitlines(keepends=True)
    changing = (
        b'"POT-Creation-Date',
        b'"PO-Revision-Date',
        b'"Generated-By',
        b'"Report-Msgid',
        b'"Last-Translator',
        b'"Language-Team',
    )
    return b"".join(line for line in lines if not line.startswith(changing))


def wanted() -> Iterator[tuple[Path, bytes]]:
    """Each file of the catalogues with the content it should have."""
    collected = template()
    yield LOCALE / "polder.pot", written(collected)
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/polder.po")):
        with path.open("rb") as source:
            catalogue = read_po(source, locale=path.parts[1])
        catalogue.update(collected, no_fuzzy_matching=True, update_creation_date=False)
        catalogue.fuzzy = False
        catalogue.header_comment = HEADER
        yield path, written(catalogue)


def main(check: bool) -> int:
    stale = [(path, text) for path, text in wanted() if not path.exists() or path.read_bytes() != text]
    for path, text in stale:
        print(f"{path}: {'out of date; run script/messages' if check else 'written'}")
        if not check:
            path.write_bytes(text)
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
