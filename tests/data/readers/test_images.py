"""PNG and JPEG by their headers: which it is, how large, and nothing else is taken for one."""

from __future__ import annotations

import base64
import io
import struct
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow
from PIL import ImageOps

from data.readers import images
from data.readers.images import Image, read_image
from data.readers.photos import shrunk
from geo.errors import InputError
from tests.browsing import Window
from tests.pictures import jpeg, png


@given(st.integers(1, 3000), st.integers(1, 3000))
def test_the_size_is_told(width: int, height: int) -> None:
    assert read_image(jpeg(width, height)) == Image("image/jpeg", width, height)
    head = png(9, 9)
    assert read_image(head) == Image("image/png", 9, 9)


def taken(orientation: int | None, order: str = "<") -> bytes:
    """A photo of 40 by 30 pixels as a phone stores it."""
    exif, sink = Pillow.Exif(), io.BytesIO()
    exif.endian = order
    exif[0x010F] = "phone"
    if orientation is not None:
        exif[0x0112] = orientation
    Pillow.new("RGB", (40, 30), "teal").save(sink, "JPEG", exif=exif)
    return sink.getvalue()


WAYS = [(way, order) for way in (None, 0, *range(1, 10)) for order in "<>"]


@pytest.mark.parametrize(("orientation", "order"), WAYS)
def test_the_size_is_that_of_the_image_the_right_way_up(
    orientation: int | None, order: str
) -> None:
    content = taken(orientation, order)
    with Pillow.open(io.BytesIO(content)) as picture:
        upright = ImageOps.exif_transpose(picture).size
    assert read_image(content) == Image("image/jpeg", *upright)


def test_a_browser_shows_it_in_that_size(window: Callable[..., Window]) -> None:
    tab = window().page
    tab.goto("about:blank")
    for orientation in (None, *range(1, 9)):
        content = taken(orientation)
        told = tab.evaluate(
            """async (data) => { const image = new Image(); image.src = `data:image/jpeg;base64,${data}`;
                await image.decode(); return [image.naturalWidth, image.naturalHeight]; }""",
            base64.b64encode(content).decode(),
        )
        found = read_image(content)
        assert told == [found.width, found.height]


def test_a_photo_is_put_the_right_way_up() -> None:
    """Left half red, right half blue, as it is stored; turned for whoever looks, and nothing of its EXIF stays."""
    for orientation, corner in ((1, "red"), (3, "blue"), (6, "red"), (8, "blue")):
        picture, exif, sink = Pillow.new("RGB", (40, 30), "red"), Pillow.Exif(), io.BytesIO()
        picture.paste("blue", (20, 0, 40, 30))
        exif[0x0112] = orientation
        picture.save(sink, "JPEG", exif=exif, quality=95)
        made = shrunk(sink.getvalue())
        assert made is not None
        with Pillow.open(io.BytesIO(made)) as small:
            assert small.size == ((30, 40) if orientation > 4 else (40, 30))
            red, _, blue = small.convert("RGB").getpixel((3, 3))
            assert ("red" if red > blue else "blue") == corner
            assert not small.getexif()


@given(st.binary(max_size=300))
def test_anything_else_is_refused_and_never_breaks(content: bytes) -> None:
    exif = b"\xff\xd8\xff\xe1" + struct.pack(">H", len(content) + 8) + b"Exif\0\0II*\0" + content
    for begun in (
        content,
        b"\x89PNG\r\n\x1a\n" + content,
        b"\xff\xd8\xff" + content,
        exif + jpeg(40, 30)[2:],
    ):
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
