"""Operations on a plan that exists.

mend.py      mend_plan: the smallest change that makes a plan hold again
standing.py  a plan as blocks under today's counts, whether it came with blocks or as polygons only
opening.py   blocks cut to pieces
weld.py      polygons cut to pieces without touching their outlines
finished.py  the plan that comes out
moves.py     what moved from where to where
"""

from __future__ import annotations

from geo.redraw.finished import Mended
from geo.redraw.mend import mend_plan
from geo.redraw.moves import Move

__all__ = ["Mended", "Move", "mend_plan"]
