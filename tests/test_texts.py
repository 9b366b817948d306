"""Every text exists in every language, and every code that can be raised or found has its sentence."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import geo.errors
from maps.texts import DEFAULT_LANGUAGE, LANGUAGES, catalogue, subject, text

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("geo", "data", "maps", "api")
TELLS_WHAT_TO_DO = {
    "zh": re.compile(
        "请|可用|可写|只能写|应|须|改为|相近的|常用的|已有的?列|现有列?：|有：|全部命令"
    ),
    "en": re.compile(
        r"\b(accept|accepted|add|agree|ask|change|check|choose|close|columns|compare|copy|correct|delete|draw|"
        r"enter|exchange|expected|export|fill|give|hand|import|install|keep|lists|load|look|make|mark|mend|"
        r"merge|move|must|name|near|only|pack|preview|publish|put|read|remove|rename|repair|report|run|save|say|"
        r"see|send|set|should|split|state|take|tell|transform|try|undo|unset|upload|use|usual|withdraw|write|"
        r"cut|known|named|needs|there are|it has|given: \{known)\b",
        re.IGNORECASE,
    ),
}
"""A word by which an error tells what to do about it: a request, or what there is to choose from."""
ERRORS = {name for name, kind in vars(geo.errors).items() if isinstance(kind, type)}


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def calls(*names: str) -> Iterator[tuple[Path, ast.Call]]:
    """Every call in our code of a function with one of these names."""
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and called(node) in names:
                    yield file.relative_to(ROOT), node


def called(node: ast.Call) -> str:
    target = node.func
    return target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")


def literal(node: ast.Call) -> str | None:
    first = node.args[0] if node.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


@pytest.mark.parametrize("lang", LANGUAGES)
def test_languages_have_the_same_keys_and_placeholders(lang: str) -> None:
    reference = catalogue(DEFAULT_LANGUAGE)
    other = catalogue(lang)
    assert set(other) == set(reference)
    differing = [
        key for key in reference if placeholders(reference[key]) != placeholders(other[key])
    ]
    assert differing == []


def test_every_error_that_is_raised_has_a_sentence_that_its_params_fill() -> None:
    wrong = []
    for file, node in calls(*ERRORS):
        code = literal(node)
        if code is None:
            continue
        given = {keyword.arg for keyword in node.keywords}
        template = catalogue(DEFAULT_LANGUAGE).get(f"error.{code}")
        open_params = None in given
        if template is None or not (open_params or placeholders(template) <= given):
            wrong.append(f"{file}:{node.lineno} {code} {sorted(map(str, given))}")
    assert wrong == []


def test_every_sentence_of_an_error_is_raised_somewhere() -> None:
    source = "\n".join(
        file.read_text("utf-8") for room in ROOMS for file in (ROOT / room).rglob("*.py")
    )
    codes = [key.removeprefix("error.") for key in catalogue("en") if key.startswith("error.")]
    assert [code for code in codes if f'"{code}"' not in source] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_error_tells_what_to_do(lang: str) -> None:
    told = TELLS_WHAT_TO_DO[lang]
    assert [name for name, said in subject("error", lang).items() if not told.search(said)] == []


def test_what_was_not_given_is_said_so() -> None:
    said = text("error.place-half", "en", lng=116.9, lat=None)
    assert "116.9" in said and "not given" in said and "None" not in said


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_found_in_a_file_has_a_title(lang: str) -> None:
    """Whoever hands a file over sees it (api.ground_shown)."""
    told = subject("finding", lang)
    codes = [name for name in told if name.startswith("file-") and not name.endswith("-title")]
    assert len(codes) > 10
    assert [code for code in codes if f"{code}-title" not in told] == []


def test_an_unknown_key_is_a_defect() -> None:
    with pytest.raises(KeyError):
        text("error.no-such-code-exists")


@pytest.mark.parametrize("page", ["dispatch", "redraw"])
def test_every_text_that_a_page_asks_for_is_there(page: str) -> None:
    files = (ROOT / "maps/static" / page).glob("*.js")
    scripts = "".join(file.read_text("utf-8") for file in files)
    parts = sorted((ROOT / "maps").glob(f"{page}*.py"))
    markup = "".join(file.read_text("utf-8") for file in parts)
    asked = set(re.findall(r"""\bt\("([a-z0-9-]+)\"""", scripts))
    asked |= set(re.findall(r"""data-(?:text|hint|label)="([a-z0-9-]+)\"""", markup))
    assert len(asked) > 40
    for lang in LANGUAGES:
        known = {name for part in parts for name in subject(part.stem, lang)}
        assert asked <= known


ONE_NAME = {
    "去年": "近一年: the twelve months before today, which in December are not last year's",
    "居民人数": "人口",
}


@pytest.mark.parametrize("other", ONE_NAME)
def test_one_thing_has_one_name(other: str) -> None:
    assert [key for key, said in catalogue("zh").items() if other in said] == []
