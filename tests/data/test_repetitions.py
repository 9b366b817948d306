"""Rows of a ledger that repeat another: which stands, what each waits under, and what is settled stays so."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from data.intake import Destination, destination_of
from data.readers.ledger_cells import LedgerRow, row_key
from data.repetitions import base_of, named_apart, settled_mark
from tests.data.test_intake import home, sort


def waiting(*cells: dict[str, object]) -> list[LedgerRow]:
    """The rows as an import names them."""
    return [named_apart(row, ()) for row in sort(*cells).rows]


def test_it_waits_under_a_key_of_its_own_that_tells_its_content() -> None:
    first, same, other = waiting(home(), home(), home(户数=11))
    key = row_key("东苑", "1号")
    assert first.key == key
    assert same.key is not None and other.key is not None
    assert same.key.startswith(f"{key}#3-") and other.key.startswith(f"{key}#4-")
    assert base_of(same.key) == base_of(other.key) == key
    assert settled_mark(same.key) != settled_mark(other.key)
    assert settled_mark(key) is None


def test_a_number_sign_in_an_id_is_no_mark() -> None:
    """楼栋 are called 3#楼: a repetition of one never comes back as that one."""
    first, second = waiting(home(楼栋编号="3#楼"), home(楼栋编号="3#楼", 户数=11))
    assert first.key == "3#楼"
    assert base_of(first.key) == "3#楼"
    (back,) = waiting(home(楼栋编号="3#楼", 户数=11) | {"导入编号": second.key})
    assert (back.key, back.settles) == (second.key, None), "still a repetition"
    (alone,) = waiting(home(楼栋编号="东#3"))
    assert (alone.key, alone.settles) == ("东#3", None)


def test_back_by_another_name_it_is_a_row_of_its_own() -> None:
    key = waiting(home(), home(户数=11))[1].key
    (back,) = waiting(home(名称="东苑二期", 户数=11) | {"导入编号": key})
    assert (back.key, back.settles) == (row_key("东苑二期", "1号"), key)
    (numbered,) = waiting(home(楼栋编号="B7", 户数=11) | {"导入编号": key})
    assert (numbered.key, numbered.settles) == ("B7", key)
    (older,) = waiting(home(名称="东苑二期") | {"导入编号": f"{row_key('东苑', '1号')}#6"})
    assert older.key == back.key, "a table given back by an older version"


@given(st.lists(st.integers(1, 4), min_size=1, max_size=8), st.sets(st.integers(1, 4)))
def test_one_row_always_stands_and_what_is_settled_is_never_asked_for(
    households: list[int], settled: set[int]
) -> None:
    repetitions = waiting(home(户数=9), *[home(户数=count) for count in settled])[1:]
    marks = {settled_mark(row.key or "") or "": "B" for row in repetitions}
    done = sort(*[home(户数=count) for count in households], settled=marks).rows
    (stands,) = [row for row in done if destination_of(row) is Destination.INSERT]
    unsettled = [count for count in households if count not in settled]
    assert stands.households == [*unsettled, *households][0]
    for row in done:
        if row is not stands:
            assert (destination_of(row) is Destination.SETTLED) == (row.households in settled)
