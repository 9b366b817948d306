"""What ``wangge draw`` offers where bounds can't hold can be done with the command itself, and does what it says."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
import pytest
import shapely
import typer
from typer.testing import CliRunner

from api.cli import draw as verb
from api.cli.console import translator
from api.cli.stopping import ending
from api.services.progress import silent
from geo.errors import InputError
from geo.partition import draw as drawing

WEST, SOUTH, SIDE = 116.95, 31.03, 0.006
CODE = "340881001001"
Home = tuple[float, float, int, int, str | None]
"""East and north in communities, households, residents, estate."""


@dataclass(frozen=True, slots=True)
class Answer:
    """said: what was printed, in one line. community: its figures. findings: code -> severity. plan: the file."""

    said: str
    community: dict[str, Any]
    findings: dict[str, str]
    plan: Path

    def option(self, kind: str) -> dict[str, Any]:
        (offer,) = [one for one in self.community["offers"] if one["kind"] == kind]
        params: dict[str, Any] = offer["params"]
        return params


Draw = Callable[..., Answer]


def spread(number: int, households: int, residents: int, south: float = 0.0) -> list[Home]:
    steps = [(i + 0.5) / number for i in range(number)]
    return [(x, south + y, households, residents, None) for x in steps for y in steps]


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(
        WEST + west * SIDE, SOUTH + south * SIDE, WEST + east * SIDE, SOUTH + north * SIDE
    )


def corridor() -> list[Home]:
    """The western estate is below the floor, and with its only neighbour above the ceiling."""
    sizes = [("西园", 260), ("桥头", 448), ("中城", 340), ("东苑", 340)]
    return [
        (0.03 + i / 4 + 0.05 * n, 0.5, size // 4, round(size // 4 * 2.1), name)
        for i, (name, size) in enumerate(sizes)
        for n in range(4)
    ]


STRIP = box(0, 0.45, 1, 0.55)


@pytest.fixture
def town(tmp_path: Path) -> Callable[..., Path]:
    def write(homes: list[Home], outline: shapely.Geometry, **columns: object) -> Path:
        path = tmp_path / "city.gpkg"
        path.unlink(missing_ok=True)
        communities = {"code": [CODE], "name": ["和平社区"], **{k: [v] for k, v in columns.items()}}
        shapes = gpd.GeoDataFrame(communities, geometry=[outline], crs=4490)
        pyogrio.write_dataframe(shapes, path, layer="communities")
        points = [shapely.Point(WEST + x * SIDE, SOUTH + y * SIDE) for x, y, *_ in homes]
        table = {
            "building_id": [f"B{number}" for number in range(len(homes))],
            "community_code": CODE,
            "kind": "residence",
            "estate": [home[4] for home in homes],
            "households": [home[2] for home in homes],
            "residents": [home[3] for home in homes],
        }
        buildings = gpd.GeoDataFrame(table, geometry=points, crs=4490)
        pyogrio.write_dataframe(buildings, path, layer="buildings")
        return path

    return write


def run(city: Path, *options: str, name: str = "plan.gpkg") -> Answer:
    app = typer.Typer()
    verb.register(app, translator("zh"))
    plan, report = city.parent / name, city.parent / "report.json"
    done = CliRunner().invoke(app, [str(city), "-o", str(plan), "--report", str(report), *options])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    written = json.loads(report.read_text("utf-8"))
    (community,) = written["summary"]["by_community"]
    findings = {one["code"]: one["severity"] for one in written["findings"]}
    return Answer("".join(done.stdout.split()), community, findings, plan)


def test_an_approved_exception_keeps_its_state_and_its_reason(town: Callable[..., Path]) -> None:
    city = town(corridor(), STRIP)
    before = run(city)
    assert before.findings["size-households"] == "warning"
    assert f"--approve{CODE}=理由" in before.said
    made = run(city, "--approve", "和平社区=历史形成")
    assert (made.community["state"], made.community["exception"]) == ("proved", "历史形成")
    assert made.findings["draw-exception"] == made.findings["size-households"] == "note"
    assert "已批准例外" in made.said
    assert "可以这样办" not in made.said
    (kept,) = pyogrio.read_dataframe(made.plan, layer="communities").itertuples()
    assert (kept.state, kept.exception) == ("proved", "历史形成")
    grids = pyogrio.read_dataframe(made.plan, layer="grids")
    assert (grids["within"] == (grids["off_percent"] == 0)).all()
    assert not grids["within"].all()


def test_the_split_that_is_offered_can_be_asked_for(town: Callable[..., Path]) -> None:
    city = town(corridor(), STRIP)
    assert f"--split{CODE}/桥头【已验证：达标】" in run(city).said
    made = run(city, "--split", f"{CODE}/桥头")
    assert made.community["state"] == "feasible"
    assert made.findings.get("estate-split", "note") == "note"


def test_a_split_is_verified_beside_dedicated_ground_and_crossings(
    town: Callable[..., Path],
) -> None:
    factory = (0.985, 0.5, 1, 1, "工厂")
    far: list[Home] = [(3.2, 0.2, 10, 22, "岛园"), (3.3, 0.3, 10, 22, "岛园")]
    outline = shapely.MultiPolygon([STRIP, box(3, 0, 3.5, 0.5)])
    city = town([*corridor(), factory, *far], outline)
    wishes = ("--dedicated", "工厂", "--cross", f"{CODE}/岛园=东苑")
    told = run(city, *wishes)
    assert told.community["state"] != "feasible"
    assert told.option("split")["estate"] == "桥头"
    assert f"--split{CODE}/桥头【已验证：达标】" in told.said
    made = run(city, *wishes, "--split", f"{CODE}/桥头")
    assert made.community["state"] == "feasible"


def test_the_bounds_that_are_offered_can_be_given_or_be_columns(town: Callable[..., Path]) -> None:
    city = town(corridor(), STRIP)
    given = next(
        one["params"] for one in run(city).community["offers"] if one["kind"].startswith("bounds")
    )
    ends = {
        f"{measure}_{end}": given[f"{side}_{measure}"]
        for measure in ("households", "residents")
        for end, side in (("min", "low"), ("max", "high"))
    }
    text = "{households_min}-{households_max},{residents_min}-{residents_max}".format(**ends)
    made = run(city, "--bounds", f"{CODE}={text}")
    assert made.community["state"] == "feasible"
    assert "size-households" not in made.findings
    own = pyogrio.read_dataframe(made.plan, layer="communities").iloc[0]
    assert {name: own[name] for name in ends} == ends
    same = run(town(corridor(), STRIP, **ends), name="same.gpkg")
    assert same.community["state"] == "feasible"


def test_the_crossing_that_is_offered_can_be_allowed(town: Callable[..., Path]) -> None:
    far: list[Home] = [(3.2, 0.2, 30, 66, "岛园"), (3.3, 0.3, 20, 44, "岛园")]
    outline = shapely.MultiPolygon([box(0, 0, 1, 1), box(3, 0, 3.5, 0.5)])
    city = town([*spread(8, 25, 55), *far], outline)
    before = run(city)
    assert before.community["state"] == "impossible"
    option = before.option("crossing")["option"]
    assert f"--cross{CODE}/{option}" in before.said
    made = run(city, "--cross", f"{CODE}/{option}")
    assert made.community["state"] == "feasible"
    assert "draw-crossing-assumed" not in made.findings


def test_another_number_of_grids_for_one_community(town: Callable[..., Path]) -> None:
    city = town(spread(8, 25, 55), box(0, 0, 1, 1))
    asked = run(city, "--grids", "和平社区=6")
    assert asked.community["state"] == "impossible"
    count = asked.option("count")["count"]
    assert f"--grids{CODE}={count}" in asked.said
    made = run(city, "--grids", f"{CODE}={count}")
    assert (made.community["state"], made.community["grids"]) == ("feasible", count)


def test_wrong_wishes_are_refused_with_what_was_meant(town: Callable[..., Path]) -> None:
    city = town(spread(3, 40, 90), box(0, 0, 1, 1))
    wrong = {
        "option-pair": ("--bounds", f"{CODE}=三百"),
        "community-unknown": ("--approve", "和平=理由"),
        "bounds-impossible": ("--bounds", f"{CODE}=500-300"),
        "cross-malformed": ("--cross", f"{CODE}/甲"),
        "dedicated-unknown": ("--split", f"{CODE}/没有"),
    }
    for code, options in wrong.items():
        with pytest.raises(InputError) as refused:
            run(city, *options)
        assert refused.value.code == code


def test_time_that_is_up_can_only_mean_not_found(town: Callable[..., Path]) -> None:
    made = run(town(corridor(), STRIP), "--time-limit", "0")
    assert (made.community["state"], made.community["cut_short"]) == ("not-found", True)
    assert made.findings["draw-cut-short"] == "warning"
    assert len(pyogrio.read_dataframe(made.plan, layer="grids")) == made.community["grids"]


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C as in a terminal: what a shell starts in the background is started without it."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_ends_the_search_and_again_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    with ending(silent, None, "收尾") as (watch, cancelled):
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
        watch("draw-grids", 0, 1)
        assert not cancelled()
        os.kill(os.getpid(), signal.SIGINT)
        assert cancelled()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert "收尾" in capsys.readouterr().err


def test_the_same_plan_is_the_same_bytes_on_one_core_and_elsewhere(
    town: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path_factory: Any
) -> None:
    city = town(spread(6, 25, 55), box(0, 0, 1, 1))
    first = run(city).plan.read_bytes()
    monkeypatch.setattr(drawing.os, "cpu_count", lambda: 1)
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert run(city, name="again.gpkg").plan.read_bytes() == first


def test_an_empty_island_is_told_and_needs_no_grid(town: Callable[..., Path]) -> None:
    outline = shapely.MultiPolygon([box(0, 0, 1, 1), box(3, 0, 3.5, 0.5)])
    made = run(town(spread(8, 25, 55), outline))
    assert made.community["state"] == "feasible"
    assert "draw-crossing-assumed" in made.findings
    grids = pyogrio.read_dataframe(made.plan, layer="grids")
    assert grids["households"].between(300, 500).all()


def test_an_approved_exception_outlives_a_mending(town: Callable[..., Path]) -> None:
    city = town(corridor(), STRIP)
    plan = run(city, "--approve", "和平社区=历史形成").plan
    after = run(city, "--from", str(plan), name="after.gpkg")
    assert after.community["exception"] == "历史形成"
    assert after.findings["size-households"] == "note"
    (kept,) = pyogrio.read_dataframe(after.plan, layer="communities").itertuples()
    assert kept.exception == "历史形成"
    newer = run(city, "--from", str(plan), "--approve", f"{CODE}=街道批复", name="newer.gpkg")
    assert newer.community["exception"] == "街道批复"
