"""Rules of the chain (纵向到底) from a TOML file: what comes with the project by profile, or the office's own."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from geo.chain.rules import BuildingDemand, ChainRules, EstateDemand, GridDemand, RegionDemand
from geo.codes import Profile
from geo.errors import FileUnreadable
from geo.model import BuildingKind, GridKind

FOLDER = Path(__file__).parents[1] / "rules"

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Count = Annotated[int, Field(ge=0, le=100_000)]


_MEANT = {
    "bool": "rules-wrong-switch",
    "int": "rules-wrong-count",
    "greater": "rules-wrong-count",
    "less": "rules-wrong-count",
    "list": "rules-wrong-words",
    "string": "rules-wrong-words",
}
"""What was meant where pydantic finds something of another type (a part of its name for the fault)."""


class _Part(BaseModel):
    # strict: a TOML file has types, and "true" in quotes is a typing error, not a wish.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Region(_Part):
    branch: bool = False
    lines: list[Word] = []
    liaisons: list[Word] = []
    stand_in: bool = False


class _Grid(_Part):
    officer: bool = False
    stand_in: bool = False
    branches: Count = 0
    groups: Count = 0
    households: Count = 0


class _Estate(_Part):
    contacts: list[Word] = []
    from_households: Count = 0


class _Building(_Part):
    group: bool = False
    households: Count = 0
    units: bool = False
    from_households: Count = 0


class _Rules(_Part):
    version: Word
    city: _Region = _Region()
    street: _Region = _Region()
    community: _Region = _Region()
    grid: dict[str, _Grid] = {}
    estate: _Estate = _Estate()
    building: dict[str, _Building] = {}


def read_rules(path: Path | None, *, profile: Profile) -> ChainRules:
    """The rules of a file, else those that come with the profile.

    FileUnreadable: rules-unreadable where it is no TOML; rules-… naming the first key that makes no sense and what may
    stand there.
    """
    source = path or FOLDER / f"{profile.value}.toml"
    try:
        told: dict[str, Any] = tomllib.loads(source.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        raise FileUnreadable("file-missing", file=str(source)) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FileUnreadable("rules-unreadable", file=str(source), reason=str(error)) from error
    try:
        rules = _Rules.model_validate(told)
    except ValidationError as error:
        raise _wrong(source, error) from error
    for table, kinds in ((rules.grid, GridKind), (rules.building, BuildingKind)):
        for kind in table:
            if kind not in tuple(kinds):
                name = "grid" if kinds is GridKind else "building"
                raise FileUnreadable(
                    "rules-unknown-key",
                    file=str(source),
                    key=f"{name}.{kind}",
                    known="、".join(kinds),
                )
    return ChainRules(
        version=rules.version,
        city=_region(rules.city),
        street=_region(rules.street),
        community=_region(rules.community),
        grids={GridKind(kind): GridDemand(**one.model_dump()) for kind, one in rules.grid.items()},
        estate=EstateDemand(_once(rules.estate.contacts), rules.estate.from_households),
        buildings={
            BuildingKind(kind): BuildingDemand(**one.model_dump())
            for kind, one in rules.building.items()
        },
    )


def _region(told: _Region) -> RegionDemand:
    return RegionDemand(told.branch, _once(told.lines), _once(told.liaisons), told.stand_in)


def _once(words: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _wrong(source: Path, error: ValidationError) -> FileUnreadable:
    """The first thing that is wrong, as what stands where and what may."""
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        known = "、".join(_known(first["loc"][:-1]))
        return FileUnreadable("rules-unknown-key", file=str(source), key=key, known=known)
    if first["type"] == "missing":
        return FileUnreadable("rules-missing-key", file=str(source), key=key)
    code = next(
        (code for word, code in _MEANT.items() if word in first["type"]), "rules-wrong-table"
    )
    return FileUnreadable(code, file=str(source), key=key, value=str(first["input"])[:100])


def _known(place: tuple[int | str, ...]) -> list[str]:
    """The keys that may stand at a place of the file."""
    parts: dict[int | str, type[_Part]] = {"grid": _Grid, "estate": _Estate, "building": _Building}
    return list((parts.get(place[0], _Region) if place else _Rules).model_fields)
