"""What can be reported, and the departments that deal with it."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import pandas as pd
from sqlalchemy import Connection, literal, select

from data.store import bulk, frames
from data.tables import CatalogueItem, Department


class DepartmentRow(NamedTuple):
    """A department as the store has it."""

    code: str
    name: str
    phone: str | None


def departments(connection: Connection) -> dict[str, DepartmentRow]:
    """All departments, by code."""
    rows = connection.execute(select(Department.code, Department.name, Department.phone))
    return {row.code: DepartmentRow(*row) for row in rows}


def items(connection: Connection) -> gpd.GeoDataFrame:
    """All items by code, with their departments, under the names of the columns that an import understands, without a
    geometry. A department that no item names is not among them."""
    query = select(
        CatalogueItem.code.label("item_code"),
        CatalogueItem.kind.label("item_kind"),
        CatalogueItem.name.label("item_name"),
        CatalogueItem.category,
        CatalogueItem.department_code,
        Department.name.label("department"),
        Department.phone.label("department_phone"),
        CatalogueItem.limit_h,
        CatalogueItem.source,
        literal(None).label(frames.SHAPE),
    ).join(Department, CatalogueItem.department_code == Department.code, isouter=True)
    return frames.read(connection, query.order_by(CatalogueItem.code))


def merge_departments(connection: Connection, departments: pd.DataFrame) -> bulk.Merged:
    """Add or update departments by code: code, name, phone, source."""
    return bulk.merge(connection, Department, departments, key=["code"])


def merge_items(connection: Connection, items: pd.DataFrame) -> bulk.Merged:
    """Add or update items by code: code, kind, category, name, department_code, limit_h, source."""
    return bulk.merge(connection, CatalogueItem, items, key=["code"])


def components(connection: Connection) -> dict[str, str]:
    """Code -> name of the items that are 部件."""
    query = select(CatalogueItem.code, CatalogueItem.name).where(CatalogueItem.kind == "component")
    return {item.code: item.name for item in connection.execute(query)}


def categories(connection: Connection) -> dict[str, list[str]]:
    """Category -> the names of its items, each in the order of the codes."""
    query = select(CatalogueItem.category, CatalogueItem.name).order_by(CatalogueItem.code)
    found: dict[str, list[str]] = {}
    for category, name in connection.execute(query):
        if category:
            found.setdefault(category, []).append(name)
    return found


def named(connection: Connection) -> list[dict[str, str | None]]:
    """Code, name and category of every item, by code."""
    query = select(CatalogueItem.code, CatalogueItem.name, CatalogueItem.category)
    return [dict(row) for row in connection.execute(query.order_by(CatalogueItem.code)).mappings()]


def item_codes(connection: Connection) -> set[str]:
    """The codes of all items."""
    return set(connection.scalars(select(CatalogueItem.code)))
