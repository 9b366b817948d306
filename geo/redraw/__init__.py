"""Operations on a plan that exists.

mend.py      mend_plan: the smallest change that makes a plan hold again
standing.py  a plan as blocks under today's counts, whether it came with blocks or as polygons only
opening.py   blocks cut to pieces
weld.py      polygons cut to pieces without touching their outlines
finished.py  the plan that comes out
moves.py     what moved from where to where

A plan changed by hand, one operation at a time:

begin.py       open_drafts: a plan and its city as drafts, one a community; outlines.py where it had to be noded anew
draft.py       Draft, Block, GridFacts: values; ground.py what does not change meanwhile
operations.py  the operations as values and as JSON
engine.py      apply, undo, redo (a module for each subject: painting, cuts, vertices, drawing, telling)
step.py        Step: what an operation replaced and made
cutting.py     polygons of a coverage cut along a line; counting.py who lives in the pieces
numbers.py     what there is in each grid; badges.py what is wrong, equal to the check; hands.py what changes hands
difference.py  two plans beside each other; replay.py last year's incidents under both; borders.py 四至
layers.py      plan_of: drafts as the layers of a plan
"""

from __future__ import annotations

from geo.redraw.begin import open_drafts
from geo.redraw.draft import Block, Draft, GridFacts
from geo.redraw.engine import apply, redo, undo
from geo.redraw.finished import Mended
from geo.redraw.mend import mend_plan
from geo.redraw.moves import Move
from geo.redraw.operations import Operation, parse
from geo.redraw.step import Step

__all__ = [
    "Block",
    "Draft",
    "GridFacts",
    "Mended",
    "Move",
    "Operation",
    "Step",
    "apply",
    "mend_plan",
    "open_drafts",
    "parse",
    "redo",
    "undo",
]
