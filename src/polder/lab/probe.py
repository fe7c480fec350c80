"""Asking a host whether it is there, without logging in.

An echo request (RFC 792) costs it nothing; an SSH server's first line (RFC 4253, section 4.2) is asked for rarely, because servers
shut out, for a while, those who often come and leave without logging in.
"""

from __future__ import annotations

import os
import socket
import struct
import time


def pings(address: str, seconds: float) -> bool:
    """Whether ``address`` answers an echo request within ``seconds``."""
    mark = os.urandom(4)
    body = struct.pack("!BBH", 8, 0, 0) + mark
    packet = struct.pack("!BBH", 8, 0, checksum(body)) + mark
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as door:
            door.sendto(packet, (address, 0))
            return _answered(door, address, mark, time.monotonic() + seconds)
    except OSError:
        return False


def _answered(door: socket.socket, address: str, mark: bytes, until: float) -> bool:
    while (left := until - time.monotonic()) > 0:
        door.settimeout(left)
        try:
            data, (sender, _) = door.recvfrom(2048)
        except TimeoutError:
            return False
        start = (data[0] & 15) * 4
        if sender == address and data[start] == 0 and data[start + 4 : start + 8] == mark:
            return True
    return False


def checksum(data: bytes) -> int:
    """RFC 1071, of an even number of bytes.

    >>> hex(checksum(bytes([8, 0, 0, 0, 0, 1, 0, 1])))
    '0xf7fd'
    """
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def says_ssh(address: str, seconds: float = 2.0) -> bool:
    """Whether an SSH server greets at port 22."""
    try:
        with socket.create_connection((address, 22), seconds) as door:
            return door.recv(4) == b"SSH-"
    except OSError:
        return False
