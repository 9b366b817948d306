"""What is made ready while the planner's page opens is what a split of a draft then needs."""

from __future__ import annotations

import pytest

from api.services import warming
from api.services.warming import Warming, warm_splitting
from geo.model import SizeRule
from geo.partition import _cheapest, _few
from geo.partition.parting import parted
from geo.redraw import Draft
from geo.redraw.blockmap import block_map
from tests.geo.conftest import town
from tests.geo.redraw.conftest import draft, drafts, small_city, small_plan

__all__ = ["draft", "drafts", "small_city", "small_plan", "town"]


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


def test_it_is_begun_once_in_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []
    monkeypatch.setattr(warming, "warm_splitting", lambda: done.append(1))
    one = Warming()
    for _ in range(3):
        one.begin()
    assert done == [1]
