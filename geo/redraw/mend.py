"""A plan that today's counts broke -> the plan nearest to it that holds, and what moved.

Only communities in which a grid breaks a bound are looked at; every other one, and every grid that keeps its blocks,
comes out byte for byte as it went in. Numbers stay: a new grid takes the lowest that was never used in its community.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.blocks import BlockMap
from geo.blocks.noding import merge
from geo.codes import Profile, number_grids
from geo.model import City, CityPlan, GridKind, SizeRule
from geo.partition.assignment import CommunityResult, State
from geo.partition.mend import Labels, mended_labels
from geo.partition.offers import offers
from geo.partition.problem import Problem, community_problem
from geo.partition.reasons import reasons
from geo.partition.repair import HOLDS
from geo.partition.screen import excess, feasible_counts
from geo.redraw.finished import Changed, Mended, finished, retired_codes
from geo.redraw.opening import cut_open
from geo.redraw.standing import Standing, block_map_of, stand

Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]


def mend_plan(
    plan: CityPlan,
    city: City,
    *,
    rule: SizeRule | None = None,
    seed: int = 0,
    profile: Profile = Profile.CN,
    grid_name: str = "{community}-{number}",
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Mended:
    """The least change to ``plan`` (EPSG:4490; ``blocks`` and ``communities`` may be empty) under ``city``'s counts.

    Dedicated grids stay as they are, whatever their size. The same input and seed give the same plan.
    Raises GeometryError where grids can't be used or lie elsewhere, CodeError where numbers run out.
    """
    rule = rule or SizeRule()
    standing = stand(plan, city, rule=rule, profile=profile)
    sick = _sick(standing, rule)
    standing = cut_open(standing, city, _to_open(standing, sick, rule, len(plan.blocks) > 0), rule)
    after = standing.blocks["grid_code"].to_numpy(object).copy()
    ill = np.isin(standing.blocks["community_code"].to_numpy(str), sorted(sick))
    ill &= _basic(standing, after)
    findings = list(standing.findings)
    used = _used(plan, standing)
    results: dict[str, CommunityResult] = {}
    least: list[str] = []
    if ill.any():
        block_map, rows = block_map_of(standing, ill)
        problems = [
            community_problem(block_map, index, rule) for index in range(len(block_map.communities))
        ]
        for index, (problem, (names, made)) in enumerate(
            zip(problems, _all_mended(problems, rows, after, seed, cancelled), strict=True)
        ):
            mine, label = rows[problem.blocks], made.label
            if made.least:
                least.append(problem.code)
            codes = _codes(
                problem,
                label,
                names=names,
                block_map=block_map,
                used=used[problem.code],
                profile=profile,
            )
            after[mine] = codes[label]
            order = np.unique(label, return_inverse=True)[1].reshape(-1)
            result = _result(problem, order)
            if result.state is not State.FEASIBLE:
                state = result.state if made.proof is None else State.PROVED
                # Who mends waits: whether a lesser change of a bound would do is told when a plan is drawn.
                ways = offers(problem, order, made.proof, block_map, wanted=None, effort=0.0)
                result = replace(result, state=state, offers=ways)
            results[problem.code] = result
            findings += reasons(
                problem, result, block_map, label=order, wanted=None, proof=made.proof
            )
            if progress is not None:
                progress(index + 1, len(block_map.communities))
    mended = finished(
        Changed(plan, standing, after), results, findings, profile=profile, grid_name=grid_name
    )
    return replace(mended, least=tuple(least))


def _all_mended(
    problems: list[Problem],
    rows: Ints,
    before: NDArray[np.object_],
    seed: int,
    cancelled: Callable[[], bool],
) -> list[tuple[NDArray[np.str_], Labels]]:
    """The old codes and new labels of every community; on all cores, for kernels and solver leave Python alone, the
    largest first, so that no core waits for it at the end."""

    def one(problem: Problem) -> tuple[NDArray[np.str_], Labels]:
        rng = np.random.default_rng([seed, zlib.crc32(problem.code.encode())])
        names, home = np.unique(before[rows[problem.blocks]].astype(str), return_inverse=True)
        return names, mended_labels(problem, home.reshape(-1), rng, cancelled=cancelled)

    order = sorted(range(len(problems)), key=lambda at: -problems[at].size)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        made = dict(zip(order, pool.map(one, [problems[at] for at in order]), strict=True))
    return [made[at] for at in range(len(problems))]


def _basic(standing: Standing, grids: NDArray[np.object_]) -> Bools:
    """Whether each of some grid codes is a basic grid's."""
    return np.array([_is_basic(standing, code) for code in grids.tolist()], dtype=bool)


