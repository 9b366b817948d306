"""Which steps a plan must have gone before it is published: data/rules/stages.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data.readers.chain_rules import FOLDER, Word
from data.tables import Stage
from geo.errors import FileUnreadable

FILE = "stages.toml"


@dataclass(frozen=True, slots=True)
class StageRules:
    """needed: the steps that are, from how many households on that change their grid. objections: whether each must
    have been answered. must_not_worsen: kinds of findings that a draft must not make, or make worse."""

    version: str
    objections: bool
    needed: Mapping[Stage, int]
    must_not_worsen: frozenset[str] = frozenset()

    def missing(self, done: set[str], *, households: int) -> list[Stage]:
        """The steps that are needed where so many households change their grid, and that were not done."""
        return [
            stage
            for stage, least in self.needed.items()
            if households >= least and stage.value not in done
        ]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Stage(_Part):
    from_households: Annotated[int, Field(ge=0)] | None = None


class _Rules(_Part):
    version: Word
    objections: bool = True
    must_not_worsen: list[Word] = []
    stage: dict[Stage, _Stage] = {}


def read_stages(path: Path | None = None) -> StageRules:
    """The rules of a file, else ours. FileUnreadable: file-missing, rules-unreadable."""
    source = path or FOLDER / FILE
    try:
        told = _Rules.model_validate(tomllib.loads(source.read_text("utf-8-sig")))
    except FileNotFoundError as error:
        raise FileUnreadable("file-missing", file=str(source)) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise FileUnreadable("rules-unreadable", file=str(source), reason=str(error)) from error
    needed = {
        stage: one.from_households
        for stage, one in told.stage.items()
        if one.from_households is not None
    }
    return StageRules(told.version, told.objections, needed, frozenset(told.must_not_worsen))
