"""Members' portraits for the demo group: friendly drawn faces, no two quite alike."""

import math
import random
from dataclasses import dataclass

from PIL import Image

from app.demo.canvas import Canvas, Point
from app.demo.palettes import Color, color, mix

BACKGROUNDS = [
    ("f6c77d", "d9653f"),
    ("f3a58b", "b5394a"),
    ("a9d3c4", "3d7f80"),
    ("b9d4ea", "4a78a8"),
    ("f4dd9c", "c98a34"),
    ("d8c3e4", "76589a"),
    ("c9dba4", "638a52"),
    ("f0c9b8", "a8604f"),
]
SKINS = ["f9dcc0", "f3cda9", "e9bb92", "d9a57c"]
HAIRS = ["241c1c", "32251f", "1d1f2a", "4a342a", "8d8a88"]
CLOTHES = ["b8322a", "2f5f86", "3d6d58", "e2e0d8", "6a4a74", "d08a2e", "37415a"]
HELMETS = ["f2b632", "d8402f", "f3f1ea", "3f7fb4"]


@dataclass(frozen=True)
class Face:
    """The features of one member, chosen once so that all parts agree."""

    skin: Color
    hair: Color
    clothes: Color
    long_hair: bool
    helmet: Color | None
    glasses: bool

    @property
    def shadow(self) -> Color:
        """Skin out of the light."""
        return mix(self.skin, (150, 70, 50), 0.28)


def draw_avatar(name_seed: int, size: int = 256) -> Image.Image:
    """Draw a portrait (RGB, ``size`` × ``size`` pixels); the same seed, the same portrait."""
    rng = random.Random(f"avatar/{name_seed}")  # noqa: S311  pictures, not secrets
    canvas = Canvas(size, size, rng)
    light, deep = map(color, rng.choice(BACKGROUNDS))
    canvas.wash((mix(light, (255, 255, 255), 0.25), light, mix(light, deep, 0.75)))
    canvas.disc((50, 56), 43, deep, opacity=0.28)
    canvas.glow((32, 18), 70, (255, 255, 255), strength=0.55)
    face = _choose(rng)
    if face.long_hair:
        _long_hair(canvas, face)
    _shoulders(canvas, face)
    _head(canvas, face)
    _expression(canvas, face)
    _crown(canvas, face)
    return canvas.finish()


def _choose(rng: random.Random) -> Face:
    return Face(
        skin=color(rng.choice(SKINS)),
        hair=color(rng.choice(HAIRS)),
        clothes=color(rng.choice(CLOTHES)),
        long_hair=rng.random() < 0.45,
        helmet=color(rng.choice(HELMETS)) if rng.random() < 0.25 else None,
        glasses=rng.random() < 0.3,
    )


def _long_hair(canvas: Canvas, face: Face) -> None:
    fall = canvas.random.choice((66, 74, 80))
    canvas.disc((50, 42), 24, face.hair)
    canvas.box((26, 42, 74, fall), face.hair, rounding=9)


def _shoulders(canvas: Canvas, face: Face) -> None:
    canvas.disc((50, 104), 37, face.clothes, flat=0.85)
    canvas.disc((50, 106), 33, mix(face.clothes, (20, 20, 40), 0.12), flat=0.8)
    canvas.box((43, 58, 57, 77), face.shadow, rounding=6)
    collar = mix(face.clothes, (255, 255, 255), 0.75)
    if canvas.random.random() < 0.5:
        canvas.disc((50, 75), 8, face.shadow, flat=0.6)
        for side in (-1, 1):
            canvas.fill(
                [(50, 82), (50 + side * 9, 71), (50 + side * 13, 77), (50 + side * 5, 86)], collar
            )
    else:
        canvas.disc((50, 74.5), 10, collar, flat=0.62)
        canvas.disc((50, 73), 8.4, face.shadow, flat=0.6)


def _head(canvas: Canvas, face: Face) -> None:
    for side in (-1, 1):
        canvas.disc((50 + side * 19.5, 48), 3.6, face.shadow, flat=1.3)
    canvas.disc((50, 46), 19.5, face.skin, flat=1.14)
    canvas.glow((42, 38), 20, (255, 255, 255), strength=0.3)
    for side in (-1, 1):
        canvas.glow((50 + side * 11.5, 54), 6.5, (236, 92, 78), strength=0.5)


