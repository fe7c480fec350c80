"""What is made from the code is as the code is now; what is translated keeps the names that are filled in."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = sorted((ROOT / "locale").glob("*/LC_MESSAGES/polder.po"))


@pytest.mark.parametrize("maker", ["reference", "messages"])
def test_generated_files_are_up_to_date(maker: str) -> None:
    command = [sys.executable, f"script/lib/{maker}.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_translations_keep_every_name_that_is_filled_in(path: Path) -> None:
    from babel.messages.pofile import read_po

    with path.open("rb") as source:
        catalogue = read_po(source)
    wrong = [
        message.id
        for message in catalogue
        if message.id and message.string and names(str(message.id)) != names(str(message.string))
    ]
    assert wrong == []


def names(template: str) -> set[str]:
    return set(re.findall(r"\{([a-z_]+)", template))
