"""The application as a process of the server makes it, by the settings that it inherits."""

import gc

from fastapi import FastAPI

from data.settings import Settings


def application() -> FastAPI:
    """Loaded without looking for garbage: there is none, and it takes a second of four. What is loaded stays, so that
    it isn't looked through while requests are answered, either."""
    gc.disable()
    try:
        from api.app import create_app

        app = create_app(Settings())
        gc.freeze()
    finally:
        gc.enable()
    return app
