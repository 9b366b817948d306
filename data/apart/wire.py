"""Messages between the service, the nursery and a child: a length, then so many bytes."""

from __future__ import annotations

import socket
import struct
import time

_LENGTH = struct.Struct(">Q")
_CHUNK = 1 << 20


class TooMuchError(Exception):
    """A message is longer than agreed."""


def send(to: socket.socket, content: bytes) -> None:
    """A whole message."""
    to.sendall(_LENGTH.pack(len(content)))
    to.sendall(content)


def receive(
    source: socket.socket, *, most_bytes: int, deadline: float | None = None
) -> bytes | None:
    """A whole message; None where the other side left before its end. TooMuchError for one that is too long,
    TimeoutError where it is not there by ``deadline`` (time.monotonic)."""
    head = _exactly(source, _LENGTH.size, deadline)
    if head is None:
        return None
    (size,) = _LENGTH.unpack(head)
    if size > most_bytes:
        raise TooMuchError
    content = _exactly(source, size, deadline)
    return None if content is None else bytes(content)


def _exactly(source: socket.socket, size: int, deadline: float | None) -> bytearray | None:
    got = bytearray()
    while len(got) < size:
        if deadline is not None:
            source.settimeout(max(deadline - time.monotonic(), 0.001))
        try:
            part = source.recv(min(size - len(got), _CHUNK))
        except ConnectionError:
            return None
        if not part:
            return None
        got += part
    return got
