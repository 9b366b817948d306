"""Who answers from now on, in spells: at any moment what is said of that moment alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.chain import Registers
from geo.chain.leave import on_leave, spells, stand_in_states
from geo.chain.terms import in_force

START = pd.Timestamp("2026-11-01", tz="UTC")


def register(rng: np.random.Generator) -> pd.DataFrame:
    """Posts of few people, many of them on leave, told by name, number or telephone."""
    people = np.array(["张三", "李四", "王五", "张 三", None], dtype=object)
    rows = []
    for _ in range(8):
        who, stand_in = rng.integers(5), rng.integers(5)
        days = [None if rng.random() < 0.3 else START + pd.Timedelta(days=d)
                for d in np.sort(rng.integers(0, 12, 4))]  # fmt: skip
        row = {"kind": "A", "person": people[who], "since": days[0], "until": days[3]}
        row |= {"person_no": str(who) if rng.random() < 0.4 else None, "phone": "1"}
        if rng.random() < 0.7:
            row |= {"leave_since": days[1], "leave_until": days[2], "stand_in": people[stand_in]}
            row["stand_in_no"] = str(stand_in) if rng.random() < 0.4 else None
            row["stand_in_phone"] = "1" if rng.random() < 0.5 else None
        rows.append(row)
    return Registers(pd.DataFrame(rows)).known_posts()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(-1, 13 * 24))
def test_spells_are_what_is_said_of_each_moment(seed: int, hours: int) -> None:
    posts = register(np.random.default_rng(seed))
    at = START + pd.Timedelta(hours=hours)
    now = posts[in_force(posts, at)]
    away, states = on_leave(now, at), stand_in_states(now, now, at)
    said = {row: bool(away[row]) and states[row] == "there" for row in now.index}
    found = {}
    for spell in spells(posts):
        begun = spell.since is None or spell.since <= at
        if begun and (spell.until is None or at < spell.until):
            assert spell.row not in found
            found[spell.row] = spell.stood_in
    assert found == said
