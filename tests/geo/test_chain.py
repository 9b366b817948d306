"""The whole chain of a 3 x 3 town: in order nothing is found; a broken link is found where it is, the topmost first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.chain import (
    OUTSIDE,
    WHOLE,
    ChainRules,
    EstateDemand,
    GridDemand,
    RegionDemand,
    Rung,
)
from geo.model import GridKind
from tests.geo.chain_town import (
    BASIC,
    CITY,
    CODES,
    NOW,
    RULES,
    STREET,
    TOWN,
    contacts,
    grids,
    held,
    houses,
    posts,
    regions,
    units,
)


def test_a_town_in_order_is_whole() -> None:
    result = held()
    assert result.findings == ()
    assert (result.whole, result.grids, result.rules, result.unchecked) == (9, 9, "t-1", ())
    assert result.houses_whole == len(result.houses) == 9


def test_a_line_that_nobody_has_breaks_every_grid_of_the_community() -> None:
    people = posts()
    gone = (people["community_code"] == TOWN[1]) & (people["line"] == "民政")
    result = held(people=people[~gone])
    (finding,) = result.findings
    assert (finding.code, finding.codes) == ("line-uncovered", (TOWN[1],))
    assert finding.geometry is not None
    assert finding.geometry.bounds == (0, 1, 3, 2)
    assert set(result.broken) == set(CODES[3:6])
    assert (result.whole, result.houses_whole) == (6, 6)
    assert result.first_breaks() == {(Rung.COMMUNITY, "line-uncovered"): 3}


@pytest.mark.parametrize(
    ("change", "case"),
    [({"person": None}, "vacant"), ({"until": "2026-11-23"}, "expired"), ({"leave_since": "2026-01-01"}, "leave")],
)  # fmt: skip
def test_a_line_with_a_post_but_nobody_at_work_says_why(
    change: dict[str, object], case: str
) -> None:
    people = posts()
    row = people.index[(people["line"] == "综治") & (people["community_code"] == TOWN[0])][0]
    for name, value in change.items():
        people.loc[row, name] = value if name == "person" else pd.Timestamp(str(value), tz="UTC")
    (finding,) = held(people=people).findings
    assert (finding.codes, finding.params["case"]) == ((TOWN[0],), case)
    if case == "leave":
        people.loc[row, "stand_in"] = "别人"
        assert held(people=people).findings == ()


def test_a_missing_liaison_is_no_missing_line() -> None:
    people = posts()
    result = held(people=people[people["line"] != "公安联络"])
    assert {one.code for one in result.findings} == {"liaison-missing"}
    assert result.whole == 0


@pytest.mark.parametrize(("code", "rung"), [(STREET, Rung.STREET), (CITY, Rung.CITY)])
def test_what_a_street_or_the_city_lacks_breaks_every_grid_below(code: str, rung: Rung) -> None:
    people = posts()
    at = people["community_code"] == code
    people.loc[at, "line"] = people.loc[at, "line"].replace("网格管理", "别的")
    result = held(people=people)
    (finding,) = result.findings
    assert (finding.code, finding.codes, finding.params["level"]) == (
        "line-uncovered", (code,), rung.word,
    )  # fmt: skip
    assert set(result.levels) == {rung}
    assert result.whole == 0


def test_levels_without_a_single_post_or_branch_are_said_to_be_unchecked() -> None:
    people, party = posts(), units()
    result = held(people=people[~people["community_code"].isin([STREET, CITY])])
    assert result.findings == ()
    assert set(result.unchecked) == {"street-lines", "city-lines"}
    party["parent_code"] = party["parent_code"].replace(f"Z{STREET}", None)
    assert held(party=party[party["community_code"] != STREET]).unchecked == ("street-branches",)


def test_a_community_that_hangs_on_no_street() -> None:
    known = regions()
    known.loc[known["code"] == TOWN[2], "parent_code"] = "340881999"
    result = held(known=known)
    (finding,) = result.findings
    assert (finding.code, finding.codes, finding.params["case"]) == (
        "code-parent", (TOWN[2],), "no-street",
    )  # fmt: skip
    assert set(result.broken) == set(CODES[6:])


def test_without_regions_the_digits_tell_who_is_above() -> None:
    people = posts()
    people = people[people["community_code"] != STREET]
    people.loc[len(people) + 99] = {
        "kind": "B",
        "community_code": STREET,
        "line": "别的",
        "person": "某",
    }
    (finding,) = held(people=people, known=None).findings
    assert finding.codes == (STREET,)


@pytest.mark.parametrize(
    ("kind", "code"),
    [("branch", "branch-missing"), ("group", "group-missing"), ("household", "household-missing")],
)
def test_a_grid_without_a_unit(kind: str, code: str) -> None:
    party = units()
    lost = party[(party["grid_code"] == CODES[4]) & (party["kind"] == kind)]
    party = party.drop(lost.index)
    party["parent_code"] = party["parent_code"].replace(
        dict(zip(lost["code"], lost["parent_code"], strict=True))
    )
    result = held(party=party)
    (finding,) = result.findings
    assert (finding.code, finding.codes) == (code, (CODES[4],))
    assert set(result.broken) == {CODES[4]}
    assert result.houses_whole == 8


def test_a_community_and_a_street_without_a_branch_of_their_own() -> None:
    party = units()
    party = party[party["code"] != f"Z{TOWN[0]}"]
    codes = [(one.code, one.params.get("level")) for one in held(party=party).findings]
    assert ("branch-missing", "community") in codes
    assert ("code-parent", None) in codes


def test_the_topmost_break_is_named_first() -> None:
    people, party = posts(), units()
    people = people[(people["grid_code"] != CODES[0]) & (people["line"] != "民政")]
    party = party[party["code"] != f"H{CODES[0]}"]

    def first(**more: pd.DataFrame) -> str:
        result = held(**{"people": people, "party": party, **more})
        assert result.houses["first"][0] == result.broken[CODES[0]]
        return result.findings[result.broken[CODES[0]]].code

    assert first() == "line-uncovered"
    lines = posts()
    people = pd.concat([people, lines[lines["line"] == "民政"]])
    assert first() == "post-missing"
    assert first(people=posts()) == "household-missing"


def test_an_estate_without_a_contact_breaks_the_chain_of_its_houses_alone() -> None:
    told = contacts()
    result = held(told=told[~((told["estate"] == "甲园") & (told["kind"] == "业委会"))])
    (finding,) = result.findings
    assert (finding.code, finding.codes, finding.params["case"]) == (
        "liaison-missing", (CODES[0],), "estate-none",
    )  # fmt: skip
    assert finding.params["kind"] == "业委会"
    assert set(result.broken) == {CODES[0]}
    assert result.houses.set_index("building_id")["first"].to_dict()[f"B{CODES[0]}"] == 0
    assert result.houses_whole == 8


def test_contacts_that_nobody_can_call_or_whose_time_is_over() -> None:
    told = contacts()
    told.loc[0, ["person", "phone"]] = None
    told.loc[1, "until"] = pd.Timestamp("2026-01-01", tz="UTC")
    cases = {one.params["case"]: one for one in held(told=told).findings}
    assert set(cases) == {"estate-vacant", "estate-expired"}
    assert cases["estate-expired"].params["until"] == "2025-12-31"
    told.loc[0, "phone"] = "1"
    assert len(held(told=told).findings) == 1


def test_a_contact_of_an_estate_that_is_not_there_or_in_another_community() -> None:
    told = contacts()
    told.loc[told["estate"] == "甲园", "community_code"] = TOWN[2]
    assert [one.code for one in held(told=told).findings] == ["liaison-missing"] * 2
    told["community_code"] = None
    assert held(told=told).findings == ()
    told.loc[0, "estate"] = "无此园"
    codes = {one.code: one for one in held(told=told).findings}
    assert codes["code-parent"].codes == ("无此园",)


def test_a_small_estate_needs_nobody() -> None:
    rules = replace(RULES, estate=EstateDemand(("物业", "业委会"), from_households=41))
    told = contacts()
    assert held(told=told[told["estate"] != "甲园"], rules=rules).findings == ()


def test_a_house_without_party_households_and_one_without_a_group() -> None:
    party, stand = units(), houses()
    stand = pd.concat([stand, stand.iloc[[4]].assign(building_id="另一栋", estate=None)])
    result = held(party=party, stand=stand)
    (finding,) = result.findings
    assert (finding.code, finding.codes, finding.params["case"]) == (
        "household-missing", ("另一栋",), "buildings",
    )  # fmt: skip
    assert result.levels == (Rung.BUILDING,)
    assert set(result.broken) == {CODES[4]}
    assert result.houses_whole == 9
    alone = {"code": "H9", "kind": "household", "grid_code": CODES[4], "building_id": "另一栋"}
    party.loc[len(party)] = {**alone, "parent_code": f"Z{CODES[4]}", "unit": "1单元"}
    party.loc[len(party)] = {
        **alone,
        "code": "H10",
        "parent_code": f"Z{CODES[4]}",
        "unit": "二单元",
    }
    (finding,) = held(party=party, stand=stand).findings
    assert (finding.code, finding.codes) == ("group-missing", ("另一栋",))


def test_each_unit_of_a_house_has_its_household_by_whatever_number() -> None:
    party = units()
    party.loc[party["unit"] == "2", "unit"] = "二单元"
    assert held(party=party).findings == ()
    gone = party[~((party["grid_code"] == CODES[7]) & (party["unit"] == "二单元"))]
    result = held(party=gone)
    (finding,) = result.findings
    assert (finding.code, finding.params["case"], result.levels) == (
        "household-missing", "units", (Rung.UNIT,),
    )  # fmt: skip
    assert finding.params["houses"] == ["7号楼（2单元）"]
    gone.loc[gone["grid_code"] == CODES[7], "unit"] = "甲单元"
    assert held(party=gone).findings[0].params["houses"] == ["7号楼（1个单元）"]


def test_houses_that_are_small_unknown_or_outside_are_not_judged() -> None:
    stand = houses()
    stand["households"] = [19, None, *[40] * 7]
    stand.loc[2, "grid_code"] = None
    party = units()
    lost = party["grid_code"].isin(CODES[:3]) & (party["kind"] == "household")
    rules = replace(RULES, grids={GridKind.BASIC: GridDemand(officer=True)})
    result = held(rules=rules, stand=stand, party=party[~lost])
    assert result.findings == ()
    assert list(result.houses["first"])[:3] == [WHOLE, WHOLE, OUTSIDE]


def test_a_household_whose_house_stands_elsewhere_or_nowhere_known() -> None:
    stand = houses()
    stand.loc[2, "grid_code"] = CODES[3]
    cases = {one.params["case"]: one.codes for one in held(stand=stand).findings}
    assert cases["party-elsewhere"] == (f"H{CODES[2]}", f"I{CODES[2]}")
    party = units()
    party.loc[party["code"] == f"H{CODES[2]}", "building_id"] = "没有的楼"
    assert ("code-parent", "party-buildings") in {
        (one.code, one.params.get("case")) for one in held(party=party).findings
    }


def test_a_household_without_a_grid_counts_where_its_house_stands() -> None:
    party = units()
    party.loc[party["kind"] == "household", "grid_code"] = None
    assert held(party=party).findings == ()


def test_units_of_grids_that_are_not_there() -> None:
    party = units()
    party.loc[party["code"] == f"G{CODES[8]}", "grid_code"] = "340881001009001"
    codes = {(one.code, one.params.get("case")) for one in held(party=party).findings}
    assert codes == {("code-parent", "party-grids"), ("group-missing", "grid")}


def test_posts_of_regions_that_are_not_there_and_vacant_ones_nobody_asked_for() -> None:
    people = posts()
    extra = [
        {"kind": "B", "community_code": "340881001077", "line": "民政", "person": "某"},
        {"kind": "B", "community_code": TOWN[0], "line": "信访", "person": None},
    ]
    result = held(people=pd.concat([people, pd.DataFrame(extra)], ignore_index=True))
    found = {(one.code, one.params["case"], one.severity.value) for one in result.findings}
    assert found == {
        ("code-parent", "posts-regions", "warning"),
        ("line-uncovered", "extra", "note"),
    }
    assert result.whole == 9


def test_a_dedicated_grid_is_asked_for_its_officer_alone() -> None:
    town, party = grids(), units()
    town.loc[0, "kind"] = "dedicated"
    party = party[party["grid_code"] != CODES[0]]
    rules = replace(RULES, buildings={})
    assert held(town=town, party=party, rules=rules).findings == ()
    people = posts()
    result = held(
        town=town, party=party, people=people[people["grid_code"] != CODES[0]], rules=rules
    )
    assert [one.code for one in result.findings] == ["post-missing"]


def test_an_officer_where_none_is_demanded_is_no_stray() -> None:
    rules = replace(RULES, grids={GridKind.BASIC: BASIC}, buildings={})
    town, party = grids(), units()
    town.loc[0, "kind"] = "dedicated"
    assert held(rules=rules, town=town, party=party[party["grid_code"] != CODES[0]]).findings == ()


def test_without_registers_nothing_is_invented_and_all_is_said() -> None:
    result = held(people=None, party=None, told=None)
    assert result.findings == ()
    assert set(result.unchecked) == {
        "officers", "city-lines", "street-lines", "community-lines", "party", "contacts",
    }  # fmt: skip
    assert set(held(stand=None).unchecked) == {"houses", "estates"}
    assert held(rules=ChainRules("plain-1")).grids == 0
    assert held(rules=ChainRules("plain-1")).findings == ()


def test_grids_need_not_know_their_communities_shape() -> None:
    result = held(around=None)
    assert result.findings == ()
    people = posts()
    (finding,) = held(around=None, people=people[people["line"] != "民政"]).findings[:1]
    assert finding.geometry is not None


@settings(max_examples=20)
@given(
    st.sets(st.sampled_from(CODES)), st.sets(st.sampled_from(CODES)), st.sets(st.sampled_from(TOWN))
)
def test_what_is_planted_is_found_and_nothing_else(
    officers: set[str], homes: set[str], communities: set[str]
) -> None:
    people, party = posts(), units()
    gone = (people["line"] == "民政") & people["community_code"].isin(communities)
    people = people[~people["grid_code"].isin(officers) & ~gone]
    party = party[~((party["kind"] == "household") & party["grid_code"].isin(homes))]
    rules = replace(RULES, community=RegionDemand(lines=("民政",)))
    result = held(people=people, party=party, rules=rules)
    found = {(one.code, *one.codes) for one in result.findings if one.code != "code-parent"}
    assert found == {("post-missing", c) for c in officers} | {
        ("household-missing", c) for c in homes
    } | {("line-uncovered", c) for c in communities}
    broken = officers | homes | {code for code in CODES if code[:12] in communities}
    assert set(result.broken) == broken
    assert result.houses_whole == 9 - len(broken)
    for code in officers - {code for code in CODES if code[:12] in communities}:
        assert result.findings[result.broken[code]].code == "post-missing"


def test_registers_tell_how_old_they_are_and_old_ones_break_no_chain() -> None:
    officers = posts()
    day = NOW.date()
    officers["as_of"] = [str(day - timedelta(days=400)), *[str(day)] * (len(officers) - 1)]
    over = officers.iloc[[0]].assign(as_of="2019-01-01", until=pd.Timestamp("2020-01-01", tz="UTC"))
    officers = pd.concat([officers, over])
    seen = held(people=officers)
    assert (seen.ages["posts"].oldest_days, seen.ages["posts"].dated) == (400, len(officers) - 1)
    assert seen.ages["party"].dated == 0
    (stale,) = [one for one in seen.findings if one.code == "stale"]
    assert (stale.count, stale.params["layer"], stale.params["oldest_days"]) == (1, "posts", 400)
    assert seen.whole == seen.grids
