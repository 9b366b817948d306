"""The codes and names under which the areas of a drawing would be grids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from sqlalchemy import Connection

from api.services.adopting.areas import Outline
from api.services.drafting import Shelf
from data.store import drafts
from geo.blocks.tidy import tidy_buildings
from geo.codes import grid_number
from geo.drawn import Row, Why, number
from geo.model import City


@dataclass(frozen=True, slots=True)
class Named:
    """outline: the area. code, why: as it would be and where it comes from. households: in it. former: the grid in
    force with which it shares most of them (``shared``), and its name."""

    outline: Outline
    code: str
    why: Why
    name: str
    households: int
    former: str | None
    former_name: str | None
    shared: int


def named(
    connection: Connection,
    outlines: Sequence[Outline],
    city: City,
    published: gpd.GeoDataFrame,
    shelf: Shelf,
) -> list[Named]:
    """A code and a name for each; ``published``: the grids in force of their communities.

    CodeError where the numbers of a community run out.
    """
    codes = sorted({one.community for one in outlines})
    homes = tidy_buildings(city.buildings)[0]
    points = np.asarray(shapely.point_on_surface(np.asarray(homes.geometry.array)), dtype=object)
    points[shapely.is_missing(points)] = shapely.Point()
    found = number(
        [Row(one.shape, one.community, one.code, one.why) for one in outlines],
        published,
        (points, homes["households"].to_numpy(np.int64)),
        used=drafts.used_codes(connection, codes),
        profile=shelf.profile,
    )
    called = dict(zip(published["code"].astype(str), published["name"].astype(str), strict=True))
    communities = dict(
        zip(city.communities["code"].astype(str), city.communities["name"].astype(str), strict=True)
    )
    return [
        Named(
            one, told.code, told.why,
            one.name or called.get(told.code) or shelf.grid_name.format(
                community=communities[one.community],
                number=grid_number(told.code, one.community, profile=shelf.profile) or told.code,
            ),
            told.households, told.former,
            None if told.former is None else called.get(told.former), told.shared,
        )
        for one, told in zip(outlines, found, strict=True)
    ]  # fmt: skip
