"""A page of markup of our own, without Folium: what it knows is a data block, what it shows it asks the service for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maps import assets
from maps.basemap import Basemap, check_basemap
from maps.page import basemap_layer
from maps.policy import parts_of, policy, refuse_outside
from maps.shell import HTML_LANG, Page, address_of, as_json
from maps.styles import palette
from maps.texts import LANGUAGES, subject, text


def own_page(
    name: str, body: str, known: Mapping[str, Any], *, lang: str, basemap: Basemap | None = None
) -> Page:
    """The page in one language, over a basemap if the installation has one. ``name``: of its texts and its vendored
    script and style; ``known``: what it knows beforehand, with ``bounds``.

    Raises EnvironmentMissing without ``python -m maps.assets``, OptionError for an unusable basemap.
    """
    assets.require_assets()
    if basemap is not None:
        check_basemap(basemap)
    content = {
        **known,
        "lang": lang,
        "texts": {each: subject(name, each) for each in LANGUAGES},
        "palette": palette(),
        "basemap": basemap_layer(basemap, known["bounds"]),
    }
    scripts = "\n".join(
        f'<script src="{address_of(script)}"></script>'
        for script in ("leaflet.js", f"wangge-{name}.js")
    )
    html = f"""<!doctype html>
<html lang="{HTML_LANG[lang]}"><head><meta charset="utf-8"><title>{text(f"{name}.title", lang)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,"><link rel="stylesheet" href="{address_of(f"wangge-{name}.css")}"></head>
<body>{body}<noscript><p>{text(f"{name}.no-script", lang)}</p></noscript>
<script type="application/json" id="wangge-data">{as_json(content)}</script>
{scripts}</body></html>"""
    parts = parts_of(html)
    refuse_outside(parts)
    sources = [] if basemap is None else [basemap.image_source]
    csp = policy(parts, served=True, image_sources=sources)
    return Page(html=html, csp=f"{csp}; frame-ancestors 'self'")
