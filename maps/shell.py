"""The shell of a page: a Folium map, our one element on it, our libraries and no other address.

What a page says goes as JSON into a data block that no browser executes (`as_json`), and from there, by our modules
(maps/static), into text nodes: no stored text passes through a Folium string.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

import folium
from branca.element import Element, Figure, MacroElement
from jinja2 import Template

from maps import assets
from maps.texts import LANGUAGES, text

ASSETS_URL = "/assets/"
POLICY, TITLE, DATA = "<!--wangge:policy-->", "<!--wangge:title-->", "<!--wangge:data-->"
HTML_LANG = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True, slots=True)
class Page:
    """A page as written, and the value of the Content-Security-Policy header to serve it with."""

    html: str
    csp: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What a page is made of. around, over: markup of ours beside the map and over it; DATA stands in one of them.

    scripts, styles: vendored names (maps/assets.py). start: the function, in JavaScript, that is given the map.
    """

    around: str
    over: str
    scripts: Sequence[str]
    styles: Sequence[str]
    start: str


class _Map(folium.Map):
    """A Folium map without Folium's addresses: ours are the only libraries, and the page may be magnified."""

    no_script = ""
    over = ""
    default_js: list[tuple[str, str]] = []  # noqa: RUF012 (Folium's own attribute)
    default_css: list[tuple[str, str]] = []  # noqa: RUF012
    _template = Template(
        """
        {% macro html(this, kwargs) %}
        <main class="map"><div class="folium-map" id="{{ this.get_name() }}"></div>{{ this.over }}
        <noscript><p>{{ this.no_script }}</p></noscript></main>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.map("{{ this.get_name() }}", {
            zoomControl: false, attributionControl: false, fadeAnimation: false,
            maxZoom: 20, zoomSnap: 0.25, wheelPxPerZoomLevel: 90
        });
        {% endmacro %}
        """
    )


class _Ours(MacroElement):
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
        {{ this.start }}({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, libraries: str, start: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Ours"
        self.libraries, self.start = libraries, start


def shell(frame: Frame, *, self_contained: bool) -> str:
    """The whole page but for its policy, its title and its data: the same for every map.

    self_contained: scripts and styles inside; else they are linked from ``/assets/``.
    """
    figure = Figure()
    figure.html.add_child(Element(frame.around))
    canvas = _Map(tiles=None, zoom_control=False)
    canvas._id = "wangge"  # Folium's is random; the same map should be the same file
    canvas.no_script = " ".join(text("map.no-script", lang) for lang in LANGUAGES)
    canvas.over = frame.over
    canvas.add_to(figure)
    libraries = _inline(frame) if self_contained else _links(frame)
    _Ours(libraries, frame.start).add_to(canvas)
    rendered: str = figure.render()
    return rendered.replace("<head>", f"<head>\n{POLICY}\n{TITLE}", 1)


def filled(shell: str, content: object, *, lang: str, title: str, policy: str) -> str:
    """The shell with what it shows. title: markup."""
    return (
        shell.replace("<html>", f'<html lang="{HTML_LANG[lang]}">', 1)
        .replace(POLICY, policy, 1)
        .replace(TITLE, f"<title>{title}</title>", 1)
        .replace(
            DATA,
            f'<script type="application/json" id="wangge-data">{as_json(content)}</script>',
            1,
        )
    )


def as_json(value: object) -> str:
    """JSON that may stand inside a script element: no character in it can end the element or begin a comment."""
    plain = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return re.sub("[<>&\u2028\u2029\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", plain)


def address_of(name: str) -> str:
    """Where a served page links an asset: with the content's hash, so that a browser's copy never outlives a change."""
    return f"{ASSETS_URL}{name}?v={hashlib.sha256(assets.asset(name).encode()).hexdigest()[:12]}"


def _inline(frame: Frame) -> str:
    styles = [f"<style>{assets.asset(name)}</style>" for name in frame.styles]
    scripts = [f"<script>{assets.asset(name)}</script>" for name in frame.scripts]
    return "\n".join([*styles, *scripts])


def _links(frame: Frame) -> str:
    styles = [f'<link rel="stylesheet" href="{address_of(name)}">' for name in frame.styles]
    scripts = [f'<script src="{address_of(name)}"></script>' for name in frame.scripts]
    return "\n".join([*styles, *scripts])
