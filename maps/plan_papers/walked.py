"""What was noted while a border was walked: of which leg, under which letter, with which photo."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image

from geo.redraw.draft import objects
from geo.walk import Leg
from maps.plan_papers.content import Papers, Remark, say
from maps.reports.paper import EDGE_MM, INK, Paper
from maps.reports.words import wrapped

NEAR_M = 60.0
"""So near to a border a note is of it: phones err by so much between houses."""
FRAME_MM = (58.0, 44.0, 6.0)
"""A photo's width, height and the room between two."""
SIZE = 7.2


@dataclass(frozen=True, slots=True)
class Note:
    """letter: A, B, … on the map. leg: from 0 on; None for a note of the grid that is at no place of its border.
    at: metres in the draft's plane, None where nobody told."""

    letter: str
    leg: int | None
    at: shapely.Point | None
    remark: Remark


def notes_of(papers: Papers, code: str, found: Sequence[Leg]) -> tuple[Note, ...]:
    """The notes from walking that are of a grid's border: those near it; without a place, those that name the grid."""
    notes = []
    for one in papers.remarks:
        if one.kind != "walk":
            continue
        point = _place(papers, one)
        leg = None if point is None else _leg(point, found)
        if leg is not None or (one.grid_code == code and point is None):
            notes.append((one, leg, point))
    letters = (_letter(n) for n in range(len(notes)))
    return tuple(
        Note(letter, leg, point, one)
        for letter, (one, leg, point) in zip(letters, notes, strict=True)
    )


def _place(papers: Papers, one: Remark) -> shapely.Point | None:
    if one.lng is None or one.lat is None:
        return None
    (point,) = papers.after.ground.metres(objects([shapely.Point(one.lng, one.lat)]))
    return shapely.Point(point.coords[0])


def _leg(point: shapely.Point, found: Sequence[Leg]) -> int | None:
    away = [float(shapely.distance(point, leg.path)) for leg in found]
    nearest = int(np.argmin(away)) if away else None
    return nearest if nearest is not None and away[nearest] <= NEAR_M else None


def _letter(n: int) -> str:
    """A … Z, AA, AB …"""
    return ("" if n < 26 else _letter(n // 26 - 1)) + chr(65 + n % 26)


def told(note: Note, lang: str) -> str:
    """A note in one line."""
    who = f"{note.remark.name} " if note.remark.name else ""
    return say(
        "walk-told", lang, letter=note.letter, said=note.remark.said, who=who, day=note.remark.day
    )


def photos(page: Paper, notes: Sequence[Note], y: float, *, bottom: float) -> Iterator[Note]:
    """Photos with their words from ``y`` down, as many as there is room for; yields those that are left. Frames without
    one stay for whoever pastes some in."""
    wide, high, gap = FRAME_MM
    left = iter(notes)
    while y + high < page.high_mm - bottom:
        for n in range(3):
            x = EDGE_MM + n * (wide + gap)
            note = next(left, None)
            if note is None:
                page.box(x, y, wide, high, fill="none", edge="#8fa0ad")
                page.write(x + 2, y + 2, say("walk-frame", page.lang), SIZE)
            else:
                _photo(page, note, x, y)
        y += high + gap
    yield from left


def _photo(page: Paper, note: Note, x: float, y: float) -> None:
    wide, high, _ = FRAME_MM
    words = 8.5
    page.box(x, y, wide, high, fill="none", edge="#8fa0ad")
    picture = _pixels(note.remark.photo)
    if picture is None:
        page.write(x + 2, y + 2, say("walk-photo-lost", page.lang, letter=note.letter), SIZE)
    else:
        axes = page.axes(x + 0.5, y + 0.5, wide - 1, high - words - 0.5)
        axes.imshow(picture, interpolation="bilinear")
        axes.axis("off")
    leg = "" if note.leg is None else say("walk-of-leg", page.lang, leg=note.leg + 1)
    line = f"{note.letter} {leg} {note.remark.said}"
    room = (wide - 3) / (5.8 * 25.4 / 72)
    for n, part in enumerate(wrapped(page.plain.settable(line), room, lines=3)):
        page.write(x + 1.5, y + high - words + 0.6 + 2.6 * n, part, 5.8, colour=INK)


def _pixels(content: bytes | None) -> NDArray[np.uint8] | None:
    if content is None:
        return None
    with Image.open(io.BytesIO(content)) as picture:
        return np.asarray(picture.convert("RGB"))
