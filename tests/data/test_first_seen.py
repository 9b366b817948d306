"""First occurrences over batches: as a dictionary would say; ids that sort and are all different."""

from __future__ import annotations

from uuid import RFC_4122, UUID

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from data.first_seen import FirstSeen
from data.ids import uuid7s

PAIRS = st.lists(
    st.lists(st.tuples(st.sampled_from("ab"), st.text(max_size=2)), max_size=30), max_size=4
)


@given(PAIRS)
def test_as_a_dictionary(batches: list[list[tuple[str, str]]]) -> None:
    seen, known, row = FirstSeen(), {}, 0
    for batch in batches:
        numbers = np.arange(row + 1, row + len(batch) + 1)
        row += len(batch)
        columns = [pa.array([pair[k] for pair in batch], pa.string()) for k in (0, 1)]
        first = seen.add(columns, numbers)
        assert first.tolist() == [
            known.setdefault(p, int(n)) for p, n in zip(batch, numbers, strict=True)
        ]
        assert seen.find(columns, len(batch)).tolist() == first.tolist()
    assert len(seen) == len(known)


def test_where_one_text_ends_matters_and_the_table_grows() -> None:
    seen = FirstSeen()
    assert seen.add([pa.array(["ab", "a"]), pa.array(["c", "bc"])], np.array([1, 2])).tolist() == [
        1,
        2,
    ]
    many = [pa.array(["x"] * 100_000), pa.array([str(n) for n in range(100_000)])]
    numbers = np.arange(3, 100_003)
    assert (seen.add(many, numbers) == numbers).all()
    assert (seen.add(many, numbers + 100_000) == numbers).all()
    assert seen.find([pa.array(["y"]), pa.array(["1"])], 1).tolist() == [0]


def test_many_ids_are_of_version_7_ascending_and_different() -> None:
    ids = [UUID(bytes=row.tobytes()) for row in uuid7s(5000)]
    assert ids == sorted(set(ids))
    assert {(number.version, number.variant) for number in ids} == {(7, RFC_4122)}
    assert uuid7s(0).shape == (0, 16)
