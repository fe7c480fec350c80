"""When a host's certificates end. They come whole, because not every host has openssl, and are public anyway. Pure."""

from __future__ import annotations

import base64
import math

from polder.kernel.host import CertificateSeen
from polder.world.hosts.sections import Sections


def certificates(found: Sections, now: float) -> tuple[CertificateSeen, ...]:
    """Those that can be read; ``days`` are whole ones from ``now``, rounded down."""
    ends = ((path, _end(lines)) for path, lines in found.named("certificate") if lines)
    return tuple(
        CertificateSeen(path, math.floor((end - now) / 86400)) for path, end in ends if end is not None
    )


def _end(lines: tuple[str, ...]) -> float | None:
    from cryptography import x509

    try:
        content = base64.b64decode("".join(line.strip() for line in lines))
        return x509.load_der_x509_certificate(content).not_valid_after_utc.timestamp()
    except ValueError:
        return None
