"""City -> blocks (地块), the atoms of a plan, and who touches whom.

cut.py        cut_blocks: the steps below in order; BlockMap
tidy.py       shapes and counts made usable
noding.py     linework -> faces that tile; vertices carried back once
inner.py      what is kept apart: outlines, buildings with ground of their own
units.py      what must stay together: estates, houses
cells.py      Voronoi edges between the buildings of one face
pieces.py     faces -> blocks
adjacency.py  which blocks touch, along what
"""

from __future__ import annotations

from geo.blocks.cut import BlockMap, cut_blocks

__all__ = ["BlockMap", "cut_blocks"]
