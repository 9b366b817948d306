"""描图 on the planner's page: the markup of its panel (static/redraw/trace*.js)."""

from __future__ import annotations

PANEL = """<details id="trace"><summary data-text="trace"></summary>
  <section><h3 data-text="trace-rows"></h3>
    <p class="row"><input id="trace-find" type="search" maxlength="100" autocomplete="off" data-label="trace-find">
      <span id="trace-count" role="status"></span></p>
    <ul id="trace-rows" role="listbox" data-label="trace-rows"></ul>
    <button type="button" id="trace-more" data-text="trace-more" hidden></button>
    <p id="trace-hits" class="row" aria-live="polite"></p>
    <ul id="trace-placed" data-label="trace-last"></ul></section>
</details>"""
