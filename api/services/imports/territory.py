"""Which community a row belongs to: by code, by name, else by its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from data.store import frames, regions
from geo.codes import Profile, normalize_code
from geo.errors import CodeError
from geo.locate import Locator
from geo.model import CRS


class Territory:
    """The communities in the store."""

    def __init__(self, connection: Connection, profile: Profile) -> None:
        self.names = regions.codes(connection, level="community")
        self._profile = profile
        self._by_name = _unambiguous(self.names)
        self._regions = regions.codes(connection)
        self._region_by_name = _unambiguous(self._regions)
        self._outlines = frames.regions(connection, level="community")
        self._codes = self._outlines["code"].tolist()

    @cached_property
    def _locator(self) -> Locator:
        """Made once places are asked about: names alone need none."""
        return Locator(self._outlines.geometry.tolist(), self._codes, crs=CRS)

    def called(self, words: str | None) -> str | None:
        """The community that a cell names; None for nobody, or for a name that several share."""
        if words is None or words in self.names:
            return words
        if words in self._by_name:
            return self._by_name[words]
        try:
            code = normalize_code(words, profile=self._profile)
        except CodeError:
            return None
        return code if code in self.names else None

    def region(self, words: str | None) -> str | None:
        """The community, street or city that a cell names, in this order; None as for `called`."""
        if words is None or (community := self.called(words)) is not None:
            return None if words is None else community
        if words in self._region_by_name:
            return self._region_by_name[words]
        try:
            code = normalize_code(words, profile=self._profile)
        except CodeError:
            return None
        return code if code in self._regions else None

    def around(self, lng: Sequence[float | None], lat: Sequence[float | None]) -> list[str | None]:
        """The community that covers each place; None outside all of them and for a place unknown."""
        x, y = _floats(lng), _floats(lat)
        return [None if i < 0 else self._codes[i] for i in self._locator.indices(x, y)]


def _unambiguous(names: Mapping[str, str]) -> dict[str, str]:
    """Name -> code of those that bear a name alone."""
    often = Counter(names.values())
    return {name: code for code, name in names.items() if often[name] == 1}


def _floats(values: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
