"""Where the shapes of a file are worked out: here, or in a child process, for two combs of a thousand teeth that lie
across one another are a million pieces, and nobody knows beforehand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from data.apart import Apart, Cancel
from geo.errors import FileUnreadable, OptionError

T = TypeVar("T")

TIMES = 5
"""How much longer than to be read a drawing may take to be worked out."""
_BEYOND = {"reading-time", "reading-memory", "reading-crashed", "reading-too-much"}


class Calculate(Protocol):
    """Calls a function that is one of a module; ``returns``: the dataclasses and enums in what it returns."""

    def __call__(
        self, function: Callable[..., T], /, *args: Any, returns: Sequence[type] = ()
    ) -> T: ...


def here(function: Callable[..., T], /, *args: Any, returns: Sequence[type] = ()) -> T:
    """In this process: one's own file."""
    del returns
    return function(*args)


def elsewhere(
    apart: Apart, about: str, cancel: Cancel | None = None, *, code: str = "import-tangle"
) -> Calculate:
    """In child processes: a stranger's. OptionError ``code`` for what takes more than a drawing of grids can."""
    limits = replace(
        apart.limits,
        processor_s=TIMES * apart.limits.processor_s,
        clock_s=TIMES * apart.limits.clock_s,
        answer_bytes=64 << 20,
    )

    def calculate(function: Callable[..., T], /, *args: Any, returns: Sequence[type] = ()) -> T:
        try:
            made = apart.run(
                called, function, *args, about=about, returns=returns, limits=limits, cancel=cancel
            )
            return cast("T", made)
        except FileUnreadable as error:
            if error.code in _BEYOND:
                raise OptionError(code, file=about) from error
            raise

    return calculate


def called(_folder: Path, function: Callable[..., T], *args: Any) -> T:
    """What a child process calls."""
    return function(*args)
