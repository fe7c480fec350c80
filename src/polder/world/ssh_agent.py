"""An SSH agent as the holder of a key: it signs, and the private half never comes here (draft-ietf-sshm-ssh-agent).

Only plain ``ssh-ed25519`` keys: their signature (RFC 8709) is the Ed25519 signature over exactly the bytes that were sent. A
security key's ``sk-ssh-ed25519`` signs other bytes with a counter in them, and so cannot sign our documents.
"""

from __future__ import annotations

import os
import socket
import struct
from dataclasses import dataclass

from polder.kernel.problem import Problem, Refused, Unreachable
from polder.kernel.signing import PublicKey

KIND = b"ssh-ed25519"
SECONDS = 120.0
"""A person may have to touch a token or answer the agent's question."""
_LIMIT = 256 * 1024
_REQUEST_IDENTITIES, _IDENTITIES, _SIGN, _SIGNED = 11, 12, 13, 14


@dataclass(frozen=True, slots=True)
class AgentSigner:
    """Signs through the agent that answers at ``socket_path``."""

    public: PublicKey
    socket_path: str

    def sign(self, payload: bytes) -> bytes:
        """64 bytes. ``Refused`` (``trust.agent-refused``) when the agent does not sign, ``Unreachable`` when it does not answer."""
        request = bytes([_SIGN]) + _string(_blob(self.public)) + _string(payload) + struct.pack(">I", 0)
        kind, answer = _ask(self.socket_path, request)
        if kind != _SIGNED:
            raise Refused(Problem("trust.agent-refused", "", {"key": self.public.hex[:16]}))
        named, signature = _strings(_strings(answer, 1)[0], 2)
        if named != KIND or len(signature) != 64:
            raise Refused(Problem("trust.agent-refused", "", {"key": self.public.hex[:16]}))
        return signature


def agent_signer(public: PublicKey, socket_path: str = "") -> AgentSigner | None:
    """The signer for ``public`` when the agent (``SSH_AUTH_SOCK`` unless given) holds it; ``None`` when it does not, or there is none."""
    path = socket_path or os.environ.get("SSH_AUTH_SOCK", "")
    if not path:
        return None
    try:
        kind, answer = _ask(path, bytes([_REQUEST_IDENTITIES]))
    except Unreachable:
        return None
    if kind != _IDENTITIES or len(answer) < 4:
        return None
    (count,) = struct.unpack(">I", answer[:4])
    held = _strings(answer[4:], 2 * min(count, 1000))
    return AgentSigner(public, path) if _blob(public) in held[::2] else None


def ssh_public_key(text: str) -> PublicKey:
    """The key in a line such as ``ssh-ed25519 AAAA... ana@laptop``. Refused (``trust.agent-key-kind``) when it is of another kind."""
    import base64
    import binascii

    kind, _, rest = text.strip().partition(" ")
    try:
        named, raw = _strings(base64.b64decode(rest.split(" ")[0], validate=True), 2)
    except (binascii.Error, ValueError, Unreachable):
        named, raw = b"", b""
    if named != KIND or len(raw) != 32:
        raise Refused(Problem("trust.agent-key-kind", "", {"kind": kind}))
    return PublicKey(raw.hex())


def _blob(public: PublicKey) -> bytes:
    return _string(KIND) + _string(bytes.fromhex(public.hex))


def _string(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + content


def _strings(content: bytes, count: int) -> list[bytes]:
    """The first ``count`` length-prefixed strings in ``content``."""
    found, at = [], 0
    for _ in range(count):
        size = int.from_bytes(content[at : at + 4], "big")
        if at + 4 + size > len(content):
            raise Unreachable("ssh-agent", "an answer that ends too early")
        found.append(content[at + 4 : at + 4 + size])
        at += 4 + size
    return found


def _ask(path: str, request: bytes) -> tuple[int, bytes]:
    """The kind and the body of the agent's answer."""
    try:
        with socket.socket(socket.AF_UNIX) as agent:
            agent.settimeout(SECONDS)
            agent.connect(path)
            agent.sendall(_string(request))
            size = int.from_bytes(_receive(agent, 4), "big")
            if not 0 < size <= _LIMIT:
                raise Unreachable("ssh-agent", f"an answer of {size} bytes")
            answer = _receive(agent, size)
    except OSError as error:
        raise Unreachable("ssh-agent", error.strerror or str(error)) from None
    return answer[0], answer[1:]


def _receive(agent: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        piece = agent.recv(count - len(found))
        if not piece:
            raise Unreachable("ssh-agent", "it hung up")
        found += piece
    return found
