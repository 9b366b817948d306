"""One module a noun; ``ROUTERS`` is what the service answers to."""

from __future__ import annotations

from api.routes import coverage, health, incidents, lists, locate, pages

ROUTERS = (
    pages.router,
    health.router,
    locate.router,
    incidents.router,
    coverage.router,
    lists.router,
)
