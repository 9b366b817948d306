"""When incidents are reported: by day of the week, season and hour, in the city's own time."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

CITY_ZONE = "Asia/Shanghai"
DAYS = 365
WEEK = (1.12, 1.08, 1.04, 1.02, 1.06, 0.82, 0.72)
"""Monday first."""
HOURS = (2, 1, 1, 1, 1, 3, 9, 24, 46, 54, 50, 36, 22, 26, 44, 50, 46, 38, 26, 24, 22, 15, 8, 4)
NIGHT_HOURS = (9, 5, 3, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 2, 5, 12, 18, 20, 18, 13)
"""Weights of the hours from midnight; the second for noise."""


def reporting_times(
    noisy: NDArray[np.bool_], *, until: datetime, rng: np.random.Generator
) -> pd.DatetimeIndex:
    """One instant an incident in the year before ``until`` (with a zone), whole seconds, in no order."""
    end = pd.Timestamp(until).tz_convert(CITY_ZONE)
    days = pd.date_range(end.normalize() - pd.Timedelta(days=DAYS), periods=DAYS, freq="D")
    season = 1 + 0.18 * np.sin(2 * np.pi * (days.day_of_year.to_numpy() - 110) / 365)
    weights = np.array(WEEK)[days.day_of_week] * season * rng.gamma(40, 1 / 40, DAYS)
    day = rng.choice(DAYS, len(noisy), p=weights / weights.sum())
    hour = np.where(noisy, _hours(NIGHT_HOURS, len(noisy), rng), _hours(HOURS, len(noisy), rng))
    seconds = hour * 3600 + rng.integers(0, 3600, len(noisy))
    return pd.DatetimeIndex(days[day] + pd.to_timedelta(seconds, unit="s")).as_unit("s")


def _hours(weights: tuple[int, ...], count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    shares = np.array(weights, dtype=float)
    return rng.choice(24, count, p=shares / shares.sum())
