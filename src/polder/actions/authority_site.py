"""Make or renew the site's own certificate authority: ``internal-ca.crt`` and its secret files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from polder.kernel.problem import Problem, Refused
from polder.kernel.secret import Secret
from polder.platform.ingress.authority import certificates
from polder.platform.plan.model import MakeAuthority
from polder.world.authority import new_authority, new_intermediate, public_file
from polder.world.files import write_atomically

if TYPE_CHECKING:
    from polder.actions.prepare_site import Preparer


def make_authority(preparer: Preparer, work: MakeAuthority) -> Mapping[str, str]:
    """Returns the placeholders of the files made. ``renew``: the root stays, so nobody has to trust anything anew.

    The public file comes last: cut short before that, the next plan makes the authority again, and nobody has trusted it yet.
    """
    now = datetime.now(UTC)
    known: dict[str, str] = {}
    if work.renew:
        root_key = preparer.reveal("polder.ca")
        root = certificates(preparer.site.internal_ca)[0]
    else:
        root, root_key = new_authority(work.name, work.domains, now)
        known |= preparer.write_secret("polder.ca", root_key, work.recipients)
    try:
        certificate, key = new_intermediate(work.name, root, root_key, now)
    except ValueError:
        raise Refused(Problem("ingress.not-its-key", "internal-ca.crt")) from None
    known |= preparer.write_secret("polder.intermediate", key, work.recipients)
    known |= preparer.write_secret("polder.intermediate-certificate", Secret(certificate), work.recipients)
    path = preparer.folder / "internal-ca.crt"
    write_atomically(path, public_file(root, certificate).encode())
    preparer.written.append(path)
    return known
