"""The next things are made while the last one is used."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


def ahead(items: Iterator[Item], *, depth: int = 1) -> Generator[Item, None, None]:
    """The same items in the same order, up to ``depth`` of them made in advance, in a thread of its own.

    Worth it where both sides spend their time outside the interpreter; more than one in advance where items take
    differently long. What the items raise is raised here.
    """
    end = object()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead") as thread:
        coming = deque(thread.submit(next, items, end) for _ in range(depth))
        try:
            while (item := coming.popleft().result()) is not end:
                coming.append(thread.submit(next, items, end))
                yield item  # type: ignore[misc]
        finally:
            for unwanted in coming:
                unwanted.cancel()
