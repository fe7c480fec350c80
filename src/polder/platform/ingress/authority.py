"""The site's own certificate authority, seen from the files: which there are, how long they last, which names they cover.

``internal-ca.crt`` holds two public certificates: the root, which people trust on their devices (ten years, its key stays with
the operators as ``secrets/polder.ca.age``), then the intermediate, which signs for the apps (a year, its key is given to the
ingress). The root is name-constrained: it cannot vouch for a name outside ``.test``, ``.internal``, ``.home.arpa`` and
the public names that the site's apps had when it was made.

Dates are read from the DER by hand: a plan needs nothing more, and loading a certificate library takes longer than planning.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from polder.kernel.names import is_internal
from polder.platform.site.model import Site

AUTHORITY_FILES = ("polder.ca", "polder.intermediate", "polder.intermediate-certificate")
"""Files in ``secrets/`` (without ``.age``) that are made with the authority, all at once, and by nothing else."""
RENEW_WITHIN = timedelta(days=60)
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)
_MOMENT = re.compile(r"[0-9]{14}Z")


def certificates(pem: str) -> tuple[str, ...]:
    """Each certificate in ``pem``, as PEM of its own; what stands between them is left out."""
    return tuple(match[0] + "\n" for match in _PEM.finditer(pem))


def renewal_due(internal_ca: str, now: datetime) -> bool:
    """Whether the intermediate ends within 60 days of ``now`` (or is missing or not readable)."""
    found = certificates(internal_ca)
    try:
        return len(found) < 2 or valid_until(found[1]) - now < RENEW_WITHIN
    except ValueError:
        return True


def is_authority(text: str) -> bool:
    """Whether ``text`` begins with a certificate and every one in it is whole."""
    try:
        return text.lstrip().startswith("-----BEGIN") and bool(
            [valid_until(one) for one in certificates(text)]
        )
    except ValueError:
        return False


def root_lasts(internal_ca: str, now: datetime) -> bool:
    """Whether there is a root that can still sign an intermediate worth having."""
    found = certificates(internal_ca)
    try:
        return bool(found) and valid_until(found[0]) - now >= RENEW_WITHIN
    except ValueError:
        return False


def valid_until(pem: str) -> datetime:
    """The end of the first certificate in ``pem`` (RFC 5280, 4.1.2.5). ``ValueError`` when it is not a certificate."""
    match = _PEM.search(pem)
    try:
        der = base64.b64decode(match[1] if match else "")
        fields = list(_children(_only(_only(der))))
        validity = next(content for tag, content in fields[1:] if tag == 0x30 and _is_validity(content))
        tag, text = list(_children(validity))[1]
        return _time(tag, text.decode("ascii"))
    except (IndexError, StopIteration, UnicodeDecodeError) as error:
        raise ValueError("not a certificate") from error


def uncovered(site: Site) -> tuple[str, ...]:
    """The apps' domains that the site's authority cannot vouch for: devices that trust it will still refuse them."""
    public = sorted({app.domain for app in site.apps if not is_internal(app.domain)})
    found = certificates(site.internal_ca)
    if not public or not found:
        return ()
    allowed = permitted(found[0])
    return tuple(
        domain
        for domain in public
        if not any(domain == name or domain.endswith("." + name) for name in allowed)
    )


def permitted(pem: str) -> tuple[str, ...]:
    """The names that the first certificate in ``pem`` may vouch for, each with every name below it."""
    from cryptography import x509

    constraints = x509.load_pem_x509_certificate(pem.encode()).extensions.get_extension_for_class(
        x509.NameConstraints
    )
    return tuple(
        name.value for name in constraints.value.permitted_subtrees or () if isinstance(name, x509.DNSName)
    )


def _children(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each DER element in ``content``."""
    at = 0
    while at < len(content):
        tag, length, at = content[at], content[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, at = int.from_bytes(content[at : at + size], "big"), at + size
        yield tag, content[at : at + length]
        at += length


def _only(content: bytes) -> bytes:
    return next(_children(content))[1]


def _is_validity(content: bytes) -> bool:
    return [tag in (0x17, 0x18) for tag, _ in _children(content)] == [True, True]


def _time(tag: int, text: str) -> datetime:
    """UTCTime has two digits for the year: 50 to 99 are of the last century."""
    if tag == 0x17:
        text = ("19" if text[:2] >= "50" else "20") + text
    if not _MOMENT.fullmatch(text):
        raise ValueError("not a moment")
    return datetime.fromisoformat(f"{text[:8]}T{text[8:14]}").replace(tzinfo=UTC)
