"""Photos from the street: made the right way up and small enough for a page."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

from PIL import Image, ImageOps

MOST_PX, MOST_PIXELS = 1000, 80_000_000
FORMATS = ("JPEG", "PNG")


def shrunk(content: bytes) -> bytes | None:
    """A photo the right way up and small enough for a page; None for what no picture can be made of."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    return None
                picture.draft("RGB", (MOST_PX, MOST_PX))
                upright = ImageOps.exif_transpose(picture).convert("RGB")
                upright.thumbnail((MOST_PX, MOST_PX))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning):
        return None
    kept = io.BytesIO()
    upright.save(kept, "JPEG", quality=85)
    return kept.getvalue()


def shrunk_apart(_folder: Path, content: bytes) -> bytes | None:
    """The same in a child process (data.apart)."""
    return shrunk(content)
