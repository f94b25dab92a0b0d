"""Covers for the demo group, drawn by the program: one for each theme and seed."""

import random
from collections.abc import Callable

from PIL import Image

from app.demo.canvas import Canvas
from app.demo.palettes import AMBER, CRIMSON, DAWN, JADE, MORNING, NIGHT, PLUM, Palette
from app.demo.scenes import city, indoors, land, night, water

Scene = Callable[[Canvas, Palette], None]

THEMES: dict[str, tuple[Scene, tuple[Palette, ...]]] = {
    "book": (indoors.book, (DAWN, CRIMSON, AMBER, PLUM)),
    "bridge": (city.bridge, (DAWN, MORNING, CRIMSON, JADE)),
    "gears": (indoors.gears, (MORNING, CRIMSON, NIGHT)),
    "harbour": (water.harbour, (DAWN, MORNING, AMBER, CRIMSON)),
    "helmets": (indoors.helmets, (MORNING, JADE, AMBER, DAWN)),
    "lanterns": (night.lanterns, (NIGHT, PLUM, CRIMSON)),
    "lecture-hall": (indoors.lecture_hall, (CRIMSON, MORNING, JADE, PLUM)),
    "mountains": (land.mountains, (DAWN, MORNING, JADE, AMBER, CRIMSON)),
    "neighbourhood": (city.neighbourhood, (PLUM, CRIMSON, NIGHT)),
    "network": (night.network, (NIGHT, PLUM, CRIMSON)),
    "power-lines": (land.power_lines, (DAWN, AMBER, MORNING, CRIMSON)),
    "rails": (city.rails, (DAWN, AMBER, MORNING, CRIMSON)),
    "silk": (night.silk, (DAWN, AMBER, JADE, CRIMSON)),
    "stadium": (night.stadium, (NIGHT, PLUM)),
    "sunrise-city": (city.sunrise_city, (DAWN, AMBER, CRIMSON, MORNING)),
    "wheat-field": (land.wheat_field, (MORNING, AMBER, DAWN, JADE)),
}


def draw_picture(theme: str, seed: int, width: int = 1280, *, height: int = 720) -> Image.Image:
    """Draw a cover (RGB, ``width`` × ``height`` pixels); the same theme and seed, the same picture.

    ``theme`` is a key of ``THEMES``; an unknown one raises ``KeyError``.
    """
    paint, palettes = THEMES[theme]
    rng = random.Random(f"{theme}/{seed}")  # noqa: S311  pictures, not secrets
    canvas = Canvas(width, height, rng)
    paint(canvas, palettes[seed % len(palettes)])
    return canvas.finish()
