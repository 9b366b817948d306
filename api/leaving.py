"""Answers without end, and a service that is told to stop: the server waits for answers under way, so they must go."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def told_to_stop(act: Callable[[], None]) -> Iterator[None]:
    """Meanwhile ``act`` is called before the server's own handler of SIGINT and SIGTERM. It must be quick and wait for
    nothing. Where the server runs in a thread, or leaves the signals alone, nothing is changed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {
        number: handler
        for number in (signal.SIGINT, signal.SIGTERM)
        if callable(handler := signal.getsignal(number))
    }

    def both(number: int, frame: FrameType | None) -> None:
        act()
        before[signal.Signals(number)](number, frame)

    for number in before:
        signal.signal(number, both)
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is both:
                signal.signal(number, handler)
