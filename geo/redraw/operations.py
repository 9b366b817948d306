"""The operations on a draft, as values and as JSON: ``{"op": "paint", "blocks": [...], "grid": "..."}``.

Points are [lng, lat]. What an operation does is in the module of its subject (engine.py says which).
"""

from __future__ import annotations

import dataclasses
import math
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from geo.errors import OptionError

Point = tuple[float, float]
MOST_POINTS = 10_000
"""Of a line: nobody draws more."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What they all have: ``op``, their name in JSON."""

    op: ClassVar[str] = ""

    def to_json(self) -> dict[str, Any]:
        """Its name and everything in it, JSON-ready."""
        told = {one.name.rstrip("_"): getattr(self, one.name) for one in dataclasses.fields(self)}
        return {"op": self.op, **{name: _plain(value) for name, value in told.items()}}


@dataclass(frozen=True, slots=True)
class Paint(Operation):
    """Blocks go to a grid; None is a new one."""

    op: ClassVar[str] = "paint"
    blocks: tuple[str, ...]
    grid: str | None


@dataclass(frozen=True, slots=True)
class PaintEstate(Operation):
    """All blocks in which buildings of an estate stand go to a grid."""

    op: ClassVar[str] = "paint_estate"
    estate: str
    grid: str | None


@dataclass(frozen=True, slots=True)
class Cut(Operation):
    """A grid is cut along a line; the side with fewer households becomes a new grid."""

    op: ClassVar[str] = "cut"
    grid: str
    line: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class CutBlocks(Operation):
    """Blocks are cut along a line; the pieces stay in their grid. blocks: None is all that it crosses, but those of
    locked grids. The line may end where it begins."""

    op: ClassVar[str] = "cut_blocks"
    blocks: tuple[str, ...] | None
    line: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Split(Operation):
    """A grid is divided into n by the drawing engine."""

    op: ClassVar[str] = "split"
    grid: str
    n: int


@dataclass(frozen=True, slots=True)
class Merge(Operation):
    """Grids become one of them."""

    op: ClassVar[str] = "merge"
    grids: tuple[str, ...]
    into: str


@dataclass(frozen=True, slots=True)
class MoveVertex(Operation):
    """A vertex that blocks share goes elsewhere, with all of them. JSON: ``from`` and ``to``."""

    op: ClassVar[str] = "move_vertex"
    from_: Point
    to: Point


@dataclass(frozen=True, slots=True)
class Lock(Operation):
    """Nothing may change a grid's blocks from now on."""

    op: ClassVar[str] = "lock"
    grid: str


@dataclass(frozen=True, slots=True)
class Unlock(Operation):
    """A grid's blocks may change again."""

    op: ClassVar[str] = "unlock"
    grid: str


@dataclass(frozen=True, slots=True)
class Rename(Operation):
    """A grid gets another name."""

    op: ClassVar[str] = "rename"
    grid: str
    name: str


@dataclass(frozen=True, slots=True)
class Renumber(Operation):
    """Grids get other codes (old: new); ``all``: those of west to east, then north to south."""

    op: ClassVar[str] = "renumber"
    codes: Mapping[str, str] = field(default_factory=dict)
    all: bool = False


@dataclass(frozen=True, slots=True)
class Dedicate(Operation):
    """A grid becomes a dedicated one (专属网格), for a reason; a name if it gets another one."""

    op: ClassVar[str] = "dedicate"
    grid: str
    reason: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Undedicate(Operation):
    """A dedicated grid becomes a basic one."""

    op: ClassVar[str] = "undedicate"
    grid: str


@dataclass(frozen=True, slots=True)
class Draw(Operation):
    """All basic grids that are not locked are drawn anew: into ``n``, or as many as there are. aims: one of AIMS, what
    counts beside the bounds. seed: another one is another drawing."""

    op: ClassVar[str] = "draw"
    n: int | None = None
    aims: str = "balanced"
    seed: int = 0


@dataclass(frozen=True, slots=True)
class OpenBlock(Operation):
    """A block that is more than any grid may have is cut between its buildings, an estate too: whoever asks says so."""

    op: ClassVar[str] = "open_block"
    block: str


@dataclass(frozen=True, slots=True)
class Mend(Operation):
    """The smallest change that makes the bounds hold."""

    op: ClassVar[str] = "mend"


KINDS: Mapping[str, type[Operation]] = {
    kind.op: kind
    for kind in (
        Paint, PaintEstate, Cut, CutBlocks, Split, Merge, MoveVertex, Lock, Unlock, Rename, Renumber,
        Dedicate, Undedicate, Draw, OpenBlock, Mend,
    )
}  # fmt: skip


def parse(told: Any) -> Operation:
    """The operation that a JSON object tells. OptionError names the field that can't be used."""
    if not isinstance(told, Mapping) or told.get("op") not in KINDS:
        value = told.get("op") if isinstance(told, Mapping) else told
        raise OptionError("operation-unknown", value=str(value)[:80], known=", ".join(KINDS))
    kind = KINDS[told["op"]]
    fields = {one.name.rstrip("_"): one for one in dataclasses.fields(kind)}
    for name in told:
        if name != "op" and name not in fields:
            raise _malformed(kind.op, str(name)[:80], ", ".join(fields))
    values = {}
    for name, one in fields.items():
        if name in told:
            values[one.name] = _read(kind.op, name, str(one.type), told[name])
        elif one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING:
            raise _malformed(kind.op, name, _WANTED[str(one.type)])
    return kind(**values)


def _read(op: str, name: str, wanted: str, value: Any) -> Any:
    try:
        return _READERS[wanted](value)
    except (TypeError, ValueError):
        raise _malformed(op, name, _WANTED[wanted]) from None


def _malformed(op: str, name: str, wanted: str) -> OptionError:
    return OptionError("operation-malformed", op=op, field=name, wanted=wanted)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or "\x00" in value:
        raise ValueError
    return value.strip()


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError
    return float(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _point(value: Any) -> Point:
    if not isinstance(value, list | tuple):
        raise ValueError
    lng, lat = (_number(one) for one in value)
    if abs(lng) > 180 or abs(lat) > 90:
        raise ValueError
    return lng, lat


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not value:
        raise ValueError
    return tuple(dict.fromkeys(_text(one) for one in value))


def _line(value: Any) -> tuple[Point, ...]:
    if not isinstance(value, list | tuple) or not 2 <= len(value) <= MOST_POINTS:
        raise ValueError
    return tuple(_point(one) for one in value)


def _codes(value: Any) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        raise ValueError
    return types.MappingProxyType({_text(old): _text(new) for old, new in value.items()})


def _or_none(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "str": _text,
    "str | None": _or_none(_text),
    "int": _whole,
    "int | None": _or_none(_whole),
    "bool": _truth,
    "Point": _point,
    "tuple[str, ...]": _texts,
    "tuple[str, ...] | None": _or_none(_texts),
    "tuple[Point, ...]": _line,
    "Mapping[str, str]": _codes,
}
_WANTED: Mapping[str, str] = {
    "str": "text",
    "str | None": "text | null",
    "int": "whole number",
    "int | None": "whole number | null",
    "bool": "true | false",
    "Point": "[lng, lat]",
    "tuple[str, ...]": "[text, …]",
    "tuple[str, ...] | None": "[text, …] | null",
    "tuple[Point, ...]": "[[lng, lat], [lng, lat], …]",
    "Mapping[str, str]": '{"old": "new"}',
}


def _plain(value: Any) -> Any:
    """Tuples as lists, mappings as dicts."""
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return dict(value) if isinstance(value, Mapping) else value
