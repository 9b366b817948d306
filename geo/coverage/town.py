"""Everything that was delivered, in metres and in levels, ready to be held against one another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import shapely
from pyproj import CRS

from geo import crs, model
from geo.coverage.delivered import Delivered, Measure
from geo.coverage.inside import Within, within
from geo.coverage.layers import Layer, Plane, common_plane, prepare
from geo.coverage.records import delivered_codes, grid_parents
from geo.coverage.regions import region_parents, split_levels
from geo.coverage.things import Things, prepare_things
from geo.errors import OptionError
from geo.model import Finding


@dataclass(frozen=True)  # no slots: cached properties
class Town:
    """The layers in metres; one that was not handed in is empty."""

    cities: Layer
    streets: Layer
    communities: Layer
    grids: Layer
    buildings: Layer
    things: tuple[Things, ...]
    plane: Plane
    measure: Measure

    @property
    def areas(self) -> Layer:
        """What must cover buildings and things."""
        return self.grids if len(self.grids) else self.communities

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Of the buildings' points."""
        return shapely.STRtree(self.buildings.shapes)

    @cached_property
    def grids_within(self) -> Within | None:
        """Grids in their communities, where both are there."""
        if not (len(self.grids) and len(self.communities)):
            return None
        named = grid_parents(self.grids, self.communities, profile=self.measure.profile)
        return within(self.communities, self.grids, named, strict=False)

    @cached_property
    def regions_within(self) -> tuple[Within, ...]:
        """Communities in their streets (else their city), streets in their city, as far as there are any."""
        upper = self.streets if len(self.streets) else self.cities
        pairs = [(upper, self.communities)]
        if len(self.streets):
            pairs.append((self.cities, self.streets))
        return tuple(
            within(
                outer,
                inner,
                region_parents(inner, outer, profile=self.measure.profile),
                strict=bool((delivered_codes(outer) != "").any()),
            )
            for outer, inner in pairs
            if len(outer) and len(inner)
        )


def town_of(delivered: Delivered, measure: Measure) -> tuple[Town, list[Finding]]:
    """The layers in metres, and what is wrong with single shapes. OptionError where there is nothing to check."""
    communities, grids, buildings, regions = (
        in_degrees(frame)
        for frame in (
            delivered.communities,
            delivered.grids,
            delivered.buildings,
            delivered.regions,
        )
    )
    if len(communities) + len(grids) == 0:
        raise OptionError("check-nothing")
    plane = common_plane([communities, grids, buildings])
    around, found = prepare(regions, "regions", plane=plane)
    cities, streets = split_levels(around, profile=measure.profile)
    areas, more = prepare(communities, "communities", plane=plane)
    found += more
    nets, more = prepare(grids, "grids", plane=plane)
    found += more
    houses, more = prepare(buildings, "buildings", plane=plane)
    found += more
    things = []
    for name, frame in delivered.things.items():
        layer, more = prepare_things(name, in_degrees(frame), plane=plane)
        things.append(layer)
        found += more
    return Town(cities, streets, areas, nets, houses, tuple(things), plane, measure), found


def in_degrees(frame: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    """A delivered frame in EPSG:4490; an empty one for None."""
    if frame is None:
        return model.empty_layer(())
    if frame.crs is None or frame.crs.equals(CRS.from_user_input(model.CRS)):
        return frame
    return crs.frame_to_lonlat(frame, datum=None)
