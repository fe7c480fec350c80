from __future__ import annotations

from pathlib import Path

from polder.kernel.sentences import all_sentences
from polder.platform.compose import keys
from polder.platform.compose.reference import page
from polder.platform.compose.service import READERS

ROOT = Path(__file__).resolve().parents[3]


def test_the_reference_page_is_what_the_table_says() -> None:
    assert (ROOT / "docs/reference/compose.md").read_text().rstrip() == page().rstrip(), (
        "run script/reference"
    )


def test_every_reported_or_refused_key_has_a_sentence() -> None:
    every = [key for section in keys.SECTIONS.values() for key in section.values()]
    assert {key.code for key in every if key.code} <= set(all_sentences())
    assert all(key.code for key in every if key.treatment in ("reported", "refused"))


def test_every_honoured_key_of_a_service_has_a_reader_and_no_other() -> None:
    honoured = {name for name, key in keys.SERVICE.items() if key.treatment in ("honoured", "permission")}
    assert honoured == set(READERS)
