"""What is given, read while others write there."""

from __future__ import annotations

from pathlib import Path

import pytest

from polder.kernel.problem import Refused
from polder.world.given import read_given, write_given


def test_what_a_writer_has_not_finished_is_not_given_and_stops_nobody(tmp_path: Path) -> None:
    write_given(tmp_path, "seen/state.json", b"{}")
    (tmp_path / "seen/.state.json.k3jx_0ab").write_bytes(b"{")

    assert read_given(tmp_path) == {"seen/state.json": b"{}"}


@pytest.mark.parametrize("name", [".hidden", ".state.json", ".state.json.swp", "a b.json", ".a/state.json"])
def test_any_other_name_that_nobody_could_fetch_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"{}")

    with pytest.raises(Refused) as refused:
        read_given(tmp_path)
    assert {one.code for one in refused.value.problems} == {"network.bad-path"}
