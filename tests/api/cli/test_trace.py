"""``wangge trace``: rows put on the map, an image fitted, a lane drawn from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from sqlalchemy import Engine, text
from typer.testing import CliRunner, Result

from api.cli.console import translator
from api.cli.trace import register
from geo.errors import Conflict, FileUnreadable, NotFound, OptionError
from tests.api.blocks_town import FIRST, middle
from tests.api.test_backdrops import CORNERS
from tests.api.test_placing import wait
from tests.data.store.conftest import EAST, WEST
from tests.pictures import png


@pytest.fixture(scope="module")
def template(town_of_blocks: str) -> str:
    """The town of blocks: each test has a copy."""
    return town_of_blocks


@pytest.fixture(autouse=True)
def town(engine: Engine, db_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DATABASE_URL", db_url)
    monkeypatch.setenv("WANGGE_LANG", "en")
    monkeypatch.setenv("COLUMNS", "200")
    with engine.begin() as connection:
        wait(connection)
    yield


def run(*words: str) -> Result:
    app = typer.Typer()
    register(app, translator("en"))
    return CliRunner().invoke(app, ["trace", *words])


def ran(*words: str) -> str:
    result = run(*words)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def where(lng: float, lat: float) -> str:
    return f"{lng},{lat}"


def test_a_row_is_placed_and_taken_off() -> None:
    assert "一号楼" in ran("waiting", WEST)
    assert "二号楼" not in ran("waiting", WEST)
    said = ran("place", "a1", where(*middle(0, 0)), "--by", "张三")
    assert f"(number 1): {FIRST}" in said
    assert "一号楼" not in ran("waiting")
    assert isinstance(run("place", "a1", where(*middle(0, 0))).exception, NotFound)
    assert "a1 is off the map" in ran("off", "1")
    assert isinstance(run("place", "a1", where(*middle(0, 0, EAST))).exception, Conflict)
    assert "on the map" in ran("place", "a1", where(*middle(0, 0, EAST)), "--anyway")
    assert isinstance(run("place", "a2", "here").exception, OptionError)


def test_an_image_is_fitted(tmp_path: Path) -> None:
    file = tmp_path / "map.png"
    file.write_bytes(png(400, 300))
    assert "Image 1 is kept (400 x 300)" in ran("image", str(file), WEST)
    told = [
        word
        for one in CORNERS
        for word in ("--point", f"{one['x']},{one['y']}={one['lng']},{one['lat']}")
    ]
    said = ran("fit", "1", *told)
    assert "Affine: 0.0" in said
    assert "no point is left" in ran("fit", "1", *told[:4])
    assert isinstance(run("fit", "1", "--point", "1,2").exception, OptionError)
    assert isinstance(run("image", str(tmp_path / "none.png"), WEST).exception, FileUnreadable)


def test_a_lane_is_drawn_removed_and_put_back(engine: Engine) -> None:
    def lines() -> int:
        with engine.connect() as connection:
            return int(connection.scalar(text("SELECT count(*) FROM lines")) or 0)

    spots = [where(*middle(column, 1)) for column in range(3)]
    assert "number 1" in ran("draw", "road", WEST, *spots, "--class", "lane", "--name", "工农巷")
    assert lines() == 1
    ran("remove", "1")
    assert lines() == 0
    ran("restore", "1")
    assert lines() == 1
    assert isinstance(run("draw", "road", WEST, *spots).exception, OptionError)


def test_an_outline_names_the_buildings_within(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE buildings SET estate = NULL WHERE building_id LIKE '%-00'"))
    ring = [where(*middle(*one)) for one in ((-0.4, -0.4), (1.4, -0.4), (1.4, 0.4), (-0.4, 0.4))]
    ran("draw", "estate", WEST, *ring, "--closed", "--name", "新苑")
    assert "of no estate 1, of its own 0, of another 1" in ran("estate", "1", "--dry-run")
    assert "Buildings now of “新苑”: 1" in ran("estate", "1")
    assert "Called as before: 1" in ran("estate", "1", "--undo")
