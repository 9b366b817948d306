"""Officers and party units cover every grid and community, but for the planted faults."""

from __future__ import annotations

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from api.services.chain import standing
from data import demo
from data.demo.contacts import KINDS
from data.demo.faults import IN_GRIDS, pick_estates, pick_grids
from data.demo.people import LIAISONS, LINES
from data.readers.chain_rules import read_rules
from geo.chain import Registers, Rung, Town, check_chain
from geo.codes import Profile
from geo.coverage.check import check
from geo.model import CityPlan

SEED = 0
NOW = pd.Timestamp("2026-01-01", tz="Asia/Shanghai")


@pytest.fixture(scope="module")
def spots(plan: CityPlan) -> dict[str, str]:
    return pick_grids(plan.grids["code"], seed=SEED)


def test_the_drawn_plan_has_165_grids_all_inside_both_bounds(plan: CityPlan) -> None:
    inside = plan.grids["households"].between(300, 500) & plan.grids["residents"].between(600, 1000)
    assert len(plan.grids) == 165
    assert inside.all()


def test_each_grid_has_one_valid_officer_but_the_planted(
    plan: CityPlan, people: demo.DemoPeople, spots: dict[str, str]
) -> None:
    posts = people.posts
    valid = posts[posts["valid_to"].isna() | (posts["valid_to"] > NOW)]
    a_posts = valid[(valid["kind"] == "A") & valid["person"].notna()].groupby("grid_code").size()
    counts = a_posts.reindex(plan.grids["code"], fill_value=0)
    odd = counts[counts != 1].to_dict()
    none = ("no-officer", "expired", "vacant")
    assert odd == {spots[key]: 0 for key in none} | {spots["two-officers"]: 2}
    assert (posts["grid_code"] == spots["expired"]).sum() == 1


def test_each_officer_has_one_a_and_one_b(people: demo.DemoPeople, spots: dict[str, str]) -> None:
    posts = people.posts
    doubled = posts.loc[posts["grid_code"] == spots["two-officers"], "person_no"]
    b_only = posts["community_code"].isin([spots["no-line"][:-3]])
    held = (
        posts[~b_only & ~posts["person_no"].isin(doubled)]
        .groupby("person_no")["kind"]
        .apply(sorted)
    )
    a_holders = held[held.map(lambda kinds: "A" in kinds)]
    assert (a_holders.map(tuple) == ("A", "B")).mean() > 0.98
    assert held.map(len).max() == 2


def test_each_line_and_liaison_is_covered_but_the_planted(
    people: demo.DemoPeople, plan: CityPlan, spots: dict[str, str]
) -> None:
    held = people.posts[people.posts["kind"] == "B"].groupby("community_code")["line"].apply(set)
    lacking = {
        (code, line)
        for code in plan.communities["code"]
        for line in (*LINES, *LIAISONS)
        if line not in held[code]
    }
    assert lacking == {(spots["no-line"][:-3], "民政"), (spots["no-liaison"][:-3], "公安联络")}


def test_each_grid_has_its_party_units_but_the_planted(
    people: demo.DemoPeople, plan: CityPlan, spots: dict[str, str]
) -> None:
    units = people.party_units
    for kind, key in (
        ("branch", "no-branch"),
        ("group", "no-group"),
        ("household", "no-household"),
    ):
        have = set(units.loc[units["kind"] == kind, "grid_code"].dropna())
        assert set(plan.grids["code"]) - have == {spots[key]}
    assert set(plan.communities["code"].str[:9]) <= set(units["community_code"])
    assert units["code"].is_unique
    assert set(units["parent_code"].dropna()) <= set(units["code"])


def test_party_households_live_in_their_grid(
    people: demo.DemoPeople, plan: CityPlan, city: demo.DemoCity
) -> None:
    homes = people.party_units[people.party_units["kind"] == "household"]
    houses = city.city.buildings[["building_id", "geometry"]].merge(
        homes[["building_id", "grid_code"]], on="building_id"
    )
    found = houses.sjoin(plan.grids[["code", "geometry"]], predicate="within")
    assert len(found) == len(houses) == len(homes)
    assert (found["code"] == found["grid_code"]).all()


def test_phones_are_nobodys(people: demo.DemoPeople) -> None:
    for name in ("phone", "stand_in_phone"):
        assert people.posts[name].dropna().str.fullmatch(r"100\d{8}").all()
    assert people.contacts["phone"].str.fullmatch(r"100\d{8}").all()
    assert people.party_units["phone"].str.fullmatch(r"100\d{8}").all()


