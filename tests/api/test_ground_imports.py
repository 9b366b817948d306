"""The ground handed over HTTP: what a file holds is shown, then imported whole, once, by the import of the command."""

from __future__ import annotations

import io
import json
import threading
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import openpyxl
from sqlalchemy import Engine, text

from api.services.actor import Actor
from api.services.imports import Options, run
from geo.crs import parse_datum
from tests.api.square_town import (
    BUILDINGS,
    CODES,
    HEADINGS,
    communities,
    communities_zip,
    hand_over,
    ledger,
    roads_zip,
)
from tests.drawings import zipped

Json = dict[str, Any]


def looked(reply: httpx.Response) -> Json:
    assert reply.status_code == 200, reply.text
    told: Json = reply.json()
    return told


def say(site: str, told: Json, **said: Any) -> Json:
    """Say something more of a file."""
    body = told["wishes"] | said
    url = f"{site}/ground/imports/{told['id']}/preview"
    return looked(httpx.post(url, json=body, headers={"accept-language": "zh"}, timeout=120))


def accept(site: str, told: Json, **more: Any) -> httpx.Response:
    body = told["wishes"] | {"seen": told["seen"], "by": "张三"} | more
    return httpx.post(
        f"{site}/ground/imports/{told['id']}/accept",
        json=body,
        headers={"accept-language": "zh"},
        timeout=120,
    )


def counts(told: Json) -> dict[str, int]:
    return {one["state"]: one["count"] for one in told["counts"]}


def ours(told: Json) -> dict[str, str]:
    return {one["name"]: one["ours"] for one in told["columns"] if one["ours"]}


def scalar(engine: Engine, query: str) -> Any:
    with engine.connect() as connection:
        return connection.execute(text(query)).scalar_one()


def test_an_empty_store_is_filled_over_http_alone_and_its_first_plan_drawn(
    site: str, engine: Engine, tmp_path: Path
) -> None:
    told = looked(hand_over(site, "regions", "社区边界.zip", communities_zip(tmp_path)))
    assert told["encoding"] == "gb18030" or told["encoding"] == "gbk"
    assert ours(told) == {"社区编码": "code", "社区名称": "name"}
    assert told["columns"][1]["samples"][0] == "东门社区"
    assert told["datum_by"] == "file" and told["needs"] == [] and told["ready"]
    assert counts(told)["good"] == 9 and told["figures"]["added"] == 9
    assert len(told["shapes"]["features"]) == 9
    assert (
        scalar(engine, "SELECT count(*) FROM regions") == 0
    )  # nothing is kept before it is confirmed
    done = accept(site, told).json()
    assert done["result"]["added"] == 9 and done["imported_by"] == "张三" and not done["again"]
    assert scalar(engine, "SELECT count(*) FROM regions WHERE source = '社区边界.zip'") == 9

    told = looked(hand_over(site, "buildings", "台账.xlsx", ledger()))
    assert told["needs"] == ["datum"] and not told["ready"] and told["table"]
    best = told["ways"][0]
    assert (best["datum"], best["inside"], best["total"]) == ("bd09", BUILDINGS, BUILDINGS)
    assert told["ways"][1]["inside"] < BUILDINGS
    assert 900 < best["shift_m"] < 1500
    told = say(site, told, datum="bd09")
    assert told["ready"] and told["figures"]["added"] == BUILDINGS
    assert told["bases"] == [{"basis": None, "count": BUILDINGS}]
    told = say(site, told, basis="usual")
    assert told["bases"] == [{"basis": "usual", "count": BUILDINGS}]
    assert accept(site, told).json()["result"]["added"] == BUILDINGS
    query = "SELECT count(*) FROM buildings WHERE residents_basis = 'usual' AND raw_datum = 'bd09'"
    assert scalar(engine, query) == BUILDINGS

    told = looked(hand_over(site, "roads", "道路.zip", roads_zip(tmp_path)))
    assert ours(told) == {"道路名称": "name", "等级": "class"}
    assert accept(site, told).json()["result"]["added"] == 12

    assert httpx.get(f"{site}/plans/ground").json()["lacking"] == []
    made = httpx.post(f"{site}/plans", json={"drawn": True}, timeout=120).json()
    while made["drawing"]["state"] == "running":
        made["drawing"] = httpx.get(f"{site}/plans/drawings/{made['drawing']['id']}").json()
    assert made["drawing"]["state"] == "done", made["drawing"]
    assert len(made["drawing"]["plans"]) == 9


