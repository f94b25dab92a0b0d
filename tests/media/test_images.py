"""Renditions: WebP at the widths that clients ask for."""

import io

import pytest
from PIL import Image

from media.images import WIDTHS, render, rendition, rendition_key


def picture(width, height, colour=(200, 30, 30)):
    return Image.new("RGB", (width, height), colour)


def test_each_width_is_a_webp_of_that_width_and_the_same_shape():
    made = render(picture(1280, 720))
    assert (made.width, made.height) == (1280, 720)
    sizes = {width: Image.open(io.BytesIO(data)) for width, data in made.by_width.items()}
    assert {width: (i.format, i.size) for width, i in sizes.items()} == {
        96: ("WEBP", (96, 54)),
        320: ("WEBP", (320, 180)),
        640: ("WEBP", (640, 360)),
        1280: ("WEBP", (1280, 720)),
    }


def test_a_small_picture_is_never_enlarged():
    assert sorted(render(picture(200, 100)).by_width) == [96, 200]


def test_a_very_wide_picture_keeps_a_line_of_pixels():
    made = render(picture(2000, 2))
    assert Image.open(io.BytesIO(made.by_width[96])).size == (96, 1)


def test_the_same_pixels_have_one_key_and_others_another():
    assert render(picture(100, 50)).key == render(picture(100, 50)).key
    assert render(picture(100, 50)).key != render(picture(50, 100)).key
    assert render(picture(100, 50)).key != render(picture(100, 50, (0, 0, 0))).key


@pytest.mark.parametrize(
    ("wanted", "chosen"), [(1, 96), (96, 96), (97, 320), (640, 640), (5000, 1280), (None, 1280)]
)
def test_the_narrowest_that_fills_is_chosen(wanted, chosen):
    assert rendition(WIDTHS, wanted) == chosen


def test_a_rendition_is_named_by_picture_and_width():
    assert rendition_key("image/ab", 640) == "image/ab/640.webp"
