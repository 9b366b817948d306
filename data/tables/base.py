"""What all tables share: names of constraints, the metadata, kinds of columns."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, ClassVar

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    Identity,
    Index,
    MetaData,
    Text,
    func,
)
from sqlalchemy.orm import DeclarativeBase, mapped_column

SRID = 4490
"""CGCS2000, longitude and latitude in degrees."""


class Base(DeclarativeBase):
    """Every table; constraints get the same names here and in the migrations."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {str: Text()}
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def geometry(kind: str = "GEOMETRY") -> Geometry:
    """A column of shapes in EPSG:4490; its GiST index is declared in the table, by name."""
    return Geometry(kind, srid=SRID, spatial_index=False)


def gist(column: str) -> Index:
    """The spatial index of one column."""
    return Index(None, column, postgresql_using="gist")


def polygonal(column: str) -> CheckConstraint:
    """Polygon or MultiPolygon: single polygons are kept as they came, byte by byte."""
    return CheckConstraint(
        f"GeometryType({column}) IN ('POLYGON', 'MULTIPOLYGON')", name=f"{column}_polygonal"
    )


def one_of(column: str, values: object) -> CheckConstraint:
    """A closed list of words."""
    listed = ", ".join(f"'{value}'" for value in values)  # type: ignore[attr-defined]
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def not_negative(column: str) -> CheckConstraint:
    """Counts start at nought."""
    return CheckConstraint(f"{column} >= 0", name=f"{column}_not_negative")


Number = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Verified = Annotated[date | None, mapped_column(Date)]
"""``as_of``: the day on which somebody last saw that a record is true; null where nobody told."""
Touched = Annotated[
    datetime, mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
]
