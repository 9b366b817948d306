"""What every test may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real inputs; a test that needs it skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"real inputs are not on this machine: {SHARED.name}/")
    return SHARED