def test_what_is_imported_over_http_is_what_the_command_imports(
    site: str, engine: Engine, tmp_path: Path
) -> None:
    queries = (
        "SELECT string_agg(md5(ST_AsEWKB(geom) || ST_AsEWKB(source_geom)), ',' ORDER BY code) FROM regions",
        "SELECT string_agg(b::text, ',' ORDER BY building_id) FROM (SELECT building_id, community_code, households,"
        " residents, point, raw_x, raw_y, raw_datum, source FROM buildings) b",
    )
    files = {
        "regions": ("边界.zip", communities_zip(tmp_path)),
        "buildings": ("台账.xlsx", ledger()),
    }
    for noun, (name, content) in files.items():
        told = looked(hand_over(site, noun, name, content))
        told = say(site, told, datum="bd09") if told["needs"] else told
        assert accept(site, told).status_code == 200
    over_http = [scalar(engine, query) for query in queries]
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM buildings"))
        connection.execute(text("DELETE FROM regions"))
    for noun, (name, content) in files.items():
        (tmp_path / name).write_bytes(content)
        datum = parse_datum("bd09") if noun == "buildings" else None
        run(engine, noun, str(tmp_path / name), Options(Actor("c"), ZoneInfo("UTC"), datum=datum))
    assert over_http == [scalar(engine, query) for query in queries]


def test_rows_that_can_not_be_taken_are_told_with_their_numbers_and_given_back(
    site: str, tmp_path: Path
) -> None:
    accept(site, looked(hand_over(site, "regions", "边界.zip", communities_zip(tmp_path))))
    more = [
        ["x-1", "缺坐标楼", "东门社区", None, 10, 20, None, None],
        ["x-2", "坏户数楼", "东门社区", None, "很多", 20, 116.96, 31.05],
        [f"{CODES[0]}-00", "重复楼", "东门社区", None, 10, 20, 116.96, 31.05],
    ]
    told = looked(hand_over(site, "buildings", "台账.xlsx", ledger(more=more)))
    told = say(site, told, datum="bd09")
    rows = {one["row"]: one for one in told["rows"]}
    first = BUILDINGS + 2  # behind the heading
    assert rows[first]["state"] == "待定位" and "没有坐标" in rows[first]["reason"]
    assert rows[first + 1]["state"] == "未收" and "“户数”填的是“很多”" in rows[first + 1]["reason"]
    assert "重复" in rows[first + 2]["reason"]
    assert told["figures"]["kept"] == 2
    url = f"{site}/ground/imports/{told['id']}/open.xlsx"
    before = httpx.get(url, headers={"accept-language": "zh"}, timeout=60)
    done = accept(site, told).json()
    assert done["open"]
    after = httpx.get(url, headers={"accept-language": "zh"}, timeout=60)
    for reply in (before, after):
        sheet = openpyxl.load_workbook(io.BytesIO(reply.content)).active
        assert sheet is not None
        heading = [cell.value for cell in sheet[1]]
        assert heading == [*HEADINGS, "导入编号", "导入状态", "导入原因"]
        assert sheet.max_row == 4


