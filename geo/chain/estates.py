"""Estates (小区): whom the grid calls there, 物业 and 业委会, or whatever kinds of contact the rules name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import geopandas as gpd
import pandas as pd
import shapely

from geo.chain.rules import EstateDemand
from geo.chain.terms import Break, Rung, fault, in_force, label, last_moment, same_word
from geo.model import BuildingKind, Finding, Severity


def check_estates(
    houses: gpd.GeoDataFrame,
    contacts: pd.DataFrame,
    communities: gpd.GeoDataFrame,
    *,
    demand: EstateDemand,
    at: datetime,
) -> Iterator[Break]:
    """Estates without a contact that is demanded, and contacts of estates that are not there.

    ``houses``: HOUSE_COLUMNS; an estate is what bears one name in one community. ``contacts``: CONTACT_COLUMNS, one
    without a community means every estate of that name. Finding liaison-missing: case estate-none, -vacant, -expired.
    """
    homes = _homes(houses)
    told = contacts.assign(word=_words(contacts["kind"]), name=_words(contacts["estate"]))
    lost = told[~told["name"].isin(set(homes["word"]))]
    if len(lost):
        yield fault("contacts", tuple(dict.fromkeys(lost["estate"].astype(str))), len(lost))
    reached = told[_reachable(told) & in_force(told, at)]
    columns = (reached["word"], reached["name"], reached["community_code"])
    held = set(zip(*columns, strict=True))
    groups = homes.groupby(["community_code", "word"], sort=True)
    sums = groups["households"].sum()
    for community, name in sums.index[sums >= demand.from_households]:
        for kind in demand.contacts:
            word = same_word(kind)
            if (word, name, community) in held or (word, name, None) in held:
                continue
            own = told[(told["word"] == word) & (told["name"] == name)]
            own = own[own["community_code"].isna() | (own["community_code"] == community)]
            mine = homes.iloc[groups.indices[(community, name)]]
            yield _missing(mine, communities, community, {"kind": kind, **_why(own, at)})


def _homes(houses: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The homes in estates; their households as numbers, unknown ones as none."""
    homes = houses[houses["estate"].notna() & houses["community_code"].notna()]
    kinds = homes["kind"].astype("str").where(homes["kind"].notna(), BuildingKind.RESIDENCE.value)
    homes = homes[kinds == BuildingKind.RESIDENCE.value]
    count = pd.to_numeric(homes["households"], errors="coerce").fillna(0).astype(float)
    return homes.assign(households=count, word=_words(homes["estate"]))


def _words(values: pd.Series) -> pd.Series:
    return values.map({value: same_word(value) for value in values.dropna().unique()})


def _reachable(contacts: pd.DataFrame) -> pd.Series[bool]:
    """Who can be called: a person, or at least a telephone."""
    return contacts["person"].notna() | contacts["phone"].notna()


def _why(contacts: pd.DataFrame, at: datetime) -> dict[str, object]:
    """Why nobody can be called."""
    if in_force(contacts, at).any():
        return {"case": "estate-vacant"}
    ended = contacts[_reachable(contacts) & contacts["until"].notna() & (contacts["until"] <= at)]
    if ended.empty:
        return {"case": "estate-none"}
    return {"case": "estate-expired", "until": last_moment(pd.Timestamp(ended["until"].max()), at)}


def _missing(
    homes: gpd.GeoDataFrame,
    communities: gpd.GeoDataFrame,
    community: str,
    params: Mapping[str, object],
) -> Break:
    grids = tuple(sorted(set(homes["grid_code"].dropna().astype(str))))
    ids = tuple(homes["building_id"].astype(str))
    where = label(communities.loc[community]) if community in communities.index else community
    finding = Finding(
        "liaison-missing",
        Severity.WARNING,
        codes=grids or (community,),
        count=len(homes),
        households=int(homes["households"].sum()),
        geometry=shapely.MultiPoint(
            shapely.get_coordinates(shapely.point_on_surface(homes.geometry.to_numpy()))
        ),
        params={"estate": str(homes["estate"].iloc[0]), "community": where, **params},
    )
    return Break(finding, Rung.ESTATE, grids, ids)
