"""What every command shares: texts, the terminal, progress bars, tables and the way an error is said."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.progress import (
    Progress as Bar,
)
from rich.table import Table

from api.services.progress import Progress
from geo.errors import WanggeError
from maps.texts import text

Translate = Callable[..., str]
"""``t(key, **params)``: the text of a key in the user's language."""

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def translator(lang: str) -> Translate:
    """A ``t(key, **params)`` for one language."""

    def t(key: str, /, **params: object) -> str:
        return text(key, lang, **params)

    return t


def explain(error: WanggeError, t: Translate) -> str:
    """An error as one line for a person: the thing, the place and the remedy."""
    return t("cli.error", message=t(f"error.{error.code}", **error.params))


@contextmanager
def progress(t: Translate) -> Iterator[Progress]:
    """Bars on stderr, one a step, gone when done; plain silence where nobody watches.

    A step is a text key; a total of None is an unknown length.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    watched = err.is_terminal or "WANGGE_PROGRESS" in os.environ
    with Bar(*columns, console=err, transient=True, disable=not watched) as bar:
        tasks: dict[str, TaskID] = {}

        def report(step: str, done: int, total: int | None) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(t(f"progress.{step}"), total=total)
            bar.update(tasks[step], completed=done, total=total)

        yield report


def say(message: str) -> None:
    """One message as it stands: not folded (a path stays one word), and no stored text taken for markup."""
    out.print(message, soft_wrap=True, markup=False)


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table; numbers to the right."""
    shown = Table(title=title, title_justify="left", title_style="bold")
    for index, name in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[index], int | float) for row in rows)
        shown.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(_cell(value) for value in row))
    out.print(shown)


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.2f}"
    return "" if value is None else str(value)
