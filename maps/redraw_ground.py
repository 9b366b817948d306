"""基础数据 on the planner's page: the markup of its list and its panel (static/redraw/groundFiles.js and its like)."""

LIST = """<details id="ground-data"><summary data-text="ground-title"></summary>
  <p class="soft" data-text="ground-note"></p>
  <ul id="ground-nouns"></ul><ul id="ground-waiting" hidden></ul>
  <details id="ground-past" hidden><summary data-text="ground-past"></summary><ul></ul></details></details>"""
GOING = """<span id="ground-going" hidden><span></span> <progress data-label="ground-going"></progress>
    <button type="button" data-text="ground-stop"></button></span>"""
PANEL = """<section class="import" id="ground-import" data-label="ground-title" hidden>
  <h2 tabindex="-1"><span id="ground-what"></span> <bdi id="ground-name"></bdi></h2>
  <p id="ground-problem" class="wrong" role="alert" hidden></p>
  <div id="ground-sum" aria-live="polite"></div>
  <form id="ground-form" autocomplete="off"></form>
  <div id="ground-found"></div>
  <div id="ground-end" class="acts">
    <button type="button" id="ground-accept" class="main" data-text="ground-accept" disabled></button>
    <button type="button" id="ground-later" data-text="ground-later"></button>
    <button type="button" id="ground-discard" data-text="ground-discard"></button></div>
</section>"""
