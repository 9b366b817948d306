"""A year of incidents: rhythm, places, repeats, states; and the catalogue they name."""

from __future__ import annotations

from datetime import UTC, datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from data import demo
from geo.model import CityPlan

UNTIL = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)
"""As in the fixture."""


def touched(incidents: gpd.GeoDataFrame, shapes: gpd.GeoSeries) -> np.ndarray:
    tree = shapely.STRtree(shapes.to_numpy())
    point, _ = tree.query(incidents.geometry.to_numpy(), predicate="intersects")
    return np.bincount(point, minlength=len(incidents))


def test_catalogue_hangs_together() -> None:
    known = demo.build_catalogue(0)
    assert len(known.departments) == 25
    assert known.departments["code"].is_unique
    assert known.items["code"].is_unique
    assert known.items["name"].is_unique
    assert set(known.items["department_code"]) == set(known.departments["code"])
    assert set(known.items["kind"]) == {"component", "matter"}
    assert (known.items["limit_h"] > 0).all()


def test_twenty_thousand_in_the_year_before(incidents: gpd.GeoDataFrame) -> None:
    assert len(incidents) == 20_000
    assert incidents["reported_at"].is_monotonic_increasing
    assert incidents["reported_at"].max() < pd.Timestamp(UNTIL)
    assert incidents["reported_at"].min() > pd.Timestamp(UNTIL) - pd.Timedelta(days=367)
    assert str(incidents["reported_at"].dt.tz) == "UTC"
    assert not incidents.duplicated(["source", "source_id"]).any()
    assert incidents["source_id"].str.startswith("演示").all()
    assert set(incidents["source"]) == {"12345热线", "网格员上报", "微信"}


def test_days_and_weeks_have_a_rhythm(incidents: gpd.GeoDataFrame) -> None:
    local = incidents["reported_at"].dt.tz_convert("Asia/Shanghai").dt
    assert (local.hour == 9).sum() > 5 * (local.hour == 4).sum()
    assert (local.day_of_week == 0).sum() > 1.25 * (local.day_of_week == 6).sum()


def test_some_on_borders_some_outside(
    incidents: gpd.GeoDataFrame, plan: CityPlan, city: demo.DemoCity
) -> None:
    grids = touched(incidents, plan.grids.geometry)
    assert 20 <= (grids > 1).sum() <= 200
    assert 400 < (grids == 0).sum() < 2000
    county = touched(incidents, city.regions.geometry[city.regions["level"] == "city"])
    assert 3 <= (county == 0).sum() <= 40
    assert (incidents.loc[county == 0, "place"] == "市外").mean() > 0.9


def test_hot_spots_and_repeats(incidents: gpd.GeoDataFrame) -> None:
    inside = incidents[incidents["place"].ne("市外")]
    per_cell = pd.Series(
        (inside["raw_x"] * 500).astype(int) * 100_000 + (inside["raw_y"] * 500).astype(int)
    ).value_counts()
    assert per_cell.iloc[0] > 20 * per_cell.median()
    metric = incidents.to_crs("EPSG:4548").geometry.to_numpy()
    one, other = shapely.STRtree(metric).query(metric, predicate="dwithin", distance=25.0)
    days = incidents["reported_at"].astype("int64").to_numpy() / 86_400 / _per_second(incidents)
    later = (days[other] > days[one]) & (days[other] - days[one] < 15)
    same = (
        incidents["catalogue_code"].to_numpy()[one] == incidents["catalogue_code"].to_numpy()[other]
    )
    assert len(np.unique(other[later & same])) > 1200


def _per_second(incidents: gpd.GeoDataFrame) -> int:
    return int(pd.Timedelta(seconds=1).as_unit(incidents["reported_at"].dt.unit).value)


def test_closed_ones_have_a_time_and_old_ones_are_mostly_done(incidents: gpd.GeoDataFrame) -> None:
    closed = incidents["status"] == "closed"
    assert (closed == incidents["closed_at"].notna()).all()
    assert (incidents.loc[closed, "closed_at"] >= incidents.loc[closed, "reported_at"]).all()
    assert incidents.loc[closed, "closed_at"].max() < pd.Timestamp(UNTIL)
    assert 50 < (~closed).sum() < 1500
    last_week = incidents["reported_at"] > pd.Timestamp(UNTIL) - pd.Timedelta(days=2)
    assert (~closed[last_week]).mean() > 5 * (~closed[~last_week]).mean()


def test_notes_are_short_and_say_what_and_where(incidents: gpd.GeoDataFrame) -> None:
    assert incidents["note"].str.len().max() < 60
    for row in incidents.sample(200, random_state=0).itertuples():
        assert row.place in row.note
        assert row.item in row.note


def test_same_seed_same_incidents(
    city: demo.DemoCity, plan: CityPlan, incidents: gpd.GeoDataFrame
) -> None:
    known = demo.build_catalogue(0)
    again = demo.build_incidents(city, plan.grids, known, seed=0, until=UNTIL)
    assert_geodataframe_equal(incidents, again)
    few = demo.build_incidents(city, plan.grids, known, seed=0, until=UNTIL, count=50)
    assert len(few) == 50


def test_a_moment_without_zone_is_refused(city: demo.DemoCity, plan: CityPlan) -> None:
    known = demo.build_catalogue(0)
    with pytest.raises(ValueError, match="time zone"):
        demo.build_incidents(city, plan.grids, known, seed=0, until=datetime(2026, 1, 1))
