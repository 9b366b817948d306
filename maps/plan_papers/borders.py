"""What a grid borders on: 四至 as one writes them into a register."""

from __future__ import annotations

from geo.redraw.borders import grid_sides
from geo.sides import Side
from maps.plan_papers.content import Papers, listed, say, short


def four_sides(papers: Papers, code: str, lang: str) -> dict[Side, str]:
    """What each side of a grid of the plan follows, in words."""
    told = grid_sides(papers.after, code, around=papers.around)
    return {
        side: listed([short(one.name, papers.place) for one in along], lang)
        or say("side-unknown", lang)
        for side, along in told.items()
    }


def sides_text(papers: Papers, code: str, lang: str) -> str:
    """四至 in one sentence: 东至…，南至…，西至…，北至…。"""
    told = four_sides(papers, code, lang)
    return say("four-sides", lang, **{side.value: words for side, words in told.items()})
