"""A map page: a Folium map, our one element on it, and a policy that lets nothing else run.

Stored text never passes through a Folium string. It goes as JSON into a data block that no browser executes,
and from there, by our modules (maps/static), into text nodes.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

import folium
from branca.element import Element, Figure, MacroElement
from jinja2 import Template

from maps import assets
from maps.basemap import Basemap, check_basemap
from maps.incidents import Detail
from maps.layers import MapData, page_layers
from maps.policy import parts_of, policy, refuse_outside
from maps.styles import palette
from maps.texts import LANGUAGES, catalogue, text

__all__ = ["Basemap", "MapData", "Page", "Remote", "coverage_page"]

ASSETS_URL = "/assets/"
_POLICY, _TITLE, _DATA = "<!--wangge:policy-->", "<!--wangge:title-->", "<!--wangge:data-->"
_HTML_LANG = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True, slots=True)
class Page:
    """A page as written, and the value of the Content-Security-Policy header to serve it with."""

    html: str
    csp: str


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
    shell = _shell(self_contained=self_contained)
    parts = parts_of(shell)
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
        "texts": {each: _page_texts(each) for each in LANGUAGES},
        "palette": palette(),
    }
    content["basemap"] = basemap_layer(basemap, content["bounds"])
    filled = (
        shell.replace("<html>", f'<html lang="{_HTML_LANG[lang]}">', 1)
        .replace(_POLICY, _meta(csp), 1)
        .replace(_TITLE, f"<title>{_markup(title)}</title>", 1)
        .replace(
            _DATA,
            f'<script type="application/json" id="wangge-data">{as_json(content)}</script>',
            1,
        )
    )
    return Page(html=filled, csp=f"{csp}; frame-ancestors 'self'")


def as_json(value: object) -> str:
    """JSON that may stand inside a script element: no character in it can end the element or begin a comment."""
    plain = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return re.sub("[<>&\u2028\u2029\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", plain)


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
{_DATA}
"""
"""The page around the map, in the order in which the keyboard walks it; the texts are put in by our modules."""


class _Map(folium.Map):
    """A Folium map without Folium's addresses: ours are the only libraries, and the page may be magnified."""

    no_script = ""
    default_js: list[tuple[str, str]] = []  # noqa: RUF012 (Folium's own attribute)
    default_css: list[tuple[str, str]] = []  # noqa: RUF012
    _template = Template(
        """
        {% macro html(this, kwargs) %}
        <main class="map"><div class="folium-map" id="{{ this.get_name() }}"></div><div id="legend"></div>
        <div id="timeline" class="timeline" hidden></div>
        <p id="notice" class="notice" role="status" hidden></p>
        <noscript><p>{{ this.no_script }}</p></noscript></main>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.map("{{ this.get_name() }}", {
            zoomControl: false, attributionControl: false, maxZoom: 20, zoomSnap: 0.25, wheelPxPerZoomLevel: 90
        });
        {% endmacro %}
        """
    )


class _Coverage(MacroElement):
    """Our element: the libraries, and the call that starts the page."""

    _template = Template(
        """
        {% macro header(this, kwargs) %}
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="referrer" content="no-referrer">
        <link rel="icon" href="data:,">
        {{ this.libraries }}
        {% endmacro %}
        {% macro script(this, kwargs) %}
        wangge.start({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, libraries: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Coverage"
        self.libraries = libraries


def _shell(*, self_contained: bool) -> str:
    """The whole page but for its data: the same for every map."""
    figure = Figure()
    figure.html.add_child(Element(_FRAME))
    canvas = _Map(tiles=None, zoom_control=False)
    canvas._id = "wangge"  # Folium's is random; the same map should be the same file
    canvas.no_script = " ".join(text("map.no-script", lang) for lang in LANGUAGES)
    canvas.add_to(figure)
    _Coverage(_inline() if self_contained else _links()).add_to(canvas)
    rendered: str = figure.render()
    return rendered.replace("<head>", f"<head>\n{_POLICY}\n{_TITLE}", 1)


def _inline() -> str:
    styles = [f"<style>{assets.asset(name)}</style>" for name in assets.STYLES]
    scripts = [f"<script>{assets.asset(name)}</script>" for name in assets.SCRIPTS]
    return "\n".join([*styles, *scripts])


def _links() -> str:
    styles = [f'<link rel="stylesheet" href="{address_of(name)}">' for name in assets.STYLES]
    scripts = [f'<script src="{address_of(name)}"></script>' for name in assets.SCRIPTS]
    return "\n".join([*styles, *scripts])


def address_of(name: str) -> str:
    """Where a served page links an asset: with the content's hash, so that a browser's copy never outlives a change."""
    return f"{ASSETS_URL}{name}?v={hashlib.sha256(assets.asset(name).encode()).hexdigest()[:12]}"


def _markup(stored: str) -> str:
    """Text as markup that shows it; what no file can hold (lone surrogates, NUL) as a question mark."""
    return html.escape(stored.encode("utf-8", "replace").decode().replace("\0", "?"))


def _meta(csp: str) -> str:
    return f'<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{csp}">'


def _page_texts(lang: str) -> Mapping[str, str]:
    """The texts of the page alone, by their names in maps/texts/<lang>/map.toml."""
    texts = catalogue(lang)
    return {
        key.removeprefix("map."): value for key, value in texts.items() if key.startswith("map.")
    }


def basemap_layer(basemap: Basemap | None, bounds: object) -> Mapping[str, object] | None:
    """What a page draws a basemap by; its shift is that of the middle of the bounds."""
    if basemap is None:
        return None
    west, south, east, north = bounds if isinstance(bounds, Sequence) else (0.0, 0.0, 0.0, 0.0)
    shift = basemap.shift_deg((west + east) / 2, (south + north) / 2)
    return {"url": basemap.url, "shift": shift, "maxZoom": basemap.max_zoom}
