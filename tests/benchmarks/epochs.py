"""Publishing, and killing, under intake: what is asked of every report that was answered."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

import numpy as np
from sqlalchemy import Engine, text

from tests.benchmarks.load import Tally, press

SERVE = ["-c", "from api.cli import main; main()", "serve", "--port", "{port}", "--workers", "2"]

AUDIT = (
    "CREATE TABLE audit (id uuid, plan_id bigint, grid_code text, recorded_at timestamptz)",
    "CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit VALUES"
    " (NEW.id, NEW.plan_id, NEW.grid_code, NEW.recorded_at); RETURN NULL; END $$",
    "CREATE TRIGGER audit AFTER INSERT ON incidents FOR EACH ROW EXECUTE FUNCTION audit()",
)
"""Keeps the grid that each report was recorded in: a publication moves open incidents on."""

OUT_OF_FORCE = """SELECT count(*) FROM audit a LEFT JOIN plans p ON p.id = a.plan_id
    WHERE a.grid_code IS NOT NULL AND (p.valid @> a.recorded_at) IS NOT TRUE"""
NOT_COVERED = """SELECT count(*) FROM audit a JOIN incidents i USING (id)
    LEFT JOIN plan_grids g ON g.plan_id = a.plan_id AND g.code = a.grid_code
    WHERE a.grid_code IS NOT NULL AND ST_Covers(g.geom, i.point) IS NOT TRUE"""
NOW_ELSEWHERE = """SELECT count(*) FROM incidents i LEFT JOIN plans p ON p.id = i.plan_id
    WHERE i.grid_code IS NOT NULL AND p.status <> 'published'"""


@dataclass(slots=True)
class Heard:
    """The answers: id of each report that was confirmed, and those confirmed in another grid than recorded."""

    grids: dict[str, str | None] = field(default_factory=dict)
    repeated: int = 0

    def take(self, _request: bytes, status: int, body: bytes) -> None:
        """One answer."""
        if status not in (200, 201):
            return
        said = json.loads(body)
        self.repeated += said["repeated"]
        self.grids[said["incident"]["id"]] = said["incident"]["grid_code"]


def reports(bounds: tuple[float, float, float, float], *, seed: int = 0) -> Iterator[bytes]:
    """Reports without end at random places, each with a number of its own."""
    rng = np.random.default_rng(seed)
    west, south, east, north = bounds
    for number in count():
        lng, lat = rng.uniform(west, east), rng.uniform(south, north)
        body = json.dumps(
            {
                "source": f"bench{seed}",
                "source_id": str(number),
                "note": "路灯不亮",
                "lng": lng,
                "lat": lat,
            }
        ).encode()
        head = "POST /incidents HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        head += f"Content-Length: {len(body)}\r\n\r\n"
        yield head.encode() + body


def under_intake(
    address: tuple[str, int],
    bounds: tuple[float, float, float, float],
    disturb: Callable[[], None],
    *,
    clients: int,
    most_s: float = 600,
    seed: int = 0,
) -> tuple[Tally, Heard]:
    """Report until ``disturb()`` is over, and hear the answers to all that was begun."""
    heard, over = Heard(), threading.Event()
    failed: list[BaseException] = []

    def run() -> None:
        try:
            disturb()
        except BaseException as error:  # noqa: BLE001  said again below
            failed.append(error)
        finally:
            over.set()

    thread = threading.Thread(target=run)
    thread.start()
    tally = press(
        address,
        reports(bounds, seed=seed),
        clients=clients,
        seconds=most_s,
        heard=heard.take,
        until=over.is_set,
    )
    thread.join()
    if failed:
        raise failed[0]
    return tally, heard


def faults(engine: Engine, heard: Heard) -> dict[str, int]:
    """What must be nought."""
    with engine.connect() as connection:
        kept = {
            str(row.id): row.grid_code
            for row in connection.execute(text("SELECT id, grid_code FROM audit"))
        }
        return {
            "lost": len(heard.grids.keys() - kept.keys()),
            "answered otherwise than recorded": sum(
                kept[one] != grid
                for one, grid in heard.grids.items()
                if one in kept and not heard.repeated
            ),
            "in a plan not in force": connection.execute(text(OUT_OF_FORCE)).scalar_one(),
            "in a grid that does not cover them": connection.execute(
                text(NOT_COVERED)
            ).scalar_one(),
            "open in a retired plan": connection.execute(text(NOW_ELSEWHERE)).scalar_one(),
        }