def test_same_seed_same_people(
    city: demo.DemoCity, plan: CityPlan, people: demo.DemoPeople
) -> None:
    again = demo.build_people(city, plan.grids, seed=SEED)
    assert_frame_equal(people.posts, again.posts)
    assert_frame_equal(people.party_units, again.party_units)
    assert_frame_equal(people.contacts, again.contacts)


def test_those_on_leave_are_stood_in_for_but_the_planted(
    people: demo.DemoPeople, spots: dict[str, str]
) -> None:
    away = people.posts[people.posts["leave_since"].notna()]
    assert len(away) > 3
    assert away.loc[away["stand_in"].isna(), "grid_code"].tolist() == [spots["on-leave"]]


def test_each_estate_has_its_contacts_but_the_planted(
    people: demo.DemoPeople, city: demo.DemoCity, spots: dict[str, str]
) -> None:
    bare, stale = pick_estates(city.city.buildings, spots, seed=SEED)
    told = people.contacts
    now = told[told["valid_to"].isna() | (told["valid_to"] > NOW)]
    have = set(zip(now["estate"], now["kind"], strict=True))
    estates = set(city.city.buildings["estate"].dropna())
    assert {(estate, kind) for estate in estates for kind in KINDS} - have == {
        (bare, "物业"),
        (stale, "业委会"),
    }


def test_the_demo_city_meets_the_rules_that_come_along_but_for_what_is_planted(
    people: demo.DemoPeople, city: demo.DemoCity, plan: CityPlan, spots: dict[str, str]
) -> None:
    terms = {"valid_from": "since", "valid_to": "until"}
    town = Town(
        plan.communities,
        plan.grids,
        standing(plan.grids, city.city.buildings),
        pd.DataFrame(city.regions.drop(columns="geometry")),
    )
    registers = Registers(
        people.posts.rename(columns=terms),
        people.party_units,
        people.contacts.rename(columns=terms),
    )
    result = check_chain(town, registers, rules=read_rules(None, profile=Profile.CN), at=NOW)
    found = sorted(one.code for one in result.findings)
    planted = {fault.key: fault.finding for fault in demo.PLANTED}
    elsewhere = ("misrecorded", "older-gap", "older-uncovered", "stray-lamp")
    wanted = [
        code
        for key, code in planted.items()
        if key not in elsewhere
        and code != "stale"  # days are given to records when they are stored
    ]
    assert found == sorted([*wanted, "post-duplicate"])  # the second officer has two grids
    assert result.unchecked == ()
    ids = {one.codes[0]: rung for one, rung in zip(result.findings, result.levels, strict=True)}
    assert {rung for rung in ids.values() if rung} == set(Rung) - {Rung.CITY, Rung.STREET}
    house = next(one for one in result.findings if one.params.get("case") == "buildings")
    assert house.codes[0] not in set(people.party_units["building_id"])
    assert set(spots.values()) & set(result.broken)


def test_the_check_finds_what_is_planted_in_city_and_older_plan(
    city: demo.DemoCity, plan: CityPlan
) -> None:
    houses = city.city.buildings
    older = demo.older_plan(plan, seed=SEED)
    now = {f.code for f in check(plan.communities, plan.grids, houses)}
    then = {f.code for f in check(older.communities, older.grids, houses)}
    assert "building-wrong-community" in now
    assert not now & {"gap", "overlap", "building-uncovered"}
    assert {"gap", "building-uncovered", "building-wrong-community"} <= then


def test_the_older_plan_lacks_one_block_and_leaves_the_plan_alone(plan: CityPlan) -> None:
    before = plan.grids.copy()
    older = demo.older_plan(plan, seed=SEED)
    assert len(older.blocks) == len(plan.blocks) - 1
    lost = plan.blocks[~plan.blocks["block_id"].isin(older.blocks["block_id"])]
    assert (
        older.grids["households"].sum() == plan.grids["households"].sum() - lost["households"].sum()
    )
    assert_frame_equal(plan.grids, before)


def test_planted_is_documented_fault_by_fault() -> None:
    keys = [fault.key for fault in demo.PLANTED]
    assert len(set(keys)) == len(keys)
    assert set(IN_GRIDS) < set(keys)
    assert all(fault.what for fault in demo.PLANTED)
