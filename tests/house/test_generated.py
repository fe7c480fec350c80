"""What is made from the code is as the code is now; what is translated keeps the names that are filled in."""

import gettext
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = sorted((ROOT / "locale").glob("*/LC_MESSAGES/polder.po"))


@pytest.mark.parametrize("maker", ["reference", "messages"])
def test_generated_files_are_up_to_date(maker: str) -> None:
    command = [sys.executable, f"script/lib/{maker}.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_translations_keep_every_name_that_is_filled_in(path: Path) -> None:
    wrong = [
        message.id
        for message in read(path)
        if message.id
        and any(text and names(text) not in map(names, texts(message.id)) for text in texts(message.string))
    ]
    assert wrong == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_what_is_counted_is_translated_in_every_form_or_not_at_all(path: Path) -> None:
    catalogue = read(path)
    counted = [message for message in catalogue if message.pluralizable]
    wrong = [
        message.id
        for message in counted
        if len(message.string) != catalogue.num_plurals or len(set(map(bool, message.string))) > 1
    ]
    assert counted and wrong == []


FORMS = {"fr": "0011111", "ro": "1011221"}
"""Which form 0, 1, 2, 5, 20, 21 and 101 take; elsewhere one is alone against all others."""


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_gettext_chooses_among_as_many_forms_as_the_catalogue_says(path: Path) -> None:
    catalogue = read(path)
    choose = gettext.c2py(catalogue.plural_expr)  # type: ignore[attr-defined]  # what gettext itself asks
    chosen = "".join(str(choose(number)) for number in (0, 1, 2, 5, 20, 21, 101))

    assert chosen == FORMS.get(path.parts[-3], "1011111")
    assert catalogue.num_plurals == int(max(chosen)) + 1


def read(path: Path) -> Catalog:
    with path.open("rb") as source:
        return read_po(source)


def texts(held: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """One text, or one for each form."""
    return (held,) if isinstance(held, str) else tuple(held)


def names(template: str) -> set[str]:
    return set(re.findall(r"\{([a-z_]+)", template))
