"""What a chain hangs on, level by level, and the registers of people that are held against it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.chain.houses import HOUSE_COLUMNS
from geo.chain.terms import Rung, by_code
from geo.coverage.layers import text_column
from geo.model import CONTACT_COLUMNS, CRS, PARTY_COLUMNS, POST_COLUMNS

Grids = dict[str, tuple[str, ...]]
_DIGITS = {Rung.STREET: (12, 9), Rung.CITY: (9, 6)}
"""How long a code of ours is, and how much of it is its parent's."""


@dataclass(frozen=True, slots=True)
class Town:
    """communities (code, name), grids (code, name, community_code, kind): EPSG:4490. houses: HOUSE_COLUMNS, None where
    no building is known. regions: code, name, level, parent_code of cities, streets and communities; None: not known,
    then digits of the codes tell what belongs to what."""

    communities: gpd.GeoDataFrame
    grids: gpd.GeoDataFrame
    houses: gpd.GeoDataFrame | None = None
    regions: pd.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class Registers:
    """posts: POST_COLUMNS. units: the party's (PARTY_COLUMNS). contacts: of estates (CONTACT_COLUMNS). None: there is
    no such register, and what it would tell is not checked."""

    posts: pd.DataFrame | None = None
    units: pd.DataFrame | None = None
    contacts: pd.DataFrame | None = None

    def known_posts(self) -> pd.DataFrame:
        """Posts with every column."""
        given = pd.DataFrame() if self.posts is None else self.posts
        posts = given.reindex(columns=list(POST_COLUMNS)).reset_index(drop=True)
        times = {
            name: _times(posts[name]) for name in POST_COLUMNS if name.endswith(("since", "until"))
        }
        codes = {name: _codes(posts, name) for name in ("grid_code", "community_code")}
        return posts.assign(**times, **codes)

    def known_units(self) -> pd.DataFrame | None:
        """Units with every column and codes as text; None where there are none."""
        if self.units is None or self.units.empty:
            return None
        units = self.units.reindex(columns=list(PARTY_COLUMNS)).reset_index(drop=True)
        names = ("code", "parent_code", "community_code", "grid_code", "building_id")
        return units.assign(**{name: _codes(units, name) for name in names})

    def listed_units(self) -> pd.DataFrame:
        """The same, empty where there are none."""
        known = self.known_units()
        return pd.DataFrame(columns=list(PARTY_COLUMNS), dtype=object) if known is None else known

    def listed_contacts(self) -> pd.DataFrame:
        """Contacts with every column, empty where there are none."""
        known = self.known_contacts()
        if known is not None:
            return known
        blank = pd.DataFrame(columns=list(CONTACT_COLUMNS), dtype=object)
        return blank.assign(**{name: _times(blank[name]) for name in ("since", "until")})

    def known_contacts(self) -> pd.DataFrame | None:
        """Contacts with every column; None where there are none."""
        if self.contacts is None or self.contacts.empty:
            return None
        contacts = self.contacts.reindex(columns=list(CONTACT_COLUMNS)).reset_index(drop=True)
        times = {name: _times(contacts[name]) for name in ("since", "until")}
        return contacts.assign(community_code=_codes(contacts, "community_code"), **times)


@dataclass(frozen=True, slots=True)
class Ladder:
    """A town level by level. regions: by level, by code, with the shape of what is governed there; below: the grids
    under each region. grids: by code. lost: the communities whose parent of that level is not among the regions. known:
    the codes of all regions, those without grids too."""

    grids: gpd.GeoDataFrame
    regions: dict[Rung, gpd.GeoDataFrame]
    below: dict[Rung, Grids]
    lost: dict[Rung, list[str]]
    houses: gpd.GeoDataFrame | None
    known: frozenset[str]

    @property
    def standing(self) -> dict[str, str | None]:
        """The grid that each house stands in."""
        if self.houses is None:
            return {}
        return dict(zip(self.houses["building_id"], self.houses["grid_code"], strict=True))

    def part(self, grids: Collection[str], houses: gpd.GeoDataFrame | None) -> Ladder:
        """Some grids with what lies above them, and the houses given (HOUSE_COLUMNS) instead of these: of those that
        stand in other grids only their estate counts, so they must tell their community."""
        wanted = set(grids)
        below = {
            level: {
                code: mine
                for code, own in all_.items()
                if (mine := tuple(one for one in own if one in wanted))
            }
            for level, all_ in self.below.items()
        }
        regions = {level: self.regions[level].loc[list(below[level])] for level in below}
        mine = self.grids[self.grids.index.isin(wanted)]
        lost: dict[Rung, list[str]] = {level: [] for level in self.lost}
        known = _houses(houses, mine)
        if known is not None:
            own = known["grid_code"]
            known = known.assign(grid_code=own.where(own.isin(list(wanted)), None))
        return Ladder(mine, regions, below, lost, known, self.known)

    @property
    def everywhere(self) -> gpd.GeoDataFrame:
        """The regions of all levels, by code."""
        return gpd.GeoDataFrame(pd.concat(self.regions.values()), crs=CRS)


