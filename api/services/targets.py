"""What a command writes is never what it reads."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from data.readers.vector import split_spec
from geo.errors import OptionError


def refuse_inputs(output: Path | None, inputs: Iterable[str | Path | None]) -> None:
    """OptionError "output-is-input" where a file to be written is one of those to be read (``F[:layer]``)."""
    if output is None or not output.exists():
        return
    for spec in inputs:
        path = None if spec is None else split_spec(spec)[0]
        if path is not None and path.exists() and output.samefile(path):
            raise OptionError("output-is-input", file=str(output))
