"""A client that is quicker than the server it measures: one epoll loop, kept-alive connections, requests made before.

Closed loop: each connection sends its next request when the answer to the last is whole. Where a connection breaks, the
request that it carried is sent again on a new one, as a careful client does; what was never answered is not counted.
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

RETRY_S = 0.05


@dataclass(slots=True)
class Tally:
    """What came back: answers by status, seconds each took, how often a connection broke."""

    seconds: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict)
    spans: list[float] = field(default_factory=list)
    broken: int = 0

    @property
    def rate(self) -> float:
        """Good answers (2xx) a second."""
        good = sum(count for status, count in self.statuses.items() if 200 <= status < 300)
        return good / self.seconds

    def quantile_ms(self, share: float) -> float:
        """The time within which that share of answers came."""
        return float(np.quantile(self.spans, share)) * 1e3


class _Wire:
    """One connection and the request that it carries."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address
        self.socket: socket.socket | None = None
        self.request: bytes | None = None
        self.begun = 0.0
        self.buffer = b""
        self.not_before = 0.0

    def open(self) -> bool:
        try:
            made = socket.create_connection(self.address, timeout=5)
        except OSError:
            self.not_before = time.perf_counter() + RETRY_S
            return False
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.setblocking(False)
        self.socket, self.buffer = made, b""
        return True

    @property
    def number(self) -> int | None:
        return None if self.socket is None else self.socket.fileno()

    def close(self) -> None:
        """Let go of the connection; epoll forgets it by itself."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None
        self.not_before = time.perf_counter() + RETRY_S

    def send(self) -> bool:
        assert self.socket is not None and self.request is not None
        try:
            self.socket.sendall(self.request)
        except OSError:
            return False
        return True

    def take(self) -> tuple[int, bytes] | None:
        """The answer once it is whole. OSError where the connection broke."""
        assert self.socket is not None
        got = self.socket.recv(1 << 16)
        if not got:
            raise ConnectionResetError
        self.buffer += got
        head = self.buffer.find(b"\r\n\r\n")
        if head < 0:
            return None
        at = self.buffer[:head].lower().find(b"content-length:")
        if at < 0:
            raise ConnectionResetError
        length = int(self.buffer[at + 15 : head].split(b"\r\n", 1)[0])
        if len(self.buffer) < head + 4 + length:
            return None
        status, body = int(self.buffer[9:12]), self.buffer[head + 4 : head + 4 + length]
        self.buffer = self.buffer[head + 4 + length :]
        return status, body


def press(  # noqa: PLR0912, PLR0915  one loop, kept in one piece for its speed
    address: tuple[str, int],
    requests: Iterator[bytes],
    *,
    clients: int,
    seconds: float,
    heard: Callable[[bytes, int, bytes], None] | None = None,
    until: Callable[[], bool] | None = None,
) -> Tally:
    """Keep ``clients`` connections busy for ``seconds``, or until ``until()``; the answers under way are awaited.

    ``heard(request, status, body)`` is called with every answer. 5xx answers are asked again, like broken connections.
    """
    tally, poll = Tally(), select.epoll()
    idle = [_Wire(address) for _ in range(clients)]
    busy: dict[int, _Wire] = {}
    start = time.perf_counter()
    end = start + seconds
    while True:
        now = time.perf_counter()
        open_door = now < end and not (until and until())
        for wire in [one for one in idle if one.not_before <= now]:
            if wire.request is None:
                wire.request = next(requests, None) if open_door else None
            if wire.request is None or now > end + 30:
                continue
            if _start(wire, poll, busy):
                idle.remove(wire)
        if not busy and not (open_door or any(one.request for one in idle)):
            break
        if now > end + 30:
            break
        for number, _ in poll.poll(0.02 if idle else 1.0):
            if number not in busy:  # closed while it carried nothing, as a server does that goes
                for rested in [one for one in idle if one.number == number]:
                    rested.close()
                continue
            wire = busy[number]
            try:
                answer = wire.take()
            except BlockingIOError:
                continue
            except OSError:
                tally.broken += 1
                del busy[number]
                wire.close()
                idle.append(wire)
                continue
            if answer is None:
                continue
            now = time.perf_counter()
            status, body = answer
            tally.statuses[status] = tally.statuses.get(status, 0) + 1
            if heard is not None and wire.request is not None:
                heard(wire.request, status, body)
            if status < 500:
                tally.spans.append(now - wire.begun)
                wire.request = next(requests, None) if now < end else None
            else:
                wire.not_before = now + RETRY_S
            if wire.request is None or status >= 500 or (until and until()):
                del busy[number]
                idle.append(wire)
                if status < 500:
                    wire.request = None
                continue
            wire.begun = now
            wire.send()
    tally.seconds = time.perf_counter() - start
    return tally


def _start(wire: _Wire, poll: select.epoll, busy: dict[int, _Wire]) -> bool:
    """Send a wire's request, over a new connection where it has none."""
    if wire.socket is None:
        if not wire.open():
            return False
        assert wire.socket is not None
        poll.register(wire.socket.fileno(), select.EPOLLIN)
    assert wire.socket is not None
    busy[wire.socket.fileno()] = wire
    wire.begun = time.perf_counter()
    wire.send()
    return True
