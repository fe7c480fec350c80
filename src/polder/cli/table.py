"""A table as plain lines: columns by their widest cell, no frames, so that it reads aloud and copies well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from polder.kernel.text import one_line, plain_addresses


def table_lines(
    headers: Sequence[str], rows: Sequence[Sequence[str]], styles: Sequence[str] | None = None
) -> Iterator[tuple[str, str]]:
    """Lines with their style; ``styles`` has one for each row.

    >>> [text for text, _ in table_lines(["app", "state"], [["a/wiki", "ok"]])]
    ['app     state', 'a/wiki  ok']
    """
    rows = [[plain_addresses(one_line(cell)) for cell in row] for row in rows]
    widths = [max(len(str(row[i])) for row in [headers, *rows]) for i in range(len(headers))]
    yield _line(headers, widths), "bold"
    for number, row in enumerate(rows):
        yield _line(row, widths), styles[number] if styles else ""


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
