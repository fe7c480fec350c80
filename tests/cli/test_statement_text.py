"""Statements as they are shown: what a peer wrote looks like nothing but what it is."""

from datetime import UTC, datetime

from polder.cli.statement_text import row, statement_lines
from polder.cli.table import table_lines
from polder.commons.statement.access import PUBLIC
from polder.commons.statement.model import Heard, Statement
from polder.kernel.digest import Digest
from polder.kernel.text import Text

NOW = datetime(2026, 11, 22, tzinfo=UTC)
BAD = "We move\n2026-11-22  alder/news/pay  \u202ePay here\u200b"


def test_a_title_and_fields_of_a_peer_are_one_line_each() -> None:
    said = Statement(
        "news", 1, "moving", "beech", NOW, PUBLIC, Text({"en": BAD}), data={"place": BAD, "many": [BAD, BAD]}
    )
    heard = Heard(said, Digest("sha256:" + "0" * 64), "")
    listed = [text for text, _ in table_lines(["a", "b", "c", "d"], [row(heard, frozenset(), "en")])]
    read = [text for text, _ in statement_lines(heard, "en")]

    assert len(listed) == 2
    assert len(read) == 4
    assert not {"\n", "\u202e", "\u200b"} & set("".join(listed + read))
