"""What an approval lets stand: a kind, or what is of named grids or an estate; what a draft must not make worse."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from api.app import create_app
from api.cli.plan import _reasons
from api.services.approvals import Approval, approved, joined, whole_kinds
from data.settings import Settings
from geo.model import Finding, Severity
from tests.api.blocks_town import FIRST, SECOND, block_id
from tests.api.test_publishing import published, publishes
from tests.api.test_redrawing import done, drafted, paint, refused

KEPT = {"by": "张三", "at": "2026-11-20"}


@pytest.fixture(scope="module")
def template(town_of_blocks: str) -> str:
    """The town of blocks: each test has a copy."""
    return town_of_blocks


@pytest.fixture
def client(db_url: str) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(database_url=db_url))) as client:
        yield client


def tall(client: TestClient) -> dict[str, Any]:
    """A draft in which one grid has too many households, the other too few."""
    head = drafted(client)
    blocks = [block_id(2, row) for row in range(4)]
    return dict(done(client, head, {"op": "paint", "blocks": blocks, "grid": FIRST})["plan"])


def test_each_finding_is_approved_by_its_grid(client: TestClient) -> None:
    head = tall(client)
    told = client.get(f"/plans/{head['id']}/obstacles").json()
    open_ = {(one["code"], *one["codes"]) for one in told["findings"]}
    kinds = ("size-households", "size-residents")
    assert open_ == {(code, grid) for code in kinds for grid in (FIRST, SECOND)}
    first = [{"code": code, "reason": "整改期", "grids": [FIRST]} for code in kinds]
    said = refused(publishes(client, head, exceptions=first), "plan-blocked")
    assert {tuple(one["codes"]) for one in said["plan"]["blocking"]} == {(SECOND,)}
    paper = {"number": "桐政办〔2026〕18号", "day": "2026-11-20"}
    both = [*first, *({**one, "grids": [SECOND], **paper} for one in first)]
    answer = published(client, head, exceptions=both)
    kept = answer["plans"][0]["exceptions"]
    assert [one["grids"] for one in kept] == [[FIRST], [FIRST], [SECOND], [SECOND]]
    assert {"number", "day"} <= kept[-1].keys()
    assert "number" not in kept[0]
    assert len(answer["approved"]) == 4


def test_what_a_draft_found_is_not_held_against_it(client: TestClient, engine: Engine) -> None:
    """A grid that was too large stays so without an exception, and may become better; not worse."""
    with engine.begin() as connection:
        more = (
            "UPDATE buildings SET households = 100, residents = 220 WHERE building_id LIKE :first"
        )
        connection.execute(text(more), {"first": f"{FIRST[:12]}-0%"})
    head = drafted(client)
    assert client.get(f"/plans/{head['id']}/obstacles").json() == {"findings": [], "lacking": []}
    better = done(client, head, paint(1, 0, SECOND))["plan"]
    assert client.get(f"/plans/{head['id']}/obstacles").json()["findings"] == []
    worse = done(client, better, paint(1, 0, FIRST), paint(2, 0, FIRST))["plan"]
    told = client.get(f"/plans/{head['id']}/obstacles").json()["findings"]
    assert {(one["code"], *one["codes"]) for one in told} == {
        ("size-households", FIRST),
        ("size-residents", FIRST),
    }
    refused(publishes(client, worse), "plan-blocked")


def test_rules_may_leave_sizes_alone(db_url: str, tmp_path: Path) -> None:
    rules = tmp_path / "stages.toml"
    rules.write_text('version = "here"\nmust_not_worsen = []\n', "utf-8")
    settings = Settings(database_url=db_url, stage_rules=rules)
    with TestClient(create_app(settings)) as client:
        published(client, tall(client))


GRIDS = st.lists(st.sampled_from(["a", "b", "c"]), unique=True)


@given(named=GRIDS, own=GRIDS.filter(bool), same=st.booleans())
def test_a_finding_stands_where_all_its_grids_are_named(
    named: list[str], own: list[str], *, same: bool
) -> None:
    kept = Approval("gap", "why", tuple(named)).kept(**KEPT)
    found = Finding("gap" if same else "overlap", Severity.BLOCKING, codes=tuple(own))
    assert approved(found, [kept]) == (same and (not named or set(own) <= set(named)))


def test_estates_and_what_is_approved_again() -> None:
    one = Approval("estate-split", "why", estate="龙眠花园").kept(**KEPT)
    found = Finding("estate-split", Severity.WARNING, params={"estate": "龙眠花园"})
    assert approved(found, [one])
    assert not approved(Finding("estate-split", Severity.WARNING, params={"estate": "别处"}), [one])
    again = Approval("estate-split", "because", estate="龙眠花园").kept(**KEPT)
    wide = Approval("estate-split", "all").kept(**KEPT)
    assert [entry["reason"] for entry in joined([one, wide], [again])] == ["all", "because"]
    assert whole_kinds([one]) == set()
    assert whole_kinds([one, wide]) == {"estate-split"}


def test_the_command_says_which_is_meant() -> None:
    said = ["gap=r", f"size-residents@{FIRST},{SECOND}=s", "estate-split@estate:龙眠花园=t"]
    assert _reasons(said, None, None) == [
        Approval("gap", "r"),
        Approval("size-residents", "s", (FIRST, SECOND)),
        Approval("estate-split", "t", estate="龙眠花园"),
    ]
    (one,) = _reasons(["gap=r"], "桐政办〔2026〕18号", datetime(2026, 11, 20))
    assert (one.number, one.day) == ("桐政办〔2026〕18号", date(2026, 11, 20))
