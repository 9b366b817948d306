"""What people call a house: 和平路12号, 文昌花园3栋, 北大街商圈2号楼, 实验小学."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.demo import names
from data.demo.dice import dice
from data.demo.ground import NamedLine
from data.demo.landuse import Use
from geo.model import BuildingKind

DOOR_M = 9.0
"""Numbers go up by two for so many metres of street."""


def doors(points: NDArray[np.object_], roads: Sequence[NamedLine]) -> list[str]:
    """Street and number: odd on the left of the nearest named road, even on the right."""
    named = [road for road in roads if road.name and road.klass != "river"]
    lines = np.array([road.line for road in named], dtype=object)
    spots = np.asarray(points, dtype=object)
    spot, road = shapely.STRtree(lines).query_nearest(spots, all_matches=False)
    nearest = lines[road[np.argsort(spot)]]
    along = shapely.line_locate_point(nearest, spots)
    here = shapely.get_coordinates(shapely.line_interpolate_point(nearest, along))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(nearest, along + 1.0)) - here
    away = shapely.get_coordinates(spots) - here
    left = ahead[:, 0] * away[:, 1] - ahead[:, 1] * away[:, 0] > 0
    called = np.array([named[index].name for index in road[np.argsort(spot)]], dtype=object)
    slots = _in_turn((along // DOOR_M).astype(int), called, left)
    numbers = 2 * slots + np.where(left, 1, 2)
    return [f"{name}{number}号" for name, number in zip(called, numbers, strict=True)]


def _in_turn(
    wanted: NDArray[np.int64], street: NDArray[np.object_], left: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """The wanted slots, moved on along a street's side where another house has the number already."""
    table = pd.DataFrame({"wanted": wanted, "street": street, "left": left}).sort_values("wanted")
    side = table.groupby(["street", "left"])
    turn = side.cumcount()
    ahead = (table["wanted"] - turn).groupby([table["street"], table["left"]]).cummax()
    return np.asarray((ahead + turn).sort_index(), dtype=np.int64)


def titles(table: pd.DataFrame, communities: Sequence[str], *, seed: int) -> list[str | None]:
    """The name of each house; a house with none is known by street and number."""
    rng = dice(seed, "titles")
    made = pd.Series([None] * len(table), index=table.index, dtype=object)
    for estate, group in table.dropna(subset=["estate"]).groupby("estate", sort=False):
        made[group.index] = [f"{estate}{n}栋" for n in range(1, len(group) + 1)]
    _shops(table, made)
    _employers(table, made, rng)
    _public(table, made)
    halls = table[table["hall"]]
    made[halls.index] = [f"{communities[c]}党群服务中心" for c in halls["community"]]
    return [None if name is None else str(name) for name in made]


def _shops(table: pd.DataFrame, made: pd.Series) -> None:
    shops = table[table["kind"] == BuildingKind.COMMERCIAL]
    streets = {p: i % len(names.SHOPPING_STREETS) for i, p in enumerate(shops["parcel"].unique())}
    for index, group in shops.groupby(shops["parcel"].map(streets)):
        name = names.SHOPPING_STREETS[int(str(index))]
        made[group.index] = [f"{name}{n}号楼" for n in range(1, len(group) + 1)]


def _employers(table: pd.DataFrame, made: pd.Series, rng: np.random.Generator) -> None:
    works = table[table["kind"] == BuildingKind.EMPLOYER]
    sheds = works.index[works["use"] == Use.INDUSTRY]
    offices = works.index.difference(sheds)
    factories = names.distinct(names.EMPLOYER_STEMS, names.EMPLOYER_TRADES, len(works), rng)
    made[sheds] = [f"桐城{name}有限公司" for name in factories[: len(sheds)]]
    known = list(dict.fromkeys(names.OFFICES))[: len(offices)]
    others = [f"{name}公司办公楼" for name in factories[len(sheds) :]]
    made[offices] = [*(f"桐城市{name}" for name in known), *others][: len(offices)]


def _public(table: pd.DataFrame, made: pd.Series) -> None:
    """A parcel is one place with one or more houses; then kindergartens when the list is used up."""
    public = table[(table["kind"] == BuildingKind.PUBLIC) & ~table["hall"]]
    places = [name for pair in zip(names.SCHOOLS, names.PLACES, strict=False) for name in pair]
    places += list(names.PLACES[len(names.SCHOOLS) :])
    for number, (_, group) in enumerate(public.groupby("parcel")):
        beyond = number - len(places)
        place = places[number] if beyond < 0 else f"第{beyond + 1}幼儿园"
        made[group.index] = [
            place if n == 1 else f"{place}{n}号楼" for n in range(1, len(group) + 1)
        ]
