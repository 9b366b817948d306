"""Grids hold both bounds where that can be; where it can't, the answer says why and the nearest plan is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.blocks import cut_blocks
from geo.errors import OptionError
from geo.model import City, SizeRule
from geo.partition import draw as drawing
from geo.partition import seed as seeding
from geo.partition.assignment import Assignment, State
from geo.partition.choose import broken, choose
from geo.partition.draw import draw_grids
from geo.partition.ground import estates_apart
from geo.partition.problem import Problem, components, make_problem
from geo.partition.prove import Outcome
from geo.partition.repair import repair
from geo.partition.screen import feasible_counts, nearest_count, room, share_counts
from geo.partition.seed import split
from maps.findings import describe
from maps.texts import LANGUAGES, text
from tests.benchmarks.cities import Recipe, make_city

Town = Callable[..., City]
Home = dict[str, object]


def lattice(
    columns: int, rows: int, households: list[int], residents: list[int], rule: SizeRule
) -> Problem:
    """A problem whose blocks are a chessboard's fields."""
    number = np.arange(columns * rows).reshape(rows, columns)
    across = np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()])
    down = np.column_stack([number[:-1].ravel(), number[1:].ravel()])
    pairs = np.concatenate([across, down])
    return make_problem(
        np.array(households), np.array(residents), pairs, np.ones(len(pairs)), rule=rule
    )


def whole(problem: Problem, label: np.ndarray, count: int) -> bool:
    """Whether every grid is there and in one piece."""
    inner = problem.pairs[label[problem.pairs[:, 0]] == label[problem.pairs[:, 1]]]
    piece = components(problem.size, inner)
    return set(label) == set(range(count)) and len(set(piece)) == count


def homes(columns: int = 8, *, households: int = 20, residents: int = 44) -> list[Home]:
    """Homes spread evenly over one community."""
    at = [
        ((x + 0.5) / columns, (y + 0.5) / columns) for x in range(columns) for y in range(columns)
    ]
    return [{"at": point, "households": households, "residents": residents} for point in at]


def drawn(city: City, **options: object) -> Assignment:
    assignment = draw_grids(cut_blocks(city), **options)  # type: ignore[arg-type]
    for result in assignment.results:
        assert (result.state is State.FEASIBLE) == (result.offers == ())
        assert (result.state is State.FEASIBLE) == (result.inside == result.grids)
        for offer in result.offers:
            assert all(text(f"offer.{offer.kind}", lang, **offer.params) for lang in LANGUAGES)
    for finding in assignment.findings:
        for lang in LANGUAGES:
            assert finding.codes[0] in describe(finding, lang)
    return assignment


@settings(max_examples=60, deadline=None)
@given(
    columns=st.integers(2, 7),
    rows=st.integers(2, 7),
    count=st.integers(1, 6),
    metis=st.booleans(),
    data=st.data(),
)
def test_seed_and_repair_keep_every_grid_in_one_piece(
    columns: int, rows: int, count: int, metis: bool, data: st.DataObject
) -> None:
    size = columns * rows
    counts = st.lists(st.integers(0, 90), min_size=size, max_size=size)
    problem = lattice(columns, rows, data.draw(counts), data.draw(counts), SizeRule())
    rng = np.random.default_rng(0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seeding, "HAS_METIS", metis and seeding.HAS_METIS)
        label = split(problem, np.arange(size), count, rng)
        if size < count:
            assert label is None
            return
        assert label is not None
        assert whole(problem, label, count)
        better = repair(problem, label, count, rng, steps=5, cancelled=lambda: False)
    assert whole(problem, better, count)


@given(households=st.integers(1, 9000), residents=st.integers(1, 20000))
def test_screening_is_exactly_arithmetic(households: int, residents: int) -> None:
    rule = SizeRule()
    by_hand = {
        k for k in range(1, 60) if 300 <= households / k <= 500 and 600 <= residents / k <= 1000
    }
    counts = feasible_counts(households, residents, rule)
    assert set(counts) == by_hand
    rooms = [room(households, residents, k, rule) for k in counts]
    assert rooms == sorted(rooms, reverse=True)
    assert nearest_count(households, residents, rule) >= 1


