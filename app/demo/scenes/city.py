"""Where people live and move: the city at sunrise, a bridge, a neighbourhood, the railway."""

import math

from app.demo.canvas import Canvas, Point
from app.demo.palettes import Palette, mix
from app.demo.scenes.nature import below, birds, curve, ridge, round_tree, stars, sun


def sunrise_city(canvas: Canvas, palette: Palette) -> None:
    """A skyline over a river, the sun behind it."""
    canvas.wash(palette.sky, bottom=72)
    sun(canvas, (canvas.right * canvas.random.uniform(0.3, 0.7), 52), 8, palette)
    for layer in range(4):
        _skyline(canvas, palette, layer / 3)
        canvas.mist(74, 16, palette.sky[-1], strength=0.45 - 0.1 * layer)
    canvas.box((0, 75.2, canvas.right, 77), palette.land(0.95))
    birds(canvas, (canvas.right * 0.25, 20), palette.near)
    canvas.mirror(76.6, palette.land(0.75), 0.35)


def _skyline(canvas: Canvas, palette: Palette, depth: float) -> None:
    tone = palette.land(0.1 + 0.8 * depth)
    x = -3.0
    while x < canvas.right:
        width = canvas.random.uniform(4, 10)
        middle = 1 - abs(x / canvas.right - 0.5) * 1.3
        rise = canvas.random.random() ** 2 * middle
        height = canvas.random.uniform(5, 14) * (1 - 0.3 * depth) + (36 - 18 * depth) * rise
        top = 76 - height
        canvas.box((x, top, x + width, 77), tone)
        canvas.box((x, top, x + width * 0.28, 77), mix(tone, palette.light, 0.12))
        _roof(canvas, (x + width / 2, top), width, palette.land(0.1 + 0.8 * depth))
        if depth > 0.5:
            _windows(canvas, (x, top, x + width, 75), palette)
        x += width + canvas.random.uniform(-1, 2 + 9 * depth)


def _roof(canvas: Canvas, top: Point, width: float, tone: tuple[int, int, int]) -> None:
    x, y = top
    kind = canvas.random.randrange(5)
    if kind == 0:
        canvas.stroke([(x, y), (x, y - 7)], tone, 0.3)
    elif kind == 1:
        canvas.fill(
            [(x - width / 2, y), (x + width / 2, y), (x + width / 2, y - width * 0.4)], tone
        )
    elif kind == 2:
        canvas.box((x - width * 0.3, y - 2, x + width * 0.3, y), tone)


def _windows(canvas: Canvas, wall: tuple[float, float, float, float], palette: Palette) -> None:
    left, top, right, bottom = wall
    columns, rows = int((right - left - 0.8) / 1.2), int((bottom - top - 1) / 1.7)
    for row in range(rows):
        for column in range(columns):
            if canvas.random.random() < 0.42:
                x, y = left + 0.8 + column * 1.2, top + 1.2 + row * 1.7
                shine = canvas.random.uniform(0.35, 0.95)
                canvas.box((x, y, x + 0.6, y + 0.9), palette.gold, opacity=shine)


def bridge(canvas: Canvas, palette: Palette) -> None:
    """A cable-stayed bridge over a broad river."""
    canvas.wash(palette.sky, bottom=70)
    sun(canvas, (canvas.right * canvas.random.uniform(0.4, 0.6), 44), 6.5, palette)
    for layer in range(3):
        tone = palette.land(0.08 + 0.16 * layer)
        shape = ridge(canvas, 60 + 3 * layer, 6 - layer)
        canvas.shade(shape, tone, mix(tone, palette.sky[-1], 0.6))
    canvas.mist(69, 8, palette.sky[-1], strength=0.6)
    steel = palette.land(0.85)
    for share in (0.27, 0.73):
        _bridge_tower(canvas, canvas.right * share, palette)
    canvas.box((0, 61.2, canvas.right, 63), steel)
    canvas.box((0, 60.6, canvas.right, 61), palette.accent)
    for i in range(24):
        x = canvas.right * (i + 0.5) / 24
        canvas.stroke([(x, 61), (x, 58.4), (x + 0.9, 58.2)], steel, 0.15)
        canvas.glow((x + 0.9, 58.4), 2.4, palette.gold, strength=0.9)
    birds(canvas, (canvas.right * 0.5, 18), palette.near)
    canvas.mirror(71, palette.land(0.6), 0.3)