def test_a_file_is_imported_once_however_often_it_is_confirmed(
    site: str, engine: Engine, tmp_path: Path
) -> None:
    content = communities_zip(tmp_path)
    told = looked(hand_over(site, "regions", "边界.zip", content))
    answers: list[Json] = []
    together = [
        threading.Thread(target=lambda: answers.append(accept(site, told).json())) for _ in range(3)
    ]
    for one in together:
        one.start()
    for one in together:
        one.join()
    assert sorted(one["again"] for one in answers) == [False, True, True]
    assert len({json.dumps(one | {"again": 0}) for one in answers}) == 1
    again = accept(site, told).json()
    assert again["again"] and again["result"]["added"] == 9
    assert scalar(engine, "SELECT count(*) FROM regions") == 9

    twice = looked(hand_over(site, "regions", "边界.zip", content))
    assert twice["before"]["by"] == "张三"
    assert twice["figures"]["added"] == 0
    other = looked(hand_over(site, "greens", "边界.zip", content))
    assert other["before"] is None  # the same bytes, but never as green areas
    assert httpx.delete(f"{site}/ground/imports/{other['id']}").status_code == 200
    assert accept(site, twice).status_code == 200
    assert scalar(engine, "SELECT count(*) FROM regions") == 9
    listed = httpx.get(f"{site}/ground/imports").json()["imports"]
    assert [one["imported_by"] for one in listed] == ["张三", "张三"]
    gone = httpx.delete(f"{site}/ground/imports/{told['id']}", headers={"accept-language": "zh"})
    assert gone.status_code == 409 and "张三" in gone.json()["detail"]


def test_what_would_become_something_else_than_was_seen_is_not_imported(
    site: str, tmp_path: Path
) -> None:
    content = communities_zip(tmp_path)
    told, other = (looked(hand_over(site, "regions", "边界.zip", content)) for _ in range(2))
    accept(site, other)
    reply = accept(site, told)
    assert reply.status_code == 409 and reply.json()["title"] == "ground-import-changed"
    assert accept(site, told, seen="x").status_code == 409
    assert accept(site, say(site, told)).status_code == 200


def test_columns_that_are_not_recognised_are_named_by_a_person(
    site: str, engine: Engine, tmp_path: Path
) -> None:
    frame = communities().rename(columns={"社区编码": "bm", "社区名称": "mc"})
    file = tmp_path / "边界.gpkg"
    frame.to_file(file, layer="随便", driver="GPKG")
    told = looked(hand_over(site, "regions", "边界.gpkg", file.read_bytes()))
    assert (
        not told["ready"] and "“各列是什么”" in told["problem"] and "--map" not in told["problem"]
    )
    told = say(site, told, columns={"code": "bm", "name": "mc"})
    assert told["problem"] is None and told["ready"]
    assert ours(told) == {"bm": "code", "mc": "name"}
    wrong = say(site, told, columns={"code": "没有这列"})
    assert "没有这列" in wrong["problem"]
    assert "planned_grids" in say(site, told, columns={"什么": "bm"})["problem"]
    accept(site, say(site, told, columns={"code": "bm", "name": "mc"}))
    assert scalar(engine, "SELECT name FROM regions WHERE code = '340881001001'") == "东门社区"


def test_which_layer_of_several_is_asked_for(site: str, tmp_path: Path) -> None:
    file = tmp_path / "底图.gpkg"
    for layer in ("甲", "乙"):
        communities().to_file(file, layer=layer, driver="GPKG")
    told = looked(hand_over(site, "regions", "底图.gpkg", file.read_bytes()))
    assert told["needs"] == ["part"] and set(told["parts"]) == {"甲", "乙"}
    assert say(site, told, part="乙")["ready"]
    body = told["wishes"] | {"part": "丙"}
    url = f"{site}/ground/imports/{told['id']}/preview"
    reply = httpx.post(url, json=body, headers={"accept-language": "zh"}, timeout=60)
    assert reply.status_code == 422 and "甲" in reply.json()["detail"]

    shapes = {
        f"{name}/{name}{part}": content
        for name in ("甲", "乙")
        for part, content in _parts(tmp_path)
    }
    told = looked(hand_over(site, "regions", "两个.zip", zipped(shapes)))
    assert told["needs"] == ["part"] and set(told["parts"]) == {"甲/甲", "乙/乙"}
    assert say(site, told, part="甲/甲")["ready"]


