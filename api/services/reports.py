"""The machine-readable report of a use case: ``{"findings": […], "summary": {…}}``, the same from every verb."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from data.writers.atomic import check_target, staging
from geo.coverage import CoverageRate
from geo.model import Finding, Severity


def write_report(path: Path, findings: Iterable[Finding], summary: Mapping[str, object]) -> None:
    """Write findings and summary as JSON, whole or not at all. OptionError where that can't be written."""
    check_target(path, (".json",))
    content = {"findings": [finding.to_json() for finding in findings], "summary": dict(summary)}
    with staging(path.parent) as folder:
        text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False, default=_plain)
        (folder / path.name).write_text(text, encoding="utf-8")


def blocks(findings: Iterable[Finding]) -> bool:
    """Whether any finding stops a publication: exit status 1."""
    return any(finding.severity is Severity.BLOCKING for finding in findings)


def rate_json(rate: CoverageRate) -> dict[str, object]:
    """The coverage rate as a report holds it: JSON-ready."""
    return asdict(rate) | {"ages": {name: age.to_json() for name, age in rate.ages.items()}}


def _plain(value: object) -> object:
    """NumPy scalars as Python's own."""
    item = getattr(value, "item", None)
    if item is None:
        raise TypeError(f"not JSON: {type(value).__name__}")
    return item()
