"""What a search found, and who answers where there are no grids, in words: for pages, over HTTP and in sheets."""

from __future__ import annotations

from api.services.region_answer import RegionName
from api.services.searching import Hit
from geo.gazetteer import Candidate, EntryKind, Lack
from maps.texts import text

_DATUMS = ("wgs84", "cgcs2000", "gcj02", "bd09")


def office_of(region: RegionName, lang: str) -> str:
    """The office of a town, village … by the name that it has on its door."""
    return text(f"card.office-{region.kind}", lang, name=region.name)


def why_region(region: RegionName, lang: str) -> str:
    """The reason in one sentence where a region without grids answers."""
    return text("card.why-region", lang, region=region.name, office=office_of(region, lang))


def why_hit(hit: Hit, lang: str) -> str:
    """Why this place is offered, and who takes it where there are no grids, in one sentence."""
    said = _why(hit, hit.candidate, lang)
    if hit.region is None:
        return said
    return text("search.stop", lang).join((said, why_region(hit.region, lang)))


def _why(hit: Hit, one: Candidate | None, lang: str) -> str:
    """How it was recognised, and what is to be known of it."""
    if one is None:
        key = "datum" if hit.datum else hit.kind
        return text(f"search.by-{key}", lang, datum=_datum(hit.datum, lang), said=hit.said)
    said = [text(f"search.match-{'learned' if one.learned else one.match}", lang, said=hit.said)]
    if one.lack is not None:
        said.append(_lacking(hit, one, one.lack, lang))
    if hit.pending:
        said.append(text("search.no-place", lang))
    if hit.answer is None and hit.region is None and hit.kind in ("road", "region"):
        said.append(text(f"search.wide-{hit.kind}", lang))
    if one.radius_m is not None:
        said.append(text("search.radius", lang, metres=f"{one.radius_m:.0f}"))
    return text("search.stop", lang).join(said)


def _lacking(hit: Hit, one: Candidate, lack: Lack, lang: str) -> str:
    """What is not known there; that something is the nearest is said of a house only."""
    parts = one.parts
    if lack is Lack.BUILDING:
        return text("search.lack-building", lang, number=parts.building)
    key = "search.lack-door" if hit.kind == EntryKind.BUILDING else "search.lack-number"
    return text(key, lang, number=parts.door or parts.number)


def _datum(name: str | None, lang: str) -> str:
    """A datum and whose it is; one of a city's own by its number."""
    return text(f"search.datum-{name}", lang) if name in _DATUMS else name or ""
