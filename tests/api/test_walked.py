"""The walking sheet with what was noted on the way, and who stands in for an officer on the wall map."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from matplotlib.figure import Figure
from PIL import Image
from sqlalchemy import Engine, text

from api.app import create_app
from api.services.drafting import Shelf
from api.services.plan_papers import PlanPapers
from data.apart import Apart, Nursing
from data.readers.photos import shrunk
from data.settings import Settings
from maps.plan_papers.content import people
from maps.plan_papers.walk import border_legs, walk_pages
from maps.plan_papers.walked import notes_of
from tests.api.blocks_town import FIRST, SECOND, middle
from tests.api.test_redrawing import drafted
from tests.data.apart import reads


@pytest.fixture(scope="module")
def template(town_of_blocks: str) -> str:
    """The town of blocks: each test has a copy."""
    return town_of_blocks


@pytest.fixture
def client(db_url: str) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(database_url=db_url))) as client:
        yield client


def photo(width: int = 1600, height: int = 1200) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (width, height), (200, 120, 60)).save(kept, "JPEG")
    return kept.getvalue()


def say(client: TestClient, plan: int, said: str, **more: Any) -> None:
    body = {"kind": "walk", "said": said, **more}
    reply = client.post(f"/plans/{plan}/comments", json=body)
    assert reply.status_code == 200, reply.text


def words(figure: Figure) -> str:
    axes = [one.get_text() for each in figure.axes for one in each.texts]
    return "\n".join([*(one.get_text() for one in figure.texts), *axes])


def test_notes_stand_at_their_leg_with_their_photos(
    client: TestClient, engine: Engine, db_url: str
) -> None:
    head = drafted(client)
    lng, lat = middle(0, 1)
    west = lng - 0.00125  # on the border of the community
    picture = base64.b64encode(photo()).decode()
    say(client, head["id"], "墙已拆", name="李四", lng=west, lat=lat, photo=picture)
    say(client, head["id"], "全程无异议", grid_code=FIRST)
    say(client, head["id"], "离边界很远", lng=lng, lat=lat, grid_code=FIRST)
    say(client, head["id"], "别的网格", grid_code=SECOND)
    client.post(f"/plans/{head['id']}/comments", json={"kind": "comment", "said": "批注"})
    settings = Settings(database_url=db_url)
    made = PlanPapers(engine, Shelf(settings), settings)
    papers = made.papers(head["id"], photos=True)
    legs = border_legs(papers, FIRST)
    notes = notes_of(papers, FIRST, legs)
    assert [(one.letter, one.remark.said, one.leg is None) for one in notes] == [
        ("A", "墙已拆", False),
        ("B", "全程无异议", True),
    ]
    assert notes[0].at is not None
    assert notes[0].leg is not None
    assert legs[notes[0].leg].path.distance(notes[0].at) < 1
    pages = [page.figure for page in walk_pages(papers, FIRST, "zh")]
    told = "\n".join(words(one) for one in pages)
    assert "A 墙已拆" in told
    assert "B 全程无异议" in told
    assert "离边界很远" not in told
    assert sum(len(axes.images) for one in pages for axes in one.axes) == 1
    bare = made.papers(head["id"])
    assert not any(one.photo for one in bare.remarks), "other documents read no photos"


def test_photos_are_read_apart_and_one_that_crashes_its_reader_is_left_out(
    client: TestClient,
    engine: Engine,
    db_url: str,
    nursery: Nursing,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    head = drafted(client)
    say(client, head["id"], "墙已拆", photo=base64.b64encode(photo()).decode(), grid_code=FIRST)
    settings = Settings(database_url=db_url)
    made = PlanPapers(engine, Shelf(settings), settings, Apart(nursery=nursery))
    small = made.papers(head["id"], photos=True).remarks[0].photo
    assert small is not None
    with Image.open(io.BytesIO(small)) as picture:
        assert picture.size == (1000, 750)
    monkeypatch.setattr("api.services.plan_papers.shrunk_apart", reads.crashes_on_photo)
    assert made.papers(head["id"], photos=True).remarks[0].photo is None
    assert b"%PDF" in made.make(head["id"], "walk.pdf", lang="zh").content[:10]


def test_a_photo_is_made_small_and_what_is_none_is_left_out() -> None:
    small = shrunk(photo(4000, 3000))
    assert small is not None
    with Image.open(io.BytesIO(small)) as picture:
        assert picture.size == (1000, 750)
    assert shrunk(b"\xff\xd8\xff nothing") is None
    assert shrunk(b"") is None


def test_who_stands_in_is_named_on_the_wall_map(
    client: TestClient, engine: Engine, db_url: str
) -> None:
    with engine.begin() as connection:
        away = (
            "UPDATE posts SET phone = '1', stand_in = '赵六', stand_in_phone = '2',"
            " leave = tstzrange(now() - interval '1 day', now() + interval '1 day')"
            " WHERE grid_code = :grid"
        )
        connection.execute(text(away), {"grid": FIRST})
    head = drafted(client)
    settings = Settings(database_url=db_url)
    papers = PlanPapers(engine, Shelf(settings), settings).papers(head["id"])
    assert people(papers, FIRST, "zh", phones=True) == "网格员0 1（请假，由 赵六 2 代）"
    assert people(papers, FIRST, "zh") == "网格员0"
    assert people(papers, SECOND, "zh", phones=True) == "网格员1"
