"""Lights in the dark: lanterns, a network of stars, the stadium before a broadcast, silk."""

import math

from app.demo.canvas import Canvas, Point
from app.demo.palettes import Palette, mix
from app.demo.scenes.nature import stars


def lanterns(canvas: Canvas, palette: Palette) -> None:
    """Red lanterns on strings under the eaves at dusk."""
    canvas.wash(palette.sky)
    stars(canvas, 60, 60)
    for _ in range(26):
        place = (canvas.random.uniform(0, canvas.right), canvas.random.uniform(45, 100))
        size = canvas.random.uniform(2, 6)
        tone = mix(palette.gold, palette.accent, canvas.random.random())
        canvas.disc(place, size, tone, opacity=0.16)
        canvas.disc(place, size * 0.8, tone, opacity=0.1)
    for string in range(3):
        start, end = 4 + 13.0 * string, 10 + 12.0 * string + canvas.random.uniform(-6, 6)
        count = 8 - 2 * string
        sag = canvas.random.uniform(8, 13)
        points = []
        for i in range(41):
            t = i / 40
            points.append((canvas.right * t, start + (end - start) * t + 4 * sag * t * (1 - t)))
        canvas.stroke(points, palette.near, 0.25)
        for i in range(count):
            hook = points[round(40 * (i + 0.5) / count)]
            _lantern(canvas, hook, 2.6 + 1.9 * string + canvas.random.uniform(0, 0.8), palette)
    _eaves(canvas, palette)


def _lantern(canvas: Canvas, hook: Point, size: float, palette: Palette) -> None:
    x, y = hook[0], hook[1] + size * 1.7
    red = mix(palette.accent, (214, 40, 34), 0.6)
    canvas.glow((x, y), size * 5.5, mix(red, palette.gold, 0.45), strength=0.7)
    canvas.stroke([hook, (x, y)], palette.near, 0.2)
    canvas.disc((x, y), size * 1.2, mix(red, palette.near, 0.25), flat=0.84)
    for step in range(8):
        share = step / 7
        tone = mix(red, mix(palette.gold, (255, 120, 60), 0.35), share * 0.75)
        canvas.disc(
            (x, y - size * 0.08 * share), size * (1.14 - 0.85 * share), tone, flat=0.85, opacity=0.5
        )
    for rib in (0.35, 0.7, 1.0):
        arc = [
            (x + side * size * 1.2 * rib * math.cos(turn), y + size * math.sin(turn))
            for side in (1,)
            for turn in (math.pi * i / 16 for i in range(-8, 9))
        ]
        canvas.stroke(arc, mix(red, palette.near, 0.35), 0.12, opacity=0.5)
        canvas.stroke(
            [(2 * x - a, b) for a, b in arc], mix(red, palette.near, 0.35), 0.12, opacity=0.5
        )
    for side in (-1, 1):
        cap = y + side * size * 0.95
        canvas.box(
            (x - size * 0.45, cap - size * 0.12, x + size * 0.45, cap + size * 0.12), palette.gold
        )
    for thread in range(-2, 3):
        fringe = [(x + thread * size * 0.1, y + size), (x + thread * size * 0.14, y + size * 1.9)]
        canvas.stroke(fringe, palette.gold, 0.2, opacity=0.9)


def _eaves(canvas: Canvas, palette: Palette) -> None:
    """Draw roofs along the foot of the picture."""
    dark = mix(palette.near, (0, 0, 0), 0.2)
    x = canvas.random.uniform(-20, -8)
    while x < canvas.right:
        width, top = canvas.random.uniform(34, 52), canvas.random.uniform(78, 85)
        middle = x + width / 2
        left = [
            (x - 4 + (width / 2) * t, 93 - (93 - top) * t**1.7 - 1.2 * (1 - t) ** 4)
            for t in (i / 12 for i in range(13))
        ]
        right = [(2 * middle - a, b) for a, b in reversed(left)]
        canvas.shade(
            [*left, *right, (x + width, 101), (x, 101)], mix(dark, palette.accent, 0.22), dark
        )
        canvas.box((middle - width * 0.17, top - 0.8, middle + width * 0.17, top + 0.5), dark)
        for window in range(5):
            w = x + width * (0.2 + 0.13 * window)
            canvas.box((w, 95, w + width * 0.08, 101), palette.gold, opacity=0.75)
        x += width + canvas.random.uniform(0, 5)


