"""What makes a picture a map: how far is how far, where north is, and what the colours and signs mean."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from geo.model import Severity
from maps.reports.content import Report
from maps.reports.fonts import Face
from maps.reports.ground import Ground
from maps.reports.paper import INK, PAPER, SOFT
from maps.reports.picture import BORDER, HATCH, WATER, load_classes
from maps.styles import LOAD, SEVERITY, LoadClass, class_breaks
from maps.texts import text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SCALE_SHARE = 0.25
"""How much of the picture's width the scale bar may take."""


def round_length_m(longest_m: float) -> float:
    """The greatest of 1, 2, 5, 10, 20 … metres that is no longer."""
    power = 10.0 ** math.floor(math.log10(longest_m))
    return next(step * power for step in (5, 2, 1) if step * power <= longest_m * (1 + 1e-9))


def scale_and_north(axes: Axes, place: Ground, face: Face, lang: str) -> None:
    """A bar of a round length at the lower left, and an arrow to the north at the upper right."""
    length = round_length_m(place.width_m * SCALE_SHARE)
    left, base = place.west + 0.03 * place.width_m, place.south + 0.03 * (place.north - place.south)
    thick, margin = 0.008 * place.width_m, 0.02 * place.width_m
    under = [left - margin, left + length + 2.5 * margin]
    axes.fill_between(under, base - margin, base + 6 * thick, fc="#ffffffcc", lw=0, zorder=10.5)
    for n, colour in enumerate((INK, PAPER)):
        half = [left + n * length / 2, left + (n + 1) * length / 2]
        axes.fill_between(half, base, base + thick, fc=colour, ec=INK, lw=0.5, zorder=11)
    unit, value = ("kilometres", length / 1000) if length >= 1000 else ("metres", length)
    ends = ((left, "0"), (left + length, text(f"finding.{unit}", lang, value=f"{value:g}")))
    for x, said in ends:
        axes.annotate(
            said, (x, base + 1.6 * thick), ha="center", va="bottom", color=INK, zorder=11,
            fontproperties=face.sized(6), parse_math=False,
        )  # fmt: skip
    _north(axes, face, lang)


def _north(axes: Axes, face: Face, lang: str) -> None:
    from matplotlib.patches import Rectangle

    x, top = 0.955, 0.965
    ground = Rectangle(
        (x - 0.035, top - 0.125), 0.07, 0.145, fc="#ffffffcc", ec="none", zorder=10.5
    )
    ground.set_transform(axes.transAxes)
    axes.add_artist(ground)
    axes.annotate(
        "", (x, top), (x, top - 0.07), xycoords="axes fraction", textcoords="axes fraction", zorder=11,
        arrowprops={"arrowstyle": "-|>,head_width=0.28,head_length=0.6", "fc": INK, "ec": INK, "lw": 1.1},
    )  # fmt: skip
    axes.annotate(
        face.settable(text("report.north", lang)), (x, top - 0.08), xycoords="axes fraction",
        ha="center", va="top", color=INK, zorder=11, fontproperties=face.sized(7), parse_math=False,
    )  # fmt: skip


def legend(axes: Axes, report: Report, face: Face, bold: Face, lang: str) -> None:
    """Classes with how many grids are in each, borders, lines and marks, from the top down."""
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.axis("off")
    rows = _rows(report, lang)
    step = min(0.085, 0.92 / max(len(rows), 1))
    axes.text(
        0, 0.98, bold.settable(text("report.legend", lang)), fontproperties=bold.sized(8), va="top",
        color=INK, parse_math=False,
    )  # fmt: skip
    for n, (sign, label) in enumerate(rows):
        y = 0.86 - n * step
        _sign(axes, sign, y, step)
        axes.text(
            0.22, y, face.settable(label), va="center", color=INK, fontproperties=face.sized(6.8),
            parse_math=False,
        )  # fmt: skip


Sign = tuple[str, str]


def _rows(report: Report, lang: str) -> list[tuple[Sign, str]]:
    counts = Counter(load_classes(report))
    low, first, second, high = class_breaks(report.data.size.households)
    unit = text("map.unit-households", lang)
    ranges = {
        LoadClass.BELOW: text("map.range-below", lang, low=low, unit=unit),
        LoadClass.LOW: text(
            "map.range-within", lang, **{"from": low, "to": first - 1, "unit": unit}
        ),
        LoadClass.MID: text(
            "map.range-within", lang, **{"from": first, "to": second - 1, "unit": unit}
        ),
        LoadClass.HIGH: text(
            "map.range-within", lang, **{"from": second, "to": high, "unit": unit}
        ),
        LoadClass.ABOVE: text("map.range-above", lang, top=high, unit=unit),
        LoadClass.MISSING: text("map.no-data", lang),
    }
    rows = [
        (("load", kind.value), text("report.legend-class", lang, range=said, count=counts[kind]))
        for kind, said in ranges.items()
        if counts[kind] or kind is not LoadClass.MISSING
    ]
    data = report.data
    lines = (
        ("grid", data.grids),
        ("community", data.communities),
        ("river", data.rivers),
        ("road", data.roads),
        ("region", data.regions),
    )
    rows += [
        (("line", name), text(f"report.legend-{name}", lang))
        for name, frame in lines
        if frame is not None and len(frame)
    ]
    for severity in (Severity.BLOCKING, Severity.WARNING):
        count = sum(one.severity is severity for one in report.findings)
        if count:
            label = text(
                "report.legend-finding",
                lang,
                severity=text(f"map.severity-{severity.value}", lang),
                count=count,
            )
            rows.append((("mark", severity.value), label))
    return rows


def _sign(axes: Axes, sign: Sign, y: float, step: float) -> None:
    from matplotlib.patches import Rectangle

    kind, name = sign
    height = 0.6 * step
    if kind == "load":
        swatch = LOAD[LoadClass(name)]
        edge = "#a8481c" if swatch.pattern == "hatch" else "#8fa0ad"
        corner = (0, y - height / 2)
        axes.add_patch(
            Rectangle(
                corner,
                0.17,
                height,
                fc=swatch.fill,
                ec=edge,
                lw=0.5,
                hatch=HATCH[swatch.pattern] or None,
            )
        )
    elif kind == "mark":
        axes.plot([0.085], [y], "o", ms=5.5, mfc=SEVERITY[Severity(name)], mec=PAPER, clip_on=False)
    else:
        colour, width = {
            "grid": (BORDER, 0.9),
            "community": (INK, 1.4),
            "river": (WATER, 2.2),
            "region": ("#b8bfc6", 1.0),
        }.get(name, (SOFT, 2.4))
        axes.plot([0, 0.17], [y, y], color=colour, lw=width, clip_on=False)
        if name == "road":
            axes.plot([0, 0.17], [y, y], color=PAPER, lw=1.3, clip_on=False)