def _is_basic(standing: Standing, code: object) -> bool:
    return standing.kind[str(code)] != GridKind.DEDICATED.value


def _sick(standing: Standing, rule: SizeRule) -> set[str]:
    """The communities in which a basic grid breaks a bound today."""
    keys = ["community_code", "grid_code"]
    totals = standing.blocks.groupby(keys)[["households", "residents"]].sum()
    return {
        str(community)
        for (community, grid), households, residents in zip(
            totals.index, totals["households"], totals["residents"], strict=True
        )
        if _is_basic(standing, grid)
        and _off(households, residents, rule.of(str(community))) > HOLDS
    }


def _off(households: float, residents: float, rule: SizeRule) -> float:
    return excess(households, rule.households) + excess(residents, rule.residents)


def _to_open(standing: Standing, sick: set[str], rule: SizeRule, blocks_known: bool) -> Bools:
    """The blocks to be cut: what no grid can hold, and in a plan without blocks all of a sick community."""
    blocks = standing.blocks
    home = blocks["community_code"].to_numpy(str)
    ill = np.isin(home, sorted(sick)) & _basic(standing, blocks["grid_code"].to_numpy(object))
    if not blocks_known and not standing.renoded:
        return np.asarray(ill, dtype=bool)
    most = {code: (rule.of(code).households[1], rule.of(code).residents[1]) for code in {*home}}
    ceilings = np.array([most[code] for code in home.tolist()]).reshape(-1, 2)
    large = (blocks[["households", "residents"]].to_numpy() > ceilings).any(axis=1)
    return np.asarray(ill & large, dtype=bool)


def _used(plan: CityPlan, standing: Standing) -> dict[str, list[str]]:
    """Every code ever used in each community, as far as the plan tells."""
    used: dict[str, list[str]] = {str(code): [] for code in standing.communities["code"]}
    pairs = standing.blocks[["community_code", "grid_code"]].drop_duplicates()
    for community, grid in zip(pairs["community_code"], pairs["grid_code"], strict=True):
        used[str(community)].append(str(grid))
    for community, codes in retired_codes(plan).items():
        used.setdefault(community, []).extend(codes)
    return used


def _codes(
    problem: Problem,
    label: Ints,
    *,
    names: NDArray[np.str_],
    block_map: BlockMap,
    used: list[str],
    profile: Profile,
) -> NDArray[np.object_]:
    """The grid code of each label: those of old grids stand, new grids are numbered."""
    codes = np.full(max(int(label.max()) + 1, len(names)), None, dtype=object)
    codes[: len(names)] = names
    new = np.unique(label[label >= len(names)])
    if len(new):
        shapes = [merge(block_map.geometry[problem.blocks[label == one]]) for one in new]
        points = shapely.get_coordinates(shapely.point_on_surface(np.array(shapes, dtype=object)))
        codes[new] = number_grids(points, problem.code, used=used, profile=profile)
    return codes


def _result(problem: Problem, label: Ints) -> CommunityResult:
    """How a community came out: as the engine says it."""
    names, at = np.unique(label, return_inverse=True)
    rule = problem.rule
    households = np.bincount(at.reshape(-1), problem.households).tolist()
    residents = np.bincount(at.reshape(-1), problem.residents).tolist()
    broken = [
        max(excess(h, rule.households), excess(r, rule.residents))
        for h, r in zip(households, residents, strict=True)
    ]
    possible = bool(feasible_counts(*problem.totals, rule))
    broken_state = State.NOT_FOUND if possible else State.IMPOSSIBLE
    return CommunityResult(
        code=problem.code,
        state=State.FEASIBLE if max(broken) <= HOLDS else broken_state,
        grids=len(names),
        inside=sum(one <= HOLDS for one in broken),
        worst=max(broken),
        households=problem.totals[0],
        residents=problem.totals[1],
    )
