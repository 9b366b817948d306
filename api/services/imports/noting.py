"""The rows of a long file about which something is said: all counted, some to be shown, in memory that does not grow.

Only where somebody asks for the rows to be completed are all of those kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd
import pyarrow as pa

from api.services.imports.result import STATES, Noted, Options, given_back, headings
from api.services.imports.said import Said, Tally
from data.readers.ledger_cells import State

LISTED = 1000
"""How many rows of each state are kept to be shown."""


class Noting:
    """``rows``: those to be shown, LISTED of each state. ``names``: the file's columns. ``understood``: ours -> its."""

    def __init__(
        self, names: Sequence[str], understood: Mapping[str, str], options: Options
    ) -> None:
        self.rows: list[Noted] = []
        self._names, self._understood, self._options = names, understood, options
        self._states: Counter[State] = Counter()
        self._open = 0
        self._tally = Tally()
        self._back: list[pa.Table] = []

    def add(self, rows: Sequence[Noted], cells: pa.Table) -> None:
        """Some more rows, and their cells as they stand in the file."""
        for row in rows:
            self._tally.add(row.row, row.reasons)
            states = row.states
            if states:
                self._open += 1
                if any(self._states[state] < LISTED for state in states):
                    self.rows.append(row)
                self._states.update(states)
        if self._options.gives_back:
            self._keep(rows, cells)

    def counts(self, total: int) -> dict[str, int]:
        """How many rows there are, are good, and are of each state."""
        found = {state.value: self._states[state] for state in STATES}
        return {"rows": total, "good": total - self._open, **found}

    def said(self) -> tuple[Said, ...]:
        """Everything that was said, counted."""
        return self._tally.said()

    def returned(self) -> pd.DataFrame:
        """The rows to be completed, with reasons; none where nobody asked for them."""
        if not self._back:
            return pd.DataFrame()
        table: pd.DataFrame = pa.concat_tables(self._back).to_pandas()
        unnamed = [
            name
            for name in self._names
            if name.startswith("column_") and name in table and table[name].eq("").all()
        ]
        return table.drop(columns=unnamed)

    def _keep(self, rows: Sequence[Noted], cells: pa.Table) -> None:
        still_open = [bool(row.states) for row in rows]
        if not any(still_open):
            return
        said = given_back(pd.DataFrame(index=range(len(rows))), {}, rows, self._options.lang)
        former = [self._understood[name] for name in headings("zh") if name in self._understood]
        kept = cells.drop_columns(former).filter(pa.array(still_open))
        for name in said.columns:
            kept = kept.append_column(str(name), pa.array(said[name].tolist(), pa.string()))
        self._back.append(kept)
