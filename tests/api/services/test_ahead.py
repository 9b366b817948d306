"""Steps that run at the same time: in order, bounded, errors where they are waited for, no thread left."""

from __future__ import annotations

import threading

import pytest

from api.services.ahead import ahead


def test_items_come_in_order_and_never_more_than_most_are_waiting():
    taken, lead = [], []

    def items():
        for k in range(50):
            lead.append(k - len(taken))
            yield k

    with ahead(items(), most=2) as made:
        for item in made:
            taken.append(item)
    assert taken == list(range(50))
    assert max(lead) <= 3  # two waiting, one just handed over


def test_an_error_is_raised_where_its_item_is_asked_for():
    def items():
        yield 1
        raise OSError("torn")

    with pytest.raises(OSError, match="torn"), ahead(items()) as made:
        assert next(made) == 1
        next(made)


def test_leaving_early_ends_the_threads():
    before = threading.active_count()

    def endless():
        while True:
            yield 0

    with pytest.raises(KeyboardInterrupt), ahead(endless()) as one, ahead(map(str, one)) as two:
        next(two)
        raise KeyboardInterrupt
    assert threading.active_count() == before
