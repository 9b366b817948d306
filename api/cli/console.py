"""What every command shares: texts, the terminal, progress bars, tables and the way an error is said."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.cells import chop_cells
from rich.console import Console
from rich.containers import Lines
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
from rich.text import Text

from api.cli.folding import fold
from api.services.progress import Progress
from geo.errors import WanggeError
from maps.texts import short, text

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
    return t("cli.error", message=t(f"error.{error.code}", **short(error.params)))


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


def line(message: str) -> None:
    """One message, folded as Chinese is where a terminal ends; as it stands in a file."""
    say("\n".join(fold(message, out.width)) if out.is_terminal else message)


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table; numbers to the right, no stored text taken for markup."""
    head = Text("\n".join(fold(title, out.width)), style="bold")
    out.print(head, soft_wrap=True)  # above it, not inside: a title may be wider than its table
    shown = Table()
    for index, name in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[index], int | float) for row in rows)
        shown.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(Folded(_cell(value)) for value in row))
    out.print(shown)


class Folded(Text):
    """Text that rich wraps by our own `fold`: it would break Chinese at its rare spaces, and marks from their words."""

    def wrap(self, console: Console, width: int, **options: Any) -> Lines:
        """The lines, at most ``width`` columns each."""
        pieces = (
            part
            for paragraph in self.plain.split("\n")
            for folded in fold(paragraph, width)
            for part in (chop_cells(folded, width) or [""])
        )
        lines = Lines(Text(part, style=self.style, end="") for part in pieces)
        if justify := options.get("justify") or self.justify:
            lines.justify(console, width, justify=justify, overflow="fold")
        return lines


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.2f}"
    return "" if value is None else str(value)
