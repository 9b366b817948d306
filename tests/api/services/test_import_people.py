"""Registers of posts, party units and contacts into the store, and the chain that is checked on them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import Point
from sqlalchemy import Engine

from api.services import overview
from api.services.actor import Actor, Role
from api.services.imports import Imported, Options, run
from api.services.locating import Directory
from api.services.plans import publish_within, store_city_plan
from data.settings import Settings
from data.store import buildings, frames, regions
from geo.model import CRS
from tests.api.services.test_imports import ZONE
from tests.data.store.conftest import EAST, WEST, town, town_plan

PLANNER = Actor("planner", role=Role.PLANNER)


@pytest.fixture
def store(engine: Engine) -> Engine:
    """Two communities of two grids, each with one house in an estate of its own."""
    places = {f"B{n}": Point(116.9525 + 0.005 * n, 31.045) for n in range(4)}
    homes = gpd.GeoDataFrame(
        {
            "building_id": list(places),
            "community_code": [WEST, WEST, EAST, EAST],
            "kind": "residence",
            "estate": ["甲园", "乙园", "丙园", "丁园"],
            "name": ["1号楼", "2号楼", "3号楼", "4号楼"],
            "households": 60,
            "residents": 120,
        },
        geometry=list(places.values()),
        crs=CRS,
    )
    with engine.begin() as connection:
        regions.merge(connection, town())
        buildings.merge(connection, homes)
        drafts = store_city_plan(connection, town_plan(), actor=PLANNER)
        publish_within(connection, drafts.values(), actor=PLANNER)
    return engine


def take(store: Engine, folder: Path, noun: str, content: str, **more: object) -> Imported:
    path = folder / f"{noun}.csv"
    path.write_text(content, "utf-8")
    return run(store, noun, str(path), Options(PLANNER, ZONE, **more))  # type: ignore[arg-type]


def codes(rows: Imported) -> dict[int, tuple[str, ...]]:
    return {row.row: tuple(one.code for one in row.reasons) for row in rows.rows if row.reasons}


POSTS = f"""岗位,网格,社区,条线,姓名,工号,任职日期,到期日期,请假,代班人,代班人电话
A岗,{WEST}001,,,张三,1,2024-01-01,长期,2026-11-01至2099-11-30,李四,2
A岗,{WEST}002,,,李四,2,,2025-12-31,,,
B岗,,文昌街道,网格管理,王五,3,2024-01-01,,,,
B岗,,桐城市,网格管理,王六,4,2024-01-01,,,,
B岗,,某街道,网格管理,王七,5,,,,,
A岗,{EAST}001,,,赵八,6,,昨天,,,
A岗,{EAST}002,,,赵九,7,,,下周,,
"""


def test_posts_with_terms_leaves_and_streets(store: Engine, tmp_path: Path) -> None:
    done = take(store, tmp_path, "posts", POSTS)
    assert codes(done) == {
        6: ("post-community-unknown",),
        7: ("date-unreadable",),
        8: ("leave-unreadable",),
    }
    assert done.added == 4
    with store.connect() as connection:
        frame = frames.posts(connection).set_index("person")
    assert frame.loc["李四", "until"].astimezone(ZONE) == datetime(2026, 1, 1, tzinfo=ZONE)
    assert frame.loc["张三", "leave_since"].astimezone(ZONE) == datetime(2026, 11, 1, tzinfo=ZONE)
    assert frame.loc["张三", "stand_in_phone"] == "2"
    assert frame.loc["王五", "community_code"] == "340881001"
    assert frame.loc["王六", "community_code"] == "340881"
    again = take(store, tmp_path, "posts", POSTS)
    assert (again.added, again.updated, again.ended) == (0, 4, 0)


PARTY = f"""党组织编码,组织类别,党组织名称,上级组织,社区,网格编码,楼栋编号,单元,联系人
Z,党支部,街道党工委,,文昌街道,,,,某
Z1,党支部,西社区党支部,Z,西社区,,,,某
G1,党小组,一组,Z1,,{WEST}001,,,某
H1,党员中心户,某家,G1,,{WEST}001,B0,1单元,某
X1,妇联,,,,,,,
,党小组,,,,,,,
G2,党小组,二组,没有,,{WEST}002,,,某
H2,党员中心户,某家,G2,,{WEST}002,B1,,某
H3,党员中心户,某家,G1,,999,,,某
H4,党员中心户,某家,G1,,{WEST}001,没有的楼,,某
H1,党员中心户,又一家,G1,,{WEST}001,B0,2单元,某
"""


def test_party_units_go_in_with_what_they_hang_on(store: Engine, tmp_path: Path) -> None:
    done = take(store, tmp_path, "party", PARTY)
    assert codes(done) == {
        6: ("party-kind-unknown",),
        7: ("party-code-missing",),
        8: ("parent-unknown",),
        9: ("parent-unknown",),
        10: ("grid-unknown",),
        11: ("building-unknown",),
        12: ("repeated",),
    }
    assert done.added == 4
    with store.connect() as connection:
        frame = frames.party_units(connection).set_index("code")
    assert frame.loc["H1", "community_code"] == WEST
    assert frame.loc["Z", "community_code"] == "340881001"
    rest = take(
        store, tmp_path, "party", PARTY.splitlines()[0] + f"\nG2,党小组,二组,Z1,,{WEST}002,,,某\n"
    )
    assert (rest.added, codes(rest)) == (1, {})


CONTACTS = """小区,社区,物业负责人,物业电话,业委会主任,业委会电话
甲园,西社区,王五,1,赵六,2
丙园,,钱七,3,,
戊园,,孙八,4,,
乙园,没有的社区,孙八,4,,
,西社区,孙八,4,,
乙园,西社区,,,,
"""


def test_contacts_a_row_an_estate(store: Engine, tmp_path: Path) -> None:
    done = take(store, tmp_path, "contacts", CONTACTS)
    assert codes(done) == {
        4: ("estate-unknown",),
        5: ("post-community-unknown",),
        6: ("estate-missing",),
        7: ("contact-vacant",),
    }
    assert done.added == 4
    with store.connect() as connection:
        frame = frames.contacts(connection)
    told = set(frame[["estate", "kind", "community_code"]].itertuples(index=False, name=None))
    assert {("甲园", "物业", WEST), ("甲园", "业委会", WEST), ("丙园", "物业", EAST)} < told
    again = take(store, tmp_path, "contacts", CONTACTS)
    assert (again.added, again.updated, again.ended) == (0, 4, 0)


def test_the_chain_of_the_store_is_held_against_all_three(store: Engine, tmp_path: Path) -> None:
    take(store, tmp_path, "posts", POSTS)
    take(store, tmp_path, "party", PARTY)
    take(store, tmp_path, "contacts", CONTACTS)
    now = datetime(2026, 11, 23, tzinfo=UTC)
    with store.connect() as connection:
        seen = overview.present(connection, Settings(), now=now)
    assert seen.chain is not None
    found = {(one.code, one.params.get("case"), *one.codes[:1]) for one in seen.chain.findings}
    assert ("post-expired", None, f"{WEST}002") in found
    assert ("post-missing", "none", f"{EAST}001") in found
    assert ("liaison-missing", "estate-none", f"{WEST}002") in found  # 乙园 has nobody
    assert ("liaison-missing", "estate-none", f"{EAST}001") in found  # 丙园 has no 业委会
    assert ("household-missing", "buildings", "B1") not in found  # its grid has none: said once
    assert not [one for one in found if one[-1] == f"{WEST}001" and one[0] == "post-missing"]
    assert seen.chain.unchecked == ("community-lines", "units")
    assert set(seen.chain.broken) == {f"{code}00{n}" for code in (WEST, EAST) for n in (1, 2)}


def test_a_place_is_answered_with_who_stands_in(store: Engine, tmp_path: Path) -> None:
    take(store, tmp_path, "posts", POSTS)
    moment = datetime(2026, 11, 23, tzinfo=UTC).timestamp()
    with store.connect() as connection:
        directory = Directory(connection)
    (person,) = directory.people(f"{WEST}001", moment)
    assert (person.name, person.phone, person.duty) == ("李四", "2", "stand-in")
    (person,) = directory.people(f"{WEST}001", datetime(2099, 12, 2, tzinfo=UTC).timestamp())
    assert (person.name, person.duty) == ("张三", "A")
    assert directory.people(f"{WEST}002", moment) == ()
