"""What is made ready while the planner's page opens is what a split of a draft then needs."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Engine, create_engine

from api.services.card import Asked
from api.services.warming import Warming, warm_card, warm_splitting
from geo.model import SizeRule
from geo.partition import _cheapest, _few
from geo.partition.parting import parted
from geo.redraw import Draft
from geo.redraw.blockmap import block_map
from tests.api.blocks_town import fill
from tests.geo.conftest import town
from tests.geo.redraw.conftest import draft, drafts, small_city, small_plan

__all__ = ["draft", "drafts", "small_city", "small_plan", "town"]


def wait_for(there: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not there() and time.monotonic() < end:
        time.sleep(0.01)


def compiled() -> int:
    """In how many ways the kernels of splitting are there."""
    return len(_few.few.signatures) + len(_cheapest.cheapest.signatures)  # type: ignore[attr-defined]


def test_after_it_a_split_of_a_draft_compiles_nothing(draft: Draft) -> None:
    warm_splitting()
    ready = compiled()
    assert ready >= 1
    blocks = list(draft.blocks.values())
    for some in (blocks[:9], blocks):
        parted(block_map(draft, some), 2, bounds=SizeRule())
    assert compiled() == ready


def test_it_is_begun_once_in_a_process() -> None:
    done: list[int] = []
    one = Warming(lambda: done.append(1))
    for _ in range(3):
        one.begin()
    wait_for(lambda: bool(done))
    assert done == [1]


def test_a_card_is_made_of_a_place_in_a_grid_and_of_none_where_there_is_none(
    engine: Engine,
) -> None:
    asked: list[Asked] = []

    class Known:
        def card(self, place: Asked) -> None:
            asked.append(place)

    warm_card(engine, Known)  # type: ignore[arg-type]
    assert asked == []
    with engine.begin() as connection:
        fill(connection)
    warm_card(engine, Known)  # type: ignore[arg-type]
    assert [one.lng for one in asked] and 116.9 < asked[0].lng < 117
    engine.dispose()
    away = create_engine("postgresql+psycopg2://nobody@127.0.0.1:1/none")
    warm_card(away, Known)  # type: ignore[arg-type]
    assert len(asked) == 1
