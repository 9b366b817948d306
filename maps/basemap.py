"""An optional basemap from the site's own network: an XYZ address, its datum, and its place in the policy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from geo.crs import from_lonlat, parse_datum
from geo.errors import OptionError

_DATUMS = ("wgs84", "cgcs2000", "gcj02")
_HOST = r"(\{s\}\.)?[A-Za-z0-9.-]+(:\d+)?"  # nothing that could end a directive of the policy


@dataclass(frozen=True, slots=True)
class Basemap:
    """Tiles by an XYZ template (``https://maps.intranet/{z}/{x}/{y}.png`` or, served, ``/tiles/…``).

    datum: wgs84, cgcs2000 or gcj02 (bd09 has a tile scheme of its own). max_zoom: the deepest level that exists.
    """

    url: str
    datum: str
    max_zoom: int = 18

    @property
    def image_source(self) -> str:
        """Where tiles come from, as a source of a Content-Security-Policy."""
        parts = urlsplit(self.url.replace("{s}", "*"))
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else "'self'"

    def shift_deg(self, lng: float, lat: float) -> tuple[float, float]:
        """How far (degrees east, north) this basemap's datum lies from CGCS2000 at a place.

        Across a city it varies by less than a pixel at zoom 16, so that one value serves a page.
        """
        x, y = from_lonlat([lng], [lat], datum=parse_datum(self.datum))
        return float(x[0]) - lng, float(y[0]) - lat


def check_basemap(basemap: Basemap) -> None:
    """Raise OptionError unless the address is an XYZ template and the datum one that XYZ tiles can have."""
    parts = urlsplit(basemap.url)
    whole = all(mark in basemap.url for mark in ("{z}", "{x}", "{y}"))
    local = not parts.scheme and basemap.url.startswith("/") and not basemap.url.startswith("//")
    remote = parts.scheme in {"http", "https"} and re.fullmatch(_HOST, parts.netloc) is not None
    if not whole or not (local or remote):
        raise OptionError("basemap-url", value=basemap.url)
    if parse_datum(basemap.datum).name not in _DATUMS:
        raise OptionError("basemap-datum", value=basemap.datum, accepted=", ".join(_DATUMS))
