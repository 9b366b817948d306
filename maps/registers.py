"""What the figures of a page rest on: how old the registers are, and what was demanded but has no register."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from maps.findings import unchecked
from maps.texts import text

OF_HEADLINE = {
    "horizontal": ("plans", "grids", "buildings"),
    "vertical": ("posts", "party", "contacts"),
}
"""The registers that each headline figure rests on."""


@dataclass(frozen=True, slots=True)
class RegisterAge:
    """A register (buildings, posts, party, contacts, plans, grids): how many rows, and when they were last touched."""

    name: str
    rows: int
    oldest: date | None
    newest: date | None


def basis(
    headline: str, registers: Sequence[RegisterAge], links: Sequence[str], lang: str
) -> list[str]:
    """Sentences below a headline figure: when what it rests on was last updated; of 纵向到底率 also the links (see
    `geo.chain.ChainResult.unchecked`) that were not checked."""
    ages = [
        text("report.age", lang, name=text(f"report.register-{one.name}", lang), date=one.newest)
        for one in registers
        if one.rows and one.newest is not None and one.name in OF_HEADLINE.get(headline, ())
    ]
    said = [text("report.ages", lang, ages=text("finding.comma", lang).join(ages))] if ages else []
    if headline == "vertical" and links:
        said.append(text("report.unchecked", lang, links=unchecked(links, lang)))
    return said
