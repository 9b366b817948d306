"""What a child process may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """memory_bytes: address space beyond what the libraries take. processor_s, clock_s: of processor and on the wall.
    file_bytes: the largest file that may be written; answer_bytes: of what comes back."""

    memory_bytes: int = 2 << 30
    processor_s: int = 60
    clock_s: int = 120
    file_bytes: int = 512 << 20
    answer_bytes: int = 512 << 20
