"""Whether the process lives, and whether it can answer: a starting service is alive, and ready once it is warm."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from api.schemas import Health
from api.state import State, state

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> Health:
    """The process runs."""
    return Health(status="ok")


@router.get("/readyz")
def readyz(service: Annotated[State, Depends(state)]) -> Health:
    """The database is there, and the grids in force are in memory."""
    epoch = service.locators.refresh()
    return Health(status="ready", epoch=epoch.n, grids=len(epoch.names))
