"""Identifiers that sort by time."""

from __future__ import annotations

import os
import time
from uuid import UUID

import numpy as np
from numpy.typing import NDArray


def uuid7() -> UUID:
    """A UUID of version 7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, 74 random bits.

    Python has ``uuid.uuid7`` from 3.14 on; until then this stands in.
    """
    milliseconds = time.time_ns() // 1_000_000
    noise = int.from_bytes(os.urandom(10), "big")
    high = (milliseconds << 16) | 0x7000 | (noise >> 68)
    low = (0b10 << 62) | (noise & ((1 << 62) - 1))
    return UUID(int=(high << 64) | low)


def uuid7s(count: int) -> NDArray[np.uint8]:
    """Many of them as rows of 16 bytes, ascending, all of this millisecond; 62 random bits each and 12 in common."""
    milliseconds = time.time_ns() // 1_000_000
    common = int.from_bytes(os.urandom(2), "big") & 0x0FFF
    noise = np.sort(np.frombuffer(os.urandom(8 * count), dtype=np.uint64))
    found = np.empty((count, 2), dtype=">u8")
    found[:, 0] = (milliseconds << 16) | 0x7000 | common
    found[:, 1] = noise >> np.uint64(2) | np.uint64(1 << 63)
    return found.view(np.uint8)