def _parts(folder: Path) -> list[tuple[str, bytes]]:
    communities().to_file(folder / "one.shp", encoding="gbk")
    return [
        (part, (folder / f"one{part}").read_bytes()) for part in (".shp", ".shx", ".dbf", ".prj")
    ]


def test_coordinates_that_nothing_declares_are_said_by_a_person(site: str, tmp_path: Path) -> None:
    told = looked(hand_over(site, "regions", "边界.zip", communities_zip(tmp_path, prj=False)))
    assert told["needs"] == ["datum"]
    ways = {one["datum"]: one for one in told["ways"]}
    assert [ways[name]["total"] for name in ("wgs84", "gcj02", "bd09")] == [0, 0, 0]
    assert ways["wgs84"]["shift_m"] == 0 and 400 < ways["gcj02"]["shift_m"] < 700
    assert say(site, told, datum="cgcs2000")["ready"]
    geojson = communities().to_json().encode()
    told = looked(hand_over(site, "regions", "边界.geojson", geojson))
    assert told["needs"] == ["datum"]  # the kind says WGS84, whatever a map's vendor put in
    assert say(site, told, datum="gcj02")["ready"]
    declared = looked(hand_over(site, "regions", "边界.zip", communities_zip(tmp_path)))
    problem = say(site, declared, datum="bd09")["problem"]
    assert problem is not None and "--datum" not in problem and "bd09" in problem


def test_what_is_no_file_of_the_ground_is_refused_by_name(site: str) -> None:
    reply = hand_over(site, "roads", "道路.xlsx", ledger())
    assert reply.status_code == 422 and "道路.xlsx" in reply.json()["detail"]
    assert hand_over(site, "buildings", "空.csv", b"").status_code == 422
    broken = hand_over(site, "buildings", "坏.xlsx", b"PK\x03\x04" + b"x" * 100)
    assert broken.status_code == 422 and "坏.xlsx" in broken.json()["detail"]
    assert hand_over(site, "posts", "岗位.xlsx", ledger()).status_code == 422
    assert httpx.get(f"{site}/ground/imports").json() == {"imports": []}


def test_how_far_it_is_is_told_while_it_goes_on(site: str, tmp_path: Path) -> None:
    accept(site, looked(hand_over(site, "regions", "边界.zip", communities_zip(tmp_path))))
    told = say(site, looked(hand_over(site, "buildings", "台账.xlsx", ledger())), datum="bd09")
    headers = {"accept": "text/event-stream", "accept-language": "zh"}
    body = told["wishes"] | {"seen": told["seen"]}
    url = f"{site}/ground/imports/{told['id']}/accept"
    reply = httpx.post(url, json=body, headers=headers, timeout=120)
    assert "逐行核对" in reply.text and "写入数据库" in reply.text
    assert "event: done" in reply.text


def test_who_goes_away_stops_it_and_nothing_is_half_there(
    site: str, engine: Engine, tmp_path: Path
) -> None:
    accept(site, looked(hand_over(site, "regions", "边界.zip", communities_zip(tmp_path))))
    told = say(site, looked(hand_over(site, "buildings", "台账.xlsx", ledger())), datum="bd09")
    url = f"{site}/ground/imports/{told['id']}/accept"
    body = told["wishes"] | {"seen": told["seen"]}
    headers = {"accept": "text/event-stream"}
    with engine.connect() as holding:
        holding.execute(text("LOCK TABLE buildings IN SHARE MODE"))  # an import waits for it
        with httpx.stream("POST", url, json=body, headers=headers, timeout=60) as reply:
            next(reply.iter_lines())
        httpx.get(f"{site}/healthz")
        holding.rollback()
    for _ in range(100):
        if (
            scalar(
                engine, "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'"
            )
            == 0
        ):
            break
    assert scalar(engine, "SELECT count(*) FROM buildings") == 0
    assert accept(site, told).json()["again"] is False
