"""What several scenes share: sun, ridges, hills, trees, stars, birds."""

import itertools
import math
from collections.abc import Callable

from app.demo.canvas import Canvas, Point
from app.demo.palettes import Color, Palette, mix


def curve(
    canvas: Canvas, base: float, swing: float, *, waves: float = 2
) -> Callable[[float], float]:
    """Return a smooth random line ``x -> y`` around ``base``, straying at most ``swing``."""
    phases = [canvas.random.uniform(0, math.tau) for _ in range(3)]
    parts = ((0.6, 1.0), (0.28, 2.3), (0.12, 5.1))

    def height(x: float) -> float:
        turn = math.tau * waves * x / canvas.right
        sines = (
            share * math.sin(turn * speed + phase)
            for (share, speed), phase in zip(parts, phases, strict=True)
        )
        return base + swing * sum(sines)

    return height


def below(canvas: Canvas, line: Callable[[float], float]) -> list[Point]:
    """Return the polygon between a line and the bottom of the picture."""
    xs = [canvas.right * i / 160 for i in range(161)]
    return [(x, line(x)) for x in xs] + [(canvas.right, 101), (0, 101)]


def ridge(canvas: Canvas, base: float, relief: float, *, roughness: float = 0.5) -> list[Point]:
    """Return a mountain range as a polygon: midpoint displacement around ``base``."""
    heights = [canvas.random.uniform(-relief, relief) for _ in range(6)]
    spread = relief * 0.75
    while len(heights) < 200:
        middles = [
            (a + b) / 2 + canvas.random.uniform(-spread, spread)
            for a, b in itertools.pairwise(heights)
        ]
        pairs = zip(heights, [*middles, heights[-1]], strict=True)
        heights = [height for pair in pairs for height in pair][:-1]
        spread *= roughness
    step = canvas.right / (len(heights) - 1)
    line = [(i * step, base + height) for i, height in enumerate(heights)]
    return [*line, (canvas.right, 101), (0, 101)]


def sun(canvas: Canvas, center: Point, radius: float, palette: Palette) -> None:
    """Draw the sun (or moon) with its halo."""
    canvas.glow(center, radius * 9, palette.light, strength=0.75)
    canvas.glow(center, radius * 3.2, palette.light, strength=0.8)
    canvas.disc(center, radius, palette.light, opacity=0.96)


def hills(canvas: Canvas, palette: Palette, base: float, *, layers: int = 3) -> None:
    """Draw rolling hills behind a foreground that starts about ten units under ``base``."""
    for layer in range(layers):
        share = layer / max(1, layers)
        tone = palette.land(0.12 + share * 0.4)
        line = curve(canvas, base + 5 * layer, 4 + layer, waves=1.2 + 0.4 * layer)
        canvas.shade(below(canvas, line), tone, mix(tone, palette.far, 0.55))
        canvas.mist(base + 5 * layer + 9, 7, palette.sky[-1], strength=0.35)


def stars(canvas: Canvas, bottom: float, count: int) -> None:
    """Scatter stars over the sky above ``bottom``."""
    for _ in range(count):
        place = (canvas.random.uniform(0, canvas.right), bottom * canvas.random.random() ** 1.3)
        size = 0.08 + 0.2 * canvas.random.random() ** 3
        canvas.disc(place, size, (255, 246, 224), opacity=canvas.random.uniform(0.35, 0.95))


def birds(canvas: Canvas, center: Point, color: Color) -> None:
    """Let a small flock fly around a point."""
    for _ in range(canvas.random.randint(4, 7)):
        x = center[0] + canvas.random.gauss(0, 7)
        y = center[1] + canvas.random.gauss(0, 3)
        span = canvas.random.uniform(0.7, 1.4)
        wings = [(-1.0, -0.35), (-0.45, -0.55), (0.0, 0.0), (0.45, -0.6), (1.0, -0.3)]
        canvas.stroke([(x + a * span, y + b * span) for a, b in wings], color, 0.2, opacity=0.7)


def pine(canvas: Canvas, foot: Point, height: float, color: Color) -> None:
    """Draw one pine as a dark shape."""
    x, y = foot
    canvas.box((x - height * 0.02, y - height * 0.2, x + height * 0.02, y + 1), color)
    for tier in range(5):
        top = y - height + tier * height * 0.15
        half = height * (0.09 + 0.045 * tier)
        canvas.fill(
            [(x, top), (x + half, top + height * 0.27), (x - half, top + height * 0.27)], color
        )


def round_tree(canvas: Canvas, foot: Point, height: float, color: Color) -> None:
    """Draw one broad-leaved tree, lit from the upper left."""
    x, y = foot
    canvas.fill(
        [
            (x - height * 0.05, y),
            (x + height * 0.05, y),
            (x + height * 0.015, y - height * 0.6),
            (x - height * 0.015, y - height * 0.6),
        ],
        mix(color, (40, 24, 20), 0.6),
    )
    for _ in range(26):
        turn, reach = (
            canvas.random.uniform(0, math.tau),
            height * 0.24 * canvas.random.random() ** 0.5,
        )
        dx, dy = reach * math.cos(turn), reach * math.sin(turn)
        lit = 0.5 - (dx + 1.6 * dy) / height
        shade = mix(mix(color, (10, 20, 24), 0.35), mix(color, (255, 236, 190), 0.35), lit)
        leaf = (x + dx, y - height * 0.68 + dy)
        canvas.disc(leaf, height * canvas.random.uniform(0.09, 0.15), shade, opacity=0.8)
