"""How far a place is said to be, for people who go there."""

from __future__ import annotations

import pytest

from maps.findings import distance


@pytest.mark.parametrize(
    ("metres", "zh", "en"),
    [
        (0.0, "不到 1 米", "less than 1 m"),
        (0.0003, "不到 1 米", "less than 1 m"),
        (8.58, "9 米", "9 m"),
        (999.4, "999 米", "999 m"),
        (999.6, "1.0 公里", "1.0 km"),
        (2217, "2.2 公里", "2.2 km"),
        (31_400, "31 公里", "31 km"),
    ],
)
def test_nobody_is_sent_millimetres(metres: float, zh: str, en: str) -> None:
    assert (distance(metres, "zh"), distance(metres, "en")) == (zh, en)
