"""Keys that secrets are encrypted to: right ones, nearly right ones, and private ones."""

from __future__ import annotations

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polder.kernel.recipient import is_age_recipient, is_ssh_recipient

ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJfEkR8aQ8sVJYBmFZC3Qk3lT0vHn3p3m7mCwq0Yx5Qh"


def test_new_age_recipients_are_right() -> None:
    assert all(is_age_recipient(str(pyrage.x25519.Identity.generate().to_public())) for _ in range(20))


@given(st.integers(4, 61), st.sampled_from("qpzry9x8gf2tvdw0s3jn54khce6mua7l"))
def test_one_wrong_character_is_found(place: int, letter: str) -> None:
    right = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
    wrong = right[:place] + letter + right[place + 1 :]

    assert is_age_recipient(wrong) == (wrong == right)


@pytest.mark.parametrize(
    "text", ["", "age1", "AGE1QL3Z7", "age1" + "b" * 58, "age1ql3z7 ", "agé1" + "q" * 58]
)
def test_other_texts_are_no_age_recipients(text: str) -> None:
    assert not is_age_recipient(text)


@pytest.mark.parametrize("text", [ED25519, ED25519 + " ana@lilas", ED25519 + " two words"])
def test_ssh_keys_are_right_with_and_without_a_comment(text: str) -> None:
    assert is_ssh_recipient(text)


@pytest.mark.parametrize(
    "text",
    [
        "ssh-ed25519",
        "ssh-ed25519 ",
        "ssh-ed25519 AAAA",
        "ssh-ed25519 !!!!",
        ED25519.replace("ed25519", "rsa"),
        ED25519[:-4],
        "ecdsa-sha2-nistp256 AAAA",
    ],
)
def test_other_texts_are_no_ssh_keys(text: str) -> None:
    assert not is_ssh_recipient(text)
