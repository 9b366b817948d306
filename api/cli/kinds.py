"""What a value on the command line may be, in words; and which word was probably meant."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from api.cli.console import Translate

_METAVARS = {
    "F[:layer]": "layer",
    "F[:LAYER]": "layer",
    "F": "path",
    "PLAN[:layer]": "plan",
    "CITY.gpkg": "city",
    "COL": "column",
    "FIELD": "column",
    "MIN MAX": "bounds",
    "NOUN": "noun",
    "C=H-H,R-R": "own-bounds",
    "N|C=N": "counts",
    "C=…": "approval",
    "C/A": "estate",
    "C/A=B": "crossing",
    "PERCENT": "percent",
    "URL": "url",
    "DAYS": "days",
    "METRES": "metres",
    "CODE": "code",
    "A=B,…": "mapping",
    "DATUM,…": "datums",
    "A[=W],…": "weights",
    "A,B,…|F": "names",
    "NAME": "name",
    "FOLDER": "folder",
    "OPERATION": "operation",
    "CODE[@GRID]=REASON": "exception",
    "AREA=CODE": "area-code",
    "N": "no",
    "M": "metres",
    "A": "names",
    "AREA": "area",
    "KIND": "kind",
    "STEP": "step",
    "KEY": "key",
    "LNG,LAT": "lnglat",
    "X,Y=LNG,LAT": "control-point",
    "BUILDING": "building",
    "COMMUNITY": "community",
    "code=A,name=B": "plan-columns",
}
_WORDS = {int: "number", float: "decimal", Path: "path", str: "text", datetime: "date"}


def kind_of(param: Any, t: Translate) -> str:
    """A word for the value of a parameter: 整数, 文件, cn|plain; nothing for a switch."""
    if param.metavar:
        known = _METAVARS.get(param.metavar)
        return t(f"manual.kind-{known}") if known else str(param.metavar)
    if getattr(param, "is_flag", False):
        return ""
    choices = param.type_descriptor.choices
    if choices:
        return "|".join(str(getattr(one, "value", one)) for one in choices)
    return t(f"manual.kind-{_WORDS.get(param.type_descriptor.annotation, 'text')}")


def limits(param: Any) -> str:
    """Between which numbers a value must lie: ``≥ 1``, ``0–3``; nothing where any will do."""
    low, high = getattr(param, "min", None), getattr(param, "max", None)
    if low is not None and high is not None:
        return f"{low}–{high}"
    if low is not None:
        return f"≥ {low}"
    return "" if high is None else f"≤ {high}"


def expected(param: Any, t: Translate) -> str:
    """What the value of a parameter must be, for a sentence that refuses another one."""
    annotation = param.type_descriptor.annotation
    if param.type_descriptor.is_tuple:
        return t("usage.expected-numbers", count=param.nargs, form=kind_of(param, t))
    if param.type_descriptor.choices:
        return t("usage.expected-choice", choices=kind_of(param, t))
    word = _WORDS.get(annotation, "text")
    within = limits(param)
    return t(f"usage.expected-{word}") + (t("usage.within", limits=within) if within else "")


def likely(word: str, known: Collection[str]) -> str:
    """Those of ``known`` that are nearest to a word, or all where none is near."""
    return " ".join(get_close_matches(word, known, n=3, cutoff=0.5) or known)
