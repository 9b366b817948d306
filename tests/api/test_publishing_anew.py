"""What came into force while a draft was checked is what it is held against: it is checked once more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api.app import create_app
from api.services.actor import Actor
from api.services.drafting import Shelf
from api.services.publishing import Publishing, Wish
from data.settings import Settings
from data.store import plans, scheduling
from geo.errors import Conflict
from tests.api.blocks_town import SECOND, block_id
from tests.api.test_approvals import tall
from tests.api.test_publishing import published
from tests.api.test_redrawing import done, drafted
from tests.data.store.conftest import WEST

PLANNER = Actor("张三")
TALL = [
    {"code": code, "reason": "整改期"} for code in ("size-households", "size-residents")
]  # fmt: skip


@pytest.fixture(scope="module")
def template(town_of_blocks: str) -> str:
    """The town of blocks: each test has a copy."""
    return town_of_blocks


@pytest.fixture
def client(db_url: str) -> Iterator[TestClient]:
    """The service on the town of blocks, with a grid in force that has too many households."""
    with TestClient(create_app(Settings(database_url=db_url))) as client:
        published(client, tall(client), exceptions=TALL)
        yield client


def even(client: TestClient) -> dict[str, Any]:
    """A draft of the same community in which no grid has too many."""
    blocks = [block_id(2, row) for row in range(4)]
    told = done(client, drafted(client), {"op": "paint", "blocks": blocks, "grid": SECOND})
    return dict(told["plan"])


def wish(head: dict[str, Any], since: datetime | None = None) -> Wish:
    return Wish({head["id"]: head["version"]}, since=since)


HELD = {"now": (plans, "look_ahead"), "later": (scheduling, "hold")}
"""What a publication calls to keep others from beginning."""


@pytest.mark.parametrize("when", list(HELD))
def test_a_better_plan_published_meanwhile_is_what_a_draft_is_held_against(
    client: TestClient,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    when: str,
) -> None:
    """As heavy as what was in force, so no worse; but much worse than what came into force before it was held."""
    better, worse = even(client), drafted(client)
    service, other = (Publishing(engine, Shelf(Settings())) for _ in range(2))
    since = None if when == "now" else datetime.now(UTC) + timedelta(days=1)
    where, name = HELD[when]
    hold: Callable[..., object] = getattr(where, name)

    def late(*args: Any) -> object:
        monkeypatch.undo()
        other.publish(PLANNER, wish(better))
        return hold(*args)

    assert service.obstacles(worse["id"]) == ([], [])
    monkeypatch.setattr(where, name, late)
    with pytest.raises(Conflict) as caught:
        service.publish(PLANNER, wish(worse, since))
    assert caught.value.code == "plan-blocked"
    with engine.connect() as connection:
        assert plans.in_force(connection)[WEST] == better["id"]
        assert scheduling.seconds_to_next(connection) is None


def test_where_nothing_came_into_force_one_check_is_enough(
    client: TestClient, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    head, service, looked = even(client), Publishing(engine, Shelf(Settings())), list[int]()
    check = service._blocking

    def counted(*args: Any, **options: Any) -> Any:
        looked.append(1)
        return check(*args, **options)

    monkeypatch.setattr(service, "_blocking", counted)
    service.publish(PLANNER, wish(head))
    assert looked == [1]