def test_a_floor_of_nothing_forbids_no_number_of_grids() -> None:
    rule = SizeRule(households=(0, 1), residents=(0, 1))
    assert feasible_counts(1732, 3722, rule) == [3722]
    assert set(feasible_counts(10, 20, SizeRule((0, 500), (5, 1000)))) == {1, 2, 3, 4}


@given(
    loads=st.lists(
        st.tuples(st.integers(300, 4000), st.integers(600, 9000)), min_size=1, max_size=9
    ),
    extra=st.integers(0, 60),
)
def test_shared_counts_add_up(loads: list[tuple[int, int]], extra: int) -> None:
    total = len(loads) + extra
    counts = share_counts(
        [h for h, _ in loads], [r for _, r in loads], total, [SizeRule()] * len(loads)
    )
    assert sum(counts) == total
    assert min(counts) >= 1


def test_a_roomy_community_holds_both_bounds(town: Town) -> None:
    assignment = drawn(town(1, 1, homes=homes()))
    (result,) = assignment.results
    assert (result.state, result.grids, result.inside) == (State.FEASIBLE, 4, 4)
    assert assignment.findings == ()


def test_big_households_are_impossible_by_arithmetic_and_still_drawn(town: Town) -> None:
    assignment = drawn(town(1, 1, homes=homes(residents=80)))
    (result,) = assignment.results
    assert result.state is State.IMPOSSIBLE
    assert 0 < result.worst < 0.5
    (finding,) = assignment.findings
    assert finding.code == "draw-no-count"
    assert finding.params["households"] == 1280
    assert finding.params["residents"] == 5120


def test_one_block_above_the_ceiling_is_named(town: Town) -> None:
    tower = {"at": (0.51, 0.51), "households": 620, "residents": 900}
    assignment = drawn(town(1, 1, homes=[*homes(), tower]))
    assert assignment.results[0].state is State.IMPOSSIBLE
    named = [f for f in assignment.findings if f.code == "draw-block-too-large"]
    assert [finding.params["households"] for finding in named] == [620]


def test_the_worst_violation_is_of_one_bound(town: Town) -> None:
    """A tenth below both floors is a tenth."""
    few = homes(3, households=30, residents=60)
    (result,) = drawn(town(1, 1, homes=few)).results
    assert (result.households, result.residents) == (270, 540)
    assert result.worst == pytest.approx(0.1)


def test_no_search_for_what_a_large_block_makes_impossible(town: Town) -> None:
    tower = {"at": (0.51, 0.51), "households": 600, "residents": 900}
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return False

    (result,) = drawn(town(1, 1, homes=[*homes(), tower]), cancelled=cancelled).results
    assert (result.inside, result.grids - result.inside) == (4, 1)
    assert result.worst == pytest.approx(0.2)
    assert len(asked) < 900
    (bounds,) = [offer for offer in result.offers if offer.kind.startswith("bounds")]
    assert bounds.kind == "bounds-least"


def test_an_empty_community_is_one_grid(town: Town) -> None:
    assignment = drawn(town(2, 1, homes=homes()))
    assert assignment.results[1].grids == 1
    assert [finding.code for finding in assignment.findings] == ["draw-empty"]


def test_planned_counts_stand_and_the_total_is_shared(town: Town) -> None:
    def both() -> list[Home]:
        east = [{**home, "at": (home["at"][0] + 1, home["at"][1])} for home in homes()]  # type: ignore[index]
        return homes() + east

    city = town(2, 1, homes=both())
    assert [r.grids for r in drawn(city, planned={"340881001001": 3}).results] == [3, 4]
    assert [r.grids for r in drawn(city, grids=7).results] == [4, 3]
    off = drawn(city, planned={"340881001002": 6})
    assert [r.grids for r in off.results] == [4, 6]
    assert [finding.code for finding in off.findings] == ["draw-planned-off"]
    with pytest.raises(OptionError, match="grids-impossible"):
        drawn(city, grids=1)
    with pytest.raises(OptionError, match="planned-grids-not-positive"):
        drawn(city, planned={"340881001001": 0})


