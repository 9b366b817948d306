"""The use case of checking: layers from files, mapped columns, findings as layers."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from api.services.check import CheckFiles, findings_layers, run_check
from geo.coverage import Measure
from geo.errors import ColumnMissing, OptionError
from maps.texts import LANGUAGES

ZONE = ZoneInfo("Asia/Shanghai")


def test_cambridge_has_the_gaps_and_overlaps_that_it_has(shared: Path) -> None:
    file = shared / "cambridge" / "cambridge.gpkg"
    result = run_check(
        CheckFiles(communities=f"{file}:communities", buildings=f"{file}:parcels"),
        measure=Measure(),
        mapping={"building_id": "parcel_id", "community_code": "community"},
        zone=ZONE,
    )
    assert result.blocked
    assert result.summary["tolerance_m"] == 0.05
    codes = [finding.code for finding in result.findings]
    assert {"gap", "overlap", "code-duplicate"} <= set(codes)
    severities = [finding.severity.value for finding in result.findings]
    order = ["blocking", "warning", "note"]
    assert severities == sorted(severities, key=order.index)
    for lang in LANGUAGES:
        layers = findings_layers(result.findings, lang=lang)
        assert sum(len(layer) for layer in layers.values()) == len(result.findings)
        assert all(layer["text"].str.len().min() > 0 for layer in layers.values())


def test_a_mapping_that_meets_nothing_is_refused(shared: Path) -> None:
    file = f"{shared / 'cambridge' / 'cambridge.gpkg'}:communities"
    with pytest.raises(ColumnMissing, match="column-nowhere"):
        run_check(CheckFiles(communities=file), measure=Measure(), mapping={"name": "x"}, zone=ZONE)
    with pytest.raises(OptionError, match="map-unknown"):
        run_check(CheckFiles(communities=file), measure=Measure(), mapping={"y": "code"}, zone=ZONE)
    with pytest.raises(OptionError, match="check-nothing"):
        run_check(CheckFiles(), measure=Measure(), zone=ZONE)
