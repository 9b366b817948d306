"""What ``wangge draw`` is asked for community by community: ``C=…`` on the command line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from geo.bounds import checked_bounds
from geo.errors import OptionError
from geo.model import City, SizeRule
from geo.partition.named import community_code

_RANGE = re.compile(r"\s*(\d+)\s*[-–~]\s*(\d+)\s*")
BOUNDS_FORM = "C=300-500,600-1000"
GRIDS_FORM = "165 / C=8"
APPROVE_FORM = "C=REASON"


def pairs(option: str, given: Sequence[str] | None, form: str) -> list[tuple[str, str]]:
    """``C=value`` each. OptionError for one that is no pair."""
    found = []
    for text in given or ():
        name, _, value = (part.strip() for part in text.replace("＝", "=").partition("="))
        if not (name and value):
            raise OptionError("option-pair", option=option, value=text, form=form)
        found.append((name, value))
    return found


def counts(given: Sequence[str] | None) -> tuple[int | None, list[tuple[str, str]]]:
    """``--grids``: how many in all (None where that is not said), and those of single communities as pairs."""
    total: int | None = None
    single = []
    for text in given or ():
        if "=" in text.replace("＝", "="):
            single.append(text)
        else:
            total = _count(text)
    return total, pairs("--grids", single, GRIDS_FORM)


def planned(city: City, given: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Numbers of grids by community code."""
    return {community_code(city, name): _count(value) for name, value in given}


def approved(city: City, given: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Reasons of exceptions by community code."""
    return {community_code(city, name): reason for name, reason in given}


def bounded(city: City, rule: SizeRule, given: Sequence[tuple[str, str]]) -> SizeRule:
    """``rule`` with bounds of single communities: ``C=households,residents``, either may be empty."""
    own: dict[str, SizeRule] = {}
    for name, value in given:
        parts = [*value.replace("，", ",").split(","), ""][:2]
        ends = [
            _bounds(name, part, other)
            for part, other in zip(parts, (rule.households, rule.residents), strict=True)
        ]
        own[community_code(city, name)] = SizeRule(ends[0], ends[1])
    return SizeRule(rule.households, rule.residents, {**rule.own, **own})


def parse_load(value: str | None) -> dict[str, float]:
    """``a=0.5,b`` -> what each column weighs (1 where nothing is said)."""
    weights: dict[str, float] = {}
    for part in (value or "").replace("，", ",").replace("＝", "=").split(","):
        name, _, weight = (piece.strip() for piece in part.partition("="))
        if name:
            try:
                weights[name] = float(weight or 1)
            except ValueError as error:
                raise OptionError("load-weight", value=part) from error
    return weights


def _bounds(name: str, text: str, other: tuple[int, int]) -> tuple[int, int]:
    if not text.strip():
        return other
    ends = _RANGE.fullmatch(text)
    if ends is None:
        raise OptionError(
            "option-pair", option="--bounds", value=f"{name}={text}", form=BOUNDS_FORM
        )
    return checked_bounds((int(ends[1]), int(ends[2])), option=f"--bounds {name}")


def _count(text: str) -> int:
    if re.fullmatch(r"\s*0*[1-9]\d{0,5}\s*", text) is None:
        raise OptionError("option-pair", option="--grids", value=text, form=GRIDS_FORM)
    return int(text)
