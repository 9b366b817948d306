"""``wangge draw`` with what a planner adds: another load, alternatives, micro-grids, last year's plan, mixed files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
import typer
from typer.testing import CliRunner

from api.cli import draw as verb
from api.cli.console import translator
from geo.errors import InputError

CODES = ("340881001001", "340881001004")


@pytest.fixture(scope="module")
def town(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two communities of a generated city; old people live in the north alone."""
    source, path = shared / "planner" / "city_A.gpkg", tmp_path_factory.mktemp("in") / "town.gpkg"
    wanted = ", ".join(f"'{code}'" for code in CODES)
    communities = pyogrio.read_dataframe(source, layer="communities", where=f"code IN ({wanted})")
    buildings = pyogrio.read_dataframe(
        source, layer="buildings", where=f"community_code IN ({wanted})"
    )
    for code in CODES:
        here = buildings["community_code"] == code
        north = buildings.geometry.y > buildings.geometry.y[here].median()
        buildings.loc[here, "elderly"] = np.where(north[here], buildings["residents"][here], 0)
    roads = pyogrio.read_dataframe(source, layer="roads", bbox=tuple(communities.total_bounds))
    for name, frame in (("communities", communities), ("buildings", buildings), ("roads", roads)):
        pyogrio.write_dataframe(frame, path, layer=name)
    return path


