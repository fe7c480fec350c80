"""Ask a machine which key its SSH server shows, once, so that a person can compare it and the site can pin it.

>>> fingerprint("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
'SHA256:kmYcvdi2GkPeWxB6XLjrZB8JHsy2Hm8luHMFp9GMvqk'
"""

from __future__ import annotations

import base64
import hashlib
import subprocess

from polder.kernel.problem import Unreachable

SECONDS = 10
KINDS = ("ssh-ed25519", "ssh-rsa")
"""Those that a site can pin, the better one first."""


def shown_key(address: str, port: int) -> str:
    """``ssh-ed25519 AAAA...`` as the machine at ``address`` shows it to whoever asks (ssh-keyscan(1)): nobody has vouched for it yet.

    ``Unreachable`` when nothing answers there, or with no such key.
    """
    command = ["ssh-keyscan", "-T", str(SECONDS), "-p", str(port), "-t", "ed25519,rsa", "--", address]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS * 3, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unreachable(f"{address}:{port}", f"ssh-keyscan: {error}") from None
    found = [line.split()[1:3] for line in done.stdout.splitlines() if line and not line.startswith("#")]
    keys = {words[0]: " ".join(words) for words in found if len(words) == 2}
    key = next((keys[kind] for kind in KINDS if kind in keys), "")
    if not key:
        why = next(iter(done.stderr.strip().splitlines()[-1:]), "no SSH server answered with a key")
        raise Unreachable(f"{address}:{port}", why)
    return key


def fingerprint(key: str) -> str:
    """As OpenSSH shows it (``ssh-keygen -lf``)."""
    digest = hashlib.sha256(base64.b64decode(key.split()[1])).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")
