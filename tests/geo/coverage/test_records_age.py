"""How old records are, and on which basis residents are counted."""

from __future__ import annotations

from datetime import date

import pytest

from geo.coverage import Measure
from geo.coverage.ages import Age
from geo.model import Severity
from tests.geo.coverage.town import Town, kinds, layer, only

TODAY = date(2026, 11, 23)


def test_fresh_records_are_no_finding_and_their_age_stands_beside_the_rate() -> None:
    town = Town()
    town.more["as_of"] = ["2026-01-01"] * 35 + ["2026-03-01"]
    seen = town.examine(Measure(at=TODAY))
    assert seen.findings == ()
    age = Age(date(2026, 1, 1), date(2026, 3, 1), 36, 0, oldest_days=326)
    assert seen.rate.ages["buildings"] == age
    assert seen.rate.ages["grids"] == Age(None, None, 0, 36, None)


def test_stale_records_are_told_by_community() -> None:
    town = Town()
    town.more["as_of"] = ["2024-05-01"] * 2 + ["2025-11-22"] * 3 + ["2025-11-23"] * 31
    found = town.examine(Measure(at=TODAY)).findings
    assert kinds(found) == ["stale", "stale"]
    first, second = found
    assert (first.count, second.count) == (4, 1)
    assert first.codes == ("b0", "b1", "b2", "b3")
    assert first.params["oldest"] == "2024-05-01"
    assert first.params["oldest_days"] == 936
    assert first.households == 1600
    assert second.params["oldest_days"] == 366
    assert town.examine(Measure(at=TODAY, stale_days=1000)).findings == ()
    assert town.examine(Measure()).findings == ()


def test_records_without_a_date_among_dated_ones_are_a_note() -> None:
    town = Town()
    town.more["as_of"] = (
        ["2026-05-01"] * 29 + ["2026-05-01T08:00:00+08:00"] + [None, "?", None, None, None, None]
    )
    found = town.examine(Measure(at=TODAY)).findings
    assert kinds(found) == ["stale"]
    assert (found[0].severity, found[0].count) == (Severity.NOTE, 6)


def test_things_have_an_age_too() -> None:
    town = Town()
    town.things = {"lamps": layer([town.points[0]], as_of=["2019-01-01"])}
    seen = town.examine(Measure(at=TODAY))
    assert only(seen.findings, "stale").params["layer"] == "lamps"
    assert seen.rate.ages["lamps"].oldest_days == 2883


def test_bases_that_are_added_up_in_a_grid() -> None:
    town = Town()
    town.points += [town.points[5], town.points[9]]
    town.records += [town.records[5], town.records[9]]
    town.estates += ["x", "y"]
    town.households += [30, 0]
    town.more["residents_basis"] = ["usual"] * 36 + ["registered", "usual"]
    found = town.check()
    assert kinds(found) == ["basis-mixed"]
    assert found[0].codes == (town.codes[5],)
    assert found[0].params == {"layer": "grids", "case": "within", "bases": ["registered", "usual"]}


def test_grids_on_different_bases_and_counts_on_none() -> None:
    town = Town()
    town.more["residents_basis"] = ["actual"] + ["usual"] * 30 + [None] * 5
    found = town.check()
    assert kinds(found) == ["basis-mixed", "basis-mixed"]
    between, unrecorded = found
    assert (between.params["case"], between.codes) == ("between", (town.codes[0],))
    assert (unrecorded.severity, unrecorded.count) == (Severity.NOTE, 5)


@pytest.mark.parametrize(("basis", "told"), [("registered", "户籍"), (None, "")])
def test_a_size_says_on_which_basis_it_is_counted(basis: str | None, told: str) -> None:
    from maps.findings import describe

    town = Town()
    town.households[3] = 600
    town.more["residents_basis"] = [basis] * 36
    found = only(town.check(), "size-residents")
    assert found.params["basis"] == (basis or "")
    assert f"1200 人{'（' + told + '）' if told else ''}，比上限" in describe(found, "zh")
