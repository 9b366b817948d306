"""Rules of the chain (纵向到底) from a TOML file: what comes with the project by profile, or the office's own."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from geo.chain.rules import ChainRules, GridDemand
from geo.codes import Profile
from geo.errors import FileUnreadable
from geo.model import GridKind

FOLDER = Path(__file__).parents[1] / "rules"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Community(_Part):
    branch: bool = False
    lines: tuple[str, ...] = ()
    liaisons: tuple[str, ...] = ()


class _Grid(_Part):
    officer: bool = False
    branches: int = Field(0, ge=0)
    groups: int = Field(0, ge=0)
    households: int = Field(0, ge=0)


class _Rules(_Part):
    version: str
    community: _Community = _Community()
    grid: dict[GridKind, _Grid] = Field(default_factory=dict)


def read_rules(path: Path | None, *, profile: Profile) -> ChainRules:
    """The rules of a file, else those that come with the profile. FileUnreadable names the key that makes no sense."""
    source = path or FOLDER / f"{profile.value}.toml"
    try:
        told: dict[str, Any] = tomllib.loads(source.read_text("utf-8"))
        rules = _Rules.model_validate(told)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FileUnreadable("rules-unreadable", file=str(source), reason=str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise FileUnreadable(
            "rules-wrong", file=str(source), key=key, value=first["input"]
        ) from error
    return ChainRules(
        version=rules.version,
        lines=rules.community.lines,
        liaisons=rules.community.liaisons,
        branch=rules.community.branch,
        grids={kind: GridDemand(**one.model_dump()) for kind, one in rules.grid.items()},
    )
