"""Things made in advance: all of them, in order, never more than asked for; errors where their thing is due."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from data.ahead import ahead


@pytest.mark.parametrize("depth", [1, 3])
def test_items_come_in_order_and_never_more_than_depth_are_waiting(depth: int) -> None:
    made: list[int] = []

    def items() -> Iterator[int]:
        for item in range(20):
            made.append(item)
            yield item

    for item in ahead(items(), depth=depth):
        assert made[-1] <= item + depth
    assert made == list(range(20))


@pytest.mark.parametrize("depth", [1, 3])
def test_an_error_is_raised_where_its_item_is_due_and_leaves_no_thread(depth: int) -> None:
    def items() -> Iterator[int]:
        yield 1
        yield 2
        raise OSError("torn")

    before = threading.active_count()
    got = []
    with pytest.raises(OSError, match="torn"):
        for item in ahead(items(), depth=depth):
            got.append(item)
    assert got == [1, 2]
    assert threading.active_count() == before


def test_who_leaves_early_has_nothing_more_made() -> None:
    made: list[int] = []

    def endless() -> Iterator[int]:
        while True:
            made.append(len(made))
            yield made[-1]

    stream = ahead(endless(), depth=3)
    assert next(stream) == 0
    stream.close()
    assert len(made) <= 5
