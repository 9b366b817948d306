"""Which columns of a file say where its rows are: two of numbers, or one with both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.readers.one_cell import Order
from data.readers.point_batch import position_of
from data.readers.words import column_for
from geo.errors import OptionError


@dataclass(frozen=True, slots=True)
class PlaceColumns:
    """names: none (shapes place the rows), the one with both coordinates, or those with x and y. order: of two bare
    numbers in one cell."""

    file: str
    names: tuple[str, ...] = ()
    order: Order | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a user says: ``lon`` and ``lat``, or ``place`` (and ``order``), or nothing."""

    lon: str | None = None
    lat: str | None = None
    place: str | None = None
    order: Order | None = None

    def __post_init__(self) -> None:
        """OptionError for half of a pair, or for both ways at once."""
        if (self.lon is None) != (self.lat is None):
            raise OptionError("columns-unpaired", lon=self.lon or "-", lat=self.lat or "-")
        if self.place is not None and self.lon is not None:
            raise OptionError("columns-twice", place=self.place, lon=self.lon, lat=self.lat)
        if self.order is not None and self.place is None:
            raise OptionError("place-order-idle", order=self.order.value)

    def among(self, names: Sequence[str], *, file: str, shapes: bool) -> PlaceColumns:
        """The columns meant, all of them in a file. ``shapes``: whether it has shapes for whoever says nothing.

        Of a table, whoever says nothing gets the columns that are called so (headings.py). Raises ColumnMissing, and
        OptionError where there are none.
        """
        said = tuple(one for one in (self.lon, self.lat, self.place) if one is not None)
        if not said and not shapes:
            lon, lat = column_for("lon", names), column_for("lat", names)
            if lon is None or lat is None:
                present = ", ".join(name for name in names if name)
                raise OptionError("columns-unnamed", file=file, present=present)
            said = lon, lat
        for name in said:
            position_of(names, name, file=file)
        return PlaceColumns(file, said, self.order)
