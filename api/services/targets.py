"""What a command writes is never what it reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from data.readers.vector import split_spec
from data.writers.layers import possible_paths
from geo.errors import OptionError


def refuse_inputs(
    output: Path | None, inputs: Iterable[str | Path | None], *, layers: Sequence[str] = ()
) -> None:
    """OptionError "output-is-input" where a file to be written is one of those to be read (``F[:layer]``).

    ``layers``: those that go there, for a format that holds one a file puts them beside ``output``.
    """
    if output is None:
        return
    read = [split_spec(spec)[0] for spec in inputs if spec is not None]
    known = [path for path in read if path.exists()]
    for target in possible_paths(output, layers):
        if target.exists() and any(target.samefile(path) for path in known):
            raise OptionError("output-is-input", file=str(target))
