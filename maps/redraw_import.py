"""导入方案 on the planner's page: the markup of its panel (static/redraw/import*.js)."""

from __future__ import annotations

ENDINGS = ".zip,.gpkg,.kml,.kmz,.geojson,.json,.dxf,.fgb,.shp,.shx,.dbf,.prj,.cpg"
OPENER = f"""<h2 data-text="import-elsewhere"></h2>
  <p data-text="import-note"></p>
  <p class="row"><button type="button" id="import-choose" data-text="import-choose"></button>
    <input id="import-files" type="file" multiple accept="{ENDINGS}" data-label="import-choose" hidden></p>
  <ul id="imports" hidden></ul>"""
PANEL = """<section class="import" id="import" data-label="import-title">
  <h2 tabindex="-1"><span data-text="import-title"></span> <bdi id="import-name"></bdi></h2>
  <form id="import-form" autocomplete="off"></form>
  <div id="import-found" aria-live="polite"></div>
  <div id="import-areas"></div>
  <div id="import-end" class="acts"><label><span data-text="import-call"></span>
      <input id="import-call" maxlength="200" autocomplete="off"></label>
    <button type="button" id="import-accept" class="main" data-text="import-accept" disabled></button>
    <button type="button" id="import-later" data-text="import-later"></button>
    <button type="button" id="import-discard" data-text="import-discard"></button></div>
</section>"""
