"""A finding as a sentence: its numbers as people write them, its names, what stands in it, and the remedy."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache

from geo.model import Finding, ResidentsBasis
from maps.texts import catalogue, text

LISTED = 6
"""How many names a sentence lists before it says how many more there are."""

LAYERS = frozenset(
    {
        "regions",
        "cities",
        "streets",
        "communities",
        "grids",
        "buildings",
        "components",
        "posts",
        "party",
        "contacts",
        "roads",
        "rivers",
        "greens",
    }
)
"""Layers that have a name of ours."""
BASES = frozenset({*ResidentsBasis, "mixed"})
_COUNTED = ("building-", "code-", "stale")
"""Findings whose sentence counts the buildings itself."""

PERSONAL = ("person", "people", "stand_in")
"""The params of a finding that name people."""


def title(code: str, lang: str) -> str:
    """What a kind of finding is called."""
    return text(f"finding.{code}-title", lang)


def describe(finding: Finding, lang: str, *, names: bool = True) -> str:
    """One sentence about a finding, in zh or en; without ``names`` it names no person.

    An unknown code is a defect and raises KeyError.
    """
    case = finding.params.get("case")
    key = f"finding.{finding.code}-{case}" if case else f"finding.{finding.code}"
    values = _values(finding, lang)
    if not names:
        hidden = text("finding.name-hidden", lang)
        values |= {name: hidden for name in PERSONAL if name in values}
    return text(key, lang, **values)


def unchecked(links: Sequence[str], lang: str) -> str:
    """What a check of chains had no register for, in a row."""
    return text("finding.comma", lang).join(text(f"finding.unchecked-{one}", lang) for one in links)


def length(metres: float, lang: str) -> str:
    """A length: millimetres below 10 cm, kilometres from 10 km on, with no more digits than matter."""
    if metres >= 10_000:
        return text("finding.kilometres", lang, value=f"{metres / 1000:,.0f}")
    if metres < 0.1:
        return text("finding.millimetres", lang, value=f"{metres * 1000:.1f}")
    return text("finding.metres", lang, value=_short(metres))


def distance(metres: float, lang: str) -> str:
    """How far a place is, for people on their way: whole metres, from 1,000 m kilometres with a tenth.

    Widths of faults, where millimetres matter, are a `length`.
    """
    if metres < 1:
        return text("finding.under-a-metre", lang)
    if metres < 999.5:
        return _metres(round(metres), lang)
    kilometres = metres / 1000
    return text("finding.kilometres", lang, value=f"{kilometres:,.{1 if kilometres < 10 else 0}f}")


@cache  # below a thousand of them in each language
def _metres(whole: int, lang: str) -> str:
    return text("finding.metres", lang, value=f"{whole}")


def area(square_metres: float, lang: str) -> str:
    """An area: hectares from 10,000 m2, km2 from 1,000,000 m2."""
    if square_metres >= 1e6:
        return text("finding.square-kilometres", lang, value=_short(square_metres / 1e6))
    if square_metres >= 1e4:
        return text("finding.hectares", lang, value=_short(square_metres / 1e4))
    small = "<0.01" if square_metres < 0.01 else _short(square_metres)
    return text("finding.square-metres", lang, value=small)


def share(part: float, whole: float) -> str:
    """A share as terminal, reports and (maps/static/language.js) the page show it: rounded down to a tenth, so that
    100 % means all of them; a dash where there is nothing."""
    return f"{math.floor(1000 * part / whole) / 10:g} %" if whole else "—"


def _short(value: float) -> str:
    digits = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:,.{digits}f}"


def _values(finding: Finding, lang: str) -> dict[str, object]:
    values: dict[str, object] = {
        name: _listed(value, lang) if isinstance(value, list | tuple) else value
        for name, value in finding.params.items()
        if name != "places"
    }
    values["count"] = values.get("count", f"{finding.count or 0:,}")
    values["codes"] = _listed(finding.codes, lang)
    values["standing"] = _standing(finding, lang)
    values["places"] = _places(finding, lang)
    if finding.width_m is not None:
        values["width"] = length(finding.width_m, lang)
    if finding.area_m2 is not None:
        values["area"] = area(finding.area_m2, lang)
    for name in ("tolerance", "at_least", "length"):
        if isinstance(metres := finding.params.get(f"{name}_m"), int | float):
            values[name] = length(metres, lang)
    if isinstance(level := finding.params.get("level"), str):
        values["level"] = text(f"finding.level-{level}", lang)
    if finding.params.get("part"):
        values["name"] = text("finding.part-of", lang, name=values["name"])
    if finding.code == "invalid-geometry":
        values |= _wrong(finding, lang)
    for name in ("layer", "thing"):
        if name in values:
            values[name] = layer_name(str(values[name]), lang)
    if isinstance(rows := finding.params.get("rows"), list) and str(rows[0]).startswith("#"):
        values["rows"] = text("finding.rows-numbered", lang, rows=values["rows"])
    if isinstance(kinds := finding.params.get("kinds"), Mapping):
        said = _listed([f"{name} {count:,}" for name, count in kinds.items()], lang)
        values["thing"] = f"{values['thing']}{text('finding.in-brackets', lang, value=said)}"
    return values | _bases(finding, lang)


def _wrong(finding: Finding, lang: str) -> dict[str, object]:
    """What is wrong with shapes, in words; what GEOS says that we have no words for stays as it says it."""
    known = catalogue(lang)

    def said(reason: object) -> str:
        key = f"finding.reason-{str(reason).lower().replace(' ', '-')}"
        return known.get(key, str(reason))

    found: dict[str, object] = {}
    if "reason" in finding.params:
        found["reason"] = said(finding.params["reason"])
    if isinstance(reasons := finding.params.get("reasons"), list | tuple):
        found["reasons"] = _listed([said(one) for one in reasons], lang)
    return found


def layer_name(name: str, lang: str) -> str:
    """What a layer is called; one that came under a name of its own keeps it."""
    return text(f"finding.layer-{name}", lang) if name in LAYERS else name


def _bases(finding: Finding, lang: str) -> dict[str, object]:
    """人口口径 in words: of a count in brackets (nothing where it is not recorded), of several in a row."""

    def said(name: object) -> str:
        return text(f"finding.basis-{name}", lang) if name in BASES else str(name)

    found: dict[str, object] = {}
    if "basis" in finding.params:
        basis = finding.params["basis"]
        found["basis"] = text("finding.in-brackets", lang, value=said(basis)) if basis else ""
    if isinstance(bases := finding.params.get("bases"), list | tuple):
        found["bases"] = _listed([said(one) for one in bases], lang)
    if "usual" in finding.params:
        found["usual"] = said(finding.params["usual"])
    return found


def _listed(names: Sequence[object], lang: str) -> str:
    """Names in a row, each once, the rest as a number; a dash for none."""
    names = list(dict.fromkeys(names))
    row = text("finding.comma", lang).join(str(name) for name in names[:LISTED])
    if len(names) > LISTED:
        return text("finding.and-more", lang, names=row, count=len(names))
    return row or "—"


def _standing(finding: Finding, lang: str) -> str:
    """What stands in a place, as the tail of a clause; of findings about buildings only how many live there."""
    if finding.code.startswith(_COUNTED) or "houses" in finding.params:
        if not finding.count or finding.households is None:
            return ""
        return text("finding.standing-households", lang, households=f"{finding.households:,}")
    inside = finding.params.get("standing")
    held = inside if isinstance(inside, Mapping) else {}
    counts = {
        "buildings": finding.count,
        "count-households": finding.households if finding.count else None,
        "count-residents": held.get("residents"),
    }
    said = [
        text(f"finding.standing-{name}", lang, value=f"{value:,}")
        for name, value in counts.items()
        if value
    ]
    for name, sizes in held.items():
        if isinstance(sizes, Mapping):
            said += _sizes(layer_name(name, lang), sizes, lang)
    row = text("finding.comma", lang).join(said)
    return text("finding.standing", lang, inside=row) if row else ""


def _sizes(thing: str, sizes: Mapping[str, float], lang: str) -> list[str]:
    """How many, how long and how large things of one layer are, as far as they are."""
    said = []
    if count := sizes.get("count"):
        said.append(text("finding.standing-thing-count", lang, thing=thing, value=f"{count:,}"))
    for unit, in_words in (("m", length), ("m2", area)):
        if size := sizes.get(unit):
            value = in_words(size, lang)
            said.append(text("finding.standing-thing-size", lang, thing=thing, value=value))
    return said


def _places(finding: Finding, lang: str) -> str:
    """The widest places of a note, each with who lies at it."""
    places = finding.params.get("places")
    if not isinstance(places, list):
        return ""
    said = [
        text(
            "finding.place",
            lang,
            names=_listed(place.get("labels") or [place.get("label", "")], lang),
            width=length(place["width_m"], lang),
            area=area(place["area_m2"], lang),
        )
        for place in places[:3]
    ]
    return text("finding.semicolon", lang).join(said)
