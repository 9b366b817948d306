"""The user's way: one command makes a mapped city; a second finds it there; the pages open in a browser."""

from __future__ import annotations

import io
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import docx
import geopandas as gpd
import openpyxl
import pytest
import shapely
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from api.cli import build
from api.cli.console import translator
from api.services import job, overview
from api.services.draw import DrawResult, draw
from api.services.job import JobResult, run_job
from data.cluster import Cluster
from data.demo import PLANTED, edition
from data.settings import Settings
from data.store import demo_city, frames, regions
from geo.errors import Conflict, EnvironmentMissing
from geo.model import CRS, CityPlan, How
from maps import assets
from tests.browsing import Window
from tests.conftest import database
from tests.serving import served

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def settings(cluster: Cluster, template: str) -> Iterator[Settings]:
    """The settings of an installation with a database of its own."""
    with database(cluster, template) as url:
        yield Settings(database_url=url)


@pytest.fixture(scope="module")
def done(
    settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
    kept_plan: Callable[..., CityPlan],
) -> JobResult:
    """The main job, done once. What it draws is kept for the tests of the demo city, which wait for it."""
    assert settings.database_url
    engine = create_engine(settings.database_url)

    def kept(*city: Any, **options: Any) -> DrawResult:
        drawn: list[DrawResult] = []

        def anew() -> CityPlan:
            drawn.append(draw(*city, **options))
            return drawn[0].plan

        kept_plan(anew, anew=True)
        return drawn[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(job, "draw", kept)
        result = run_job(engine, settings, now=NOW, folder=tmp_path_factory.mktemp("out"))
    engine.dispose()
    return result


@pytest.fixture(scope="module")
def address(done: JobResult, settings: Settings) -> Iterator[str]:
    """The service on the demo city, on a port of this machine."""
    assert done.made
    with served(settings) as address:
        yield address


def test_the_demo_city_is_as_the_office_plans_it(done: JobResult) -> None:
    grids = done.overview.data.grids
    assert len(grids) == 165
    assert grids["community_code"].nunique() == 26
    assert done.overview.tallies.of[0].inside == 165
    unplanted = {one.code for one in done.overview.findings} - {one.finding for one in PLANTED}
    assert not {code for code in unplanted if code.startswith("size-")}
    assert set(grids["residents_basis"]) == {"usual"}


def test_the_store_knows_which_demo_city_it_holds_and_that_it_is_alone(
    done: JobResult, settings: Settings
) -> None:
    assert (done.renewed, done.kept) == (False, None)
    with create_engine(str(settings.database_url)).connect() as connection:
        assert demo_city.strangers(connection, job.MAKER) == {}
        assert demo_city.edition(connection, job.MAKER) == edition(Path(job.__file__))


def test_every_planted_fault_of_the_chain_is_found(done: JobResult) -> None:
    found = {one.code for one in done.overview.findings}
    planted = {one.finding for one in PLANTED if not one.key.startswith("older-")}
    assert planted <= found
    chain, coverage = done.overview.chain, done.overview.coverage
    assert chain is not None
    assert coverage is not None
    codes = done.overview.data.grids["code"]
    assert set(chain.broken) <= set(codes)
    assert 120 < chain.whole < chain.grids == len(codes)
    assert chain.unchecked == ()
    assert 7500 < chain.houses_whole < len(chain.houses) == len(done.overview.data.buildings)
    assert coverage.covered == coverage.buildings == len(done.overview.data.buildings)
    assert sum(whole for _, whole in coverage.by_kind.values()) == coverage.buildings


def test_what_stands_in_the_street_is_covered_but_for_the_planted_lamp(done: JobResult) -> None:
    things = [one for one in done.overview.findings if one.code == "thing-uncovered"]
    (lost,) = [one for one in things if one.params["thing"] == "components"]
    assert (lost.count, lost.params["kinds"]) == (1, {"路灯": 1})
    covered = done.overview.tallies.of[0].components
    assert {kind for kind, (part, whole) in covered.items() if part < whole} == {"路灯"}
    stale = {one.params["layer"] for one in done.overview.findings if one.code == "stale"}
    assert stale == {"buildings", "components", "contacts"}


@pytest.mark.usefixtures("done")
def test_the_command_says_what_was_done(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", str(settings.database_url))
    said = CliRunner().invoke(build(translator("zh"), "demo"), ["demo", "-o", str(tmp_path)])
    assert said.exit_code == 0, said.output
    # Of the year that ends today, whenever that is.
    with create_engine(str(settings.database_url)).connect() as connection:
        today = overview.present(connection, settings, now=datetime.now(UTC))
    assert f"{sum(today.incidents.hows.values()):,}" in said.output
    for words in (
        "演示数据",
        "地点待定",
        "横向覆盖率",
        "纵向到底",
        str(tmp_path / "findings.json"),
    ):
        assert words in said.output.replace("\n", "")
    assert (tmp_path / "coverage.html").is_file()


def test_the_same_figures_are_on_the_page_and_over_http(done: JobResult, address: str) -> None:
    with urllib.request.urlopen(f"{address}/coverage") as reply:
        said = json.load(reply)
    assert [(one["name"], one["part"], one["whole"]) for one in said["headlines"]] == [
        (one.name, one.part, one.whole) for one in done.overview.data.headlines
    ]
    chain = done.overview.chain
    assert chain is not None
    assert said["chain"]["grids_whole"] == chain.whole
    assert said["chain"]["buildings_whole"] == chain.houses_whole
    breaks = [(one["level"], one["code"], one["count"]) for one in said["chain"]["first_breaks"]]
    assert breaks == [(rung.word, code, n) for (rung, code), n in chain.first_breaks().items()]
    with urllib.request.urlopen(
        f"{address}/findings?code=household-missing&geometry=true"
    ) as reply:
        page = json.load(reply)
    assert page["total"] == 3
    assert page["items"][0]["title"] == "缺党员中心户"
    shapes = {one["geometry"]["type"] for one in page["items"]}
    assert shapes == {"Polygon", "MultiPoint"}
    with urllib.request.urlopen(f"{address}/findings?limit=3") as reply:
        first = json.load(reply)
    with urllib.request.urlopen(f"{address}/findings?limit=1000&after={first['next']}") as reply:
        rest = json.load(reply)
    assert len(first["items"]) + len(rest["items"]) == first["total"] == len(done.overview.findings)
    assert rest["next"] is None


def test_each_chain_says_where_it_breaks_first(done: JobResult, address: str) -> None:
    def chains(query: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"{address}/chains?{query}") as reply:
            found: dict[str, Any] = json.load(reply)
        return found

    chain = done.overview.chain
    assert chain is not None
    assert chains("limit=1")["total"] == chain.grids
    broken = chains("broken=true&limit=1000")
    assert {one["id"] for one in broken["items"]} == set(chain.broken)
    assert all(one["level"] and one["text"] for one in broken["items"])
    houses = chains("of=buildings&broken=true&limit=1000")
    assert houses["total"] == len(chain.houses) - chain.houses_whole
    levels = {one["level"] for one in houses["items"]}
    assert levels <= {"community", "grid", "estate", "building", "unit"}
    one = next(iter(chain.broken))
    assert chains(f"under={one}")["total"] == 1


def test_the_report_and_http_say_the_same(done: JobResult, address: str) -> None:
    report = json.loads(done.report.read_text("utf-8"))
    with urllib.request.urlopen(f"{address}/findings?limit=1000") as reply:
        listed = json.load(reply)["items"]
    kept = ("code", "severity", "codes", "area_m2", "width_m", "count", "households")
    assert [[one[name] for name in kept] for one in listed] == [
        [one[name] for name in kept] for one in report["findings"]
    ]
    with urllib.request.urlopen(f"{address}/coverage") as reply:
        said = json.load(reply)
    coverage = report["summary"]["coverage"]
    assert said["by_kind"] == {kind or "other": n for kind, n in coverage["by_kind"].items()}
    assert said["things"] == coverage["things"]
    assert set(said["things"]) == {"components", "roads", "rivers", "greens"}
    assert {"buildings", "components", "posts", "party", "contacts"} <= set(said["ages"])
    (things,) = said["things"]["components"]
    assert (
        things["covered"] == things["total"] - 1 == sum(n for n, _ in said["components"].values())
    )
    assert said["findings"]["by_code"] == report["summary"]["by_code"]


SIGNS = {"docx": b"PK", "xlsx": b"PK", "pdf": b"%PDF-", "png": b"\x89PNG"}


@pytest.mark.parametrize("form", SIGNS)
def test_the_report_is_served_in_every_form(done: JobResult, address: str, form: str) -> None:
    with urllib.request.urlopen(f"{address}/reports/coverage.{form}?lang=zh") as reply:
        content, headers = reply.read(), reply.headers
    assert content.startswith(SIGNS[form])
    assert headers["x-content-type-options"] == "nosniff"
    name = urllib.parse.unquote(headers["content-disposition"].split("filename*=UTF-8''")[1])
    assert name.startswith("桐城市")
    assert name.endswith(f".{form}")
    if form == "docx":
        paper = docx.Document(io.BytesIO(content))
        words = "\n".join(
            cell.text for table in paper.tables for row in table.rows for cell in row.cells
        )
        assert len(paper.tables[-1].rows) == 1 + len(done.overview.findings)
        chain = done.overview.chain
        assert chain is not None
        assert f"{chain.grids} 个网格中 {chain.whole} 个" in words
    if form == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(content))
        assert book["问题清单"].max_row == 1 + len(done.overview.findings)


def test_the_report_of_a_street_tells_of_that_street_alone(done: JobResult, address: str) -> None:
    street = "340881001"

    def sheet(name: str) -> list[tuple[Any, ...]]:
        with urllib.request.urlopen(
            f"{address}/reports/coverage.xlsx?under={street}&lang=zh"
        ) as reply:
            book = openpyxl.load_workbook(io.BytesIO(reply.read()))
        return list(book[name].iter_rows(min_row=2, values_only=True))

    grids = done.overview.data.grids["code"]
    mine = set(grids[grids.str.startswith(street)])
    rows = sheet("网格链条")
    assert {row[0] for row in rows} == mine
    chain = done.overview.chain
    assert chain is not None
    assert {row[0] for row in rows if row[5] == "断开"} == mine & set(chain.broken)
    codes = {code for row in sheet("问题清单") for code in row[8].split()}
    assert any(code.startswith(street) for code in codes)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{address}/reports/coverage.png?under=999")
    assert refused.value.code == 404
    assert json.load(refused.value)["type"] == "urn:wangge:place-unknown"
    with pytest.raises(urllib.error.HTTPError) as unknown:
        urllib.request.urlopen(f"{address}/reports/coverage.doc")
    assert unknown.value.code == 422


def test_the_page_leads_with_both_figures_and_each_opens_its_exceptions(
    address: str, window: Callable[..., Window]
) -> None:
    tab = window().open(f"{address}/")
    assert tab.locator(".headline .value").all_inner_texts()[0] == "100 %"
    tab.locator(".headline").nth(1).click()
    assert tab.locator(".headline").nth(1).get_attribute("aria-pressed") == "true"
    shown = tab.locator("#findings .group-name").all_inner_texts()
    assert "缺党员中心户" in shown
    assert "楼栋社区不符" not in shown
    tab.locator("#findings .narrowed button").click()
    assert "楼栋社区不符" in tab.locator("#findings .group-name").all_inner_texts()
    assert "演示0" not in tab.content(), "the number of a person is on the page"


def test_every_incident_of_the_year_has_its_answer(done: JobResult) -> None:
    hows = done.overview.incidents.hows
    assert sum(hows.values()) == 20_000
    assert hows[How.INSIDE] > 18_000
    assert hows[How.BOUNDARY] > 0
    assert hows[How.OUTSIDE] > 0


@pytest.mark.usefixtures("done")
def test_the_grids_tile_their_communities_exactly(settings: Settings) -> None:
    assert settings.database_url
    with create_engine(settings.database_url).connect() as connection:
        communities = frames.regions(connection, level="community")
        kept = frames.grids(connection)
    assert shapely.coverage_is_valid(kept.geometry.to_numpy())
    for code, own in kept.groupby("community_code"):
        outline = communities.loc[communities["code"] == code].geometry.iloc[0]
        assert (
            shapely.coverage_union_all(own.geometry.to_numpy())
            .normalize()
            .equals_exact(outline.normalize(), 0)
        )


def test_the_planted_faults_are_found(done: JobResult) -> None:
    report = json.loads(done.report.read_text("utf-8"))
    codes = {finding["code"] for finding in report["findings"]}
    assert "building-wrong-community" in codes
    assert report["summary"]["blocking"] == 0


def test_a_second_run_finds_it_there(done: JobResult, settings: Settings, tmp_path: Path) -> None:
    assert settings.database_url
    again = run_job(create_engine(settings.database_url), settings, now=NOW, folder=tmp_path)
    assert not again.made
    assert again.overview.incidents.hows == done.overview.incidents.hows


def test_a_city_of_the_users_own_is_left_alone(db_url: str, tmp_path: Path) -> None:
    engine = create_engine(db_url)
    own = gpd.GeoDataFrame(
        {"code": ["340881"], "name": ["桐城市"], "level": ["city"], "kind": ["city"]},
        geometry=[shapely.box(116.9, 31.0, 117.0, 31.1)],
        crs=CRS,
    )
    with engine.begin() as connection:
        regions.merge(connection, own)
    with pytest.raises(Conflict):
        run_job(engine, Settings(database_url=db_url), now=NOW, folder=tmp_path)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM regions")) == 1
    engine.dispose()


def test_missing_scripts_are_found_out_before_anything_is_stored(
    db_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "VENDOR", tmp_path)
    engine = create_engine(db_url)
    with pytest.raises(EnvironmentMissing):
        run_job(engine, Settings(database_url=db_url), now=NOW, folder=tmp_path / "out")
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM regions")) == 0
    engine.dispose()


def test_the_map_opens_from_disk_with_no_network(
    done: JobResult, window: Callable[..., Window]
) -> None:
    shown = window()
    page = shown.open(done.page.as_uri())
    assert "演示数据" in page.inner_text("#head")
    assert "2026-11-23" in page.inner_text("#head")
    assert [url for url in shown.requests if not url.startswith(("file:", "data:", "blob:"))] == []


@pytest.mark.parametrize("width", [1280, 390])
def test_the_served_map_asks_nobody_outside(
    address: str, window: Callable[..., Window], width: int
) -> None:
    shown = window(width=width)
    page = shown.open(f"{address}/")
    assert page.locator("#legend").is_visible()
    assert "纵向到底率" in page.inner_text("#panel")
    outside = [url for url in shown.requests if not url.startswith((address, "data:", "blob:"))]
    assert outside == []


def test_the_description_of_the_api_opens(address: str, window: Callable[..., Window]) -> None:
    shown = window()
    shown.page.goto(f"{address}/docs")
    shown.page.wait_for_selector("text=/locate")
    outside = [url for url in shown.requests if not url.startswith((address, "data:", "blob:"))]
    assert outside == []


def test_a_callers_words_become_a_place_and_its_card(address: str, done: JobResult) -> None:
    """The dispatcher's way: words, the first candidate, the card with everybody who answers there."""
    data = done.overview.data
    assert data.buildings is not None
    homes = data.buildings[(data.buildings["kind"] == "residence") & (data.buildings["units"] >= 2)]
    house = homes.dropna(subset=["estate", "name"]).iloc[7]
    hit = _json(address, "/search", q=f"{house['name']}2单元楼下漏水")["hits"][0]
    assert (hit["said"], hit["building_id"]) == (house["name"], house["building_id"])
    assert hit["parts"]["unit"] == "2"
    asked = {"lng": hit["lng"], "lat": hit["lat"], "unit": "2", "line": "城管", "radius_m": 40}
    card = _json(address, "/card", **asked, building_id=hit["building_id"])
    assert (card["answer"], card["place"]["grid_code"]) == ("grid", hit["place"]["grid_code"])
    assert [one["level"] for one in card["regions"]] == ["city", "street", "community"]
    assert card["building"]["building_id"] == house["building_id"]
    assert card["building"]["estate"] == house["estate"]
    assert sum(one["share"] for one in card["likelihood"]) == pytest.approx(1)
    people = {one["section"]: one for one in card["people"]}
    assert list(people) == ["a_officer", "b_officer", "liaisons", "party", "estate"]
    assert all(one["people"] or one["missing"] for one in people.values())
    assert {one["role"] for one in people["b_officer"]["people"]} == {"城管"}
    assert all(one["phone"] for one in people["a_officer"]["people"])
    units = [one["role"] for one in people["party"]["people"] if one["duty"] == "household"]
    assert units == ["2单元"]
    first = _json(address, "/search", q=hit["said"])["hits"][0]
    assert first["key"] == hit["key"]


def test_the_town_without_grids_answers_by_its_office(address: str, done: JobResult) -> None:
    regions_there = done.overview.data.regions
    assert regions_there is not None
    covered = set(done.overview.data.grids["community_code"])
    bare = [
        one
        for one in regions_there.itertuples()
        if not any(code.startswith(one.code) for code in covered)
    ]
    assert bare
    spot = bare[0].geometry.representative_point()
    card = _json(address, "/card", lng=spot.x, lat=spot.y)
    assert (card["answer"], card["place"]) == ("region", None)
    assert bare[0].name in card["why"]
    assert card["regions"][-1]["code"].startswith(bare[0].code)


def _json(address: str, path: str, **query: Any) -> Any:
    with urllib.request.urlopen(f"{address}{path}?{urllib.parse.urlencode(query)}") as reply:
        return json.load(reply)
