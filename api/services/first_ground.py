"""The ground of communities that have no plan yet: outlines that fit those of their neighbours, vertex by vertex.

Borders of grids end on borders of communities, and there whoever lives next door must have the same vertex. So the
first time all communities that were never noded are cut together; their outlines are kept from then on
(``regions.geom``; what was delivered stays as ``source_geom``), and a plan that comes later is fitted into them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import shapely
from sqlalchemy import Connection

from api.services.drawable import Drawable
from data.store import drafts, drawable, regions
from geo.blocks import cut_blocks
from geo.errors import Conflict
from geo.model import CRS, City, SizeRule


@dataclass(frozen=True, slots=True)
class FirstGround:
    """city: what is drawn on. around: the city in which outlines are noded first; None where that is done, or comes by
    itself because everything is drawn. rough: the communities whose outlines were never noded. read: the outlines of
    all of these as they were read (WKB)."""

    city: City
    around: City | None
    rough: frozenset[str]
    read: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Outlined:
    """city: with outlines that fit. known: those that a plan has to keep, by code. new: those that are to be kept from
    now on."""

    city: City
    known: Mapping[str, shapely.Geometry]
    new: Mapping[str, shapely.Geometry]


def first_ground(connection: Connection, ground: Drawable, codes: Sequence[str]) -> FirstGround:
    """Read what the first plans of some communities are drawn on."""
    rough = {
        str(one.code)
        for one in ground.communities
        if one.outline and not (one.noded or one.in_force or one.waits)
    }
    city = drafts.city(connection, codes)
    if not rough & set(codes):
        return FirstGround(city, None, frozenset(), _wkb(city.communities))
    context = drawable.touching(connection, sorted({*codes, *rough}))
    if context == set(codes) == rough:
        return FirstGround(city, None, frozenset(rough), _wkb(city.communities))
    around = drafts.city(connection, sorted(context))
    return FirstGround(city, around, frozenset(rough), _wkb(around.communities))


def outlined(ground: FirstGround, rule: SizeRule) -> Outlined:
    """The same city with outlines that fit."""
    told = _shapes(ground.city.communities)
    if ground.around is None:
        return Outlined(
            ground.city, {code: told[code] for code in told if code not in ground.rough}, {}
        )
    noded = _shapes(cut_blocks(ground.around, rule=rule).communities)
    new = {code: noded[code] for code in noded if code in ground.rough}
    known = {**told, **{code: shape for code, shape in new.items() if code in told}}
    frame = ground.city.communities
    shapes = gpd.GeoSeries([known[str(code)] for code in frame["code"]], crs=CRS)
    return Outlined(replace(ground.city, communities=frame.set_geometry(shapes)), known, new)


def keep_outlines(
    connection: Connection, ground: FirstGround, outlines: Mapping[str, shapely.Geometry]
) -> None:
    """Keep new outlines. Conflict "ground-changed" where those that were read are others now."""
    now = _wkb(drafts.city(connection, sorted(ground.read)).communities)
    if now != dict(ground.read):
        raise Conflict("ground-changed")
    if outlines:
        frame = gpd.GeoDataFrame(
            {"code": list(outlines)}, geometry=list(outlines.values()), crs=CRS
        )
        regions.set_outlines(connection, frame)


def rough_outlines(
    communities: gpd.GeoDataFrame, rough: Collection[str]
) -> dict[str, shapely.Geometry]:
    """The outlines that a plan gave those that were never noded."""
    return {code: shape for code, shape in _shapes(communities).items() if code in rough}


def _shapes(communities: gpd.GeoDataFrame) -> dict[str, shapely.Geometry]:
    return dict(zip(communities["code"].astype(str), communities.geometry, strict=True))


def _wkb(communities: gpd.GeoDataFrame) -> dict[str, bytes]:
    return {code: shapely.to_wkb(shape) for code, shape in _shapes(communities).items()}