def network(canvas: Canvas, palette: Palette) -> None:
    """A tree of light whose leaves are linked to each other."""
    canvas.wash((palette.sky[0], palette.sky[1], mix(palette.sky[1], palette.near, 0.5)))
    stars(canvas, 95, 120)
    middle = canvas.right / 2
    canvas.glow((middle, 50), 95, palette.sky[2], strength=0.7, flat=0.8)
    canvas.glow((middle, 98), 60, palette.gold, strength=0.6, flat=0.4)
    leaves: list[Point] = []
    for side in (-1, 1):
        _branch(
            canvas, (middle, 92), -math.pi / 2 + side * 0.38, 20, leaves=leaves, palette=palette
        )
    _branch(
        canvas,
        (middle, 94),
        -math.pi / 2 + canvas.random.uniform(-0.1, 0.1),
        23,
        leaves=leaves,
        palette=palette,
    )
    for i, leaf in enumerate(leaves):
        for other in leaves[i + 1 :]:
            if math.dist(leaf, other) < 9.5:
                canvas.stroke([leaf, other], palette.light, 0.1, opacity=0.3)
    for leaf in leaves:
        tone = canvas.random.choice([palette.gold, palette.accent, palette.light])
        size = canvas.random.uniform(0.5, 1.3)
        canvas.glow(leaf, size * 5, tone, strength=0.75)
        canvas.disc(leaf, size, mix(tone, (255, 255, 255), 0.25))


def _branch(
    canvas: Canvas,
    start: Point,
    angle: float,
    length: float,
    *,
    leaves: list[Point],
    palette: Palette,
) -> None:
    end = (start[0] + length * 1.25 * math.cos(angle), start[1] + length * math.sin(angle))
    tone = mix(palette.gold, palette.light, min(1, 6 / length))
    canvas.stroke([start, end], tone, length * 0.045, opacity=0.9)
    if length < 6.5:
        leaves.append(end)
        return
    for turn in (-0.42, 0.42):
        bend = angle + turn + canvas.random.uniform(-0.2, 0.2)
        _branch(
            canvas,
            end,
            bend,
            length * canvas.random.uniform(0.68, 0.8),
            leaves=leaves,
            palette=palette,
        )


def stadium(canvas: Canvas, palette: Palette) -> None:
    """Floodlights over a full house at night."""
    canvas.wash((palette.sky[0], palette.sky[1], palette.sky[2]), bottom=62)
    stars(canvas, 45, 110)
    field = mix((46, 128, 84), palette.near, 0.25)
    canvas.wash((mix(field, palette.light, 0.35), field, mix(field, palette.near, 0.6)), top=60)
    canvas.glow((canvas.right / 2, 66), 90, palette.light, strength=0.55, flat=0.4)
    _stand(canvas, palette)
    for i in range(7):
        stripe = [
            (canvas.right * (0.5 + (share - 0.5) * spread), y)
            for share, spread, y in (
                (i / 7, 0.85, 68),
                ((i + 0.5) / 7, 0.85, 68),
                ((i + 0.5) / 7, 2.2, 100),
                (i / 7, 2.2, 100),
            )
        ]
        canvas.fill(stripe, palette.light, opacity=0.07)
    canvas.disc((canvas.right / 2, 84), 17, palette.light, opacity=0.5, flat=0.32)
    canvas.disc((canvas.right / 2, 84), 16.4, field, flat=0.32)
    canvas.stroke(
        [(canvas.right / 2, 68), (canvas.right / 2, 100)], palette.light, 0.3, opacity=0.5
    )
    for share, height in ((0.08, 50.0), (0.3, 42.0), (0.7, 42.0), (0.92, 50.0)):
        _floodlight(canvas, (canvas.right * share, 62), height, palette)
    for _ in range(90):
        place = (canvas.random.uniform(0, canvas.right), canvas.random.uniform(8, 70))
        tone = canvas.random.choice([palette.gold, palette.accent, palette.light])
        canvas.disc(place, canvas.random.uniform(0.15, 0.4), tone, opacity=0.8)


