"""Words in one form, and what they say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.gazetteer import normal, parse
from geo.gazetteer.normal import MAX_LENGTH, number
from geo.gazetteer.parse import house


@pytest.mark.parametrize(
    "said",
    [
        "和平小区3栋2单元501室", "和平小区三栋二单元501", "和平小区3幢2单元501室", "和平小区3#楼2单元501室",
        "和平小区3号楼2单元五零幺室", "和平小区，3栋（2单元）501",
        "和平小区3-2-501", "和平小区 3 2 501", "和平小区３－２－５０１", "和平小区3栋2-501",
        "和平小区3栋2门501", "3栋2单元501室和平小区", "和\u202e平\u200b小区3栋2单元501室",
    ],
)  # fmt: skip
def test_ways_to_say_one_flat_are_one(said: str) -> None:
    parts = parse(said)[0]
    assert (parts.name, parts.building, parts.unit, parts.room) == ("和平小区", "3", "2", "501")


@pytest.mark.parametrize(
    ("said", "name", "door"),
    [
        ("和平路12号", "和平路", "12"),
        ("和平路十二号", "和平路", "12"),
        ("和平路12-3号", "和平路", "12-3"),
        ("和平路12号井盖坏了", "和平路", "12"),
        ("和平路12号楼下停车堵住了", "和平路", "12"),
        ("二号桥", "2号桥", ""),
        ("三里街", "三里街", ""),
        ("百货大楼", "百货大楼", ""),
        ("1958文创园", "1958文创园", ""),
    ],
)
def test_doors_and_names_that_only_look_like_numbers(said: str, name: str, door: str) -> None:
    parts = parse(said)[0]
    assert (parts.name, parts.door) == (name, door)


def test_a_number_after_a_road_is_no_building() -> None:
    parts = parse("和平路12-3")[0]
    assert (parts.name, parts.number, parts.building) == ("和平路", "12-3", "")


def test_the_building_may_follow_the_estate_after_the_door() -> None:
    parts = house("环城北路295号东方佳苑5栋")
    assert (parts.name, parts.door, parts.building) == ("环城北路", "295", "5")


def test_relations_are_a_second_reading_after_the_words_as_they_stand() -> None:
    literal, related = parse("桥东200米")
    assert literal.name == "桥东200米"
    assert (related.name, related.heading, related.metres) == ("桥", (1.0, 0.0), 200.0)
    (west,) = [way for way in parse("实验小学西北侧") if way.heading]
    assert west.heading == pytest.approx((-(0.5**0.5), 0.5**0.5))
    facing = [way for way in parse("农行对面有人占道") if way.facing]
    assert [(way.name, way.tail) for way in facing] == [("农行", "有人占道")]


def test_two_roads_and_their_crossing() -> None:
    crossing = parse("文昌路与和平路交叉口有积水")[0]
    assert (crossing.name, crossing.other, crossing.tail) == ("文昌路", "和平路", "有积水")


@pytest.mark.parametrize(
    ("numeral", "digits"),
    [
        ("十", "10"), ("十二", "12"), ("二十", "20"), ("一百零五", "105"), ("两百二十", "220"), ("五零幺", "501"),
        ("一千二百", "1200"),
    ],
)  # fmt: skip
def test_numerals(numeral: str, digits: str) -> None:
    assert number(numeral) == digits


@given(st.text(max_size=400))
def test_any_text_has_one_short_form_and_normalising_it_again_changes_nothing_to_find(
    text: str,
) -> None:
    once = normal(text)
    assert len(once) <= 2 * MAX_LENGTH
    assert not any(c.isspace() or ord(c) < 32 for c in once)
    for way in parse(text):
        assert way.name


def test_long_and_hostile_texts_are_read_in_no_time_at_all() -> None:
    for text in (
        "和平" * 50_000,
        "3-" * 50_000,
        "9" * 100_000,
        "'; DROP TABLE addresses; --",
        "路" * 5000 + "口",
    ):
        assert all(len(way.name) <= MAX_LENGTH * 2 for way in parse(text))
