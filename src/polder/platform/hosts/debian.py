"""Until when Debian's releases get security updates.

Source: Debian's package distro-info-data, version 0.58+deb12u7, /usr/share/distro-info/debian.csv (columns eol and eol-lts).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Release:
    """``regular``: until when Debian's security team looks after all of it; ``long``: the long-term team after most of it."""

    codename: str
    number: str
    regular: date
    long: date


RELEASES = {
    release.codename: release
    for release in (
        Release("stretch", "9", date(2020, 7, 18), date(2022, 6, 30)),
        Release("buster", "10", date(2022, 9, 10), date(2024, 6, 30)),
        Release("bullseye", "11", date(2024, 8, 14), date(2026, 8, 31)),
        Release("bookworm", "12", date(2026, 7, 11), date(2028, 6, 30)),
        Release("trixie", "13", date(2028, 8, 9), date(2030, 6, 30)),
    )
}
