"""The documents of a redrawn plan: what they say is what was done, and nothing stored does more than be read."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import openpyxl
import pytest
import shapely
from docx import Document
from fastapi.testclient import TestClient
from httpx import Response
from matplotlib.backends.backend_agg import FigureCanvasAgg
from sqlalchemy import Engine, text

from api.app import create_app
from api.services.drafting import Shelf
from api.services.plan_papers import DOCUMENTS, PlanPapers
from data.settings import Settings
from data.store import plans
from maps.plan_papers import Papers
from maps.plan_papers.content import short
from maps.plan_papers.notice import notice_page
from maps.plan_papers.report import report as report_of
from maps.plan_papers.sheets import sheet
from maps.plan_papers.walk import border_legs, new_part, walk_pages
from maps.reports.paper import EDGE_MM
from maps.reports.printing import A3
from tests.api.blocks_town import FIRST, SECOND, THIRD, middle, report
from tests.api.test_publishing import published
from tests.api.test_redrawing import done, drafted, paint, refused
from tests.data.store.conftest import EAST

HAN = re.compile("[\u4e00-\u9fff]")
EVIL = '=HYPERLINK("http://evil.example","看")<script>$x^2$\u202e' + "长" * 20


@pytest.fixture(scope="module")
def template(town_of_blocks: str) -> str:
    """The town of blocks: each test has a copy."""
    return town_of_blocks


@pytest.fixture
def client(engine: Engine, db_url: str) -> Iterator[TestClient]:
    """The service on the town of blocks, a road along its middle, two incidents of this year."""
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO lines (class, name, geom) VALUES ('street', '文昌路',"
                " ST_GeomFromText('LINESTRING(116.9525 31.03, 116.9525 31.06)', 4490))"
            )
        )
        for name, column in (("a", 0), ("b", 1)):
            report(connection, name, *middle(column, 0))
    with TestClient(create_app(Settings(database_url=db_url))) as client:
        yield client


def redrawn(
    client: TestClient, name: str = "桥头网格", number: str = "桐政办〔2026〕17号"
) -> dict[str, Any]:
    """A column of blocks given away, a block for a new grid, a grid renamed; approved, and objected to."""
    cut = [paint(1, row, SECOND) for row in range(4)]
    rename = {"op": "rename", "grid": FIRST, "name": name}
    head: dict[str, Any] = done(client, drafted(client), *cut, paint(3, 3, None), rename)["plan"]
    step = {
        "stage": "approved",
        "day": "2026-11-29",
        "number": number,
        "file_name": number,
        "note": number,
    }
    assert client.post(f"/plans/{head['id']}/stages", json=step).status_code == 200
    said = {
        "kind": "objection",
        "said": name,
        "name": name,
        "contact": "13800000000",
        "grid_code": SECOND,
    }
    objection = client.post(f"/plans/{head['id']}/comments", json=said).json()
    where = f"/plans/{head['id']}/comments/{objection['id']}/answer"
    assert client.post(where, json={"answer": number}).status_code == 200
    client.post(f"/plans/{head['id']}/comments", json={"kind": "view", "said": "支持"})
    return head


def fetched(client: TestClient, plan: int, name: str, **params: Any) -> Response:
    return client.get(f"/plans/{plan}/documents/{name}", params=params)


def got(client: TestClient, plan: int, name: str, **params: Any) -> bytes:
    reply = fetched(client, plan, name, **params)
    assert reply.status_code == 200, reply.text
    assert reply.headers["x-content-type-options"] == "nosniff"
    return reply.content


def papers_of(engine: Engine, db_url: str, plan: int) -> Papers:
    settings = Settings(database_url=db_url)
    return PlanPapers(engine, Shelf(settings), settings).papers(plan)


def register_rows(content: bytes) -> list[dict[str, Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    heads = [cell.value for cell in sheet[3]]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    return [dict(zip(heads, row, strict=True)) for row in rows if isinstance(row[0], int)]


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


def test_the_register_tells_each_changed_grid(client: TestClient) -> None:
    head = redrawn(client)
    first, second, third = register_rows(got(client, head["id"], "register.xlsx"))
    assert (first["变更"], first["原名称"], first["新名称"]) == (
        "改名称、调边界",
        "第1网格",
        "桥头网格",
    )
    assert (first["原户数"], first["户数"], first["人口"], first["网格员"]) == (
        400,
        200,
        440,
        "网格员0",
    )
    assert (first["批准文号"], first["批准日期"].date()) == (
        "桐政办〔2026〕17号",
        date(2026, 11, 29),
    )
    assert first["四至"] == "东至文昌路，南至（无名），西至（无名），北至（无名）。"
    assert first["备注"] == "划出 200 户"
    assert (second["变更"], second["户数"]) == ("调边界", 550)
    assert second["前身网格"] == f"{SECOND} {FIRST}"
    assert second["四至"].startswith("东至东社区、第3网格") or "东社区" in second["四至"]
    assert second["四至"].count("文昌路") == 1 and "西至文昌路" in second["四至"]
    assert (third["变更"], third["原编码"], third["新编码"]) == ("新设", None, THIRD)
    assert (third["网格员"], third["前身网格"], third["备注"]) == ("待定", SECOND, "划入 50 户")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_register_is_fit_to_be_printed(client: TestClient, lang: str) -> None:
    content = got(client, redrawn(client, name="桥头" * 30)["id"], "register.xlsx", lang=lang)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    setup = sheet.page_setup
    assert (setup.orientation, int(setup.paperSize)) == ("landscape", A3)
    assert (setup.fitToWidth, setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$3:$3" and "&P" in sheet.oddFooter.right.text
    for row in range(3, sheet.max_row - 1):
        high = sheet.row_dimensions[row].height
        for cell in sheet[row]:
            words = str(cell.value or "")
            digits = sum(2 if HAN.match(letter) else 1 for letter in words)
            lines = digits / sheet.column_dimensions[cell.column_letter].width
            assert high >= 13 * lines, words


def test_a_grid_s_name_is_short_only_where_a_name_is_left() -> None:
    assert short("西社区第2网格", "西社区") == "第2网格"
    assert short("Baldwin-5", "Baldwin") == "Baldwin-5"
    assert short("Baldwin 5", "Baldwin") == "5"
    assert short("西社区", "西社区") == "西社区"


def test_a_grid_that_is_no_more_and_one_with_another_number(client: TestClient) -> None:
    head = done(client, drafted(client), {"op": "merge", "grids": [FIRST, SECOND], "into": SECOND})[
        "plan"
    ]
    kept, gone = register_rows(got(client, head["id"], "register.xlsx"))
    assert (kept["新编码"], kept["户数"], gone["变更"]) == (SECOND, 800, "撤销")
    assert (gone["原编码"], gone["新编码"], gone["备注"]) == (FIRST, None, f"并入 {SECOND}")
    assert gone["四至"] is None


def test_each_document_is_what_it_says(client: TestClient) -> None:
    plan = redrawn(client)["id"]
    notice = got(client, plan, "notice.pdf")
    box = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", notice)
    assert box is not None and pages(notice) == 1
    assert [round(float(one) / 72 * 25.4) for one in box.groups()] == [420, 297]
    assert got(client, plan, "notice.png").startswith(b"\x89PNG")
    assert pages(got(client, plan, "sheets.pdf")) == 3
    assert pages(got(client, plan, "walk.pdf")) == 3
    reply = fetched(client, plan, "report.docx")
    assert reply.headers["content-disposition"].startswith(
        'attachment; filename="report.docx"; filename*=UTF-8'
    )
    assert fetched(client, plan, "sheets.pdf").headers["content-disposition"].startswith("inline")
    refused(fetched(client, 1_000_000, "walk.pdf"), "plan-unknown", 404)
    assert fetched(client, plan, "notice.svg").status_code == 422
    (east,) = client.post("/plans", json={"communities": [EAST]}).json()["plans"]
    refused(fetched(client, plan, "register.xlsx", against=east["id"]), "plans-elsewhere", 422)


def words_of(content: bytes) -> list[str]:
    paper = Document(io.BytesIO(content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return [*(line.text for line in paper.paragraphs), *cells]


def test_the_report_tells_numbers_buildings_steps_and_answers(client: TestClient) -> None:
    told = words_of(got(client, redrawn(client)["id"], "report.docx"))
    assert any("原有网格 2 个，调整后 3 个，其中 3 个有变更。5 栋楼、250 户" in one for one in told)
    assert any("公示异议 1 条，尚未答复的异议 0 条" in one for one in told)
    assert {"400 → 200", "400 → 550", "— → 50", "2 → 1", "10栋", "33栋", "批准", "未答复"} <= set(
        told
    )
    assert not any(
        "13800000000" in one for one in told
    )  # how to reach a resident is not for a report
    english = words_of(got(client, redrawn(client)["id"], "report.docx", lang="en"))
    assert "Variation of households (CV)" in english
    assert not [one for one in english if HAN.search(one) and "→" in one]


def test_no_column_of_the_report_is_empty(client: TestClient, engine: Engine, db_url: str) -> None:
    plan = redrawn(client)["id"]
    heads = [cell.text for cell in buildings_of(got(client, plan, "report.docx")).rows[0].cells]
    assert heads == ["楼栋", "小区", "原网格", "新网格", "户数", "人口"]
    with engine.begin() as connection:
        connection.execute(text("UPDATE buildings SET estate = NULL"))
    made = report_of(papers_of(engine, db_url, plan), "zh")
    heads = [cell.text for cell in buildings_of(made).rows[0].cells]
    assert heads == ["楼栋", "原网格", "新网格", "户数", "人口"]


def buildings_of(content: bytes) -> Any:
    """The table of the buildings that change hands."""
    return next(
        table
        for table in Document(io.BytesIO(content)).tables
        if table.rows[0].cells[0].text == "楼栋"
    )


def test_a_plan_in_force_is_compared_with_its_forerunner(client: TestClient) -> None:
    head = redrawn(client)
    before = register_rows(got(client, head["id"], "register.xlsx"))
    sizes = [{"code": f"size-{what}", "reason": "整改期内"} for what in ("households", "residents")]
    published(client, head, exceptions=sizes)
    after = register_rows(got(client, head["id"], "register.xlsx"))
    told = ("变更", "原编码", "原名称", "新编码", "新名称", "原户数", "户数", "四至")
    assert [[row[one] for one in told] for row in after] == [
        [row[one] for one in told] for row in before
    ]


def test_the_first_plan_has_nothing_before_it(client: TestClient, engine: Engine) -> None:
    with engine.connect() as connection:
        first = plans.in_force(connection)[EAST]
    rows = register_rows(got(client, first, "register.xlsx"))
    assert [(one["变更"], one["原编码"], one["户数"]) for one in rows] == [("新设", None, 400)] * 2
    told = words_of(got(client, first, "report.docx"))
    assert any("原有网格 0 个，调整后 2 个" in one and "0 栋楼、0 户" in one for one in told)
    assert got(client, first, "notice.png").startswith(b"\x89PNG")
    assert pages(got(client, first, "sheets.pdf")) == pages(got(client, first, "walk.pdf")) == 2


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_is_cut_off_and_the_notice_names_nobody(
    client: TestClient, engine: Engine, db_url: str, lang: str
) -> None:
    papers = papers_of(engine, db_url, redrawn(client, name="长" * 80)["id"])
    figures = [
        notice_page(papers, lang),
        *(sheet(papers, one, lang).figure for one in papers.after.grids),
    ]
    figures += [page.figure for one in papers.after.grids for page in walk_pages(papers, one, lang)]
    for figure in figures:
        drawer = FigureCanvasAgg(figure).get_renderer()
        wide, high = figure.bbox.width, figure.bbox.height
        for words in figure.findobj(lambda one: hasattr(one, "get_text") and bool(one.get_text())):
            at = words.get_window_extent(drawer)
            edge = 0.0 if words.axes else (EDGE_MM - 1.0) / 25.4 * figure.dpi
            assert at.x0 >= edge and at.x1 <= wide - edge, words.get_text()
            assert at.y0 >= 0 and at.y1 <= high, words.get_text()
            if lang == "en" and not words.axes:
                plain = re.sub(
                    "西社区|东社区|第.网格|网格员.|长+|文昌路|桐政办〔2026〕17号",
                    "",
                    words.get_text(),
                )
                assert not HAN.search(plain), plain
    told = [one.get_text() for one in figures[0].findobj(lambda one: hasattr(one, "get_text"))]
    assert not [one for one in told if "网格员" in one]
    assert any("网格员0" in one.get_text() for one in figures[1].texts)


def test_the_legs_of_a_border_say_what_is_new(
    client: TestClient, engine: Engine, db_url: str
) -> None:
    papers = papers_of(engine, db_url, redrawn(client)["id"])
    found = {(one.name, one.beyond): new_part(papers, one) for one in border_legs(papers, FIRST)}
    assert found == {
        (None, None): 0.0,
        ("文昌路", "第2网格"): pytest.approx(1.0, abs=0.01),
    }
    whole = sum(one.metres for one in border_legs(papers, FIRST))
    assert whole == pytest.approx(shapely.length(papers.after.metric(FIRST)))


def test_hostile_texts_are_only_read(client: TestClient) -> None:
    plan = redrawn(client, name=EVIL, number=EVIL)["id"]
    made = {name: got(client, plan, name) for name in DOCUMENTS}
    sheet = openpyxl.load_workbook(io.BytesIO(made.pop("register.xlsx"))).active
    cells = [cell for row in sheet.iter_rows() for cell in row if "HYPERLINK" in str(cell.value)]
    assert len([cell for cell in cells if str(cell.value).startswith("=")]) >= 4
    assert {cell.data_type for cell in cells} == {"s"} and not sheet._hyperlinks
    assert all(cell.quotePrefix for cell in cells if str(cell.value).startswith("="))
    told = [one for one in words_of(made.pop("report.docx")) if "HYPERLINK" in one]
    assert told and not any("\u202e" in one for one in told)
    for content in made.values():
        assert content[:4] in (b"%PDF", b"\x89PNG")
        assert b"/URI" not in content and b"/JavaScript" not in content
