"""Layers and lists out of the store into files, by the name's ending."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import geopandas as gpd
from sqlalchemy import Connection, Engine

from data.store import catalogue, feedback, frames, ground
from data.writers.layers import write_layers
from data.writers.result import Written
from geo.errors import OptionError
from geo.model import ROADS, LineClass

Reader = Callable[[Connection], gpd.GeoDataFrame]

NOUNS: Mapping[str, Reader] = {
    "grids": frames.grids,
    "blocks": frames.blocks,
    "communities": lambda connection: frames.regions(connection, level="community"),
    "regions": frames.regions,
    "buildings": frames.buildings,
    "components": frames.components,
    "incidents": frames.incidents,
    "posts": frames.posts,
    "party": frames.party_units,
    "contacts": frames.contacts,
    "roads": lambda connection: frames.lines(connection, *ROADS),
    "rivers": lambda connection: frames.lines(connection, LineClass.RIVER),
    "bridges": lambda connection: frames.lines(connection, ground.BRIDGE),
    "greens": frames.greens,
    "catalogue": catalogue.items,
    "feedback": feedback.places,
}
"""What can be exported: the grids and blocks in force, and everything else as it stands."""


def export(
    engine: Engine,
    noun: str,
    path: Path,
    *,
    encoding: str = "utf-8",
    headings: Mapping[str, str] | None = None,
) -> tuple[int, Written]:
    """Write all of ``noun`` to ``path``; how many rows, and what was written.

    OptionError for an unknown noun, or for what the writers can't do (data/writers/layers.py).
    """
    if noun not in NOUNS:
        raise OptionError("noun-unknown", noun=noun, known="、".join(NOUNS))
    with engine.connect() as connection:
        frame = NOUNS[noun](connection)
    return len(frame), write_layers(path, {noun: frame}, encoding=encoding, headings=headings)
