"""What ``wangge trace`` is asked: places and control points on the command line."""

from __future__ import annotations

from collections.abc import Sequence

from api.services.backdrops import Pinned
from geo.crs import Datum
from geo.errors import OptionError

PLACE_FORM = "116.951,31.046"
POINT_FORM = "812,640=116.951,31.046"


def place(word: str) -> tuple[float, float]:
    """``lng,lat``. OptionError "option-pair" for anything else."""
    return _two(word, option="LNG,LAT", form=PLACE_FORM)


def places(words: Sequence[str]) -> list[tuple[float, float]]:
    """Places, several in a word if there are blanks between them."""
    return [place(one) for word in words for one in word.split()]


def points(words: Sequence[str], datum: Datum) -> list[Pinned]:
    """Control points: ``x,y=lng,lat`` each."""
    found = []
    for word in words:
        pixel, _, ground = word.replace("＝", "=").partition("=")
        x, y = _two(pixel, option="--point", form=POINT_FORM)
        lng, lat = _two(ground, option="--point", form=POINT_FORM)
        found.append(Pinned(x, y, lng, lat, datum))
    return found


def _two(word: str, *, option: str, form: str) -> tuple[float, float]:
    parts = word.replace("，", ",").split(",")
    try:
        a, b = (float(part) for part in parts)
    except ValueError:
        raise OptionError("option-pair", option=option, value=word, form=form) from None
    return a, b
