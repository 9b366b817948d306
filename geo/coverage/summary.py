"""How many findings of which kind: the ``summary`` of a report."""

from __future__ import annotations

from collections.abc import Iterable

from geo.model import Finding, Severity

_GRAVITY = {Severity.BLOCKING: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def summarize(findings: Iterable[Finding]) -> dict[str, object]:
    """``{total, blocking, warning, note, by_code: {code: {blocking, warning, note, area_m2, widest_m}}}``.

    JSON-ready; a code's ``area_m2`` is the sum and ``widest_m`` the greatest where the findings have one, else None.
    """
    listed = list(findings)
    return {
        "total": len(listed),
        **_severities(listed),
        "by_code": {
            code: _of_code([one for one in listed if one.code == code])
            for code in sorted({one.code for one in listed})
        },
    }


def _severities(findings: list[Finding]) -> dict[str, int]:
    return {
        severity.value: sum(one.severity is severity for one in findings) for severity in Severity
    }


def _of_code(findings: list[Finding]) -> dict[str, object]:
    areas = [one.area_m2 for one in findings if one.area_m2 is not None]
    widths = [one.width_m for one in findings if one.width_m is not None]
    return {
        **_severities(findings),
        "area_m2": sum(areas) if areas else None,
        "widest_m": max(widths, default=None),
    }


def gravest_first(findings: Iterable[Finding]) -> list[Finding]:
    """In the order in which a person reads them: by severity, then kind, then the widest and largest first."""
    return sorted(
        findings,
        key=lambda one: (
            _GRAVITY[one.severity],
            one.code,
            -(one.width_m or 0),
            -(one.area_m2 or 0),
        ),
    )
