"""A plan drawn elsewhere as it is said over HTTP and on the command line: what a file holds, its faults, what a repair
would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from sqlalchemy.engine import RowMapping

from api.import_schemas import (
    CompletionOut,
    ImportColumn,
    ImportLayer,
    ImportOut,
    ImportReading,
    ImportWishes,
    PublishedGrid,
    ShareOut,
)
from api.plan_schemas import Layer
from api.plan_shown import finding, shapes
from api.schemas import Feature
from api.services.adopting import Area, Look
from geo.crs import Datum
from geo.redraw.completing import Completed


def looked(
    seen: Look, wishes: ImportWishes, lang: str, *, kept: RowMapping | None = None
) -> ImportOut:
    """A look at a file; ``kept``: the row of an import that waits (id, created_by …)."""
    row: RowMapping | Mapping[str, Any] = kept or {
        "id": None,
        "created_by": "",
        "created_at": None,
        "expires_at": None,
    }
    drawing, where = seen.drawing, seen.placed
    return ImportOut(
        id=row["id"],
        file=drawing.file,
        created_by=row["created_by"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        wishes=wishes,
        needs=list(seen.needs),  # type: ignore[arg-type]  # checked where it is validated
        layers=[
            ImportLayer(name=one.name, areas=one.areas, lines=one.lines, texts=one.texts)
            for one in drawing.layers
        ],
        chosen=list(drawing.chosen),
        columns=[
            ImportColumn(name=name, samples=list(told)) for name, told in drawing.samples.items()
        ],
        code_column=drawing.code_column,
        name_column=drawing.name_column,
        datum=where.datum,
        datum_by=where.by,
        readings=[
            ImportReading(
                datum=one.reading.datum.name,
                title=_title(one.reading.datum),
                swapped=one.reading.swapped,
                inside=one.reading.inside,
                near=one.near,
                total=one.reading.total,
            )
            for one in where.fits
        ],
        within_m=seen.within_m,
        grids=Layer(features=_areas(seen)),
        mended=Layer(features=_mended(seen)),
        communities=Layer(features=_communities(seen)),
        published=[
            PublishedGrid(code=code, name=name, community_code=community)
            for code, name, community in seen.published
        ],
        notes=[finding(one, lang) for one in seen.notes],
        findings=[finding(one, lang) for one in seen.findings],
        remaining=[finding(one, lang) for one in seen.remaining],
        changes=list(seen.changes),
        completable=[one.codes[0] for one in seen.notes if one.code == "drawn-partly"],
        completion=[_completion(code, one) for code, one in sorted(seen.completed.items())],
        kept=Layer(features=_kept(seen)),
        blocking=len(seen.blocking),
        ready=seen.ready,
        seen=seen.seen,
    )


def _areas(seen: Look) -> list[Feature]:
    """The areas as they were drawn."""
    outlines = shapes([area.named.outline.shape for area in seen.areas])
    changed = {change.code for change in seen.changes}
    return [
        Feature(id=area.id, geometry=shape, properties=_facts(area, changed))
        for area, shape in zip(seen.areas, outlines, strict=True)
    ]


def _facts(area: Area, changed: set[str]) -> dict[str, Any]:
    named, outline = area.named, area.named.outline
    return {
        "layer": outline.layer,
        "row": outline.row,
        "code": named.code,
        "why": named.why.value,
        "name": named.name,
        "community_code": outline.community,
        "households": named.households,
        "former": named.former,
        "former_name": named.former_name,
        "shared": named.shared,
        "changed": named.code in changed,
    }


def _mended(seen: Look) -> list[Feature]:
    """Those that the repair would change, as they would be."""
    changed = {change.code for change in seen.changes}
    mine = [area for area in seen.areas if area.named.code in changed]
    return [
        Feature(id=area.id, geometry=shape, properties={"code": area.named.code})
        for area, shape in zip(mine, shapes([area.mended for area in mine]), strict=True)
    ]


def _communities(seen: Look) -> list[Feature]:
    if seen.city is None:
        return []
    rows = seen.city.communities
    outlines: Sequence[dict[str, Any]] = shapes(list(np.asarray(rows.geometry.array)))
    return [
        Feature(id=str(code), geometry=shape, properties={"code": str(code), "name": str(name)})
        for code, name, shape in zip(rows["code"], rows["name"], outlines, strict=True)
    ]


def _completion(code: str, one: Completed) -> CompletionOut:
    return CompletionOut(
        community_code=code,
        drawn=list(one.drawn),
        kept=list(one.kept),
        **{
            name: [ShareOut(**asdict(share)) for share in getattr(one, name)]
            for name in ("cut", "gone", "stays")
        },
    )


def _kept(seen: Look) -> list[Feature]:
    """Grids in force that stay, as they would be."""
    rows = [(one, code) for one in seen.completed.values() for code in one.kept]
    outlines = shapes([one.draft.shape(code) for one, code in rows])
    return [
        Feature(
            id=code, geometry=shape, properties={"code": code, "name": one.draft.grids[code].name}
        )
        for (one, code), shape in zip(rows, outlines, strict=True)
    ]


def _title(datum: Datum) -> str | None:
    """What a CRS calls itself; our own names say enough."""
    return str(datum.crs.name) if ":" in datum.name else None
