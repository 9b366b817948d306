"""F5, F14: every row of a ledger has one destination and says why; what comes back can be imported again."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from data.intake import Destination, Intake, State, sort_ledger
from data.readers.ledger_cells import row_key
from data.readers.table import Table, read_table
from data.readers.vector import read_layer
from data.readers.words import column_for
from data.writers.table import write_table
from geo.crs import parse_datum
from geo.errors import DatumError, OptionError
from geo.model import BuildingKind, ResidentsBasis
from maps.texts import LANGUAGES, text

CITY = box(116.9, 31.0, 117.0, 31.1)
WGS84 = parse_datum("wgs84")


def ledger(*rows: dict[str, object]) -> Table:
    frame = pd.DataFrame(list(rows), dtype="object")
    return Table("台账.xlsx", frame, tuple(range(2, len(rows) + 2)))


def home(**cells: object) -> dict[str, object]:
    return {"名称": "东苑", "地址": "1号", "户数": 10, "经度": 116.95, "纬度": 31.05} | cells


def sort(*rows: dict[str, object], **options: object) -> Intake:
    return sort_ledger(ledger(*rows), **{"outline": CITY, "datum": WGS84, **options})  # type: ignore[arg-type]


def handed_back(intake: Intake, lang: str = "zh") -> pd.DataFrame:
    return intake.returned(
        say_state=lambda state: text(f"intake.state-{state.value}", lang),
        say_reason=lambda reason: text(f"intake.reason-{reason.code}", lang, **reason.params),
        headings={
            name: text(f"intake.heading-{name.replace('_', '-')}", lang)
            for name in ("row_key", "row_state", "row_reason")
        },
    )


@pytest.mark.parametrize(
    ("cells", "states", "destination", "codes"),
    [
        ({}, [], "insert", []),
        ({"户数": "暂无数据"}, ["to-count"], "insert", ["no-count"]),
        ({"经度": None, "纬度": "-"}, ["to-place"], "keep", ["no-coordinates"]),
        ({"经度": None}, ["to-place"], "keep", ["half-coordinates"]),
        ({"经度": 118.0}, ["suspect"], "keep", ["outside"]),
        ({"经度": 117.004}, [], "insert", ["at-the-edge"]),
        ({"经度": 516.0}, ["refused"], "refuse", ["coordinates-impossible"]),
        ({"经度": "116°57′"}, ["refused"], "refuse", ["coordinate-malformed"]),
        ({"户数": "约300"}, ["refused"], "refuse", ["count-malformed"]),
        ({"户数": -3}, ["refused"], "refuse", ["count-malformed"]),
        ({"户数": 2.5}, ["refused"], "refuse", ["count-malformed"]),
        ({"名称": "", "地址": None}, ["refused"], "refuse", ["unnamed"]),
        ({"户数": None, "经度": None, "纬度": None}, ["to-place", "to-count"], "keep", None),
    ],
)
def test_a_row_and_its_reasons(
    cells: dict[str, object], states: list[str], destination: str, codes: list[str] | None
) -> None:
    intake = sort(home(**cells))
    (row,) = intake.rows
    assert [state.value for state in row.states] == states
    assert intake.going(Destination(destination)) == (row,)
    assert codes is None or [reason.code for reason in row.reasons] == codes
    for lang in LANGUAGES:
        assert len(handed_back(intake, lang)) == 1


def test_words_and_numbers_as_people_write_them() -> None:
    intake = sort(home(户数="１，３３７户", 常住人口="2,000人", 类型="居民住宅", 建成年代="2005年"))
    (row,) = intake.rows
    assert (row.households, row.residents, row.built) == (1337, 2000, "2005年")
    assert row.kind is BuildingKind.RESIDENCE
    assert row.residents_basis is ResidentsBasis.USUAL


@pytest.mark.parametrize("heading", ["户数(户)", "户数（户）", "户 数【常住】", "总户数[户]"])
def test_a_unit_in_brackets_is_no_part_of_a_heading(heading: str) -> None:
    (row,) = sort({"小区名称（全称）": "东苑", heading: 3}, datum=None).rows
    assert (row.name, row.households) == ("东苑", 3)


def test_a_repeated_row_names_the_first() -> None:
    intake = sort(home(), home(名称="西苑"), home(名称=" 东 苑", 户数=11))
    (row,) = intake.suspect
    assert (row.row, row.reasons[0].params["first_row"]) == (4, 2)
    assert len(intake.good) == 2


def test_residents_are_derived_only_by_a_stated_ratio() -> None:
    assert sort(home()).rows[0].residents is None
    (row,) = sort(home(), ratio=2.7).rows
    assert (row.residents, row.residents_estimated, row.states) == (27, True, ())
    (known,) = sort(home(人口=30), ratio=2.7).rows
    assert (known.residents, known.residents_estimated) == (30, False)
    assert sort(home(户数=None), ratio=2.7).rows[0].residents is None
    with pytest.raises(OptionError, match="ratio-impossible"):
        sort(home(), ratio=40)


def test_coordinates_without_a_datum_are_refused() -> None:
    with pytest.raises(DatumError, match="datum-missing"):
        sort(home(), datum=None)
    assert len(sort(home(经度=None, 纬度=None), datum=None).to_place) == 1


def test_a_ledger_without_coordinate_columns_is_all_to_place() -> None:
    intake = sort({"小区名称": "东苑", "户数": 3}, datum=None)
    assert [row.states for row in intake.rows] == [(State.TO_PLACE,)]


def test_columns_can_be_mapped_and_present_keys_are_marked() -> None:
    intake = sort(
        {"nm": "东苑", "h": 3, "E": 116.95, "N": 31.05},
        mapping={"name": "nm", "households": "h", "lon": "E", "lat": "N"},
        keys_present={row_key("东苑", "")},
    )
    assert intake.rows[0].present
    assert intake.rows[0].households == 3


def test_what_comes_back_can_be_completed_and_imported_again(tmp_path: Path) -> None:
    first = sort(home(经度=None, 纬度=None), home(名称="=1+1"))
    frame = handed_back(first)
    assert frame["导入状态"].tolist() == ["待定位", ""]
    frame["经度"], frame["纬度"], frame["地址"] = 116.95, 31.05, "改过的地址"
    write_table(tmp_path / "回填.xlsx", frame)
    again = sort_ledger(read_table(tmp_path / "回填.xlsx"), outline=CITY, datum=WGS84)
    assert [row.key for row in again.rows] == [row.key for row in first.rows]
    assert [row.name for row in again.rows] == ["东苑", "=1+1"]
    assert len(again.good) == 2
    assert handed_back(again).columns.tolist() == frame.columns.tolist()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_headings_that_are_written_are_understood_again(lang: str) -> None:
    for name in ("row_key", "row_state", "row_reason"):
        heading = text(f"intake.heading-{name.replace('_', '-')}", lang)
        assert column_for(name, ["x", heading]) == heading


CELL = st.one_of(st.none(), st.text(max_size=5), st.integers(-5, 10**7), st.floats(), st.booleans())


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(home(), CELL)), min_size=1, max_size=6))
def test_no_row_is_ever_lost(rows: list[dict[str, object]]) -> None:
    intake = sort(*rows)
    assert [row.row for row in intake.rows] == list(range(2, len(rows) + 2))
    assert sum(len(intake.going(end)) for end in Destination) == len(rows)
    for row in intake.going(Destination.INSERT):
        assert row.key is not None
        assert row.lon is not None
    assert len(handed_back(intake)) == len(rows)


def test_the_ledger_of_tongcheng(shared: Path) -> None:
    folder = shared / "tongcheng"
    outline = read_layer(folder / "tongcheng.gpkg:boundary", default_layer=None).geometry.iloc[0]
    table = read_table(folder / "小区台账_百度坐标.xlsx")
    intake = sort_ledger(table, outline=outline, datum=parse_datum("bd09"))
    assert intake.summary() == {
        "rows": 63,
        "good": 18,
        "to-place": 16,
        "to-count": 45,
        "suspect": 1,
        "refused": 0,
        "insert": 46,
        "keep": 17,
        "refuse": 0,
        "settled": 0,
    }
    assert all(row in intake.to_count for row in intake.to_place)
    (far,) = intake.suspect
    assert far in intake.to_count
    outside = next(reason for reason in far.reasons if reason.code == "outside")
    assert outside.params == {"km": 85.4, "centre_km": 111}
