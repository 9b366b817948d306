"""One module a noun; ``ROUTERS`` is what the service answers to, ``EXPRESS`` what of it goes without detours."""

from __future__ import annotations

from api.express import Handler
from api.routes import (
    backdrops,
    calls,
    card,
    comparing,
    coverage,
    drawings,
    feedback,
    ground_imports,
    handling,
    health,
    incidents,
    lists,
    live,
    locate,
    nearby,
    pages,
    places,
    placing,
    plan_imports,
    plan_life,
    plan_papers,
    plans,
    publishing,
    reports,
    search,
    tiles,
    traces,
    walking,
)

ROUTERS = (
    pages.router,
    health.router,
    locate.router,
    search.router,
    card.router,
    incidents.router,
    calls.router,
    live.router,  # before any /incidents/{id}
    handling.router,
    nearby.router,
    feedback.router,
    coverage.router,
    reports.router,
    placing.router,
    backdrops.router,
    traces.router,
    lists.router,
    ground_imports.router,
    plan_imports.router,  # before any /plans/{id}
    drawings.router,  # this, too
    plans.router,
    publishing.router,
    comparing.router,
    plan_life.router,
    walking.router,
    plan_papers.router,
    places.router,
    tiles.router,
)

EXPRESS: dict[tuple[str, str], Handler] = {
    ("GET", "/locate"): locate.express,
    ("POST", "/incidents"): incidents.express,
}
