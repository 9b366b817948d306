"""Officers of a 3 x 3 town of grids: each fault alone is found, at its grid; a town in order has none."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.chain import check_posts
from geo.model import CRS, POST_COLUMNS, Finding, Severity
from maps.findings import describe, title

NOW = datetime(2026, 11, 23, tzinfo=UTC)
CODES = [f"34088100100100{number}" for number in range(1, 10)]


@pytest.fixture
def grids() -> gpd.GeoDataFrame:
    shapes = [shapely.box(x, y, x + 1, y + 1) for y in range(3) for x in range(3)]
    return gpd.GeoDataFrame({"code": CODES, "name": "北街"}, geometry=shapes, crs=CRS)


@pytest.fixture
def posts() -> pd.DataFrame:
    rows = [
        {"kind": "A", "grid_code": code, "person": f"某{number}", "person_no": f"{number:03d}"}
        for number, code in enumerate(CODES)
    ]
    return pd.DataFrame(rows, columns=list(POST_COLUMNS), dtype=object).astype(
        {"since": "datetime64[us, UTC]", "until": "datetime64[us, UTC]"}
    )


def one(found: list[Finding]) -> Finding:
    (finding,) = found
    assert finding.severity is Severity.WARNING
    for lang in ("zh", "en"):
        assert title(finding.code, lang)
        assert describe(finding, lang)
    return finding


def test_a_town_in_order_has_no_findings(grids: gpd.GeoDataFrame, posts: pd.DataFrame) -> None:
    assert check_posts(grids, posts, at=NOW) == []


def test_a_grid_without_a_post_and_one_without_a_person(
    grids: gpd.GeoDataFrame, posts: pd.DataFrame
) -> None:
    missing = one(check_posts(grids, posts.drop(index=3), at=NOW))
    assert (missing.code, missing.codes, missing.params["case"]) == (
        "post-missing",
        (CODES[3],),
        "none",
    )
    assert missing.geometry == grids.geometry[3]
    posts.loc[3, ["person", "person_no"]] = None
    assert one(check_posts(grids, posts, at=NOW)).params["case"] == "vacant"


def test_a_term_counts_to_its_very_end(grids: gpd.GeoDataFrame, posts: pd.DataFrame) -> None:
    posts.loc[5, "until"] = pd.Timestamp(NOW) + pd.Timedelta(microseconds=1)
    assert check_posts(grids, posts, at=NOW) == []
    posts.loc[5, "until"] = pd.Timestamp(NOW)
    expired = one(check_posts(grids, posts, at=NOW))
    assert (expired.code, expired.codes) == ("post-expired", (CODES[5],))
    assert "某5（005）" in describe(expired, "zh")


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("2025-01-02T00:00+08:00", "2025-01-01"),  # up to and including the first
        ("2025-01-01T16:00+00:00", "2025-01-01"),  # the same moment, written in UTC
        ("2025-03-01T00:00+08:00", "2025-02-28"),
        ("2025-01-02T00:00+00:00", "2025-01-02 08:00"),  # a midnight, but not the city's
        ("2025-01-02T17:30:59+08:00", "2025-01-02 17:30"),
    ],
)
def test_the_end_of_a_term_is_said_as_a_day_of_the_citys(
    grids: gpd.GeoDataFrame, posts: pd.DataFrame, end: str, said: str
) -> None:
    posts.loc[5, "until"] = pd.Timestamp(end).tz_convert("UTC")
    found = one(check_posts(grids, posts, at=NOW.astimezone(ZoneInfo("Asia/Shanghai"))))
    assert found.params["until"] == said
    assert f" {said} " in describe(found, "zh")


def test_a_successor_ends_the_matter(grids: gpd.GeoDataFrame, posts: pd.DataFrame) -> None:
    posts.loc[5, "until"] = pd.Timestamp("2025-01-01", tz="UTC")
    after = posts.loc[[5]].assign(person="继任", person_no="100", until=None)
    assert check_posts(grids, pd.concat([posts, after]), at=NOW) == []


def test_a_post_that_begins_later_does_not_answer_yet(
    grids: gpd.GeoDataFrame, posts: pd.DataFrame
) -> None:
    posts.loc[0, "since"] = pd.Timestamp("2027-01-01", tz="UTC")
    assert one(check_posts(grids, posts, at=NOW)).code == "post-missing"


def test_two_officers_in_one_grid(grids: gpd.GeoDataFrame, posts: pd.DataFrame) -> None:
    second = posts.loc[[4]].assign(person="另一人", person_no="200")
    twice = one(check_posts(grids, pd.concat([posts, second]), at=NOW))
    assert (twice.code, twice.params["case"], twice.codes) == (
        "post-duplicate",
        "grid",
        (CODES[4],),
    )
    assert "2 名" in describe(twice, "zh")


def test_one_person_with_two_grids_lies_at_both(
    grids: gpd.GeoDataFrame, posts: pd.DataFrame
) -> None:
    posts.loc[8, ["person", "person_no"]] = ["某0", "000"]
    both = one(check_posts(grids, posts, at=NOW))
    assert (both.params["case"], both.codes) == ("person", (CODES[0], CODES[8]))
    assert both.geometry is not None
    assert both.geometry.area == pytest.approx(2)


def test_namesakes_are_two_people(grids: gpd.GeoDataFrame, posts: pd.DataFrame) -> None:
    assert check_posts(grids, posts.assign(person="王伟"), at=NOW) == []


def away(posts: pd.DataFrame, row: int, **more: object) -> None:
    """Send an officer on leave until the end of November."""
    posts.loc[row, "leave_since"] = pd.Timestamp("2026-11-01", tz="UTC")
    posts.loc[row, "leave_until"] = pd.Timestamp("2026-12-01", tz="UTC")
    for name, value in more.items():
        posts.loc[row, name] = value


def test_an_officer_on_leave_needs_a_stand_in(grids: gpd.GeoDataFrame, posts: pd.DataFrame) -> None:
    away(posts, 2)
    found = one(check_posts(grids, posts, at=NOW))
    assert (found.code, found.codes, found.params["case"]) == ("post-missing", (CODES[2],), "leave")
    assert found.params["until"] == "2026-11-30"
    assert check_posts(grids, posts, at=NOW.replace(month=12)) == []
    assert check_posts(grids, posts, at=NOW.replace(month=10)) == []
    away(posts, 2, stand_in="某3", stand_in_no="003")
    assert check_posts(grids, posts, at=NOW) == []


def test_a_leave_without_an_end(grids: gpd.GeoDataFrame, posts: pd.DataFrame) -> None:
    posts.loc[2, "leave_since"] = pd.Timestamp(NOW)
    assert one(check_posts(grids, posts, at=NOW)).params["case"] == "leave-open"


@pytest.mark.parametrize(
    "named",
    [
        {"stand_in": "某3", "stand_in_no": "003"},  # told by number
        {"stand_in": "某 3"},  # by the name, which nobody else bears
        {"stand_in": "某3", "stand_in_phone": "139"},  # by name and telephone
    ],
)
def test_a_stand_in_who_is_on_leave_too(
    grids: gpd.GeoDataFrame, posts: pd.DataFrame, named: dict[str, str]
) -> None:
    posts["phone"] = [f"13{number}" for number in range(9)]
    posts.loc[3, "phone"] = "139"
    away(posts, 2, **named)
    away(posts, 3, stand_in="外人")
    found = one(check_posts(grids, posts, at=NOW))
    assert (found.codes, found.params["case"]) == ((CODES[2],), "stand-in-away")
    assert "某3" in describe(found, "zh").replace(" ", "")
    assert "某" not in describe(found, "zh", names=False)


def test_nobody_stands_in_for_themselves(grids: gpd.GeoDataFrame, posts: pd.DataFrame) -> None:
    away(posts, 2, stand_in="某2", stand_in_no="002")
    assert one(check_posts(grids, posts, at=NOW)).params["case"] == "leave"
    away(posts, 2, stand_in="某2", stand_in_no="100")  # a namesake
    assert check_posts(grids, posts, at=NOW) == []


def test_without_numbers_name_and_telephone_tell_a_person(
    grids: gpd.GeoDataFrame, posts: pd.DataFrame
) -> None:
    posts["person_no"] = None
    posts.loc[[0, 8], "person"] = "王伟"
    posts.loc[[0, 8], "phone"] = ["1", "2"]
    assert check_posts(grids, posts, at=NOW) == []
    posts.loc[8, "phone"] = "1"
    assert one(check_posts(grids, posts, at=NOW)).codes == (CODES[0], CODES[8])


def test_a_post_of_an_unknown_grid_is_said(grids: gpd.GeoDataFrame, posts: pd.DataFrame) -> None:
    stray = posts.loc[[0]].assign(grid_code="340881001001999", person_no="300")
    orphan = one(check_posts(grids, pd.concat([posts, stray]), at=NOW))
    assert (orphan.code, orphan.codes, orphan.count) == ("code-parent", ("340881001001999",), 1)


def test_lines_of_business_are_no_officers(grids: gpd.GeoDataFrame, posts: pd.DataFrame) -> None:
    posts = posts.astype({"line": object})
    posts.loc[2, ["kind", "line"]] = ["B", "民政"]
    assert one(check_posts(grids, posts, at=NOW)).codes == (CODES[2],)


def test_grid_codes_that_a_file_holds_as_numbers(
    grids: gpd.GeoDataFrame, posts: pd.DataFrame
) -> None:
    assert check_posts(grids.assign(code=[float(code) for code in CODES]), posts, at=NOW) == []
