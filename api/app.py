"""The service: ``create_app(settings)``. Nothing is opened before the server starts it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache

from fastapi import APIRouter, FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.staticfiles import StaticFiles

from api import errors
from api.description import operation_id
from api.express import Express, Handler
from api.leaving import told_to_stop
from api.routes import EXPRESS, ROUTERS
from api.state import Opening
from data.settings import Settings
from maps.assets import VENDOR


def create_app(
    settings: Settings, *, express: Mapping[tuple[str, str], Handler] = EXPRESS
) -> FastAPI:
    """The application on one database, opened in the background at start and closed at the end.

    ``express``: what is answered before the framework sees it (api.express).
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.opening = Opening(settings)
        app.state.opening.begin()
        with told_to_stop(app.state.opening.end_streams):
            yield
        await app.state.opening.close()

    app = Express(
        express=express,
        title="wangge 网格",
        version="0.1.0",
        lifespan=lifespan,
        generate_unique_id_function=operation_id,
        openapi_url=None,  # in the reader's language: routes/pages.py
        docs_url=None,  # its page fetches from outside; ours (routes/pages.py) is local
        redoc_url=None,
    )
    app.add_middleware(GZipMiddleware, minimum_size=2000)
    errors.install(app)
    app.router.routes.extend(_addresses().routes)
    app.mount("/assets", StaticFiles(directory=VENDOR), name="assets")
    return app


@cache
def _addresses() -> APIRouter:
    """All addresses, the same of every application of a process: to work them out takes 80 ms, at the first request."""
    addresses = APIRouter(generate_unique_id_function=operation_id)
    for router in ROUTERS:
        addresses.include_router(router)
    return addresses
