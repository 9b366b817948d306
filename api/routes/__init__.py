"""One module a noun; ``ROUTERS`` is what the service answers to."""

from __future__ import annotations

from api.routes import coverage, health, incidents, lists, locate, pages, search

ROUTERS = (
    pages.router,
    health.router,
    locate.router,
    search.router,
    incidents.router,
    coverage.router,
    lists.router,
)
