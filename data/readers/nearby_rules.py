"""Within what distance and time a further call may be about the same matter: data/rules/nearby.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data.readers.chain_rules import FOLDER, Word
from geo.errors import FileUnreadable

FILE = "nearby.toml"


@dataclass(frozen=True, slots=True)
class Reach:
    """How far (metres) and how long (hours)."""

    radius_m: float
    window_h: float


@dataclass(frozen=True, slots=True)
class NearbyRules:
    """Reaches by matter; categories in their order."""

    version: str
    default: Reach
    component: Reach
    categories: tuple[tuple[tuple[str, ...], Reach], ...]

    def reach(self, *, kind: str | None, words: str) -> Reach:
        """Of a matter: ``words`` its category and item, ``kind`` component or matter; None or "" where unknown."""
        for listed, reach in self.categories:
            if any(word in words for word in listed):
                return reach
        return self.component if kind == "component" else self.default


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Reach(_Part):
    radius_m: Annotated[float, Field(gt=0, le=5000)]
    window_h: Annotated[float, Field(gt=0, le=24 * 366)]


class _Category(_Reach):
    words: Annotated[list[Word], Field(min_length=1)]


class _Rules(_Part):
    version: Word
    default: _Reach
    component: _Reach
    category: list[_Category] = []


def read_nearby(path: Path | None = None) -> NearbyRules:
    """The rules of a file, else ours. FileUnreadable: file-missing, rules-unreadable."""
    source = path or FOLDER / FILE
    try:
        told = _Rules.model_validate(tomllib.loads(source.read_text("utf-8-sig")))
    except FileNotFoundError as error:
        raise FileUnreadable("file-missing", file=str(source)) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise FileUnreadable("rules-unreadable", file=str(source), reason=str(error)) from error
    return NearbyRules(
        version=told.version,
        default=_reach(told.default),
        component=_reach(told.component),
        categories=tuple((tuple(one.words), _reach(one)) for one in told.category),
    )


def _reach(told: _Reach) -> Reach:
    return Reach(told.radius_m, told.window_h)
