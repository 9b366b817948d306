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
    """Many of them as rows of 16 bytes, ascending, all of this millisecond."""
    found = np.frombuffer(os.urandom(16 * count), dtype=np.uint8).reshape(count, 16).copy()
    milliseconds = time.time_ns() // 1_000_000
    found[:, :6] = np.frombuffer(milliseconds.to_bytes(6, "big"), dtype=np.uint8)
    found[:, 6] = found[:, 6] & 0x0F | 0x70
    found[:, 8] = found[:, 8] & 0x3F | 0x80
    high, low = found.view(">u8").astype(np.uint64).T
    return found[np.lexsort((low, high))]
