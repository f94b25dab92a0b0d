"""Colours of the demo pictures: moods of light, and the arithmetic of mixing them."""

from dataclasses import dataclass

Color = tuple[int, int, int]


def color(code: str) -> Color:
    """Read ``"c8372d"`` as red, green and blue, each 0–255."""
    red, green, blue = bytes.fromhex(code)
    return red, green, blue


def mix(first: Color, second: Color, share: float) -> Color:
    """Blend two colours; ``share`` 0 is the first, 1 the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


@dataclass(frozen=True)
class Palette:
    """The light of one picture: a sky from top to horizon, and land from far to near."""

    sky: tuple[Color, ...]
    light: Color
    far: Color
    near: Color
    accent: Color
    gold: Color

    def land(self, depth: float) -> Color:
        """Colour of a layer of land; ``depth`` 0 is the horizon, 1 the foreground."""
        return mix(self.far, self.near, depth)


def palette(sky: str, light: str, land: str, *, accent: str, gold: str) -> Palette:
    """Make a palette of hexadecimal colours; ``sky`` and ``land`` hold several, by spaces."""
    far, near = map(color, land.split())
    skies = tuple(map(color, sky.split()))
    return Palette(skies, color(light), far, near, accent=color(accent), gold=color(gold))


DAWN = palette(
    "34416f 8a6286 e0897b f7c28f fdebc8", "fff4d6", "d79a8f 33264a", accent="c8372d", gold="f4bd55"
)
MORNING = palette(
    "3f7fb5 7fb6d6 c4e0e6 fbf0d8", "fffbea", "a9c8cd 1b4656", accent="d1493a", gold="f0b64f"
)
AMBER = palette(
    "c2603c e8954f f6c272 fdeab9", "fff6d8", "dba36b 4a2420", accent="b3271e", gold="ffd27a"
)
CRIMSON = palette(
    "2c1740 6d2350 c4414b f0855a fbc98a", "ffe6b8", "b4525a 241129", accent="e04a35", gold="f9c46b"
)
JADE = palette(
    "2f6f70 6fae9f b9d8bb f6f1d3", "fffbe6", "a7c9b2 173f40", accent="cf4a3a", gold="ecbb57"
)
NIGHT = palette(
    "070e24 10244a 27477a 5a6f9c", "ffe9b8", "4a6390 060c1c", accent="d8432f", gold="ffc861"
)
PLUM = palette(
    "1b1636 43285c 85466f c98374", "ffdcae", "8a5a78 150f28", accent="d9483f", gold="f6bf66"
)
