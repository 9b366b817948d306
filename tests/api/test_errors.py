"""What passes is said to pass, whichever door it comes to."""

from __future__ import annotations

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api import errors


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (PoolTimeout("QueuePool limit reached"), "database-busy"),
        (OperationalError("SELECT", {}, Exception("gone")), "database-away"),
    ],
)
def test_a_database_that_is_away_or_busy_is_no_defect(failure: Exception, code: str) -> None:
    app = FastAPI()
    errors.install(app)

    @app.get("/")
    def fails() -> None:
        raise failure

    with TestClient(app) as client:
        reply = client.get("/")
    assert (reply.status_code, reply.json()["title"]) == (503, code)
    assert reply.headers["retry-after"] == "1"
    early = errors.answer(Request({"type": "http", "headers": []}), failure)
    assert early is not None and early.status_code == 503
