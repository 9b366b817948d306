"""Telephone numbers that no one can have: mobile numbers never begin with 100, no area has code 0000."""

from __future__ import annotations


def mobile_phone(number: int) -> str:
    """The made-up mobile number of person ``number``: 11 digits from 100 0000 0000 on."""
    return f"100{number:08d}"


def desk_phone(number: int) -> str:
    """The made-up desk number of office ``number``."""
    return f"0000-{6_000_000 + number:07d}"
