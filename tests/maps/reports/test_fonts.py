"""Chinese letters are set in a Chinese face, or it is said that there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.errors import EnvironmentMissing
from maps.reports.fonts import MISSING, find_face
from maps.texts import catalogue, text

MAPPED = ("report.", "map.", "finding.")


@pytest.mark.parametrize("bold", [False, True])
def test_the_face_has_simplified_forms_and_every_letter_of_our_texts(bold: bool) -> None:
    from matplotlib.ft2font import FT2Font

    face = find_face(bold=bold)
    opened = FT2Font(face.path, face_index=face.index)
    assert opened.family_name.endswith((" SC", " CN", "YaHei", "Hei"))
    said = "".join(
        value
        for lang in ("zh", "en")
        for key, value in catalogue(lang).items()
        if key.startswith(MAPPED)
    )
    lacking = {letter for letter in said if ord(letter) not in face.letters and letter != "\n"}
    assert lacking == set()
    assert ord(MISSING) in face.letters


def test_what_cannot_be_set_is_marked_and_marks_fall_away() -> None:
    face = find_face()
    assert face.settable("网格😀ꙮ") == f"网格{MISSING}{MISSING}"
    assert face.settable("龘㐂𬭁") == "龘㐂𬭁"
    assert face.settable("字\ufe0f\U000e0101") == "字"
    assert all(
        ord(letter) in face.letters for letter in face.settable("".join(map(chr, range(0x3000))))
    )


def test_a_machine_without_chinese_is_told_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentMissing, match="font-missing") as refused:
        find_face(folders=[str(tmp_path), str(tmp_path / "none")])
    assert "fonts-noto-cjk" in text("error.font-missing", "zh", **refused.value.params)
