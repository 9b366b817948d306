"""Every text that a user reads, in one place: ``<language>/<subject>.toml``, the same keys in each language.

A key is ``<subject>.<name>`` (``error.file-empty``, ``finding.gap``). Placeholders are ``{named}``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

LANGUAGES = ("zh", "en")
DEFAULT_LANGUAGE = "zh"


@cache
def catalogue(lang: str) -> Mapping[str, str]:
    """All texts of one language by key."""
    texts: dict[str, str] = {}
    for file in files(__package__).joinpath(lang).iterdir():
        if file.name.endswith(".toml"):
            subject = file.name.removesuffix(".toml")
            for name, value in tomllib.loads(file.read_text("utf-8")).items():
                texts[f"{subject}.{name}"] = value
    return texts


def subject(name: str, lang: str) -> Mapping[str, str]:
    """The texts of one subject by their names in its file."""
    prefix = f"{name}."
    texts = catalogue(lang).items()
    return {key.removeprefix(prefix): value for key, value in texts if key.startswith(prefix)}


MOST_LETTERS = 2000


def short(params: Mapping[str, object]) -> dict[str, object]:
    """What an error names, to be read: of a cell or a heading of a megabyte its beginning."""
    return {
        name: f"{value[:MOST_LETTERS]} …"
        if isinstance(value, str) and len(value) > MOST_LETTERS
        else value
        for name, value in params.items()
    }


def text(key: str, lang: str = DEFAULT_LANGUAGE, /, **params: object) -> str:
    """The text of ``key`` with its placeholders filled, None by the word for what was not given. An unknown key is a
    defect and raises KeyError."""
    texts = catalogue(lang)
    nothing = texts["api.not-given"]
    said = {name: nothing if value is None else value for name, value in params.items()}
    return texts[key].format_map(said)