@pytest.fixture(scope="module")
def plain(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """It drawn with nothing added."""
    path = tmp_path_factory.mktemp("plain") / "plain.gpkg"
    draw(town, "-o", path)
    return path


def draw(*words: object) -> tuple[str, int]:
    app = typer.Typer()
    verb.register(app, translator("zh"))
    done = CliRunner().invoke(app, [str(word) for word in words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output, done.exit_code


def summary(report: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(report.read_text("utf-8"))["summary"]
    return found


def variation(plan: Path, column: str) -> float:
    grids = pyogrio.read_dataframe(plan, layer="grids")
    means = [
        part[column].std(ddof=0) / part[column].mean()
        for _, part in grids.groupby("community_code")
    ]
    return float(np.mean(means))


def test_another_load_is_balanced_within_both_bounds(
    town: Path, plain: Path, tmp_path: Path
) -> None:
    told = tmp_path / "told.gpkg"
    _, status = draw(town, "-o", told, "--load", "households=0.01,elderly")
    assert status == 0
    grids = pyogrio.read_dataframe(told, layer="grids")
    assert grids["households"].between(300, 500).all()
    assert grids["residents"].between(600, 1000).all()
    blocks = pyogrio.read_dataframe(plain, layer="blocks")
    homes = pyogrio.read_dataframe(town, layer="buildings")
    at = gpd.sjoin(homes, pyogrio.read_dataframe(plain, layer="grids")[["code", "geometry"]])
    heads = at.groupby("code").apply(
        lambda one: 0.01 * one["households"].sum() + one["elderly"].sum()
    )
    community = heads.index.str[:12]
    unaware = float(np.mean([v.std(ddof=0) / v.mean() for _, v in heads.groupby(community)]))
    assert len(blocks) > len(grids)
    assert variation(told, "load") < 0.8 * unaware


def test_a_load_that_is_no_column_is_refused_by_name(town: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        draw(town, "-o", tmp_path / "p.gpkg", "--load", "老人")
    assert "老人" in str(refused.value.params)
    assert not (tmp_path / "p.gpkg").exists()


def test_alternatives_are_what_they_are_called(town: Path, tmp_path: Path) -> None:
    plan, report = tmp_path / "方案.gpkg", tmp_path / "r.json"
    said, status = draw(town, "-o", plan, "--alternatives", "3", "--report", report)
    assert status == 0
    found = {one["kind"]: one for one in summary(report)["alternatives"]}
    assert [one["file"] for one in found.values()] == ["方案.1.gpkg", "方案.2.gpkg", "方案.3.gpkg"]
    scores = {kind: one["scores"] for kind, one in found.items()}
    assert scores["even"]["evenness"] == min(one["evenness"] for one in scores.values())
    assert scores["compact"]["compactness"] == max(one["compactness"] for one in scores.values())
    assert scores["lines"]["on_lines"] == max(one["on_lines"] for one in scores.values())
    for kind, one in found.items():
        assert one["communities_inside"] == len(CODES)
        grids = pyogrio.read_dataframe(tmp_path / one["file"], layer="grids")
        assert shapely.coverage_is_valid(grids.geometry.to_numpy()), kind
        assert one["file"] in said


@pytest.mark.usefixtures("brief")
def test_last_years_plan_is_mended_and_says_who_moves(
    town: Path, plain: Path, tmp_path: Path
) -> None:
    mended, grown = tmp_path / "new.gpkg", tmp_path / "grown.gpkg"
    grids = pyogrio.read_dataframe(plain, layer="grids")
    largest = grids.sort_values("households").iloc[-1]
    homes = pyogrio.read_dataframe(town, layer="buildings")
    inside = shapely.intersects(homes.geometry.to_numpy(), largest.geometry)
    for column in ("households", "residents"):
        homes.loc[inside, column] = np.ceil(homes[column][inside] * 1.25).astype(int)
    for layer in ("communities", "roads"):
        pyogrio.write_dataframe(pyogrio.read_dataframe(town, layer=layer), grown, layer=layer)
    pyogrio.write_dataframe(homes, grown, layer="buildings")
    report = tmp_path / "r.json"
    said, _ = draw(grown, "-o", mended, "--from", plain, "--alternatives", 1, "--report", report)
    assert "改动最少" in said
    assert "换网格户数" in said
    (other,) = summary(report)["alternatives"]
    assert other["households_moved"] > summary(report)["mend"]["households_moved"] > 0
    assert set(summary(report)["scores"]) == {"evenness", "compactness", "on_lines"}
    after = pyogrio.read_dataframe(mended, layer="grids")
    assert set(after["code"]) == set(grids["code"])
    assert after["households"].max() <= 500
    assert largest["code"] in said
    moves = pyogrio.read_dataframe(mended, layer="moves")
    assert 0 < moves["households"].sum() < 0.1 * homes["households"].sum()


@pytest.mark.usefixtures("brief")
def test_beside_a_plan_in_force_its_dedicated_grids_stay_and_its_load_does_not(
    town: Path, tmp_path: Path
) -> None:
    plan, mended = tmp_path / "old.gpkg", tmp_path / "new.gpkg"
    homes = pyogrio.read_dataframe(town, layer="buildings")
    name = f"{homes['community_code'].iloc[0]}/{homes['building_id'].iloc[0]}"
    draw(town, "-o", plan, "--dedicated", name, "--load", "elderly,households=0.1")
    before = pyogrio.read_dataframe(plan, layer="grids")
    (own,) = before.geometry[before["kind"] == "dedicated"]
    draw(town, "-o", mended, "--from", plan, "--alternatives", 1)
    assert "load" in before
    assert "load" not in pyogrio.read_dataframe(mended, layer="grids")
    for path in (mended, tmp_path / "new.1.gpkg"):
        after = pyogrio.read_dataframe(path, layer="grids")
        (same,) = after.geometry[after["kind"] == "dedicated"]
        assert same.symmetric_difference(own).area < 1e-3 * own.area


@pytest.mark.usefixtures("brief")
def test_micro_grids_lie_within_their_grids(town: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.gpkg"
    draw(town, "-o", plan, "--micro", "60")
    grids = pyogrio.read_dataframe(plan, layer="grids").set_index("code")
    micro = pyogrio.read_dataframe(plan, layer="microgrids")
    assert 4 * len(grids) < len(micro) < 9 * len(grids)
    area = micro.assign(m2=micro.to_crs(4548).area).groupby("grid_code")["m2"].sum()
    assert np.allclose(area, grids.to_crs(4548).area.loc[area.index], rtol=1e-6)


def test_files_in_different_systems_give_the_same_plan(
    town: Path, plain: Path, tmp_path: Path
) -> None:
    shapes = {}
    for name, crs in (("communities", 4548), ("buildings", 4326), ("roads", 3857)):
        path = tmp_path / f"{name}.gpkg"
        pyogrio.write_dataframe(pyogrio.read_dataframe(town, layer=name).to_crs(crs), path)
        shapes[name] = path
    other = tmp_path / "other.gpkg"
    words = [word for name, path in shapes.items() for word in (f"--{name}", path)]
    _, status = draw(*words, "-o", other)
    assert status == 0
    counts = [
        pyogrio.read_dataframe(path, layer="grids").groupby("community_code")["households"].sum()
        for path in (plain, other)
    ]
    assert counts[0].equals(counts[1])
    areas = [
        pyogrio.read_dataframe(path, layer="communities").to_crs(4548).area
        for path in (plain, other)
    ]
    assert np.allclose(*areas, rtol=1e-6)
