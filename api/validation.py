"""What pydantic finds wrong with a value, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from maps.texts import catalogue, text


def complaint(found: Mapping[str, Any], lang: str) -> str:
    """One of pydantic's ``errors()`` as half a sentence: "must be a whole number"; a kind without a text of its own is
    "can't be used"."""
    key = f"validation.{found['type']}"
    if key not in catalogue(lang):
        return text("validation.other", lang)
    params = dict(found.get("ctx", {}))
    if "expected" in params:  # 'a', 'b' or 'c', in English
        params["expected"] = " | ".join(re.findall(r"'([^']*)'", str(params["expected"])))
    return text(key, lang, **params)
