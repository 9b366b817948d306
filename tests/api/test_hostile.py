"""Hostile texts in every field that is stored, on every page of the service, in Chromium: nothing runs, nothing breaks,
every text is shown as text, nobody outside is asked."""

from __future__ import annotations

import re
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import docx
import openpyxl
import pytest
from sqlalchemy import create_engine

from data.cluster import Cluster
from maps.assets import build_assets
from tests.api.leader import town_site
from tests.browsing import Window
from tests.conftest import database
from tests.hostile import SCRIPTS, spoiler

Open = Callable[..., Window]
SUBJECTS = ("overview", "evenness", "incidents", "findings", "layers")


@contextmanager
def served(cluster: Cluster, template: str, folder: Path, **how: Any) -> Iterator[str]:
    """A spoiled town."""
    build_assets()
    with database(cluster, template) as url:
        engine = create_engine(url)
        with town_site(engine, url, folder, say=spoiler(), **how) as address:
            yield address
        engine.dispose()


@pytest.fixture(scope="module")
def site(
    cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The town with every text spoiled, served."""
    with served(cluster, template, tmp_path_factory.mktemp("town")) as address:
        yield address


@pytest.fixture(scope="module")
def coded(
    cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The same with every code spoiled too: another city's codes may be any text."""
    known: dict[str, str] = {}
    turn = spoiler()
    folder = tmp_path_factory.mktemp("coded")

    def code(text: str) -> str:
        return known.setdefault(text, turn(text))

    with served(cluster, template, folder, code=code, profile="plain") as address:
        yield address


def unharmed(opened: Window, site: str) -> None:
    """Nothing ran, nobody else was asked, nothing sticks out."""
    tab = opened.page
    assert tab.evaluate("window.pwned") is None
    assert tab.locator("img[src=x], iframe, svg[onload]").count() == 0
    assert [url for url in opened.requests if not url.startswith((site, "data:"))] == []
    assert tab.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    assert opened.violations() == []
    assert opened.complaints == []


@pytest.mark.parametrize("town", ["site", "coded"])
def test_every_place_person_house_and_incident_is_text(
    town: str, window: Open, request: pytest.FixtureRequest
) -> None:
    site = request.getfixturevalue(town)
    opened = window()
    tab = opened.open(f"{site}/")
    shown = ""
    for _ in range(4):
        for subject in SUBJECTS:
            tab.click(f"#tab-button-{subject}")
            opened.settle()
            for closed in tab.locator("details.lines:not([open]) summary:visible").all()[:2]:
                closed.click()
            shown += tab.inner_text("body")
        unharmed(opened, site)
        tab.click("#tab-button-overview")
        steps = tab.locator("#parts > .parts .step")
        if steps.count():
            steps.first.click()
    opened.settle()
    tab.click("#parts .houses button >> nth=0")
    shown += tab.wait_for_selector(".leaflet-popup .card").inner_text()
    unharmed(opened, site)
    # Markup that is told as text is there letter by letter.
    told = [text for text in SCRIPTS if text[:11] in shown]
    assert len(told) > len(SCRIPTS) // 2


def test_every_filter_mark_and_finding_is_text(site: str, window: Open) -> None:
    opened = window()
    tab = opened.open(f"{site}/#incidents=clusters&layers=buildings")
    tab.click("#filters summary")
    for name in ("kind", "category", "housing"):
        options = tab.locator(f"#filters [name={name}] option").count()
        for box in range(1, min(options, len(SCRIPTS) + 1)):
            tab.select_option(f"#filters [name={name}]", index=box)
        opened.settle()
        tab.select_option(f"#filters [name={name}]", index=0)
    tab.click("#tab-button-findings")
    for group in tab.locator("#findings summary").all():
        group.click()
    for finding in tab.locator("#findings .finding").all()[:6]:
        finding.click()
        tab.wait_for_selector(".leaflet-popup .card")
    tab.evaluate("map_wangge.setView([31.0415, 116.9512], 19, {animate: false})")
    opened.settle()
    tab.locator(".incident, .incidents").first.dispatch_event("click")
    tab.wait_for_selector(".leaflet-popup .newest, .leaflet-popup .quiet")
    unharmed(opened, site)
    for metric in ("households", "residents", "incidents", "rate"):
        tab.select_option(".legend [name=by]", metric)
    tab.click("text=English")
    opened.settle()
    unharmed(opened, site)


def test_what_is_searched_for_is_text(site: str, window: Open) -> None:
    opened = window()
    tab = opened.open(f"{site}/")
    for text in (*SCRIPTS, "%00", "\u202e", "网" * 300, "\\", "'", "%"):
        tab.evaluate("document.querySelector('#search .results').replaceChildren()")
        tab.fill("#search input", text)
        tab.wait_for_selector("#search .results > li")
    opened.settle()
    unharmed(opened, site)


@pytest.mark.parametrize("text", [SCRIPTS[0], SCRIPTS[3], "${window.pwned=1}"])
def test_an_address_is_no_way_in(site: str, window: Open, text: str) -> None:
    opened = window()
    keys = ["at", "house", "by", "kind", "category", "from", "view", "tab", "layers", "only"]
    said = "&".join(f"{key}={urllib.parse.quote(text)}" for key in [*keys, "housing", "lang"])
    opened.open(f"{site}/#{said}")
    opened.settle()
    unharmed(opened, site)


@pytest.mark.parametrize("town", ["site", "coded"])
def test_the_file_to_mail_and_paper_are_unharmed(
    town: str, window: Open, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    path = tmp_path / "mailed.html"
    path.write_bytes(_got(f"{request.getfixturevalue(town)}/coverage.html"))
    opened = window(width=390, height=844)
    tab = opened.open(path.as_uri())
    tab.click("#handle")
    for subject in SUBJECTS:
        tab.click(f"#tab-button-{subject}")
    tab.emulate_media(media="print")
    assert tab.is_visible("#figures")
    assert not tab.is_visible("#search")
    assert not tab.is_visible("#timeline input")
    tab.emulate_media(media="screen")
    unharmed(opened, path.as_uri())


def test_the_description_of_the_api_is_unharmed(site: str, window: Open) -> None:
    opened = window()
    opened.page.goto(f"{site}/docs#/{urllib.parse.quote(SCRIPTS[1])}")
    opened.page.wait_for_selector(".opblock-summary-control")
    opened.settle()
    unharmed(opened, site)


@pytest.mark.parametrize("town", ["site", "coded"])
def test_a_workbook_to_take_away_has_texts_and_no_formula(
    town: str, request: pytest.FixtureRequest
) -> None:
    site = request.getfixturevalue(town)
    book = openpyxl.load_workbook(BytesIO(_got(f"{site}/reports/coverage.xlsx")))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "s" in kinds
    assert "f" not in kinds


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("town", ["site", "coded"])
def test_a_word_report_to_take_away_is_all_text(
    town: str, lang: str, request: pytest.FixtureRequest
) -> None:
    site = request.getfixturevalue(town)
    content = _got(f"{site}/reports/coverage.docx?lang={lang}")
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    xml = {name: part for name, part in parts.items() if name.endswith((".xml", ".rels"))}
    for part in xml.values():  # well formed, each of them
        ElementTree.fromstring(part)
    written = "".join(map(_text, xml.values()))
    # Nothing that Word fetches, opens or works out, but the numbers of pages.
    for field in ("w:fldSimple", "w:hyperlink", "w:object", "w:altChunk", "w:attachedTemplate"):
        assert f"<{field}" not in written, field
    worked_out = " ".join(re.findall(r"<w:instrText[^>]*>([^<]*)<", written)).split()
    assert set(worked_out) <= {"PAGE", "NUMPAGES"}
    assert not any('TargetMode="External"' in _text(part) for part in xml.values())
    assert not any("vba" in name.lower() or name.endswith(".bin") for name in parts)
    document = docx.Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    told = "\n".join([*(one.text for one in document.paragraphs), *cells])
    assert sum(text[:11] in told for text in SCRIPTS) > len(SCRIPTS) // 2  # letter by letter
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b]", told)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("town", ["site", "coded"])
def test_a_page_to_print_is_a_picture_of_text(
    town: str, lang: str, request: pytest.FixtureRequest
) -> None:
    site = request.getfixturevalue(town)
    content = _got(f"{site}/reports/coverage.pdf?lang={lang}")
    assert content.startswith(b"%PDF-")
    # What is packed is letters and lines: two bytes of it may look like anything.
    content = re.sub(rb"stream\r?\n.*?endstream", b"", content, flags=re.DOTALL)
    assert b"/ObjStm" not in content, "objects are packed too"
    assert content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") == 1
    for action in (
        b"/JavaScript",
        b"/JS",
        b"/OpenAction",
        b"/Launch",
        b"/URI",
        b"/AA",
        b"/EmbeddedFile",
    ):
        assert action not in content, action
    assert b"NotoSansCJK" in content.replace(b"-", b""), "its letters are in it"
    picture = _got(f"{site}/reports/coverage.png?lang={lang}")
    assert picture.startswith(b"\x89PNG")


def test_what_can_not_be_had_is_said_and_never_shown_as_nothing(site: str, window: Open) -> None:
    opened = window()
    tab = opened.open(f"{site}/#layers=buildings&incidents=clusters")
    opened.settle()
    assert not tab.is_visible("#notice")
    for what in ("tiles", "places", "search", "incidents"):
        tab.route(f"{site}/{what}**", lambda route: route.fulfill(status=503))
    tab.route(f"{site}/places/**", lambda route: route.abort())
    tab.evaluate("map_wangge.setView([31.0415, 116.9512], 17, {animate: false})")
    tab.wait_for_selector("#notice:not([hidden]) >> text=暂时取不到")
    tab.fill("#search input", "文昌")
    tab.wait_for_selector("#search .results >> text=暂无数据")
    tab.click("#tab-button-incidents")
    tab.wait_for_selector("#matters >> text=暂无数据")
    tab.click("#tab-button-evenness")
    tab.wait_for_selector("#evenness .who >> text=暂无数据")
    assert tab.locator("#evenness .missing").count() == 0, "an officer is not missing"
    for what in ("tiles", "places", "search", "incidents"):
        tab.unroute(f"{site}/{what}**")
    tab.unroute(f"{site}/places/**")
    tab.click("#tab-button-overview")
    tab.click("#tab-button-evenness")
    tab.wait_for_selector("#evenness .who bdi")  # it is asked for again
    assert {"Failed to load resource" in said for said in opened.complaints} == {True}
    opened.complaints.clear()


def _text(part: bytes) -> str:
    return part.decode("utf-8")


def _got(address: str) -> bytes:
    with urllib.request.urlopen(address) as reply:
        content: bytes = reply.read()
    return content
