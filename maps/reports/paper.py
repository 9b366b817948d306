"""A page to write on: measures, colours, and where things go in millimetres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from maps.reports.fonts import Face
from maps.texts import text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PAPER, INK, SOFT, ACCENT = "#ffffff", "#1d2733", "#6b7682", "#14507a"
WIDE_MM, HIGH_MM, EDGE_MM = 210.0, 297.0, 12.0


@dataclass(frozen=True, slots=True)
class Paper:
    """A page (upright A4 unless told otherwise) that is written on in millimetres from its upper left corner."""

    figure: Figure
    plain: Face
    bold: Face
    lang: str
    wide_mm: float = WIDE_MM
    high_mm: float = HIGH_MM

    def write(
        self,
        x: float,
        y: float,
        words: str,
        size: float,
        *,
        bold: bool = False,
        colour: str = INK,
        align: str = "left",
    ) -> None:
        face = self.bold if bold else self.plain
        self.figure.text(
            x / self.wide_mm, 1 - y / self.high_mm, face.settable(words), fontproperties=face.sized(size),
            color=colour, ha=align, va="top", parse_math=False,
        )  # fmt: skip

    def axes(self, x: float, y: float, wide: float, high: float) -> Axes:
        return self.figure.add_axes(
            (
                x / self.wide_mm,
                1 - (y + high) / self.high_mm,
                wide / self.wide_mm,
                high / self.high_mm,
            )
        )

    def rule(self, y: float, *, colour: str = SOFT, width: float = 0.5, x: float = EDGE_MM) -> None:
        from matplotlib.lines import Line2D

        line = [1 - y / self.high_mm] * 2
        ends = [x / self.wide_mm, 1 - EDGE_MM / self.wide_mm]
        self.figure.add_artist(Line2D(ends, line, color=colour, lw=width))

    def box(
        self, x: float, y: float, wide: float, high: float, *, fill: str, edge: str = "none"
    ) -> None:
        from matplotlib.patches import Rectangle

        corner = (x / self.wide_mm, 1 - (y + high) / self.high_mm)
        patch = Rectangle(
            corner,
            wide / self.wide_mm,
            high / self.high_mm,
            fc=fill,
            ec=edge,
            lw=0.6,
            transform=self.figure.transFigure,
            zorder=-1,
        )
        self.figure.add_artist(patch)

    def say(self, key: str, **params: object) -> str:
        return text(f"report.{key}", self.lang, **params)
