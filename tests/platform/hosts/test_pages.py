"""The pages about the profile and the audit name every line, every kernel setting and every finding."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from polder.kernel.sentences import all_sentences
from polder.platform.hosts.finding import KINDS
from polder.platform.hosts.lines import LINES, sentence
from polder.platform.hosts.upkeep import SYSCTLS

DOCS = Path(__file__).resolve().parents[3] / "docs"
BASELINE = (DOCS / "explanation/baseline.md").read_text()
AUDIT = (DOCS / "explanation/audit.md").read_text()


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.id)
def test_every_line_has_its_words_and_its_paragraph(line) -> None:  # type: ignore[no-untyped-def]
    assert {sentence(line.id, part) for part in ("title", "does", "why", "without")} <= all_sentences().keys()
    assert re.search(rf"^## (.*, )?{line.id}(,.*)?$", BASELINE, re.MULTILINE)


@pytest.mark.parametrize("name", SYSCTLS)
def test_every_kernel_setting_has_its_reason(name: str) -> None:
    row = next(line for line in BASELINE.splitlines() if line.startswith("|") and f"`{name}`" in line)
    assert f"| {SYSCTLS[name]} |" in row


def test_findings_that_the_comparison_names_exist() -> None:
    rows = [
        line.rpartition("| ")[0].rpartition("| ")[2] + line
        for line in AUDIT.splitlines()
        if line.startswith("| ")
    ]
    named = set(re.findall(r"`([a-z][a-z0-9-]+)`", "\n".join(rows)))
    assert {"no-mesh", "ssh-passwords"} & named <= set(KINDS)
    assert {name for name in named if "-" in name and not name.endswith("-")} - {"distro-info-data"} <= set(
        KINDS
    )
