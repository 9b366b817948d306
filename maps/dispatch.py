"""派单台: the dispatcher's page. Markup of our own without any stored text; what it shows it asks the service for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from maps.basemap import Basemap
from maps.own_page import own_page
from maps.shell import Page

_BODY = """
<header><h1 data-text="title"></h1><span id="demo" class="badge" data-text="demo" hidden></span>
  <nav><a id="to-map" data-text="to-map"></a><a id="to-redraw" data-text="to-redraw"></a>
    <a id="to-lang" data-text="other-language"></a>
    <a class="narrow" href="#now" data-text="to-list"></a>
    <button type="button" id="help" aria-haspopup="dialog" data-text="help"></button></nav>
  <p id="stream" role="status"></p>
  <label><span data-text="by"></span><input id="by" maxlength="100" autocomplete="off"></label></header>
<main class="say">
  <label class="unseen" for="box" data-text="box"></label>
  <input id="box" role="combobox" aria-controls="hits" aria-expanded="false" aria-autocomplete="list"
    autocomplete="off" spellcheck="false" maxlength="2000" data-hint="box">
  <p id="advice" role="status"></p>
  <ul id="hits" role="listbox" data-label="hits"></ul>
  <button type="button" id="unknown" data-text="record-unplaced" hidden></button>
  <div class="said"><p id="status" role="status"></p>
    <button type="button" id="undo" data-text="undo" hidden></button></div>
  <section id="placing" hidden><p></p><button type="button" data-text="place-here"></button></section>
  <form id="report" hidden>
    <label><span data-text="category"></span>
      <input name="category" list="categories" maxlength="100" autocomplete="off" data-hint="category-hint"></label>
    <datalist id="categories"></datalist>
    <label><span data-text="note"></span>
      <input name="note" maxlength="2000" autocomplete="off" data-hint="note-hint"></label>
    <button type="submit" data-text="report"></button>
  </form>
  <section id="same" hidden><h2 data-text="same"></h2><ol></ol></section>
  <section id="opened" data-label="opened" tabindex="-1" hidden></section>
  <article id="card" data-label="card" hidden></article>
  <p id="spoken" class="unseen" role="status"></p>
</main>
<section class="where" data-label="map">
  <button type="button" class="narrow" id="fold" aria-expanded="true" aria-controls="map" data-text="map-fold"></button>
  <div id="map" role="application" data-label="map"></div></section>
<aside class="now" id="now"><h2 data-text="now"></h2>
  <div id="filters" role="group" data-label="filters"></div>
  <ol id="live" data-label="now"></ol><p id="more"></p>
  <button type="button" id="further" data-text="further" hidden></button>
  <details id="calls"><summary data-text="sheet"></summary>
    <label><span data-text="sheet-file"></span><input type="file" accept=".xlsx,.xls,.csv"></label>
    <p role="status"></p><ol></ol>
    <p class="going" hidden><progress data-label="sheet-looking"></progress> <span></span></p>
    <button type="button" data-act="import" data-text="sheet-import" hidden></button>
    <button type="button" data-act="open" data-text="sheet-open" hidden></button></details></aside>
<dialog id="keys"><h2 data-text="help-title"></h2><dl></dl>
  <button type="button" data-text="close"></button></dialog>
"""


@dataclass(frozen=True, slots=True)
class DeskData:
    """What an installation's page knows beforehand. categories: what a report may be about, and words that find it.
    items: those of the catalogue (code, name, category).
    actor: who acts where nobody is named. source: what reports of this page are recorded under, and unit: how a unit
    ({unit}) is written in their addresses, whatever the page's language.
    bounds: west, south, east, north of what the map opens on, degrees; None while there is none. demo: all of it is
    made up."""

    categories: Mapping[str, Sequence[str]]
    actor: str
    source: str
    unit: str
    items: Sequence[Mapping[str, str | None]] = ()
    bounds: tuple[float, float, float, float] | None = None
    demo: bool = False


def dispatch_page(desk: DeskData, *, lang: str, basemap: Basemap | None = None) -> Page:
    """The page in one language, over a basemap if the installation has one.

    Raises EnvironmentMissing without ``python -m maps.assets``, OptionError for an unusable basemap.
    """
    return own_page("dispatch", _BODY, asdict(desk), lang=lang, basemap=basemap)
