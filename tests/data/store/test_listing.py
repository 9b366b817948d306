"""Lists of the store page by key."""

from __future__ import annotations

from datetime import UTC, datetime

import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from data.store import listing
from data.tables import Building, Plan, PlanGrid, Region


def square(x: float, y: float) -> shapely.Polygon:
    return shapely.box(x, y, x + 0.01, y + 0.01)


def fill(engine: Engine) -> None:
    """One community of two grids, retired in 2025 for one grid; three buildings."""
    early, turn = datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
    code = "340881001001"
    with Session(engine) as session, session.begin():
        session.add(
            Region(
                code=code,
                name="和平社区",
                level="community",
                kind="community",
                geom=from_shape(square(116, 31), 4490),
            )
        )
        session.flush()
        for number, (since, until, status) in enumerate(
            [(early, turn, "retired"), (turn, None, "published")], 1
        ):
            plan = Plan(community_code=code, created_by="test")
            session.add(plan)
            session.flush()
            for part in range(number):
                shape = from_shape(square(116 + part / 100, 31), 4490)
                session.add(
                    PlanGrid(
                        plan_id=plan.id,
                        code=f"{code}{part + 1:03}",
                        name=f"第{part + 1}网格",
                        geom=shape,
                    )
                )
            session.flush()
            plan.status = status
            plan.valid = Range(since, until)
            plan.published_at, plan.published_by = since, "test"
        for number in range(3):
            point = from_shape(shapely.Point(116.001 + number / 1000, 31.001), 4490)
            session.add(
                Building(
                    building_id=f"B{number}", community_code=code, households=number, point=point
                )
            )


def test_lists_page_without_a_gap_or_a_double(engine: Engine) -> None:
    fill(engine)
    seen: list[str] = []
    after: str | None = None
    with engine.connect() as connection:
        while rows := listing.page(
            connection, "buildings", after=after, limit=2, geometry=True, filters={}
        ):
            seen += [row.key for row in rows]
            after = rows[-1].key
            assert all(row.geometry and row.geometry["type"] == "Point" for row in rows)
        plans = listing.page(
            connection, "plans", after="1", limit=9, geometry=False, filters={"status": "published"}
        )
        grids = listing.page(
            connection, "grids", after=None, limit=9, geometry=False, filters={"under": "340881001"}
        )
    assert seen == ["B0", "B1", "B2"]
    assert [row.properties["status"] for row in plans] == ["published"]
    assert [row.key for row in grids] == ["340881001001001", "340881001001002"]
