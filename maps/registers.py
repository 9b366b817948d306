"""What the figures of a page rest on: how old the registers are, and what was demanded but has no register."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from geo.coverage.ages import Age
from maps.findings import unchecked
from maps.texts import text

OF_HEADLINE = {
    "horizontal": ("plans", "grids", "buildings", "components"),
    "vertical": ("posts", "party", "contacts"),
}
"""The registers that each headline figure rests on."""


@dataclass(frozen=True, slots=True)
class RegisterAge:
    """A register (buildings, components, posts, party, contacts, plans, grids): how many rows, and when they were last
    touched. verified: of which days its records are, as far as they say so."""

    name: str
    rows: int
    oldest: date | None
    newest: date | None
    verified: Age | None = None


def basis(
    headline: str, registers: Sequence[RegisterAge], links: Sequence[str], lang: str
) -> list[str]:
    """Sentences below a headline figure: when what it rests on was last verified, and of what tells no such day, when
    it was last updated; of 纵向到底率 also the links (see `geo.chain.ChainResult.unchecked`) that were not checked."""
    mine = [one for one in registers if one.rows and one.name in OF_HEADLINE.get(headline, ())]
    dated = [(one.name, days) for one in mine if (days := verified(one, lang)) is not None]
    known = [text("report.age", lang, name=_name(name, lang), date=days) for name, days in dated]
    others = [
        text("report.age", lang, name=_name(one.name, lang), date=one.newest)
        for one in mine
        if one.name not in dict(dated) and one.newest is not None
    ]
    comma, semicolon = text("finding.comma", lang), text("finding.semicolon", lang)
    said = [text("report.verified", lang, ages=semicolon.join(known))] if known else []
    said += [text("report.ages", lang, ages=comma.join(others))] if others else []
    if headline == "vertical" and links:
        said.append(text("report.unchecked", lang, links=unchecked(links, lang)))
    return said


def brief(
    headline: str, registers: Sequence[RegisterAge], links: Sequence[str], lang: str
) -> list[str]:
    """What `basis` says in two lines: the record that nobody verified for longest, and the registers that tell no day;
    each register by itself is in `register_rows`."""
    mine = [one for one in registers if one.rows and one.name in OF_HEADLINE.get(headline, ())]
    known = [(one.verified.oldest, one) for one in mine if one.verified and one.verified.oldest]
    said = []
    if known:
        day, oldest = min(known, key=lambda pair: pair[0])
        days = oldest.verified.oldest_days if oldest.verified else None
        key = "report.oldest" if days is None else "report.oldest-passed"
        told = {"name": _name(oldest.name, lang), "date": day, "days": f"{days or 0:,}"}
        said.append(text(key, lang, **told))
    rest = [
        one for one in mine if verified(one, lang) is None and not (known and one.name == "plans")
    ]
    return said + basis(headline, rest, links, lang)


def register_rows(
    registers: Sequence[RegisterAge], lang: str
) -> list[tuple[str, int, str | None, str]]:
    """Each register that has rows: its name, how many, of which days they are (None: they do not say), and when the
    last one came in; of plans since when they are in force."""
    return [
        (_name(one.name, lang), one.rows, _since(one, lang), "—")
        if one.name == "plans"
        else (_name(one.name, lang), one.rows, verified(one, lang), f"{one.newest or '—'}")
        for one in registers
        if one.rows
    ]


def _since(plans: RegisterAge, lang: str) -> str:
    """Since when plans are in force."""
    one = plans.oldest == plans.newest
    said = text("report.verified-days", lang, oldest=plans.oldest, newest=plans.newest)
    return text("report.in-force", lang, days=plans.newest if one else said)


def _name(register: str, lang: str) -> str:
    return text(f"report.register-{register}", lang)


def verified(register: RegisterAge, lang: str) -> str | None:
    """Of which days the records of a register are, in words; None where none of them says."""
    age = register.verified
    if age is None or age.oldest is None:
        return None
    one = age.oldest == age.newest
    key = "report.verified-day" if one else "report.verified-days"
    said = text(key, lang, oldest=age.oldest, newest=age.newest)
    if age.oldest_days is not None:
        said += text("report.verified-passed", lang, days=f"{age.oldest_days:,}")
    if age.undated:
        said += text("report.verified-undated", lang, count=f"{age.undated:,}")
    return said
