"""How a file of the ground is read: in a child process, as what it is to be imported as."""

from __future__ import annotations

from api.services.ground_imports.wishes import Wishes
from api.services.imports import regions
from data.apart import Apart, Cancel
from data.intake import TARGETS
from data.readers import handed
from data.readers.opened import Opened
from geo.errors import OptionError
from geo.model import BUILDING_COLUMNS, GREEN_COLUMNS, LINE_COLUMNS

REGIONS, BUILDINGS = "regions", "buildings"
LINES = ("roads", "rivers")
NOUNS = (REGIONS, BUILDINGS, *LINES, "bridges", "greens")
"""What is taken over HTTP, in the order in which it is wanted."""
WITH_TABLES = (REGIONS, BUILDINGS)
_OWN = ("row_key", "row_state", "row_reason")
"""Columns that a returned sheet has: nobody names them by hand."""


def read(
    apart: Apart,
    noun: str,
    file: str,
    content: bytes,
    wishes: Wishes,
    *,
    cancel: Cancel | None = None,
) -> Opened:
    """What is in a file. A stranger's bytes are never read in this process. What `handed.ground`, `Apart.run` raise."""
    name = handed.plain(file)
    defaults = (*regions.LAYERS, noun) if noun == REGIONS else (noun,)
    return apart.run(
        handed.ground, content, name, tables=noun in WITH_TABLES, defaults=defaults, part=wishes.part,
        encoding=wishes.encoding, about=name, returns=handed.GROUND, cancel=cancel,
    )  # fmt: skip


def known(noun: str) -> None:
    """OptionError "noun-unknown" for what is no part of the ground."""
    if noun not in NOUNS:
        raise OptionError("noun-unknown", noun=noun, known="、".join(NOUNS))


def targets(noun: str, *, table: bool) -> tuple[str, ...]:
    """Our columns that a person may name."""
    if noun == REGIONS:
        return regions.WITH_BOUNDS
    if noun == BUILDINGS:
        own = tuple(name for name in TARGETS if name not in _OWN)
        return own if table else (*BUILDING_COLUMNS, "as_of")
    return LINE_COLUMNS if noun in LINES else GREEN_COLUMNS