def _bridge_tower(canvas: Canvas, x: float, palette: Palette) -> None:
    top, deck = 17.0, 62.0
    for i in range(15):
        reach = 5 + i * 2.4
        hook = top + 2 + (14 - i) * 1.4
        for side in (-1, 1):
            canvas.stroke([(x, hook), (x + side * reach, deck)], palette.light, 0.13, opacity=0.8)
    for side in (-1, 1):
        leg = [
            (x + side * 0.6, top),
            (x + side * 1.7, top),
            (x + side * 3.4, deck),
            (x + side * 2, 75),
        ]
        canvas.shade(
            [*leg, (x + side * 1.2, 75), (x + side * 2, deck)], palette.accent, palette.land(0.9)
        )
    canvas.box((x - 1.7, top + 8, x + 1.7, top + 9.2), palette.accent)
    canvas.box((x - 2.8, top + 34, x + 2.8, top + 35.6), palette.land(0.8))


def neighbourhood(canvas: Canvas, palette: Palette) -> None:
    """Houses with lit windows under big trees in the evening."""
    canvas.wash(palette.sky, bottom=85)
    stars(canvas, 40, 70)
    sun(canvas, (canvas.right * canvas.random.uniform(0.7, 0.85), 20), 4, palette)
    canvas.shade(ridge(canvas, 58, 6), palette.land(0.2), palette.land(0.1))
    for row in range(3):
        x, ground = canvas.random.uniform(-8, 0), 72 + 8.0 * row
        while x < canvas.right:
            width = canvas.random.uniform(15, 22)
            _house(canvas, (x, ground), width, palette.land(0.35 + 0.22 * row), palette)
            x += width + canvas.random.uniform(1, 8)
        canvas.mist(ground, 6, palette.far, strength=0.25)
    canvas.shade(below(canvas, curve(canvas, 90, 1.5)), palette.land(0.85), palette.land(1))
    for share in (0.06, 0.5, 0.93):
        foot = (canvas.right * (share + canvas.random.uniform(-0.04, 0.04)), 94.0)
        round_tree(
            canvas, foot, canvas.random.uniform(34, 46), mix((58, 110, 84), palette.near, 0.35)
        )
    for i in range(6):
        x = canvas.right * (i + 0.5) / 6
        canvas.stroke([(x, 97), (x, 85)], palette.land(1), 0.35)
        canvas.glow((x, 84.5), 9, palette.gold, strength=0.8)
        canvas.disc((x, 84.5), 0.8, palette.light)


def _house(
    canvas: Canvas, corner: Point, width: float, tone: tuple[int, int, int], palette: Palette
) -> None:
    x, ground = corner
    height = canvas.random.uniform(9, 16)
    top = ground - height
    canvas.box((x, top, x + width, ground + 12), tone)
    roof = mix(tone, palette.accent, 0.35)
    canvas.shade(
        [
            (x - 1.5, top + 0.6),
            (x + width * 0.2, top - 5),
            (x + width * 0.8, top - 5),
            (x + width + 1.5, top + 0.6),
        ],
        mix(roof, palette.light, 0.2),
        roof,
    )
    for row in range(int(height / 4.5)):
        for column in range(int(width / 4)):
            left, upper = x + 1.4 + column * 4, top + 2 + row * 4.5
            lit = canvas.random.random() < 0.6
            shine = palette.gold if lit else mix(tone, palette.near, 0.5)
            if lit:
                canvas.glow((left + 0.9, upper + 1.2), 3.4, palette.gold, strength=0.35)
            canvas.box((left, upper, left + 1.9, upper + 2.4), shine, opacity=0.95, rounding=0.2)
            canvas.box((left + 0.85, upper, left + 1.05, upper + 2.4), tone)


