"""Puts scheduled plans in force at their time, and at start-up those whose time came while nobody served."""

from __future__ import annotations

import logging
from threading import Event, Thread

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from api.services.publishing import Publishing
from data.database import is_away
from data.store import scheduling
from geo.errors import WanggeError

LOOK_S = 5.0
"""How often is looked for what was scheduled meanwhile."""
SOON_S = 0.05

_log = logging.getLogger(__name__)


def activate_due(publishing: Publishing) -> list[int]:
    """Put every plan in force whose time has come; their numbers. One that something blocks is a draft again, and what
    was in force goes on; why is kept with it. One that fails otherwise keeps neither the others nor the service.

    SQLAlchemyError where the database is away, or has no connection to spare.
    """
    with publishing.engine.connect() as connection:
        due = [row["id"] for row in scheduling.due(connection)]
    done = []
    for plan_id in due:
        try:
            if publishing.activate(plan_id) is not None:
                done.append(plan_id)
        except WanggeError as error:
            _log.error("plan %s could not come into force at its time: %s", plan_id, error)
            publishing.refuse(plan_id, str(error))
        except Exception as error:
            if _passes(error):
                raise
            _log.exception("plan %s could not come into force at its time", plan_id)
    return done


def _passes(error: Exception) -> bool:
    """Whether it is no fault of a plan's."""
    if isinstance(error, DBAPIError):
        return is_away(error)
    return isinstance(error, SQLAlchemyError)


class Activator:
    """A thread that does so until it is closed. Of several processes one does it, the others find it done."""

    def __init__(self, publishing: Publishing) -> None:
        self._publishing, self._stop = publishing, Event()
        self._thread = Thread(target=self._run, name="wangge-activate", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop, and wait until the thread is gone."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                activate_due(self._publishing)
                wait_s = self._wait_s()
            except (SQLAlchemyError, WanggeError) as error:
                _log.warning("scheduled plans are not looked for: %s", error)
                wait_s = LOOK_S
            except Exception:  # noqa: BLE001  a thread that dies is missed by nobody
                _log.exception("scheduled plans are not looked for")
                wait_s = LOOK_S
            self._stop.wait(wait_s)

    def _wait_s(self) -> float:
        """Until the next is due, or somebody may have scheduled one."""
        with self._publishing.engine.connect() as connection:
            seconds = scheduling.seconds_to_next(connection)
        return LOOK_S if seconds is None else min(LOOK_S, max(SOON_S, seconds))
