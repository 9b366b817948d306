"""PNG and JPEG by their headers: which it is, how large, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.readers import images
from data.readers.images import Image, read_image
from geo.errors import InputError
from tests.pictures import jpeg, png


@given(st.integers(1, 3000), st.integers(1, 3000))
def test_the_size_is_told(width: int, height: int) -> None:
    assert read_image(jpeg(width, height)) == Image("image/jpeg", width, height)
    head = png(9, 9)
    assert read_image(head) == Image("image/png", 9, 9)


@given(st.binary(max_size=300))
def test_anything_else_is_refused_and_never_breaks(content: bytes) -> None:
    for begun in (content, b"\x89PNG\r\n\x1a\n" + content, b"\xff\xd8\xff" + content):
        try:
            read_image(begun)
        except InputError as refused:
            assert refused.code in {"image-unreadable", "image-too-large"}


@pytest.mark.parametrize("whole", [png(40, 30), jpeg(40, 30)])
def test_half_an_image_is_none(whole: bytes) -> None:
    with pytest.raises(InputError) as refused:
        read_image(whole[: len(whole) // 2])
    assert refused.value.code == "image-unreadable"


def test_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError) as refused:
        read_image(jpeg(60_000, 60_000))
    assert refused.value.code == "image-too-large"
    monkeypatch.setattr(images, "MOST_BYTES", 50)
    with pytest.raises(InputError) as refused:
        read_image(png(40, 30))
    assert refused.value.code == "image-too-large"