def _stand(canvas: Canvas, palette: Palette) -> None:
    """Draw the tribune: a dark bow, filled with small lights."""

    def rim(x: float) -> float:
        return 44 + 8 * math.sin(math.pi * x / canvas.right)

    xs = [canvas.right * i / 60 for i in range(61)]
    shape = [(x, rim(x)) for x in xs] + [(x, rim(x) + 22) for x in reversed(xs)]
    canvas.shade(shape, palette.near, mix(palette.near, palette.accent, 0.45))
    canvas.stroke([(x, rim(x)) for x in xs], palette.gold, 0.5)
    tones = [palette.gold, palette.accent, palette.light, palette.far]
    for _ in range(1100):
        x = canvas.random.uniform(0, canvas.right)
        place = (x, rim(x) + 2 + 18 * canvas.random.random())
        canvas.disc(
            place, 0.28, canvas.random.choice(tones), opacity=canvas.random.uniform(0.3, 0.9)
        )


def _floodlight(canvas: Canvas, foot: Point, height: float, palette: Palette) -> None:
    x, y = foot
    top = y - height
    aim = canvas.right / 2 + (x - canvas.right / 2) * 0.25
    canvas.fill(
        [(x - 3, top), (x + 3, top), (aim + 22, 82), (aim - 22, 82)], palette.light, opacity=0.07
    )
    canvas.fill(
        [(x - 2, top), (x + 2, top), (aim + 11, 82), (aim - 11, 82)], palette.light, opacity=0.07
    )
    canvas.fill([(x - 0.4, top), (x + 0.4, top), (x + 0.8, y), (x - 0.8, y)], palette.near)
    canvas.box((x - 6, top - 5, x + 6, top + 2), mix(palette.near, (0, 0, 0), 0.2), rounding=0.6)
    canvas.glow((x, top - 1.5), 26, palette.light, strength=0.7)
    for row in range(3):
        for column in range(6):
            lamp = (x - 4.8 + column * 1.92, top - 3.6 + row * 2.1)
            canvas.glow(lamp, 2.2, (255, 255, 250), strength=0.9)
            canvas.disc(lamp, 0.7, (255, 255, 246))


def silk(canvas: Canvas, palette: Palette) -> None:
    """Lengths of silk in the wind, from gold to red, one over the other."""
    canvas.wash((mix(palette.sky[-1], palette.light, 0.7), palette.sky[-1], palette.gold))
    sun = (canvas.right * canvas.random.uniform(0.6, 0.85), 20.0)
    canvas.glow(sun, 90, (255, 255, 250), strength=0.9)
    red, turn = mix(palette.accent, (216, 36, 32), 0.5), canvas.random.uniform(0, math.tau)
    for fold in range(7):
        tone = mix(palette.gold, red, (fold / 6) ** 0.7)
        turn += canvas.random.uniform(0.35, 0.75)
        crest = [
            (x, 34 + 8.5 * fold + (12 - fold) * math.sin(4.6 * x / canvas.right + turn))
            for x in (canvas.right * i / 120 for i in range(121))
        ]
        upper = crest
        for step in range(14):
            shade = mix(mix(tone, (255, 244, 214), 0.42), mix(tone, (96, 10, 24), 0.3), step / 13)
            lower = [
                (x, y + 1.1 + 0.8 * math.sin(6 * x / canvas.right + turn * 2)) for x, y in upper
            ]
            canvas.fill([*upper, *reversed(lower)], shade)
            upper = lower
        canvas.fill([*upper, (canvas.right, 101), (0, 101)], shade)
        canvas.stroke(crest, mix(palette.gold, palette.light, 0.5), 0.35, opacity=0.9)
