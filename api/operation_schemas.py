"""The operations that change a draft, as JSON (geo/redraw/operations.py does them). Points are [lng, lat]."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import Key, Lat, Lng, Text
from geo.redraw.drawing import MOST_SEED

Said = Annotated[Text, Field(min_length=1)]
Point = tuple[Lng, Lat]
Line = Annotated[list[Point], Field(min_length=2, max_length=1000)]
Blocks = Annotated[
    list[Key], Field(min_length=1, max_length=20_000, examples=[["340881001001-B00012"]])
]
Code = Annotated[Key, Field(examples=["340881001001003"])]
Aims = Literal["balanced", "even", "compact", "lines"]


class _Operation(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Paint(_Operation):
    """Blocks go to a grid; null is a new one."""

    op: Literal["paint"]
    blocks: Blocks
    grid: Code | None


class PaintEstate(_Operation):
    """An estate goes to a grid, whole."""

    op: Literal["paint_estate"]
    estate: Said
    grid: Code | None


class Cut(_Operation):
    """A grid is cut along a line; the side with fewer households becomes a new grid."""

    op: Literal["cut"]
    grid: Code
    line: Line


class CutBlocks(_Operation):
    """Blocks are cut along a line; the pieces stay in their grid. null: all that it crosses, but those of locked
    grids."""

    op: Literal["cut_blocks"]
    blocks: Blocks | None
    line: Line


class Split(_Operation):
    """A grid is divided into n by the drawing engine."""

    op: Literal["split"]
    grid: Code
    n: int = Field(ge=2, le=50)


class Merge(_Operation):
    """Grids become one of them."""

    op: Literal["merge"]
    grids: list[Code] = Field(min_length=2, max_length=500)
    into: Code


class MoveVertex(_Operation):
    """A vertex that blocks share goes elsewhere, with all of them."""

    model_config = ConfigDict(extra="forbid", validate_by_name=True, validate_by_alias=True)

    op: Literal["move_vertex"]
    from_: Point = Field(alias="from")
    to: Point


class Lock(_Operation):
    """Nothing may change a grid's blocks from now on."""

    op: Literal["lock"]
    grid: Code


class Unlock(_Operation):
    """A grid's blocks may change again."""

    op: Literal["unlock"]
    grid: Code


class Rename(_Operation):
    """A grid gets another name."""

    op: Literal["rename"]
    grid: Code
    name: Said


class Renumber(_Operation):
    """Grids get other codes (old: new), or all of them those of west to east, then north to south."""

    op: Literal["renumber"]
    codes: dict[Key, Key] = Field(default_factory=dict, max_length=1000)
    all: bool = False


class Dedicate(_Operation):
    """A grid becomes a dedicated one, for a reason."""

    op: Literal["dedicate"]
    grid: Code
    reason: Said
    name: Said | None = None


class Undedicate(_Operation):
    """A dedicated grid becomes a basic one."""

    op: Literal["undedicate"]
    grid: Code


class Draw(_Operation):
    """All basic grids that are not locked are drawn anew."""

    op: Literal["draw"]
    n: int | None = Field(None, ge=1, le=999, examples=[6])
    aims: Aims = "balanced"
    seed: int = Field(0, ge=0, lt=MOST_SEED, examples=[0])


class OpenBlock(_Operation):
    """A block that is more than any grid may have is cut between its buildings."""

    op: Literal["open_block"]
    block: Key


class Mend(_Operation):
    """The smallest change that makes the bounds hold."""

    op: Literal["mend"]


OperationIn = Annotated[
    Paint | PaintEstate | Cut | CutBlocks | Split | Merge | MoveVertex | Lock | Unlock | Rename | Renumber
    | Dedicate | Undedicate | Draw | OpenBlock | Mend,
    Field(discriminator="op"),
]  # fmt: skip
