"""Chinese faces by file: a page is set in one of them or not at all, and never with a box in place of a letter."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from geo.errors import EnvironmentMissing
from maps.reports.words import clean

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "C:/Windows/Fonts",
)
FACES = (
    ("NotoSansCJK-{weight}.ttc", "Noto Sans CJK SC"),
    ("NotoSansCJKsc-{weight}.otf", "Noto Sans CJK SC"),
    ("NotoSansSC-{weight}.otf", "Noto Sans SC"),
    ("NotoSansSC-{weight}.ttf", "Noto Sans SC"),
    ("SourceHanSansSC-{weight}.otf", "Source Han Sans SC"),
    ("SourceHanSansCN-{weight}.otf", "Source Han Sans CN"),
    ("msyh.ttc", "Microsoft YaHei"),
    ("wqy-microhei.ttc", "WenQuanYi Micro Hei"),
    ("wqy-zenhei.ttc", "WenQuanYi Zen Hei"),
    ("simhei.ttf", "SimHei"),
)
"""File and family, the best first. A collection holds Japanese and Korean forms too: the family tells the Chinese."""
MISSING = "〓"
"""What printers in China set for a letter that they do not have."""


@dataclass(frozen=True, slots=True)
class Face:
    """A face in a file; ``letters``: what it can set."""

    path: str
    index: int
    letters: frozenset[int]

    def sized(self, points: float) -> FontProperties:
        """It at a size, as matplotlib wants it."""
        from matplotlib.font_manager import FontPath, FontProperties

        return FontProperties(fname=FontPath(self.path, self.index), size=points)

    def settable(self, text: object) -> str:
        """`clean`, with MISSING for every letter that the face lacks; marks and selectors that it lacks fall away."""
        return "".join(self._letter(letter) for letter in clean(text))

    def _letter(self, letter: str) -> str:
        if ord(letter) in self.letters:
            return letter
        return "" if unicodedata.category(letter) in ("Mn", "Me", "Cf") else MISSING


def find_face(*, bold: bool = False, folders: Iterable[str] = FOLDERS) -> Face:
    """The best Chinese face on this machine. EnvironmentMissing where there is none."""
    return _face("Bold" if bold else "Regular", tuple(folders))


@cache
def _face(weight: str, folders: tuple[str, ...]) -> Face:
    files = _files(folders)
    for pattern, family in FACES:
        for path in files.get(pattern.format(weight=weight), ()):
            if (face := _of_family(path, family)) is not None:
                return face
    raise EnvironmentMissing("font-missing", command="apt-get install -y fonts-noto-cjk")


def _files(folders: tuple[str, ...]) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for folder in folders:
        root = Path(folder).expanduser()
        for path in sorted(root.rglob("*.[to]t[cf]")) if root.is_dir() else ():
            found.setdefault(path.name, []).append(path)
    return found


def _of_family(path: Path, family: str) -> Face | None:
    from matplotlib.ft2font import FT2Font

    for index in range(FT2Font(str(path)).num_faces):
        face = FT2Font(str(path), face_index=index)
        if face.family_name == family:
            return Face(str(path), index, frozenset(face.get_charmap()))
    return None
