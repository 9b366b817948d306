"""Which row of a long file said something first, in a few bytes a row: a table of 128-bit fingerprints (compiled).

Two different things are taken for one with a probability of about n * n / 10 ** 38; the seed is drawn anew each time,
so that nobody can make a file in which they meet.
"""

# Kernels read like the machine code that they become; numba has no types for mypy.
from __future__ import annotations

import os
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from geo._jit import kernel

Hashes: TypeAlias = NDArray[np.uint64]
Ints: TypeAlias = NDArray[np.int64]

_FIRST_SIZE = 1 << 16


class FirstSeen:
    """Texts (tuples of columns) and the number of the row that said each of them first."""

    def __init__(self) -> None:
        self._seed = np.frombuffer(os.urandom(16), dtype=np.uint64)
        self._table = _empty(_FIRST_SIZE)
        self._used = 0

    def __len__(self) -> int:
        return self._used

    def add(self, columns: list[pa.StringArray], rows: Ints) -> Ints:
        """For each row the number (1 or more) of the first one with the same texts: its own where it is new."""
        hashes = self._hashes(columns, len(rows))
        while 2 * (self._used + len(rows)) > len(self._table[1]):
            grown = _empty(2 * len(self._table[1]))
            old = self._table[1] > 0
            _place(self._table[0][old], self._table[1][old], *grown)
            self._table = grown
        first: Ints = _place(hashes, rows, *self._table)
        self._used += int((first == rows).sum())
        return first

    def find(self, columns: list[pa.StringArray], count: int) -> Ints:
        """The number of the row that said the same, 0 where none did; nothing is added."""
        found: Ints = _find(self._hashes(columns, count), *self._table)
        return found

    def _hashes(self, columns: list[pa.StringArray], count: int) -> Hashes:
        hashes = np.tile(self._seed, (count, 1))
        for column in columns:
            _, offsets, data = column.buffers()
            ends = np.frombuffer(offsets, dtype=np.int32)[column.offset :][: count + 1]
            letters = np.frombuffer(data or b"\0", dtype=np.uint8)
            _mix(hashes, ends, letters)
        return hashes


def _empty(size: int) -> tuple[Hashes, Ints]:
    return np.zeros((size, 2), dtype=np.uint64), np.zeros(size, dtype=np.int64)


@kernel
def _mix(hashes: Hashes, offsets: NDArray[np.int32], letters: NDArray[np.uint8]) -> None:
    """Two FNV-1a hashes of different primes, each scrambled at the end of a text (murmur3's finish)."""
    for row in range(len(hashes)):
        one, two = hashes[row, 0], hashes[row, 1]
        for k in range(offsets[row], offsets[row + 1]):
            letter = np.uint64(letters[k])
            one = (one ^ letter) * np.uint64(0x100000001B3)
            two = (two ^ letter) * np.uint64(0x9E3779B97F4A7C15)
            two ^= two >> np.uint64(29)
        length = np.uint64(offsets[row + 1] - offsets[row])
        one = (one ^ length) * np.uint64(0xFF51AFD7ED558CCD)
        one = (one ^ (one >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
        two = (two ^ length ^ (one >> np.uint64(17))) * np.uint64(0xBF58476D1CE4E5B9)
        hashes[row, 0] = one ^ (one >> np.uint64(33))
        hashes[row, 1] = two ^ (two >> np.uint64(31))


@kernel
def _place(hashes: Hashes, rows: Ints, keys: Hashes, first: Ints) -> Ints:
    """Put what is new into the table (open addressing); whose row each is."""
    found = np.empty(len(rows), np.int64)
    mask = np.uint64(len(first) - 1)
    for row in range(len(rows)):
        slot = np.int64(hashes[row, 0] & mask)
        while first[slot] != 0 and not (
            keys[slot, 0] == hashes[row, 0] and keys[slot, 1] == hashes[row, 1]
        ):
            slot = (slot + 1) & np.int64(mask)
        if first[slot] == 0:
            keys[slot, 0], keys[slot, 1] = hashes[row, 0], hashes[row, 1]
            first[slot] = rows[row]
        found[row] = first[slot]
    return found


@kernel
def _find(hashes: Hashes, keys: Hashes, first: Ints) -> Ints:
    found = np.empty(len(hashes), np.int64)
    mask = np.uint64(len(first) - 1)
    for row in range(len(hashes)):
        slot = np.int64(hashes[row, 0] & mask)
        while first[slot] != 0 and not (
            keys[slot, 0] == hashes[row, 0] and keys[slot, 1] == hashes[row, 1]
        ):
            slot = (slot + 1) & np.int64(mask)
        found[row] = first[slot]
    return found
