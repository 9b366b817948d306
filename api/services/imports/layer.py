"""A vector layer as an importer reads it: columns by our names, and the file's own cells to give back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from api.services.imports.opening import open_raw
from api.services.imports.result import Options, source_name
from data.readers.columns import refuse_unknown, understand
from data.readers.vector import refuse_not_finite


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer in EPSG:4490. ``cells``: as they stand but for columns renamed by ``--map``. ``frame``: columns by our
    names. ``understood``: ours -> the file's, for columns that were recognised by their headings."""

    cells: pd.DataFrame
    frame: gpd.GeoDataFrame
    understood: dict[str, str]


def open_layer(
    spec: str,
    options: Options,
    targets: Collection[str],
    *,
    default_layer: str,
    mapping: Mapping[str, str] | None = None,
) -> Layer:
    """Read a layer and understand its columns. ``targets``: ours, in the order in which they claim headings.

    ``mapping`` (ours -> theirs) stands in for that of ``options``. OptionError where it is for none of ``targets``.
    """
    renamed = options.mapping if mapping is None else mapping
    refuse_unknown(renamed, targets)
    found = open_raw(spec, options, default_layer=default_layer)
    refuse_not_finite(np.asarray(found.frame.geometry.array, dtype=object), file=source_name(spec))
    raw = found.lonlat(datum=options.datum, columns=renamed)
    frame, understood = understand(raw, [name for name in targets if name not in renamed])
    return Layer(pd.DataFrame(raw.drop(columns="geometry")), frame, understood)
