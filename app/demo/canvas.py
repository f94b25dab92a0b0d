"""The stage that demo pictures are painted on: soft gradients, shapes, light and reflections."""

import itertools
import random
from collections.abc import Iterable, Sequence

from PIL import Image, ImageDraw, ImageOps

from app.demo.palettes import Color, mix

Point = tuple[float, float]

SUPERSAMPLING = 2
GRAIN = 0.022  # as much noise as keeps wide gradients from banding, and no more

_DISTANCE = Image.radial_gradient("L")
_RIM = 181  # what it reads in the middle of an edge: half a side times the root of two


class Canvas:
    """A picture in the making.

    Coordinates are shares of the height: y runs from 0 (top) to 100 (bottom), x from 0 to
    ``right`` (177.8 at 16:9), so that a scene looks the same at any size. Opacities are 0–1.
    """

    def __init__(self, width: int, height: int, rng: random.Random) -> None:
        self.random = rng
        self.right = 100 * width / height
        self.unit = height * SUPERSAMPLING / 100
        self.image = Image.new("RGB", (width * SUPERSAMPLING, height * SUPERSAMPLING))
        self._pen = ImageDraw.Draw(self.image, "RGBA")

    def wash(self, colors: Sequence[Color], *, top: float = 0, bottom: float = 100) -> None:
        """Paint the whole width between two heights with a vertical gradient."""
        self._paste(_column(colors), (0, top, self.right, bottom))

    def fill(self, points: Iterable[Point], color: Color, opacity: float = 1) -> None:
        """Fill a polygon."""
        self._pen.polygon([self._place(point) for point in points], fill=_ink(color, opacity))

    def shade(self, points: Sequence[Point], top: Color, bottom: Color) -> None:
        """Fill a polygon with a vertical gradient over its own height."""
        left, upper = (min(values) for values in zip(*points, strict=True))
        right, lower = (max(values) for values in zip(*points, strict=True))
        mask = Image.new("L", self._extent(left, upper, right, lower))
        moved = [((x - left) * self.unit, (y - upper) * self.unit) for x, y in points]
        ImageDraw.Draw(mask).polygon(moved, fill=255)
        self._paste(_column((top, bottom)), (left, upper, right, lower), mask)

    def stroke(
        self, points: Iterable[Point], color: Color, width: float, *, opacity: float = 1
    ) -> None:
        """Draw a line through points; ``width`` is in units of the stage."""
        thickness = max(1, round(width * self.unit))
        places = [self._place(point) for point in points]
        joint = "curve" if len(places) > 2 and thickness > 2 else None
        self._pen.line(places, fill=_ink(color, opacity), width=thickness, joint=joint)

    def disc(
        self, center: Point, radius: float, color: Color, *, opacity: float = 1, flat: float = 1
    ) -> None:
        """Draw a filled ellipse; ``flat`` is its height as a share of its width."""
        x, y = center
        corners = [
            self._place((x - radius, y - radius * flat)),
            self._place((x + radius, y + radius * flat)),
        ]
        self._pen.ellipse(corners, fill=_ink(color, opacity))

    def box(
        self,
        corners: tuple[float, float, float, float],
        color: Color,
        *,
        opacity: float = 1,
        rounding: float = 0,
    ) -> None:
        """Draw a filled rectangle given as left, top, right, bottom."""
        left, top, right, bottom = corners
        places = [self._place((left, top)), self._place((right, bottom))]
        self._pen.rounded_rectangle(places, rounding * self.unit, fill=_ink(color, opacity))

    def glow(
        self, center: Point, radius: float, color: Color, *, strength: float = 1, flat: float = 1
    ) -> None:
        """Cast soft light around a point, fading out at ``radius``."""
        x, y = center
        corners = (x - radius, y - radius * flat, x + radius, y + radius * flat)
        falloff = [round(255 * strength * max(0, 1 - d / _RIM) ** 2) for d in range(256)]
        mask = _DISTANCE.point(falloff).resize(self._extent(*corners), Image.Resampling.BILINEAR)
        self._paste(color, corners, mask)

    def mist(self, y: float, height: float, color: Color, *, strength: float = 0.7) -> None:
        """Lay a band of haze across the picture, thickest at ``y``."""
        corners = (0.0, y - height, self.right, y + height)
        column = Image.new("L", (1, 65))
        column.putdata([round(255 * strength * (1 - abs(i - 32) / 32) ** 1.5) for i in range(65)])
        mask = _stretch(column, self._extent(*corners))
        self._paste(color, corners, mask)

    def mirror(self, y: float, tint: Color, share: float) -> None:
        """Turn all below ``y`` into water that reflects what stands above it, with ripples."""
        line = round(y * self.unit)
        depth = self.image.height - line
        above = self.image.crop((0, line - depth, self.image.width, line))
        flipped = ImageOps.flip(above)
        self.image.paste(
            Image.blend(flipped, Image.new("RGB", flipped.size, tint), share), (0, line)
        )
        for _ in range(90):
            below = self.random.random() ** 1.6
            length = 2 + 12 * below * self.random.random()
            x, wave = self.random.uniform(-5, self.right), y + 1 + below * (99 - y)
            pale = mix(tint, (255, 255, 255), 0.55)
            self.box((x, wave, x + length, wave + 0.12 + 0.25 * below), pale, opacity=0.16)

    def finish(self) -> Image.Image:
        """Return the picture at the size that was asked for."""
        picture = self.image.reduce(SUPERSAMPLING)
        noise = Image.frombytes(
            "L", picture.size, self.random.randbytes(picture.width * picture.height)
        )
        return Image.blend(picture, noise.convert("RGB"), GRAIN)

    def _place(self, point: Point) -> Point:
        return point[0] * self.unit, point[1] * self.unit

    def _extent(self, left: float, top: float, right: float, bottom: float) -> tuple[int, int]:
        return max(1, round((right - left) * self.unit)), max(1, round((bottom - top) * self.unit))

    def _paste(
        self,
        paint: Image.Image | Color,
        corners: tuple[float, float, float, float],
        mask: Image.Image | None = None,
    ) -> None:
        width, height = self._extent(*corners)
        left, top = round(corners[0] * self.unit), round(corners[1] * self.unit)
        if isinstance(paint, Image.Image):
            paint = _stretch(paint, (width, height))
        self.image.paste(paint, (left, top, left + width, top + height), mask)


def _column(colors: Sequence[Color]) -> Image.Image:
    """Make a picture one pixel wide that runs through the colours from top to bottom."""
    column = Image.new("RGB", (1, 64 * (len(colors) - 1)))
    steps = [mix(a, b, i / 63) for a, b in itertools.pairwise(colors) for i in range(64)]
    column.putdata(steps)
    return column


def _stretch(column: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Make a column as large as asked: smooth downwards, then merely repeated across."""
    tall = column.resize((1, size[1]), Image.Resampling.BILINEAR)
    return tall.resize(size, Image.Resampling.NEAREST)


def _ink(color: Color, opacity: float) -> tuple[int, int, int, int]:
    return (*color, round(255 * opacity))
