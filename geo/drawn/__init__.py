"""A plan drawn elsewhere, made of whatever a drawing has: what its shapes enclose, what is written in them, whose grids
they are.

    areas_of(shapes, close_m=…)            polygons, closed lines, or the faces that lines make together
    labels_of(areas, points, texts, …)     the codes and names that are written inside
    number(rows, published, homes, …)      a code for each: its own, or that of the grid with which it shares most
                                           households, or a new one

Metric shapes in, metric shapes out; nothing is guessed that a person could not see on the answer.
"""

from geo.drawn.areas import Areas, areas_of
from geo.drawn.labels import Label, labels_of
from geo.drawn.numbering import Numbered, Row, Why, number

__all__ = ["Areas", "Label", "Numbered", "Row", "Why", "areas_of", "labels_of", "number"]
