"""调网格: the planner's page, a Folium map with our markup around it. Drafts it asks the service for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from geo.model import SizeRule
from maps import assets
from maps.basemap import Basemap, check_basemap
from maps.page import basemap_layer
from maps.policy import parts_of, policy, refuse_outside
from maps.redraw_ground import GOING
from maps.redraw_ground import LIST as GROUND
from maps.redraw_ground import PANEL as GROUND_PANEL
from maps.redraw_import import OPENER
from maps.redraw_import import PANEL as IMPORT
from maps.redraw_trace import PANEL
from maps.shell import DATA, Frame, Page, filled, shell
from maps.styles import palette
from maps.texts import LANGUAGES, subject, text

TOOLS = ("pick", "brush", "lasso", "estate", "cut", "vertex", "merge", "note")
GRID_ACTS = ("split", "lock", "rename", "dedicate")
PLAN_ACTS = ("mend", "anew", "renumber", "compare", "diff", "replay", "stages", "publish", "close")


_TOOLS = "".join(
    f'<button type="button" data-tool="{name}" data-text="tool-{name}" aria-pressed="false"></button>'
    for name in TOOLS
)


def _set(names: Sequence[str]) -> str:
    """Buttons that stand together."""
    buttons = (
        f'<button type="button" id="{name}" data-act="{name}" data-text="{name}"></button>'
        for name in names
    )
    return f'<div class="set">{"".join(buttons)}</div>'


_ACTS = "\n  ".join(_set(names) for names in (("undo", "redo"), GRID_ACTS, PLAN_ACTS))
_AROUND = f"""
<header class="head"><h1 data-text="title"></h1><span id="demo" class="badge-demo" data-text="demo" hidden></span>
  <nav><a id="to-map" data-text="to-map"></a><a id="to-desk" data-text="to-desk"></a>
    <a id="to-lang" data-text="other-language"></a>
    <button type="button" id="help" aria-haspopup="dialog" data-text="help"></button></nav>
  <label><span data-text="by"></span><input id="by" maxlength="100" autocomplete="off"></label>
  <div class="line"><p id="status" role="status"></p>
    <button type="button" id="take-over" data-text="take-over" hidden></button>{GOING}</div></header>
<section class="opening" id="opening"><h2 data-text="open-title"></h2>
  <p data-text="open-note"></p><div id="ground" aria-live="polite"></div>
  {GROUND}
  <div class="row"><select id="what" data-label="what"></select>
    <button type="button" id="copy" class="main" data-text="copy"></button>
    <button type="button" id="draw" data-text="draw"></button></div>
  <p id="drawing" hidden><span></span> <progress data-label="drawing"></progress>
    <button type="button" data-text="cancel-drawing"></button></p>
  <div id="choices" aria-live="polite"></div>
  <h2 data-text="drafts"></h2><ul id="drafts"></ul>
  <button type="button" id="open-chosen" data-text="open-chosen" hidden></button>
  {OPENER}</section>
{IMPORT}
{GROUND_PANEL}
<section class="tools" id="tools" data-label="tools">
  <div class="set" role="toolbar" data-label="tools">
    {_TOOLS}
  </div>
  {_ACTS}
  <p id="chosen" aria-live="polite"></p><p id="hint"></p>
</section>
<aside class="side" data-label="side">
  <select id="community" data-label="community" hidden></select>
  <p id="whose"></p>
  <p class="row"><label><span data-text="by-what"></span> <select id="by-what"></select></label>
    <label><input type="checkbox" id="corrections"></label></p>
  <p class="row"><label><span data-text="against"></span> <select id="against"></select></label></p>
  {PANEL}
  <h2 data-text="problems"></h2><div id="problems"></div><p id="problem" role="status"></p>
  <table class="grids"><caption class="unseen" data-text="grids"></caption><thead><tr>
    <th scope="col" data-text="grid"></th><th scope="col" data-text="households"></th>
    <th scope="col" data-text="residents"></th><th scope="col" data-text="load"></th>
    <th scope="col" data-text="area"></th><th scope="col" data-text="buildings"></th></tr></thead>
    <tbody id="grids"></tbody></table>
  <h2 data-text="hands"></h2><div id="hands" aria-live="polite"></div>
  <h2 data-text="remarks"></h2><ul id="remarks"></ul>
</aside>
<dialog id="ask"></dialog>
<dialog id="keys"><h2 data-text="help-title"></h2><dl></dl><button type="button" data-text="close"></button></dialog>
{DATA}
"""
_OVER = """<label id="swipe" hidden><span class="unseen" data-text="swipe"></span>
  <input type="range" min="0" max="100" value="50">
  <b class="was"></b><b class="now" data-text="draft"></b></label>"""
SCRIPTS = ("leaflet.js", "wangge-redraw.js")
STYLES = ("wangge-redraw.css",)
FRAME = Frame(_AROUND, _OVER, SCRIPTS, STYLES, start="wanggeRedraw.start")


@dataclass(frozen=True, slots=True)
class Planning:
    """What an installation's page knows beforehand: who acts where nobody is named, the bounds of what the map opens on
    (west, south, east, north, degrees; None while there is none), whether all of it is made up, between what the sizes
    of grids usually are. What there is to redraw it asks for."""

    actor: str
    bounds: tuple[float, float, float, float] | None = None
    demo: bool = False
    size: SizeRule = field(default_factory=SizeRule)


def redraw_page(planning: Planning, *, lang: str, basemap: Basemap | None = None) -> Page:
    """The page in one language, over a basemap if the installation has one.

    Raises EnvironmentMissing without ``python -m maps.assets``, OptionError for an unusable basemap.
    """
    assets.require_assets()
    if basemap is not None:
        check_basemap(basemap)
    made = shell(FRAME, self_contained=False)
    parts = parts_of(made)
    refuse_outside(parts)
    content = {
        "actor": planning.actor,
        "bounds": planning.bounds,
        "demo": planning.demo,
        "size": {"households": planning.size.households, "residents": planning.size.residents},
        "lang": lang,
        "texts": {
            each: {
                **subject("redraw", each),
                **subject("redraw_import", each),
                **subject("redraw_ground", each),
            }
            for each in LANGUAGES
        },
        "palette": palette(),
        "basemap": basemap_layer(basemap, planning.bounds),
    }
    sources = [] if basemap is None else [basemap.image_source]
    csp = policy(parts, served=True, image_sources=sources)
    html = filled(made, content, lang=lang, title=text("redraw.title", lang), policy="")
    return Page(html=html, csp=f"{csp}; frame-ancestors 'self'")
