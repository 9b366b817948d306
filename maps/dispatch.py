"""派单台: the dispatcher's page. Markup of our own without any stored text; what it shows it asks the service for."""

from __future__ import annotations

from collections.abc import Sequence

from maps import assets
from maps.page import Page, address_of, as_json
from maps.policy import parts_of, policy, refuse_outside
from maps.texts import LANGUAGES, catalogue, text

SCRIPTS = ("leaflet.js", "wangge-dispatch.js")
STYLE = "wangge-dispatch.css"
_HTML_LANG = {"zh": "zh-CN", "en": "en"}
_BODY = """
<header><h1 data-text="title"></h1><span class="keys" data-text="keys"></span>
<label><span data-text="by"></span><input id="by" maxlength="100" autocomplete="off"></label></header>
<main class="say">
  <input id="box" role="combobox" aria-controls="hits" aria-expanded="false" aria-autocomplete="list"
    autocomplete="off" maxlength="2000" data-hint="box">
  <p id="advice" role="status"></p>
  <ul id="hits" role="listbox"></ul>
  <p id="status" role="status"></p>
  <form id="report" hidden>
    <input name="category" list="categories" maxlength="100" autocomplete="off" data-hint="category">
    <datalist id="categories"></datalist>
    <input name="note" maxlength="2000" autocomplete="off" data-hint="note">
    <button type="submit" data-text="report"></button>
  </form>
  <section id="same"></section>
  <article id="card" hidden></article>
</main>
<div id="map" role="application"></div>
<aside class="now"><h2 data-text="now"></h2><ol id="live"></ol></aside>
"""


def dispatch_page(*, lang: str, categories: Sequence[str]) -> Page:
    """The page in one language. ``categories``: what a report may be about, offered while it is typed.

    Raises EnvironmentMissing without ``python -m maps.assets``.
    """
    assets.require_assets()
    content = {
        "lang": lang,
        "texts": {each: _texts(each) for each in LANGUAGES},
        "categories": list(categories),
    }
    scripts = "\n".join(f'<script src="{address_of(name)}"></script>' for name in SCRIPTS)
    html = f"""<!doctype html>
<html lang="{_HTML_LANG[lang]}"><head><meta charset="utf-8"><title>{text("dispatch.title", lang)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,"><link rel="stylesheet" href="{address_of(STYLE)}"></head>
<body>{_BODY}<noscript><p>{text("dispatch.no-script", lang)}</p></noscript>
<script type="application/json" id="wangge-data">{as_json(content)}</script>
{scripts}</body></html>"""
    parts = parts_of(html)
    refuse_outside(parts)
    return Page(html=html, csp=f"{policy(parts, served=True)}; frame-ancestors 'self'")


def _texts(lang: str) -> dict[str, str]:
    texts = catalogue(lang)
    return {
        key.removeprefix("dispatch."): value
        for key, value in texts.items()
        if key.startswith("dispatch.")
    }
