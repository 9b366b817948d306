"""描图 on the planner's page: the markup of its panel (static/redraw/trace*.js)."""

from __future__ import annotations

_ROWS = """<section><h3 data-text="trace-rows"></h3>
    <p class="row"><input id="trace-find" type="search" maxlength="100" autocomplete="off" data-label="trace-find">
      <span id="trace-count" role="status"></span></p>
    <ul id="trace-rows" role="listbox" data-label="trace-rows"></ul>
    <button type="button" id="trace-more" data-text="trace-more" hidden></button>
    <p id="trace-hits" class="row" aria-live="polite"></p>
    <ul id="trace-placed" data-label="trace-last"></ul></section>"""
_IMAGE = """<section><h3 data-text="trace-image"></h3>
    <p class="row"><select id="trace-sheets" data-label="trace-image"></select></p>
    <p><label><span data-text="trace-file"></span>
      <input type="file" id="trace-file" accept="image/png,image/jpeg"></label></p>
    <div id="trace-image-acts" hidden>
    <p class="row"><label><span data-text="trace-opacity"></span>
        <input type="range" id="trace-opacity" min="0" max="100" value="60"></label>
      <button type="button" id="trace-to" data-text="show-place"></button>
      <button type="button" id="trace-drop" data-text="trace-drop"></button></p>
    <p class="soft" data-text="trace-how"></p>
    <div id="trace-sheet" tabindex="0" role="application" data-label="trace-picture" hidden></div>
    <p class="row"><button type="button" id="trace-closer" data-text="zoom-in"></button>
      <button type="button" id="trace-away" data-text="zoom-out"></button></p>
    <form id="trace-typed" class="row"><input id="trace-lnglat" maxlength="60" autocomplete="off"
        data-label="trace-lnglat" placeholder="116.951, 31.046">
      <select id="trace-datum" data-label="trace-datum"></select>
      <button type="submit" data-text="trace-use"></button></form>
    <p id="trace-fit" role="status"></p>
    <table class="plain"><thead><tr><th scope="col">#</th><th scope="col" data-text="trace-pixel"></th>
      <th scope="col" data-text="trace-place"></th><th scope="col" data-text="trace-residual"></th>
      <td></td></tr></thead>
      <tbody id="trace-points"></tbody></table></div></section>"""
_DRAW = """<section><h3 data-text="trace-drawing"></h3>
    <p class="row"><select id="trace-kind" data-label="trace-kind"></select>
      <label id="trace-class-of"><span class="unseen" data-text="trace-class"></span>
        <select id="trace-class"></select></label>
      <input id="trace-name" maxlength="100" autocomplete="off" data-label="trace-name">
      <label id="trace-closed-of"><input type="checkbox" id="trace-closed" checked>
        <span data-text="trace-closed"></span></label>
      <button type="button" id="trace-draw" data-text="trace-draw"></button></p>
    <ul id="trace-drawn" data-label="trace-drawn"></ul></section>"""
PANEL = f"""<details id="trace"><summary data-text="trace"></summary>
  {_ROWS}
  {_IMAGE}
  {_DRAW}
</details>"""
