"""The demo group's pictures: the right size, the same each time, no two alike."""

import pytest

from app.demo.pictures import THEMES, draw_picture
from app.demo.portraits import draw_avatar

SMALL = {"width": 160, "height": 90}


def test_there_are_sixteen_themes():
    assert len(THEMES) == 16


def test_a_cover_is_as_large_as_the_feed_wants_it():
    picture = draw_picture("harbour", 1)
    assert (picture.size, picture.mode) == ((1280, 720), "RGB")


@pytest.mark.parametrize("theme", sorted(THEMES))
def test_the_same_seed_gives_the_same_cover_and_another_seed_another(theme):
    first, again, other = (draw_picture(theme, seed, **SMALL) for seed in (3, 3, 4))
    assert (first.size, first.mode) == ((160, 90), "RGB")
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()


@pytest.mark.parametrize("theme", sorted(THEMES))
@pytest.mark.parametrize("size", [(64, 64), (90, 160), (300, 100)])
def test_a_cover_can_have_any_shape(theme, size):
    assert draw_picture(theme, 0, size[0], height=size[1]).size == size


@pytest.mark.parametrize("theme", sorted(THEMES))
def test_a_cover_has_light_and_shade(theme):
    darkest, brightest = draw_picture(theme, 0, **SMALL).convert("L").getextrema()
    assert brightest - darkest > 100


def test_an_unknown_theme_is_an_error():
    with pytest.raises(KeyError, match="moonbase"):
        draw_picture("moonbase", 1)


def test_forty_portraits_are_forty_faces():
    portraits = {draw_avatar(seed, 64).tobytes() for seed in range(40)}
    assert len(portraits) == 40
    assert draw_avatar(7, 64).tobytes() in portraits


def test_a_portrait_is_square():
    assert (draw_avatar(1).size, draw_avatar(1).mode) == ((256, 256), "RGB")