def test_a_river_without_a_bridge_is_not_crossed_where_both_banks_hold(town: Town) -> None:
    river = [("river", [(0.52, -0.1), (0.52, 1.1)])]
    none = drawn(town(1, 1, homes=homes(), rivers=river))
    assert none.results[0].state is State.FEASIBLE
    assert none.findings == ()
    bridged = drawn(town(1, 1, homes=homes(), rivers=river, bridges=[(0.52, 0.5)]))
    assert bridged.findings == ()


def test_a_bank_too_small_for_a_grid_is_impossible_and_the_crossing_is_offered(town: Town) -> None:
    river = [("river", [(0.26, -0.1), (0.26, 1.1)])]
    few = [{**h, "households": 10, "residents": 22} for h in homes()]
    (result,) = (made := drawn(town(1, 1, homes=few, rivers=river))).results
    assert result.state is State.IMPOSSIBLE
    assert {f.code for f in made.findings} == {"draw-crossing-assumed", "draw-part-stranded"}
    (crossing,) = [offer for offer in result.offers if offer.kind == "crossing"]
    assert crossing.checked
    bridged = drawn(town(1, 1, homes=few, rivers=river, bridges=[(0.26, 0.5)]))
    assert bridged.results[0].state is State.FEASIBLE


@pytest.mark.usefixtures("brief")
def test_the_open_community_of_city_b_is_proved_impossible(
    planner_city: Callable[[str], City],
) -> None:
    city = planner_city("B")
    code = "340881002020"
    one = replace(
        city,
        communities=city.communities[city.communities["code"] == code],
        buildings=city.buildings[city.buildings["community_code"] == code],
    )
    made = drawn(one)
    (result,) = made.results
    assert result.state is State.PROVED
    (finding,) = [f for f in made.findings if f.code == "draw-proved-hemmed"]
    assert finding.params["any_count"] is True
    assert finding.geometry is not None
    kinds = [offer.kind for offer in result.offers]
    assert kinds[0] == "approve"
    assert {"split"} < set(kinds)
    (bounds,) = [offer for offer in result.offers if offer.kind.startswith("bounds")]
    assert bounds.checked


def test_what_the_search_nearly_holds_is_found_beside_it() -> None:
    """3.3 people a household leave 300 to 303 households: one grid of nine had three people too many."""
    city = make_city(Recipe(4106, 3.3, communities=6, tight=True, river="through"))
    one = city.communities.iloc[[0]]
    here = city.buildings[city.buildings["community_code"] == one["code"].iloc[0]]
    (result,) = drawn(replace(city, communities=one, buildings=here)).results
    assert (result.state, result.inside) == (State.FEASIBLE, 9)


