"""How people make their devices trust a site's own authority, and how they stop: codes of sentences, system by system."""

from __future__ import annotations

SYSTEMS: dict[str, str] = {
    "debian": "Debian, Ubuntu",
    "firefox": "Firefox",
    "chromium": "Chromium, Chrome",
    "android": "Android",
    "ios": "iPhone, iPad",
    "macos": "macOS",
    "windows": "Windows",
}
"""The systems that have a sentence ``ingress.trust-NAME`` and one ``ingress.untrust-NAME``, and what people call them."""


def install_codes() -> dict[str, str]:
    """System to the code of how to trust.

    >>> install_codes()["ios"]
    'ingress.trust-ios'
    """
    return {system: f"ingress.trust-{system}" for system in SYSTEMS}


def remove_codes() -> dict[str, str]:
    """System to the code of how to stop trusting."""
    return {system: f"ingress.untrust-{system}" for system in SYSTEMS}
