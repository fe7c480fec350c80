"""The authority as the files show it: when it must be renewed, which names it covers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st

from polder.platform.ingress.authority import certificates, permitted, renewal_due, uncovered, valid_until
from polder.world.authority import new_authority, new_intermediate, public_file
from support.sites import NOW, authority, group, ready, site_files


@settings(max_examples=20, deadline=None)
@given(st.datetimes(datetime(1995, 1, 1), datetime(2100, 1, 1)))
def test_the_end_read_by_hand_is_the_one_the_library_reads(now: datetime) -> None:
    root, _ = new_authority("Les Lilas", (), now.replace(microsecond=0, tzinfo=UTC))
    assert valid_until(root) == x509.load_pem_x509_certificate(root.encode()).not_valid_after_utc


@given(st.binary(max_size=200))
def test_rubbish_is_not_a_certificate(rubbish: bytes) -> None:
    import base64

    pem = f"-----BEGIN CERTIFICATE-----\n{base64.b64encode(rubbish).decode()}\n-----END CERTIFICATE-----\n"
    with pytest.raises(ValueError):
        valid_until(pem)


@pytest.mark.parametrize(
    "text", ["", "nonsense", "-----BEGIN CERTIFICATE-----\n%%\n-----END CERTIFICATE-----"]
)
def test_a_file_without_certificates_needs_renewal(text: str) -> None:
    assert renewal_due(text, NOW)


def test_the_intermediate_is_renewed_two_months_before_its_end() -> None:
    end = valid_until(certificates(authority())[1])
    assert not renewal_due(authority(), NOW)
    assert not renewal_due(authority(), end - timedelta(days=60))
    assert renewal_due(authority(), end - timedelta(days=59))
    assert renewal_due(authority(), end + timedelta(days=1))


def test_a_file_with_the_root_only_needs_an_intermediate() -> None:
    assert renewal_due(certificates(authority())[0], NOW)


def test_text_between_certificates_is_left_out() -> None:
    root, intermediate = certificates(authority())
    assert certificates(f"trust this:\n{root}not this:\n{intermediate}") == (root, intermediate)


def test_internal_names_are_covered_and_a_later_public_name_is_not() -> None:
    root, key = new_authority("Les Lilas", ("wiki.lilas.example",), NOW)
    public = public_file(root, new_intermediate("Les Lilas", root, key, NOW)[0])
    apps = group(
        "wiki plain domain=wiki.lilas.example", "a plain domain=a.test", "b plain domain=lilas.example"
    )
    site = replace(ready(site_files({"lilas": apps})), internal_ca=public)
    assert uncovered(site) == ("lilas.example",)
    assert permitted(root) == ("test", "internal", "home.arpa", "wiki.lilas.example")


def test_before_there_is_an_authority_nothing_is_said_to_be_uncovered() -> None:
    site = replace(ready(site_files({"lilas": group("w plain domain=w.lilas.example")})), internal_ca="")
    assert uncovered(site) == ()
