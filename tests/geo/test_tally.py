"""The figures of places: the city's are those of the checks, and parts add up."""

from __future__ import annotations

from datetime import UTC, datetime

import geopandas as gpd
import pandas as pd
import shapely

from geo.chain import ChainRules, GridDemand, Registers, Town, check_chain
from geo.coverage import Delivered, Measure, examine
from geo.model import CRS, GridKind, SizeRule
from geo.tally import COMPONENTS, tally
from geo.territory import territory

AT = datetime(2026, 1, 1, tzinfo=UTC)
EAST, WEST = "340881001002", "340881001001"
RULES = ChainRules("officer", grids={kind: GridDemand(officer=True) for kind in GridKind})


def layers() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Two communities of two grids each; the western community's second grid leaves a gap in its east."""
    communities = gpd.GeoDataFrame(
        {"code": [WEST, EAST], "name": ["西社区", "东社区"]},
        geometry=[
            shapely.box(116.95, 31.04, 116.96, 31.05),
            shapely.box(116.96, 31.04, 116.97, 31.05),
        ],
        crs=CRS,
    )
    cells = [(116.95, 116.954), (116.954, 116.958), (116.96, 116.965), (116.965, 116.97)]
    grids = gpd.GeoDataFrame(
        {
            "code": [f"{WEST}001", f"{WEST}002", f"{EAST}001", f"{EAST}002"],
            "community_code": [WEST, WEST, EAST, EAST],
            "kind": "basic",
            "households": [400, 250, 450, None],
            "residents": [900, 700, 950, None],
        },
        geometry=[shapely.box(west, 31.04, east, 31.05) for west, east in cells],
        crs=CRS,
    )
    spots = [
        (116.952, 31.045),
        (116.956, 31.045),
        (116.959, 31.045),
        (116.962, 31.045),
        (116.99, 31.045),
    ]
    buildings = gpd.GeoDataFrame(
        {
            "building_id": [f"B{n}" for n in range(5)],
            "community_code": [WEST, WEST, WEST, EAST, None],
            "kind": ["residence", "public", "residence", "residence", None],
            "households": [10, None, 7, 20, 1],
            "residents": [30, None, 21, 60, 2],
        },
        geometry=[shapely.Point(*spot) for spot in spots],
        crs=CRS,
    )
    return communities, grids, buildings


def test_the_whole_is_what_the_checks_say_and_parts_add_up() -> None:
    communities, grids, buildings = layers()
    seen = examine(Delivered(communities, grids, buildings), Measure())
    findings, rate = seen.findings, seen.rate
    chain = check_chain(Town(communities, grids), Registers(posts=_posts()), rules=RULES, at=AT)
    tree = territory(None, grids, communities)
    made = tally(
        tree, grids=grids, communities=communities, buildings=buildings, coverage=seen,
        findings=[*findings, *chain.findings], chain=chain, rule=SizeRule(),
    )  # fmt: skip
    city = made.of[0]
    assert (city.covered, city.buildings, city.by_kind) == (
        rate.covered,
        rate.buildings,
        rate.by_kind,
    )
    assert (city.households_outside, city.residents_outside) == (rate.households, rate.residents)
    assert (city.whole, city.chains) == (chain.whole, chain.grids) == (3, 4)
    west, east = made.at(WEST), made.at(EAST)
    assert (west.covered, west.buildings, east.covered, east.buildings) == (2, 3, 1, 1)
    assert (west.households_outside, east.households_outside) == (7, 0)
    assert (west.grids, west.counted, west.inside, west.households) == (2, 2, 1, 650)
    assert (east.grids, east.counted, east.inside, east.residents) == (2, 1, 1, 950)
    assert made.at(f"{EAST}002").households is None
    assert (made.at(f"{WEST}001").whole, made.at(f"{EAST}002").whole) == (1, 0)


def test_a_finding_concerns_its_places_and_those_above() -> None:
    communities, grids, buildings = layers()
    seen = examine(Delivered(communities, grids, buildings), Measure())
    findings = seen.findings
    tree = territory(None, grids, communities)
    made = tally(
        tree, grids=grids, communities=communities, buildings=buildings, coverage=seen, findings=findings,
        chain=None, rule=SizeRule(),
    )  # fmt: skip
    for finding, concerned in zip(findings, made.concerned, strict=True):
        codes = {tree.places[row].code for row in concerned}
        assert "" in codes
        if finding.code == "building-uncovered" and finding.codes == ("B2",):
            assert codes == {"", WEST}
    assert sum(made.of[0].findings.values()) == len(findings)
    assert made.at(WEST).findings["blocking"] >= 1
    assert (made.of[0].chains, made.of[0].whole) == (0, 0)


def test_components_are_counted_by_kind_in_every_place() -> None:
    communities, grids, buildings = layers()
    west, south, *_ = grids.total_bounds
    aside = shapely.Point(west - 0.001, south)
    spots = [*grids.geometry.representative_point(), aside]
    components = gpd.GeoDataFrame({"kind": ["灯"] * 4 + ["桩"]}, geometry=spots, crs=CRS)
    seen = examine(
        Delivered(communities, grids, buildings, things={COMPONENTS: components}), Measure()
    )
    made = tally(
        territory(None, grids, communities), grids=grids, communities=communities, buildings=buildings,
        coverage=seen, findings=(), chain=None, rule=SizeRule(), components=components,
    )  # fmt: skip
    assert made.of[0].components == {"灯": (4, 4), "桩": (0, 1)}
    assert made.of[0].components_covered == (4, 5)
    assert made.at(WEST).components == {"灯": (2, 2)}
    assert made.at(f"{EAST}001").components_covered == (1, 1)


def test_without_buildings_nothing_is_claimed() -> None:
    communities, grids, _ = layers()
    tree = territory(None, grids, communities)
    made = tally(
        tree,
        grids=grids,
        communities=communities,
        buildings=None,
        coverage=None,
        findings=[],
        chain=None,
        rule=SizeRule(),
    )
    assert (made.of[0].buildings, made.of[0].households_outside, len(made.homes)) == (0, None, 0)


def _posts() -> pd.DataFrame:
    codes = [f"{WEST}001", f"{WEST}002", f"{EAST}001"]
    return pd.DataFrame(
        {
            "kind": "A", "grid_code": codes, "community_code": None, "line": None, "title": "网格员",
            "person": [f"某{n}" for n in range(3)], "person_no": [str(n) for n in range(3)], "phone": None,
            "since": pd.Timestamp("2020-01-01", tz="UTC"), "until": pd.DatetimeIndex([pd.NaT] * 3, tz="UTC"),
        }
    )  # fmt: skip
