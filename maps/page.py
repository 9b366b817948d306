"""The coverage map: its page (maps/shell.py) and what it shows, under a policy that lets nothing else run."""

from __future__ import annotations

import html as markup
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from maps import assets
from maps.basemap import Basemap, check_basemap
from maps.incidents import Detail
from maps.layers import MapData, page_layers
from maps.policy import parts_of, policy, refuse_outside
from maps.shell import DATA, Frame, Page, filled, shell
from maps.styles import palette
from maps.texts import LANGUAGES, subject

__all__ = ["Basemap", "MapData", "Page", "Remote", "coverage_page"]


@dataclass(frozen=True, slots=True)
class Remote:
    """Addresses on the page's own site; ``{z}/{x}/{y}`` and ``{code}`` stand for what is asked for."""

    buildings: str
    incidents: str
    places: str
    search: str
    listing: str
    reports: str
    download: str
    desk: str
    redraw: str


def coverage_page(
    data: MapData,
    *,
    lang: str,
    self_contained: bool,
    title: str,
    as_of: date | datetime,
    basemap: Basemap | None = None,
    remote: Remote | None = None,
    every_incident: bool = False,
) -> Page:
    """The coverage map: places and their figures, grids by load, communities, buildings, incidents, findings.

    self_contained: everything in one file that opens from disk with no network; else scripts and styles are
    linked from ``/assets/``. remote: where the page asks for buildings, incidents and people, which are then not in it.
    Without it they are, scrubbed: nothing of a person, no count of people or incidents below geo.disclosure.FLOOR and
    none that sums would tell; every_incident puts the place and month of each in all the same. title: shown as text.
    as_of: the date of the data (a datetime is shown as its day).
    Raises EnvironmentMissing without ``python -m maps.assets``, DatumError for a layer in another CRS,
    OptionError for an unusable basemap.
    """
    assets.require_assets()
    if basemap is not None:
        check_basemap(basemap)
    made = shell(FRAME, self_contained=self_contained)
    parts = parts_of(made)
    refuse_outside(parts)
    sources = [] if basemap is None else [basemap.image_source]
    csp = policy(parts, served=not self_contained, image_sources=sources)
    detail = Detail.SERVED if remote else Detail.EVERY if every_incident else Detail.SCRUBBED
    content = page_layers(data, detail=detail) | {
        "remote": None if remote is None else asdict(remote),
        "title": title,
        "asOf": f"{as_of:%Y-%m-%d}",
        "demo": data.demo,
        "lang": lang,
        "texts": {each: subject("map", each) for each in LANGUAGES},
        "palette": palette(),
    }
    content["basemap"] = basemap_layer(basemap, content["bounds"])
    html = filled(made, content, lang=lang, title=_markup(title), policy=_meta(csp))
    return Page(html=html, csp=f"{csp}; frame-ancestors 'self'")


_FRAME = f"""
<header class="head" id="head"></header>
<aside class="panel" id="panel">
  <button type="button" class="handle" id="handle" aria-expanded="false" aria-controls="panel">
    <span id="summary"></span></button>
  <nav id="crumbs" class="crumbs"></nav>
  <section id="headlines" class="headlines"></section>
  <section id="search"></section>
  <section id="filters" class="filters"></section>
  <div id="tabs" class="tabs"></div>
  <div class="sheets">
  <section id="tab-overview" class="subject"><h2 data-text="tab-overview"></h2>
    <div id="figures"></div><div id="unplaced"></div><div id="parts"></div>
    <div id="kinds"></div><div id="registers"></div></section>
  <section id="tab-evenness" class="subject"><h2 data-text="tab-evenness"></h2><div id="evenness"></div></section>
  <section id="tab-incidents" class="subject"><h2 data-text="tab-incidents"></h2><div id="matters"></div></section>
  <section id="tab-findings" class="subject"><h2 data-text="tab-findings"></h2><div id="findings"></div></section>
  <section id="tab-layers" class="subject"><h2 data-text="tab-layers"></h2>
    <div id="switches"></div><div id="exports"></div></section>
  </div>
</aside>
{DATA}
"""
"""The page around the map, in the order in which the keyboard walks it; the texts are put in by our modules."""
_OVER = """<div id="legend"></div>
        <div id="timeline" class="timeline" hidden></div>
        <p id="notice" class="notice" role="status" hidden></p>"""
FRAME = Frame(_FRAME, _OVER, assets.SCRIPTS, assets.STYLES, start="wangge.start")


def _markup(stored: str) -> str:
    """Text as markup that shows it; what no file can hold (lone surrogates, NUL) as a question mark."""
    return markup.escape(stored.encode("utf-8", "replace").decode().replace("\0", "?"))


def _meta(csp: str) -> str:
    return f'<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{csp}">'


def basemap_layer(basemap: Basemap | None, bounds: object) -> Mapping[str, object] | None:
    """What a page draws a basemap by; its shift is that of the middle of the bounds."""
    if basemap is None:
        return None
    west, south, east, north = bounds if isinstance(bounds, Sequence) else (0.0, 0.0, 0.0, 0.0)
    shift = basemap.shift_deg((west + east) / 2, (south + north) / 2)
    return {"url": basemap.url, "shift": shift, "maxZoom": basemap.max_zoom}
