"""Random numbers by seed and topic, so that a change in one subject leaves every other as it was."""

from __future__ import annotations

from zlib import crc32

import numpy as np


def dice(seed: int, topic: str) -> np.random.Generator:
    """The generator of one topic (``"roads"``, ``"people"`` …) of the city with that seed."""
    return np.random.default_rng([seed, crc32(topic.encode())])
