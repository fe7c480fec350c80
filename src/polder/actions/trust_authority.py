"""What a person needs to trust a site's own authority, and to hand it on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from polder.actions.check_site import load_site
from polder.kernel.problem import Problem, Refused
from polder.kernel.sentences import say
from polder.platform.ingress.authority import certificates, permitted, valid_until
from polder.platform.ingress.trust import SYSTEMS, install_codes, remove_codes


@dataclass(frozen=True, slots=True)
class Trust:
    """The root ``certificate`` (PEM), its ``fingerprint``, the names it may vouch for, and sentences: ``about`` it in reading order,
    ``install`` and ``remove`` by system."""

    site: str
    root: str
    certificate: str
    fingerprint: str
    until: str
    names: tuple[str, ...]
    about: tuple[str, ...]
    install: dict[str, str]
    remove: dict[str, str]


def trust_authority(folder: Path, language: str) -> Trust:
    """Everything about the authority of the site in ``folder``. ``ingress.no-authority`` before the first apply."""
    from polder.world.authority import common_name, fingerprint

    site = load_site(folder)
    found = certificates(site.internal_ca)
    if not found:
        raise Refused(Problem("ingress.no-authority"))
    root = found[0]
    until = valid_until(root).date().isoformat()
    mark, names, called = fingerprint(root), permitted(root), common_name(root)
    values = {"name": site.name, "slug": site.slug, "file": f"{site.slug}-ca.crt", "root": called}
    values |= {"until": until, "fingerprint": mark, "names": ", ".join(names)}
    parts = ("about", "limits", "until", "fingerprint", "verify", "save")
    about = tuple(say(f"ingress.trust-{part}", values, language) for part in parts)
    install = {SYSTEMS[system]: say(code, values, language) for system, code in install_codes().items()}
    install["curl"] = say("ingress.trust-curl", values, language)
    remove = {SYSTEMS[system]: say(code, values, language) for system, code in remove_codes().items()}
    return Trust(site.slug, called, root, mark, until, names, about, install, remove)


def save_root(trust: Trust, path: Path) -> None:
    """Write the certificate that people trust to ``path``; never overwrites (``ingress.trust-save-exists``)."""
    try:
        with path.open("x", encoding="ascii") as file:
            file.write(trust.certificate)
    except FileExistsError:
        raise Refused(Problem("ingress.trust-save-exists", "", {"file": str(path)})) from None
