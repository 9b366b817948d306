"""Drawings that take a while: each in a thread of its own, told of in the store, so that any process says how far it
is, any may stop it, and a browser that dies loses nothing."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from threading import Event, Lock, Thread
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.engine import RowMapping

from api.services.actor import Actor
from api.services.anew import Anew, Kept
from api.services.drawing_anew import Drawer
from data.store import plan_drawings
from data.tables.plan_drawings import DrawingState
from geo.errors import Conflict, NotFound, WanggeError

BEAT_S = 0.5
_log = logging.getLogger(__name__)


class Drawing:
    """One drawing of this process."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.over, self.stopped = Event(), Event()
        self.kept: Kept | None = None
        self.error: Exception | None = None
        self._told: tuple[str | None, int, int | None] = None, 0, None

    def tell(self, step: str, done: int, total: int | None) -> None:
        """How far it is."""
        self._told = step, done, total

    @property
    def told(self) -> tuple[str | None, int, int | None]:
        """The step, and how much of it is done."""
        return self._told

    def wait(self, seconds: float) -> Kept | None:
        """What came of it, if it is over so soon; raises what went wrong."""
        if self.over.wait(seconds) and self.error is not None:
            raise self.error
        return self.kept


class Drawings:
    """The drawings of one process; one draws at a time, the others wait."""

    def __init__(self, engine: Engine, drawer: Drawer) -> None:
        self.engine, self.drawer = engine, drawer
        self._turn, self._open = Lock(), dict[int, tuple[Drawing, Thread]]()

    def begin(self, actor: Actor, asked: Anew) -> Drawing:
        """Begin to draw."""
        with self.engine.begin() as connection:
            number = plan_drawings.begin(connection, asked=_plain(asked), by=actor.who)
        drawing = Drawing(number)
        thread = Thread(target=self._run, args=(drawing, actor, asked), name=f"drawing-{number}")
        self._open[number] = drawing, thread
        thread.start()
        return drawing

    def get(self, number: int) -> RowMapping:
        """How far one is, or what came of it. NotFound "drawing-unknown"."""
        with self.engine.connect() as connection:
            row = plan_drawings.get(connection, number)
        if row is None:
            raise NotFound("drawing-unknown", number=number)
        return row

    def running(self) -> Sequence[RowMapping]:
        """Those that run."""
        with self.engine.connect() as connection:
            return plan_drawings.running(connection)

    def cancel(self, number: int) -> RowMapping:
        """Ask one to stop; of what it drew nothing is kept. NotFound "drawing-unknown"."""
        with self.engine.begin() as connection:
            plan_drawings.cancel(connection, number)
        if number in self._open:
            self._open[number][0].stopped.set()
        return self.get(number)

    def close(self) -> None:
        """Stop all of them, and wait until they have."""
        for drawing, thread in list(self._open.values()):
            drawing.stopped.set()
            thread.join()

    def _run(self, drawing: Drawing, actor: Actor, asked: Anew) -> None:
        beating = Thread(target=self._beat, args=(drawing,), name=f"beat-{drawing.number}")
        beating.start()
        try:
            drawing.tell("draw-waits", 0, None)
            with self._turn:
                drawing.kept = self._drawn(drawing, actor, asked)
            state, told = DrawingState.DONE, _result(drawing.kept)
        except WanggeError as error:
            drawing.error = error
            stopped = error.code == "drawing-cancelled"
            state = DrawingState.CANCELLED if stopped else DrawingState.FAILED
            told = {"error": {"code": error.code, "params": _texts(error.params)}}
        except Exception as error:  # noqa: BLE001 (told to whoever waits, and logged)
            drawing.error = error
            _log.exception("drawing %s failed", drawing.number)
            state, told = DrawingState.FAILED, {"error": {"code": "drawing-broken", "params": {}}}
        self._end(drawing.number, state, told)
        drawing.over.set()
        beating.join()
        self._open.pop(drawing.number, None)

    def _drawn(self, drawing: Drawing, actor: Actor, asked: Anew) -> Kept:
        drawn = self.drawer.drawn(
            actor, asked, progress=drawing.tell, cancelled=drawing.stopped.is_set
        )
        if drawing.stopped.is_set():
            raise Conflict("drawing-cancelled")
        drawing.tell("draw-keep", 0, None)
        return self.drawer.keep(actor, drawn)

    def _beat(self, drawing: Drawing) -> None:
        """Say how far it is, and hear whether somebody wants it to stop."""
        while not drawing.over.wait(BEAT_S):
            step, done, total = drawing.told
            try:
                with self.engine.begin() as connection:
                    if plan_drawings.beat(
                        connection, drawing.number, step=step, done=done, total=total
                    ):
                        drawing.stopped.set()
            except Exception as error:  # noqa: BLE001 (the database may be away for a while)
                _log.warning("drawing %s: %s", drawing.number, error)

    def _end(self, number: int, state: DrawingState, told: Mapping[str, Any]) -> None:
        try:
            with self.engine.begin() as connection:
                plan_drawings.end(connection, number, state, told)
        except Exception as error:  # noqa: BLE001 (it is told of as lost then)
            _log.warning("drawing %s: %s", number, error)


def _plain(asked: Anew) -> dict[str, Any]:
    return {**asdict(asked), "load": dict(asked.load)}


def _result(kept: Kept) -> dict[str, Any]:
    return {
        "plans": [head["id"] for head in kept.heads],
        "choices": [asdict(one) for one in kept.choices],
        "left_out": dict(kept.left_out),
        "findings": [one.to_json() | {"geometry": None} for one in kept.findings],
    }


def _texts(params: Mapping[str, object]) -> dict[str, object]:
    return {
        name: value if isinstance(value, int | float | str) else str(value)
        for name, value in params.items()
    }