def _expression(canvas: Canvas, face: Face) -> None:
    ink, glance = mix(face.hair, (40, 24, 24), 0.6), canvas.random.uniform(-0.8, 0.8)
    narrow = canvas.random.random() < 0.3
    for side in (-1, 1):
        x = 50 + side * 7.6 + glance
        if narrow:
            canvas.stroke(_bow((x, 48.6), 2.8, -1.8), ink, 1.1)
        else:
            canvas.disc((x, 47.6), 1.8, ink, flat=1.2)
            canvas.disc((x + 0.6, 46.8), 0.6, (255, 255, 255))
        canvas.stroke(_bow((x, 42.4), 3.6, -1.3), mix(face.hair, face.skin, 0.15), 1.2)
        if face.glasses:
            ring = [(x + 5.3 * math.cos(t), 47.8 + 4.7 * math.sin(t)) for t in _circle()]
            canvas.stroke(ring, (52, 48, 60), 0.8)
    if face.glasses:
        canvas.stroke(_bow((50 + glance, 47.4), 2.3, -0.7), (52, 48, 60), 0.8)
    canvas.stroke(_bow((50 + glance, 53.4), 1.7, 0.9), face.shadow, 1)
    smile = _bow(
        (50 + glance, 58.6), canvas.random.uniform(4.2, 6), canvas.random.uniform(2.2, 3.4)
    )
    if canvas.random.random() < 0.4:
        canvas.fill(smile, (255, 250, 244))
    canvas.stroke(smile, (168, 62, 54), 1.1)


def _crown(canvas: Canvas, face: Face) -> None:
    """Draw what is on top: a helmet, or one of three cuts."""
    if face.helmet:
        _hair_cap(canvas, face, 36, 38)
        white = (255, 255, 255)
        dome = [(50 + 23 * math.cos(t), 34 - 22 * math.sin(t)) for t in _circle(0.5)]
        canvas.shade(dome, mix(face.helmet, white, 0.4), mix(face.helmet, (60, 30, 20), 0.15))
        canvas.shade(
            [(46, 34), (47, 11), (53, 11), (54, 34)], mix(face.helmet, white, 0.65), face.helmet
        )
        canvas.box((24, 32, 76, 36.5), mix(face.helmet, (60, 30, 20), 0.22), rounding=2.2)
        canvas.box((24.5, 32, 75.5, 33.6), mix(face.helmet, white, 0.3), rounding=0.8)
        return
    cut = canvas.random.randrange(3)
    _hair_cap(canvas, face, *((36, 40), (33, 44), (38, 37))[cut])
    if cut == 2 and face.long_hair:
        canvas.disc((50, 17), 7.5, face.hair)
    shine = [(50 + 17 * math.cos(t), 41 - 18 * math.sin(t)) for t in _circle(0.5)][24:34]
    canvas.stroke(shine, mix(face.hair, (255, 255, 255), 0.3), 1.4, opacity=0.6)


def _hair_cap(canvas: Canvas, face: Face, left: float, right: float) -> None:
    """Cover the skull down to a hairline that falls from ``left`` to ``right``."""
    skull = [(50 + 21.5 * math.cos(t), 44 - 22.5 * math.sin(t)) for t in _circle(0.5)]
    part = 50 + (right - left) * 0.8
    line = [(30.5, 48), (33, left + 1), (part, 31), (67, right + 1), (69.5, 48)]
    canvas.fill([*skull, *line], face.hair)


def _bow(center: Point, half: float, depth: float) -> list[Point]:
    """Return a curved line: down in the middle where ``depth`` is positive."""
    steps = [i / 12 for i in range(13)]
    return [(center[0] + half * (2 * t - 1), center[1] + depth * 4 * t * (1 - t)) for t in steps]


def _circle(share: float = 1) -> list[float]:
    """Return the angles of a circle, or of its first ``share``."""
    return [math.tau * share * i / 48 for i in range(49)]
