"""Verified peers for tests that need what they say, not how it was verified: targets by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from polder.commons.catalogue.bundle import pack
from polder.commons.catalogue.offer import ImageBuilt, Offer, bundle_path, offer_bytes, offer_path
from polder.commons.catalogue.word import (
    ADOPTIONS_AT,
    Adoption,
    Approval,
    adoptions_bytes,
    approval_bytes,
    approval_path,
)
from polder.kernel.digest import Digest, digest_of_bytes
from polder.kernel.folder import Folder
from polder.kernel.published import Published
from polder.kernel.text import Text

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SEEN = NOW - timedelta(hours=2)


def root_of(provider: str) -> Digest:
    """The fingerprint of a provider's first root file."""
    return digest_of_bytes(provider.encode())


def following(*providers: str) -> str:
    """The part of a ``network.yml`` that follows ``providers``."""
    return "follow:\n" + "".join(
        f'  {one}: {{url: "https://{one}.example/net/", root: "{root_of(one)}"}}\n' for one in providers
    )


def published(provider: str, files: Mapping[str, bytes], *, stale: bool = False) -> Published:
    """What was verified of ``provider`` two hours ago; its last word ended an hour ago when ``stale``."""
    expires = NOW - timedelta(hours=1) if stale else NOW + timedelta(days=6)
    root = digest_of_bytes(provider.encode())
    return Published(
        provider, root, {"timestamp": 3}, SEEN, expires, files, f"https://{provider}.example/net/"
    )


def offer_of(name: str, folder: Folder, version: str = "1", note: str = "", **images: ImageBuilt) -> Offer:
    bundle = pack(folder)
    return Offer(
        name=name,
        digest=folder.digest,
        bundle=digest_of_bytes(bundle),
        size=len(bundle),
        version=version,
        names=Text({"en": "Plain"}),
        summary=Text({"en": "Something plain."}),
        licence="AGPL-3.0-or-later",
        upstream="Plain 1",
        source="https://plain.example/source",
        date=NOW - timedelta(days=3),
        note=note,
        images=images,
    )


def offering(
    name: str, folder: Folder, version: str = "1", note: str = "", **images: ImageBuilt
) -> dict[str, bytes]:
    """The targets of a provider that offers ``folder``."""
    offer = offer_of(name, folder, version, note, **images)
    return {offer_path(name): offer_bytes(offer), bundle_path(name, offer.digest): pack(folder)}


def approving(name: str, digest: Digest, *, runs: bool = False, note: str = "") -> dict[str, bytes]:
    held = Approval(name, digest, runs, NOW - timedelta(days=1), note)
    return {approval_path(digest): approval_bytes(held)}


def adopting(name: str, digest: Digest, taken_from: str = "beech") -> dict[str, bytes]:
    return {ADOPTIONS_AT: adoptions_bytes({name: Adoption(digest, taken_from)})}