def ladder(town: Town) -> Ladder:
    """The levels of a town: only what has grids below it is governed."""
    grids = by_code(town.grids)
    homes = pd.Series(text_column(grids, "community_code"), index=grids.index)
    communities = _governed(town, grids, homes)
    regions, below = {Rung.COMMUNITY: communities}, {Rung.COMMUNITY: _grouped(homes)}
    lost: dict[Rung, list[str]] = {}
    under = pd.Series(communities.index, index=communities.index)
    for level in (Rung.STREET, Rung.CITY):
        parents = under.map(_parents(town.regions, set(under), level))
        listed = _listed(town.regions, level)
        gone = parents.isna() | ~parents.isin(list(listed)) if listed else parents.isna()
        lost[level] = [str(code) for code in parents.index[gone]] if listed else []
        under = parents[~gone]
        regions[level] = _united(communities.loc[under.index], under, listed)
        below[level] = _grouped(homes[homes.isin(under.index)].map(under))
    known = {code for frame in regions.values() for code in frame.index}
    known |= set(text_column(town.communities, "code"))
    known |= set() if town.regions is None else set(town.regions["code"].astype("str"))
    return Ladder(grids, regions, below, lost, _houses(town.houses, grids), frozenset(known))


def _governed(town: Town, grids: gpd.GeoDataFrame, homes: pd.Series) -> gpd.GeoDataFrame:
    """The communities that have grids; one that no layer draws is where its grids are."""
    drawn = by_code(town.communities).reindex(columns=["code", "name", "geometry"])
    drawn = drawn[drawn.index.isin(set(homes))]
    rest = homes[(homes != "") & ~homes.isin(drawn.index)]
    if rest.empty:
        return drawn
    more = _united(grids.loc[rest.index], rest, {})
    return gpd.GeoDataFrame(pd.concat([drawn, more]) if len(drawn) else more, crs=CRS)


def _united(
    parts: gpd.GeoDataFrame, owner: pd.Series, names: dict[str, str | None]
) -> gpd.GeoDataFrame:
    """What ``parts`` make up together, by the code of their owner."""
    codes = sorted(set(owner))
    mine = owner.groupby(owner).groups
    return gpd.GeoDataFrame(
        {"code": codes, "name": np.array([names.get(code) for code in codes], dtype=object)},
        index=codes,
        geometry=[parts.geometry.loc[mine[code]].union_all() for code in codes],
        crs=CRS,
    )


def _parents(regions: pd.DataFrame | None, codes: set[str], level: Rung) -> dict[str, str]:
    """The code of the region above each: as recorded, else by its digits."""
    length, kept = _DIGITS[level]
    found = {code: code[:kept] for code in codes if len(code) == length and code.isdigit()}
    if regions is None:
        return found
    told = regions[regions["parent_code"].notna() & regions["code"].isin(list(codes))]
    return found | dict(zip(told["code"].astype(str), told["parent_code"].astype(str), strict=True))


def _listed(regions: pd.DataFrame | None, level: Rung) -> dict[str, str | None]:
    if regions is None:
        return {}
    mine = regions[regions["level"] == level.word]
    return dict(zip(mine["code"].astype(str), mine["name"], strict=True))


def _grouped(owner: pd.Series) -> Grids:
    return {
        str(code): tuple(map(str, rows))
        for code, rows in owner.groupby(owner).groups.items()
        if code
    }


def _houses(houses: gpd.GeoDataFrame | None, grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
    """Houses with every column; the community of one that records none is its grid's."""
    if houses is None or houses.empty:
        return None
    known = houses.reindex(columns=[*HOUSE_COLUMNS, "geometry"]).reset_index(drop=True)
    ids = text_column(known, "building_id")
    ids[ids == ""] = [f"#{row + 1}" for row in np.flatnonzero(ids == "")]
    own = _codes(known, "community_code")
    home = known["grid_code"].map(grids.get("community_code", {}))
    return known.assign(building_id=ids, community_code=own.where(own.notna(), home))


def _codes(frame: pd.DataFrame, name: str) -> pd.Series:
    """Codes as text, null where there is none."""
    text = text_column(frame, name)
    return pd.Series([value or None for value in text], index=frame.index, dtype=object)


def _times(values: pd.Series) -> pd.Series:
    return pd.to_datetime(values, utc=True)
