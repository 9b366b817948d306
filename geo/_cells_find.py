"""Points -> what their cell says: the part of the index that runs for every point (compiled)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo._cells_build import Index
from geo._cells_edges import Floats, Ints, Plane
from geo._cells_exact import Places, ask_exactly, special_word
from geo._cells_few import FEW_EDGES
from geo._cells_fill import CORNER, EDGE, FEW
from geo._cells_pack import FARTHEST, LABELS, LINE, SIDE, SPECIAL, TOLERANCE, ZOOM
from geo._jit import inlined, kernel, prefetch

# Types, called without the checker: kernels mix signed and unsigned numbers on purpose.
_U64: Any = np.uint64
_I64: Any = np.int64
_U32: Any = np.uint32

_BATCH = 2048  # points: what they wait for stays in the processor's own cache
_AHEAD = 32  # points: so far ahead memory is asked for
_LINE = _U64(LINE)
_TWO, _TWO_BITS = _U64(2), _U32(2)


@inlined
def _left_of(words: Ints, at: int, u: float, v: float) -> Any:
    """How far left of an edge a place in a block is, in units of `TOLERANCE`."""
    slopes, offset = words[at + _U64(1)], words[at + _U64(2)]
    return np.int16(slopes & 0xFFFF) * u + (slopes >> 16) * v + np.int16(offset & 0xFFFF) * FARTHEST


@kernel
def _places(x: Floats, y: Floats, plane: Plane, place: Ints) -> None:
    """Where each point is: its block's number, and its row and column in the block in the last bits.

    What lies beyond the plane, and what is no number, is put on its rim, where nothing is. No branches, and whole
    numbers of one width: eight points at a time.
    """
    x0, y0, ix, iy = plane.x0, plane.y0, plane.ix, plane.iy
    across = np.int32(plane.columns >> ZOOM)
    right, top = plane.columns - 1.0, plane.rows - 1.0
    for i in range(len(x)):
        fx, fy = (x[i] - x0) * ix, (y[i] - y0) * iy
        fx, fy = fx if fx > 0.0 else 0.0, fy if fy > 0.0 else 0.0
        c, r = np.int32(fx if fx < right else right), np.int32(fy if fy < top else top)
        block = np.int32(np.int32(r >> ZOOM) * across + np.int32(c >> ZOOM))
        inner = np.int32((r & (SIDE - 1)) << ZOOM) | np.int32(c & (SIDE - 1))
        place[i] = np.int32(block << (2 * ZOOM)) | inner


@kernel
def find(x: Floats, y: Floats, out: Ints, index: Index) -> int:
    """The label of each point, or `FOR_GEOS`: answers how many of these.

    Five passes over a batch of points: places, blocks, then cells for those that need it, then lines for the few that
    are left, then the exact test for the very few that lie in a mixed cell or too close to a line. The first three have
    no branches, and memory is asked for some points ahead. Positions are unsigned, or each would be tested for its
    sign.
    """
    place = np.empty(_BATCH, np.int32)
    waiting, number = np.empty(_BATCH, np.uint32), np.empty(_BATCH, np.uint32)
    line = np.zeros(_BATCH + _AHEAD, np.uint32)
    undecided = 0
    for start in range(0, len(x), _BATCH):
        end = min(start + _BATCH, len(x))
        some_x, some_y, answer = x[start:end], y[start:end], out[start:end]
        _places(some_x, some_y, index.plane, place)
        left = _ask_blocks(place, answer, index.blocks, waiting, line)
        left = _ask_cells(place, answer, index.words, waiting, line, left)
        tables = index.plane, index.words, index.bytes
        left = _ask_lines(some_x, some_y, answer, *tables, place, waiting, line, number, left)
        if left:
            rest = waiting[:left]
            undecided += ask_exactly(some_x, some_y, answer, index, rest, line, number)
    return undecided


@kernel
def _ask_blocks(place: Ints, answer: Ints, blocks: Any, waiting: Places, line: Places) -> Any:
    """Answer from blocks; those that have a record instead wait, with its line. How many do."""
    n = _U64(0)
    for i in range(_U64(0), _U64(len(answer))):
        found = np.int32(blocks[_U32(place[i]) >> _U32(2 * ZOOM)])
        answer[i] = found
        waiting[n] = i
        n += _U64(found < -1)
    for j in range(_U64(0), n):
        line[j] = _U32(-2 - answer[waiting[j]])
    return n


@kernel
def _ask_cells(  # noqa: PLR0917
    place: Ints, answer: Ints, words: Ints, waiting: Places, line: Places, n: Any
) -> Any:
    """Answer from cells in one polygon or none; the others still wait. How many do."""
    for j in range(_U64(0), min(n, _U64(_AHEAD))):
        prefetch(words, _U64(line[j]) * _LINE)
    left = _U64(0)
    for j in range(_U64(0), n):
        prefetch(words, _U64(line[j + _U64(_AHEAD)]) * _LINE)
        i, own = waiting[j], line[j]
        record, inner = _U64(own) * _LINE, _U32(place[i])
        row = _U32(words[record + _U64((inner >> _U32(ZOOM)) & _U32(SIDE - 1))])
        half = _U64((row >> ((inner & _U32(SIDE - 1)) << _U32(2))) & _U32(SPECIAL))
        answer[i] = words[record + _U64(LABELS) + half]
        waiting[left], line[left] = i, own
        left += _U64(half == _U64(SPECIAL))
    return left


@kernel
def _ask_lines(  # noqa: PLR0917
    x: Floats,
    y: Floats,
    answer: Ints,
    plane: Plane,
    words: Ints,
    cells: NDArray[np.uint8],
    place: Ints,
    waiting: Places,
    line: Places,
    number: Places,
    n: Any,
) -> Any:
    """Answer where rounded lines decide; the others still wait, with the word of their cell. How many do.

    First all words are asked for; then cells beside one edge are answered, and asked for are the lines that the others
    need; then those are answered.
    """
    for j in range(_U64(0), n):
        record, inner = _U64(line[j]) * _LINE, _I64(place[waiting[j]])
        word = special_word(
            words, cells, _I64(record), (inner >> ZOOM) & (SIDE - 1), inner & (SIDE - 1)
        )
        number[j] = word
        prefetch(words, record + _U64(word))
        prefetch(words, record + _U64(word) + _TWO)
    several = _U64(0)
    for j in range(_U64(0), n):
        i, own, word = waiting[j], line[j], _U64(number[j])
        record = _U64(own) * _LINE
        value = _I64(-2 - words[record + word])
        kind = value & 3
        u, v = _in_block(x[i], y[i], plane)
        s = _left_of(words, record + word, u, v)
        side = _U32(24 if s < 0.0 else 16)
        code = (_U32(words[record + word + _TWO]) >> side) & _U32(255)
        answer[i] = words[record + _U64(code if kind == EDGE else _U32(0))]
        waiting[several], line[several], number[several] = i, own, word
        several += _U64((kind != EDGE) | (abs(s) <= TOLERANCE))
        if kind == FEW:
            ends = _U32(words[record + word + _U64(1)])
            prefetch(words, record + _U64(ends & _U32(255)))
            prefetch(words, record + _U64(ends >> _U32(16) & _U32(255)))
        elif kind == CORNER:
            prefetch(words, record + _U64(value >> 4 & 255))
            prefetch(words, record + _U64(value >> 12))
    left = _U64(0)
    for j in range(_U64(0), several):
        i, own, word = waiting[j], line[j], _U64(number[j])
        record = _U64(own) * _LINE
        value = _I64(-2 - words[record + word])
        kind = value & 3
        waiting[left], line[left], number[left] = i, own, word
        sure = False
        if kind & 1:  # CORNER or FEW
            u, v = _in_block(x[i], y[i], plane)
            if kind == FEW:
                code, sure = _by_few(words, record, word, u, v)
            else:
                code, sure = _by_two(words, record, value, u, v)
            answer[i] = words[record + code]
        left += _U64(not sure)
    return left


@inlined
def _in_block(x: float, y: float, plane: Plane) -> tuple[float, float]:
    """A place in its block, in cells."""
    fx, fy = (x - plane.x0) * plane.ix, (y - plane.y0) * plane.iy
    u = fx - np.float64(np.int32(fx) & ~(SIDE - 1))
    v = fy - np.float64(np.int32(fy) & ~(SIDE - 1))
    return u, v


@inlined
def _by_two(words: Ints, record: Any, value: Any, u: float, v: float) -> tuple[Any, bool]:
    """In a cell with a corner: the word with the label of a place, and whether that is sure."""
    at = record + _U64(value >> 4 & 255)
    s, t = _left_of(words, at, u, v), _left_of(words, record + _U64(value >> 12), u, v)
    s = -s if value & 4 else s
    t = -t if value & 8 else t
    least = min(s, t)
    right = (least < 0.0) != (value & 4 != 0)
    sides = _U32(words[at + _TWO])
    return _U64((sides >> _U32(24 if right else 16)) & _U32(255)), abs(least) > TOLERANCE


@inlined
def _by_few(words: Ints, record: Any, word: Any, u: float, v: float) -> tuple[Any, bool]:
    """In a cell that few edges touch: the word with the label of a place, and whether that is sure."""
    ends, face, least = _U32(words[record + word + _U64(1)]), _U32(0), np.inf
    for k in range(FEW_EDGES):
        s = _left_of(words, record + _U64((ends >> _U32(8 * k)) & _U32(255)), u, v)
        face |= _U32(s < 0.0) << _U32(k)
        least = min(least, abs(s))
    faces = _U32(words[record + word + _TWO + _U64(face >> _U32(3))])
    half = (faces >> ((face & _U32(7)) << _TWO_BITS)) & _U32(SPECIAL)
    return _U64(LABELS) + _U64(half), (least > TOLERANCE) & (half != _U32(SPECIAL))
