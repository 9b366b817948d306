"""走界: a page for a phone in the street, markup of our own; the border and its notes it asks the service for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from maps.basemap import Basemap
from maps.own_page import own_page
from maps.shell import Page

_BODY = """
<header><h1 data-text="title"></h1><span id="demo" class="badge" data-text="demo" hidden></span>
  <nav><a id="to-redraw" data-text="to-redraw"></a><a id="to-lang" data-text="other-language"></a></nav>
  <label><span data-text="by"></span><input id="by" maxlength="100" autocomplete="name"></label></header>
<section class="choose"><label><span data-text="plan"></span><select id="plan"></select></label>
  <label><span data-text="grid"></span><select id="grid"></select></label></section>
<p id="status" role="status"></p>
<div id="map" role="application" data-label="map"></div>
<main id="walk" hidden>
  <p id="where"></p><progress id="progress" max="1" value="0" data-label="progress"></progress>
  <h2 id="leg" aria-live="polite"></h2><p id="about"></p>
  <div class="pair"><button type="button" id="agrees" class="main" data-text="agrees"></button>
    <button type="button" id="differs" data-text="differs" aria-expanded="false" aria-controls="note"></button></div>
  <form id="note" hidden>
    <label><span data-text="said"></span><textarea name="said" rows="3" maxlength="2000" required></textarea></label>
    <label><span data-text="photo"></span>
      <input type="file" name="photo" accept="image/*" capture="environment"></label>
    <p id="at" class="soft"></p>
    <button type="submit" class="main" data-text="keep"></button></form>
  <div class="pair"><button type="button" id="before" data-text="before"></button>
    <button type="button" id="next" data-text="next"></button></div>
  <button type="button" id="waiting" hidden></button>
  <h2 data-text="notes"></h2><ul id="notes"></ul>
  <button type="button" id="done" data-text="done" hidden></button>
</main>
"""


@dataclass(frozen=True, slots=True)
class Walker:
    """What the page knows beforehand: who acts where nobody is named, what the map opens on (west, south, east, north,
    degrees), what communities are called by code, whether all of it is made up."""

    actor: str
    bounds: tuple[float, float, float, float] | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    demo: bool = False


def walk_page(walker: Walker, *, lang: str, basemap: Basemap | None = None) -> Page:
    """The page in one language, over a basemap if the installation has one.

    Raises EnvironmentMissing without ``python -m maps.assets``, OptionError for an unusable basemap.
    """
    return own_page("walk", _BODY, asdict(walker), lang=lang, basemap=basemap)
