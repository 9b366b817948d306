"""The ground handed over as files, as it is said over HTTP."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import RowMapping

from api.ground_schemas import (
    GroundBasis,
    GroundBefore,
    GroundColumn,
    GroundDone,
    GroundFigures,
    GroundHead,
    GroundLooked,
    GroundNote,
    GroundRow,
    GroundState,
    GroundWay,
    GroundWishes,
)
from api.plan_schemas import Layer
from api.plan_shown import finding, shapes
from api.schemas import Feature
from api.services.ground_imports import Done, Look, Looked, Way, targets
from api.services.imports import Imported
from api.services.imports.result import STATES, gravity, say_reason, say_state
from data.intake import State
from geo.model import ResidentsBasis
from maps.texts import short, text

MOST_ROWS = 200
"""Rows that are told one by one; all of them are in the sheet."""
MOST_NOTES = 50
_AND = {"zh": "、", "en": ", "}
_ALSO = {"zh": "；", "en": "; "}
_FIGURES = ("added", "updated", "unchanged", "replaced", "kept")


def looked(found: Looked, wishes: GroundWishes, lang: str) -> GroundLooked:
    """A file that waits, under what was said of it."""
    seen, row, before = found.look, found.row, found.before
    opened, where, done = seen.opened, seen.placed, seen.done
    return GroundLooked(
        **{
            name: row[name] for name in GroundHead.model_fields if name in GroundLooked.model_fields
        },
        wishes=wishes,
        needs=list(seen.needs),  # type: ignore[arg-type]  # checked where it is validated
        problem=None if seen.problem is None else _complaint(seen, lang),
        parts=list(opened.parts),
        part=opened.part,
        table=opened.table is not None,
        encoding=opened.encoding,
        columns=[
            GroundColumn(name=one.name, ours=one.ours, samples=list(one.samples))
            for one in seen.columns
        ],
        targets=list(targets(seen.noun, table=opened.table is not None)),
        datum=where.datum,
        datum_by=where.by,  # type: ignore[arg-type]
        ways=[_way(one) for one in where.ways],
        shapes=Layer(features=_features(seen)),
        before=None
        if before is None
        else GroundBefore(by=before["imported_by"], at=before["imported_at"]),
        ready=seen.ready,
        seen=seen.seen,
        **_came(done, seen.noun, lang),
    )


def head(row: RowMapping) -> GroundHead:
    """A file that waits, or was imported."""
    return GroundHead(**_head(row))


def done(found: Done, lang: str) -> GroundDone:
    """A file that was imported."""
    told = {name: found.row["result"][name] for name in _FIGURES}
    said = [text(f"cli_import.{name}", lang, count=count) for name, count in told.items() if count]
    figures = _AND[lang].join(said) or text("cli_import.no-change", lang)
    return GroundDone(
        **_head(found.row), again=found.again, text=text("cli_import.done", lang, figures=figures)
    )


def _head(row: RowMapping) -> dict[str, Any]:
    told = {name: row[name] for name in GroundHead.model_fields if name in row}
    return told | {"open": row["has_returned"]}


def _complaint(seen: Look, lang: str) -> str:
    assert seen.problem is not None
    return text(f"error.{seen.problem.code}", lang, **short(seen.problem.params))


def _way(one: Way) -> GroundWay:
    reading = one.reading
    name = reading.datum.name
    return GroundWay(
        datum=name,
        title=str(reading.datum.crs.name) if ":" in name else None,
        swapped=reading.swapped,
        inside=reading.inside,
        total=reading.total,
        shift_m=None if one.shift_m is None else round(one.shift_m, 1),
    )


def _features(seen: Look) -> list[Feature]:
    told = shapes(seen.placed.shapes)
    return [Feature(id=str(n), geometry=one, properties={}) for n, one in enumerate(told)]


def _came(done: Imported | None, noun: str, lang: str) -> dict[str, Any]:
    """What would come of it."""
    if done is None:
        lists = ("bases", "counts", "rows", "notes", "findings")
        return {"figures": None, "more": 0, **{name: [] for name in lists}}
    listed = sorted((row for row in done.rows if row.states), key=gravity)[:MOST_ROWS]
    rows = [
        GroundRow(
            row=row.row,
            key=row.key,
            state=_AND[lang].join(say_state(state, lang) for state in row.states),
            reason=_ALSO[lang].join(say_reason(reason, lang) for reason in row.reasons),
        )
        for row in listed
    ]
    noted = [one for one in done.said if one.reason.state is State.NOTE or one.count > MOST_ROWS]
    notes = [
        GroundNote(
            text=say_reason(one.reason, lang), count=one.count, rows=list(one.rows), alike=one.alike
        )
        for one in noted[:MOST_NOTES]
    ]
    return {
        "bases": [
            GroundBasis(basis=ResidentsBasis(basis) if basis else None, count=count)
            for basis, count in done.bases.items()
        ],
        "counts": _counts(done, noun, lang),
        "figures": GroundFigures(**{name: getattr(done, name) for name in _FIGURES}),
        "rows": rows,
        "more": done.open - len(rows),
        "notes": notes,
        "findings": [finding(one, lang) for one in done.findings],
    }


def _counts(done: Imported, noun: str, lang: str) -> list[GroundState]:
    """Rows by state; households are counted in buildings alone."""
    names = {name: text(f"cli_import.{name}", lang) for name in ("rows", "good")}
    names |= {state.value: say_state(state, lang) for state in STATES}
    idle = () if noun == "buildings" else (State.TO_COUNT.value,)
    return [
        GroundState(state=state, text=names[state], count=count)
        for state, count in done.counts.items()
        if count or state not in idle
    ]
