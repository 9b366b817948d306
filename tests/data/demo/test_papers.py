"""The documents of a plan on the demo city: every border walked and told, and a notice on which names do not lie over
each other."""

from __future__ import annotations

from datetime import date

import pytest
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg

from data import demo
from geo.model import CityPlan
from geo.redraw import Draft, apply, open_drafts
from geo.redraw.difference import plan_diff
from geo.redraw.numbers import numbers
from geo.redraw.replay import replay
from maps.plan_papers import Papers
from maps.plan_papers.borders import four_sides
from maps.plan_papers.colours import tints
from maps.plan_papers.notice import notice_page
from maps.plan_papers.walk import border_legs


@pytest.fixture(scope="module")
def papers(city: demo.DemoCity, plan: CityPlan) -> list[Papers]:
    """In each community a block given to a neighbour."""
    outlines = dict(zip(plan.communities["name"], plan.communities.geometry, strict=True))
    return [_papers(draft, outlines) for draft in open_drafts(plan, city.city).values()]


def _papers(before: Draft, outlines: dict[str, shapely.Geometry]) -> Papers:
    code, told = next(
        (code, one) for code, one in numbers(before).items() if one.blocks > 1 and one.neighbours
    )
    other = max(told.neighbours, key=lambda one: told.neighbours[one])
    given = min(before.of(code), key=lambda one: shapely.distance(one.shape, before.shape(other)))
    after, _ = apply(before, {"op": "paint", "blocks": [given.block_id], "grid": other})
    around = {name: one for name, one in outlines.items() if name != before.ground.name}
    return Papers(
        plan_id=1, version=2, status="draft", before=before, after=after, diff=plan_diff(before, after),
        replay=replay([before], [after]), as_of=date(2026, 11, 30), around=around, demo=True,
    )  # fmt: skip


def test_every_border_is_walked_and_told(papers: list[Papers]) -> None:
    silent = total = 0
    for one in papers:
        assert one.changed
        for code in one.after.grids:
            walked = sum(leg.metres for leg in border_legs(one, code))
            assert walked == pytest.approx(
                sum(_outer(part) for part in shapely.get_parts(one.after.metric(code)))
            )
        for code in one.changed:
            sides = four_sides(one, code, "zh")
            total += len(sides)
            silent += sum(words == "（无名）" for words in sides.values())
    assert total >= 4 * len(papers) and silent <= 0.1 * total, (silent, total)


def _outer(part: shapely.Geometry) -> float:
    return float(shapely.length(shapely.get_exterior_ring(part)))


def test_neighbours_differ_in_their_tints(papers: list[Papers]) -> None:
    for one in papers:
        colours = tints(one)
        for code, told in one.now.items():
            assert all(colours[code] != colours[other] for other in told.neighbours)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_names_on_the_notice_do_not_lie_over_each_other(papers: list[Papers], lang: str) -> None:
    fullest = max(papers, key=lambda one: len(one.after.grids))
    figure = notice_page(fullest, lang)
    drawer = FigureCanvasAgg(figure).get_renderer()
    written = [one for one in figure.axes[0].texts if one.get_text() and not one.get_rotation()]
    boxes = [shapely.box(*one.get_window_extent(drawer).extents) for one in written]
    first, second = shapely.STRtree(boxes).query(boxes, predicate="intersects")
    shared = [
        (written[a].get_text(), written[b].get_text())
        for a, b in zip(first, second, strict=True)
        if a < b
        and shapely.intersection(boxes[a], boxes[b]).area > 0.05 * min(boxes[a].area, boxes[b].area)
    ]
    assert len(written) > len(fullest.after.grids) and not shared
