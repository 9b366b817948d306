"""A plan drawn elsewhere, read: one's own file here, a stranger's bytes in a child process."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from api.services.adopting.wishes import Wishes
from data.apart import Apart, Cancel
from data.readers import handed
from data.readers.drawing import Drawing, read_drawing
from data.readers.vector import split_spec
from geo.codes import Profile


def opened(source: Path | str, wishes: Wishes, *, profile: Profile) -> Drawing:
    """The drawing in a file of one's own (``F[:layer]``)."""
    path, layer = split_spec(source)
    told = _told(wishes, profile)
    if layer is not None and not wishes.layers:
        told["layers"] = (layer,)
    with TemporaryDirectory(prefix="wangge-import-") as folder:
        into = Path(folder)
        with handed.called_by_name(path, into, path.name):
            return read_drawing(path, name=path.name, into=into, **told)


def handed_over(
    apart: Apart,
    content: bytes,
    wishes: Wishes,
    *,
    profile: Profile,
    name: str,
    cancel: Cancel | None = None,
) -> Drawing:
    """The drawing in bytes that came under a ``name``. Whatever `Apart.run` raises beside what reading does."""
    return apart.run(
        handed.drawing,
        content,
        name,
        about=handed.plain(name),
        returns=handed.DRAWING,
        cancel=cancel,
        **_told(wishes, profile),
    )


def _told(wishes: Wishes, profile: Profile) -> dict[str, Any]:
    return {
        "layers": wishes.layers,
        "columns": dict(wishes.columns),
        "encoding": wishes.encoding,
        "profile": profile,
    }