def rails(canvas: Canvas, palette: Palette) -> None:
    """Tracks that run to the horizon under catenary masts, a train coming."""
    horizon = 54.0
    canvas.wash(palette.sky, bottom=horizon + 4)
    vanish = (canvas.right * canvas.random.uniform(0.42, 0.58), horizon)
    sun(canvas, (vanish[0] + canvas.random.uniform(-25, 25), 42), 5, palette)
    for layer in range(3):
        tone = palette.land(0.1 + 0.15 * layer)
        canvas.shade(ridge(canvas, 46 + 3 * layer, 6 - layer), tone, palette.sky[-1])
    canvas.wash((palette.land(0.35), palette.land(0.75), palette.land(0.95)), top=horizon)
    canvas.glow(vanish, 60, palette.light, strength=0.55, flat=0.35)
    for offset in (-17.0, 17.0):
        _track(canvas, vanish, offset, palette)
    _masts(canvas, vanish, palette)
    _train(canvas, vanish, palette)


def _ahead(vanish: Point, across: float, up: float, near: float) -> Point:
    """Project a point: ``near`` is 1 at the picture's edge and 0 at the horizon."""
    return vanish[0] + across * near * 2.4, vanish[1] + (46 - up) * near


def _track(canvas: Canvas, vanish: Point, offset: float, palette: Palette) -> None:
    bed = mix(palette.land(0.7), (128, 116, 104), 0.4)
    canvas.shade(
        [vanish, _ahead(vanish, offset + 13, 0, 1.1), _ahead(vanish, offset - 13, 0, 1.1)],
        mix(bed, palette.light, 0.25),
        bed,
    )
    for i in range(46):
        near, thick = 1.1 * 0.91**i, 0.035 * 1.1 * 0.91**i
        sleeper = [_ahead(vanish, offset + side * 9.5, 0, near) for side in (-1, 1)]
        sleeper += [_ahead(vanish, offset + side * 9.5, 0, near - thick) for side in (1, -1)]
        canvas.fill(sleeper, palette.land(0.92), opacity=min(1, 0.35 + near))
    for side in (-1, 1):
        rail = [vanish] + [_ahead(vanish, offset + side * (6 + edge), 0, 1.1) for edge in (0, 0.75)]
        canvas.fill(rail, mix(palette.light, palette.near, 0.3))
        shine = [vanish] + [
            _ahead(vanish, offset + side * (6 + edge), 0, 1.1) for edge in (0, 0.25)
        ]
        canvas.fill(shine, palette.light)


def _masts(canvas: Canvas, vanish: Point, palette: Palette) -> None:
    for side in (-1, 1):
        previous: Point | None = None
        for i in range(9):
            near = 1.25 * 0.66**i
            foot, head = _ahead(vanish, side * 39, 0, near), _ahead(vanish, side * 39, 92, near)
            arm = _ahead(vanish, side * 17, 84, near)
            canvas.stroke([foot, head], palette.land(1), 1.7 * near)
            canvas.stroke([_ahead(vanish, side * 39, 90, near), arm], palette.land(1), 0.8 * near)
            canvas.stroke([_ahead(vanish, side * 39, 76, near), arm], palette.land(1), 0.5 * near)
            if previous:
                canvas.stroke([previous, arm], palette.land(1), 0.16, opacity=0.8)
            previous = arm


def _train(canvas: Canvas, vanish: Point, palette: Palette) -> None:
    """Draw the front of a train on the right-hand track."""
    near = 0.26
    x, ground = _ahead(vanish, 17, 0, near)
    width, height = 6.6, 12.0
    nose = [
        (x + width * math.sin(turn), ground - 1.2 - height * max(0.0, math.cos(turn)) ** 0.6)
        for turn in (math.pi / 2 * i / 12 for i in range(-12, 13))
    ]
    canvas.shade(
        nose, mix(palette.light, (255, 255, 255), 0.5), mix(palette.far, palette.near, 0.35)
    )
    canvas.fill(
        [
            (x - 3.6, ground - 9.3),
            (x + 3.6, ground - 9.3),
            (x + 4.6, ground - 6.6),
            (x - 4.6, ground - 6.6),
        ],
        palette.near,
    )
    canvas.box((x - 6.4, ground - 3.6, x + 6.4, ground - 2.6), palette.accent)
    for side in (-1, 1):
        lamp = (x + side * 4.3, ground - 4.9)
        canvas.glow(lamp, 13, palette.light, strength=0.9)
        canvas.disc(lamp, 0.75, (255, 255, 248))
