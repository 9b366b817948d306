"""Steps of long work that run at the same time, each a little ahead of the next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Semaphore, Thread
from typing import Generic, TypeVar

Item = TypeVar("Item")


@contextmanager
def ahead(items: Iterable[Item], *, most: int = 1) -> Iterator[Iterator[Item]]:
    """The items in order, made in a thread of their own, at most ``most`` before they are asked for.

    What the making raises is raised where the next item is asked for. When the block ends, however it ends, no
    further item is made and the thread is gone.
    """
    maker = _Maker(items, most)
    maker.start()
    try:
        yield maker.made()
    finally:
        maker.stop()


class _Maker(Generic[Item]):
    def __init__(self, items: Iterable[Item], most: int) -> None:
        self._items = iter(items)
        self._room = Semaphore(most)
        self._made: SimpleQueue[tuple[Item] | BaseException] = SimpleQueue()
        self._stopped = False
        self._thread = Thread(target=self._make, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped = True
        self._room.release()
        self._thread.join()

    def made(self) -> Iterator[Item]:
        while isinstance(got := self._made.get(), tuple):
            self._room.release()  # the next one is made while this one is used
            yield got[0]
            del got
        if not isinstance(got, _End):
            raise got

    def _make(self) -> None:
        try:
            while self._room.acquire() and not self._stopped:
                self._made.put((next(self._items),))
        except StopIteration:
            self._made.put(_End())
        except BaseException as error:  # noqa: BLE001 it is raised in the thread that waits for the item
            self._made.put(error)


class _End(Exception):
    """No further item."""
