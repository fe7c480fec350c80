"""What one provider says of one recipe that others may take: ``recipes/<name>/offer.json`` beside the recipe's bundle.

What it says of the recipe is for lists; who adopts it reads the bundle, whose digests stand here, and compares.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from polder.commons.catalogue.bundle import unpack
from polder.commons.catalogue.fields import Fields, fields_of, moment_text
from polder.kernel.digest import Digest, digest_of_bytes, short
from polder.kernel.folder import Folder
from polder.kernel.names import is_slug
from polder.kernel.plain import write_plain
from polder.kernel.problem import Problem, Problems, Refused
from polder.kernel.text import Text

FORMAT = "polder-offer-1"
ImageKind = Literal["id", "pushed"]
_IMAGE_KEY = re.compile(r"[a-z0-9.-]{1,80}")


@dataclass(frozen=True, slots=True)
class ImageBuilt:
    """``kind``: ``id`` (digest of the image as an engine holds it) or ``pushed`` (digest of the manifest in a registry); only
    digests of one kind can be compared."""

    kind: ImageKind
    digest: Digest


def image_built(reference: str) -> ImageBuilt:
    """What ``polder.lock`` says was built, as it may be told: without the registry's name.

    >>> image_built("registry.internal/polder/wiki@sha256:ab").kind, image_built("sha256:ab").kind
    ('pushed', 'id')
    """
    _, at, digest = reference.rpartition("@")
    return ImageBuilt("pushed" if at else "id", Digest(digest))


@dataclass(frozen=True, slots=True)
class Offer:
    """``digest``: of the recipe's folder, as ``polder.lock`` counts it; ``bundle``, ``size``: of the file that holds it. ``images``:
    what this provider built from it, by what it was built from."""

    name: str
    digest: Digest
    bundle: Digest
    size: int
    version: str
    names: Text
    summary: Text
    licence: str
    upstream: str
    source: str
    date: datetime
    note: str = ""
    images: Mapping[str, ImageBuilt] = field(default_factory=dict)


def offer_path(name: str) -> str:
    """Where the offer of a recipe stands among a provider's targets."""
    return f"recipes/{name}/offer.json"


def bundle_path(name: str, digest: Digest) -> str:
    """Where its bundle stands.

    >>> bundle_path("wiki", Digest("sha256:" + "0123456789abcdef" * 4))
    'recipes/wiki/0123456789abcdef.tar'
    """
    return f"recipes/{name}/{short(digest, 16)}.tar"


def offer_bytes(offer: Offer) -> bytes:
    """The file, as it is given to the network."""
    return write_plain(
        {
            "format": FORMAT,
            "name": offer.name,
            "digest": offer.digest,
            "bundle": {"digest": offer.bundle, "size": offer.size},
            "version": offer.version,
            "names": dict(offer.names.by_language),
            "summary": dict(offer.summary.by_language),
            "licence": offer.licence,
            "upstream": offer.upstream,
            "source": offer.source,
            "images": {key: {"kind": one.kind, "digest": one.digest} for key, one in offer.images.items()},
            "date": moment_text(offer.date),
            "note": offer.note,
        }
    )


def read_offer(name: str, content: bytes, where: str) -> Offer:
    """The offer at ``recipes/<name>/offer.json``. Refused with every problem, placed at ``where``."""
    problems = Problems()
    fields = fields_of(content, FORMAT, where, problems)
    bundle = Fields(fields.below("bundle"), where, problems)
    offer = Offer(
        name=fields.text("name"),
        digest=fields.digest("digest"),
        bundle=bundle.digest("digest"),
        size=bundle.number("size"),
        version=fields.text("version"),
        names=fields.texts("names"),
        summary=fields.texts("summary"),
        licence=fields.text("licence"),
        upstream=fields.text("upstream"),
        source=fields.text("source"),
        date=fields.moment("date"),
        note=fields.text("note", needed=False),
        images=_images(fields),
    )
    if offer.name != name or not is_slug(name):
        problems.add("catalogue.other-name", where, name=offer.name)
    problems.refuse_if_any()
    return offer


def _images(fields: Fields) -> dict[str, ImageBuilt]:
    found = {}
    for key, held in fields.below("images").items():
        one = Fields(held if isinstance(held, dict) else {}, fields.where, fields.problems)
        kind: Any = one.text("kind")
        if kind not in ("id", "pushed") or not _IMAGE_KEY.fullmatch(key):
            fields.wrong("images")
        found[key] = ImageBuilt(kind, one.digest("digest"))
    return found


def open_offer(offer: Offer, files: Mapping[str, bytes], where: str) -> Folder:
    """The recipe's folder out of a provider's targets. Refused unless every digest of the offer holds for what is there."""
    content = files.get(bundle_path(offer.name, offer.digest))
    if content is None:
        raise Refused(Problem("catalogue.no-bundle", where))
    if len(content) != offer.size or digest_of_bytes(content) != offer.bundle:
        raise Refused(Problem("catalogue.other-bundle", where))
    folder = unpack(content, where)
    if folder.digest != offer.digest:
        values = {"found": short(folder.digest), "said": short(offer.digest)}
        raise Refused(Problem("catalogue.other-digest", where, values))
    return folder
