"""BlurHash: a picture in 28 letters, which clients draw as a blur until the picture is there.

The format is https://github.com/woltapp/blurhash/blob/master/Algorithm.md: colours of a discrete
cosine transform in base 83. Clients for every platform read it.
"""

import math
from collections.abc import Sequence

from PIL import Image

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
_ACROSS, _DOWN = 4, 3
_SIDE = 24

Colour = tuple[float, float, float]


def blurhash(picture: Image.Image) -> str:
    """The hash of an RGB picture with 4 × 3 components."""
    small = picture.resize((_SIDE, _SIDE), Image.Resampling.BOX)
    data = small.tobytes()
    pixels = [_linear_colour(data[i : i + 3]) for i in range(0, len(data), 3)]
    first, *others = (_component(pixels, i, j) for j in range(_DOWN) for i in range(_ACROSS))
    largest = max((abs(value) for colour in others for value in colour), default=0.0)
    scale = max(0, min(82, math.floor(largest * 166 - 0.5)))
    bound = (scale + 1) / 166
    size = _base83((_ACROSS - 1) + (_DOWN - 1) * 9, 1)
    details = "".join(_base83(_detail(colour, bound), 2) for colour in others)
    return size + _base83(scale, 1) + _base83(_mean(first), 4) + details


def _component(pixels: Sequence[Colour], across: int, down: int) -> Colour:
    weights = [
        math.cos(math.pi * across * x / _SIDE) * math.cos(math.pi * down * y / _SIDE)
        for y in range(_SIDE)
        for x in range(_SIDE)
    ]
    norm = (1 if across == down == 0 else 2) / len(pixels)
    red, green, blue = (
        norm * sum(weight * pixel[channel] for weight, pixel in zip(weights, pixels, strict=True))
        for channel in range(3)
    )
    return red, green, blue


def _linear_colour(pixel: bytes) -> Colour:
    red, green, blue = (_linear(value / 255) for value in pixel)
    return red, green, blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _byte(value: float) -> int:
    value = max(0.0, min(1.0, value))
    sharp = value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return int(sharp * 255 + 0.5)


def _mean(colour: Colour) -> int:
    red, green, blue = (_byte(value) for value in colour)
    return (red << 16) + (green << 8) + blue


def _detail(colour: Colour, bound: float) -> int:
    red, green, blue = (_step(value / bound) for value in colour)
    return red * 19 * 19 + green * 19 + blue


def _step(value: float) -> int:
    return max(0, min(18, math.floor(math.copysign(math.sqrt(abs(value)), value) * 9 + 9.5)))


def _base83(value: int, length: int) -> str:
    return "".join(_DIGITS[value // 83**place % 83] for place in reversed(range(length)))