def test_what_is_neither_found_nor_disproved_is_searched_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other dice found in a third of a second what three communities of made-up cities were said not to have."""
    tries = []

    def unlucky(
        problem: Problem, *rest: object, **options: object
    ) -> tuple[np.ndarray, int, float]:
        tries.append(options)
        if len(tries) > 1:
            return choose(problem, *rest, **options)  # type: ignore[arg-type]
        label = np.zeros(problem.size, dtype=np.intp)
        label[:3] = 1, 2, 3
        return label, 4, broken(problem, label, 4)

    monkeypatch.setattr(drawing, "choose", unlucky)
    monkeypatch.setattr(drawing, "prove", lambda *_, **__: Outcome())
    (result,) = drawn(town(1, 1, homes=homes())).results
    assert (result.state, result.inside) == (State.FEASIBLE, 4)
    assert len(tries) == 2


def test_same_seed_same_plan_and_cancelling_only_shortens_the_search(town: Town) -> None:
    city = town(1, 1, homes=homes(12, households=9, residents=20))
    first, again = drawn(city, seed=4), drawn(city, seed=4)
    assert (first.grid == again.grid).all()
    stopped = drawn(city, cancelled=lambda: True)
    assert set(stopped.grid) == set(range(stopped.results[0].grids))


def test_planner_city_a_is_wholly_inside(planner_city: Callable[[str], City]) -> None:
    steps: list[tuple[int, int]] = []
    block_map = cut_blocks(planner_city("A"))
    assignment = draw_grids(block_map, progress=lambda done, total: steps.append((done, total)))
    assert [result.state for result in assignment.results] == [State.FEASIBLE] * 26
    assert steps[-1] == (26, 26)


@pytest.mark.usefixtures("brief")
def test_a_third_of_city_a_without_metis(
    planner_city: Callable[[str], City], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seeding, "HAS_METIS", False)
    city = planner_city("A")
    some = city.communities.iloc[:8]
    here = city.buildings[city.buildings["community_code"].isin(some["code"])]
    assignment = draw_grids(cut_blocks(replace(city, communities=some, buildings=here)))
    assert [result.state for result in assignment.results] == [State.FEASIBLE] * 8


@pytest.mark.usefixtures("brief")
def test_planner_city_b_is_tight_and_nearly_all_inside(planner_city: Callable[[str], City]) -> None:
    """Every other community of it; the whole city is drawn by tests/benchmarks/draw.py."""
    city = planner_city("B")
    some = city.communities.sort_values("code").iloc[::2]
    here = city.buildings[city.buildings["community_code"].isin(some["code"])]
    assignment = draw_grids(cut_blocks(replace(city, communities=some, buildings=here)))
    assert len(assignment.results) == 13
    assert sum(result.state is State.FEASIBLE for result in assignment.results) >= 12
    for result in assignment.results:
        assert result.worst < 0.1


def test_more_grids_than_blocks_is_said(town: Town) -> None:
    assignment = drawn(town(1, 1, homes=homes(2, households=99, residents=200)), grids=9)
    assert assignment.results[0].grids == 4
    assert [finding.code for finding in assignment.findings] == ["draw-too-few-blocks"]
    assert assignment.findings[0].params["asked"] == 9


def test_an_estate_in_two_places_is_not_parted_by_a_road_between_them(town: Town) -> None:
    """The clearest border would run between them."""
    homes = [
        {"at": ((i + 0.5) / 8, (j + 0.5) / 4), "households": 25, "residents": 55, "estate": None}
        for i in range(8)
        for j in range(4)
    ]
    own = [2 * 4, 5 * 4]
    for row in own:
        homes[row]["estate"] = "花园"
    roads = [("street", [(x, -0.1), (x, 1.1)]) for x in (0.25, 0.5, 0.75)]
    block_map = cut_blocks(town(1, 1, homes=homes, roads=roads))
    assignment = draw_grids(block_map)
    assert assignment.results[0].state is State.FEASIBLE
    one, other = block_map.building_block[own]
    assert one != other
    assert assignment.grid[one] == assignment.grid[other]


@pytest.mark.parametrize(
    ("households", "names", "apart"),
    [
        ([100, 300, 100], ["花园", None, "花园"], [(0, 2)]),
        ([100, 300, 401], ["花园", None, "花园"], []),  # no grid holds both
        ([100, 100, 300], ["花园", "花园", None], []),  # touching ones were not to stay whole
    ],
)
def test_which_places_of_an_estate_are_not_to_be_parted(
    households: list[int], names: list[str | None], apart: list[tuple[int, int]]
) -> None:
    counts = np.array(households)
    pairs = np.array([(0, 1), (1, 2)])
    problem = make_problem(counts, 2 * counts, pairs, np.ones(2), rule=SizeRule())
    found = estates_apart(problem, np.array(names, dtype=object))
    assert [tuple(one) for one in found.tolist()] == apart
