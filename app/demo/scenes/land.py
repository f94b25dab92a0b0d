"""Open country: mountains, wheat, power lines."""

import itertools
import math

from app.demo.canvas import Canvas, Point
from app.demo.palettes import Color, Palette, mix
from app.demo.scenes.nature import below, birds, curve, hills, pine, ridge, sun

STRAW: Color = (240, 186, 74)
UMBER: Color = (150, 88, 32)


def mountains(canvas: Canvas, palette: Palette) -> None:
    """Ranges one behind the other in morning haze, pines in front."""
    canvas.wash(palette.sky, bottom=75)
    canvas.wash((palette.sky[-1], palette.sky[-1]), top=75)
    sun(canvas, (canvas.random.uniform(0.25, 0.75) * canvas.right, 34), 5, palette)
    for layer in range(6):
        depth = layer / 5
        tone = palette.land(0.08 + 0.85 * depth**1.25)
        shape = ridge(canvas, 48 + 8.5 * layer, 11 - layer, roughness=0.5)
        canvas.shade(shape, tone, mix(tone, palette.sky[-1], 0.5 * (1 - depth)))
        canvas.mist(60 + 8.5 * layer, 9, palette.sky[-1], strength=0.5 * (1 - depth))
    birds(canvas, (canvas.right * 0.6, 22), palette.near)
    for _ in range(26):
        x, height = canvas.random.uniform(-2, canvas.right + 2), canvas.random.uniform(8, 17)
        pine(canvas, (x, 101), height, mix(palette.near, (0, 0, 0), 0.25))


def wheat_field(canvas: Canvas, palette: Palette) -> None:
    """A field of ripe wheat that runs to the hills, ears in front."""
    canvas.wash(palette.sky, bottom=58)
    sun(canvas, (canvas.random.uniform(0.55, 0.8) * canvas.right, 30), 5, palette)
    hills(canvas, palette, 48)
    for layer in range(5):
        tone = mix(mix(STRAW, palette.light, 0.35), mix(STRAW, palette.near, 0.35), layer / 4)
        line = curve(canvas, 60 + 8 * layer, 1.8, waves=1.3)
        canvas.shade(below(canvas, line), mix(tone, palette.light, 0.35), tone)
        _drills(canvas, 60 + 8 * layer, mix(tone, UMBER, 0.4))
    canvas.glow((canvas.right * 0.68, 54), 80, palette.light, strength=0.55, flat=0.5)
    for layer in range(3):
        for _ in range(28):
            foot = (canvas.random.uniform(-4, canvas.right + 4), 104.0)
            tone = mix(UMBER, STRAW, 0.25 + 0.25 * layer + canvas.random.uniform(0, 0.25))
            _ear(canvas, foot, canvas.random.uniform(24, 36) + 5 * (2 - layer), tone)


def _drills(canvas: Canvas, y: float, tone: Color) -> None:
    """Hint at rows of stalks by short strokes."""
    for _ in range(110):
        x, top = canvas.random.uniform(0, canvas.right), y + canvas.random.uniform(0, 9)
        canvas.stroke([(x, top), (x + 0.5, top + 2.2)], tone, 0.18, opacity=0.4)


def _ear(canvas: Canvas, foot: Point, height: float, tone: Color) -> None:
    lean = canvas.random.uniform(-5, 9)
    stalk = [(foot[0] + lean * (i / 10) ** 2, foot[1] - height * i / 10) for i in range(11)]
    canvas.stroke(stalk, mix(tone, (120, 120, 50), 0.4), 0.28)
    (x, y), (before_x, before_y) = stalk[-1], stalk[-2]
    angle = math.atan2(y - before_y, x - before_x)
    for i in range(7):
        along = -3.4 + i * 1.05
        center = (x + along * math.cos(angle), y + along * math.sin(angle))
        for side in (-1, 1):
            turn = angle + side * 0.5
            tip = (center[0] + 1.9 * math.cos(turn), center[1] + 1.9 * math.sin(turn))
            whisker = (tip[0] + 2.6 * math.cos(turn), tip[1] + 2.6 * math.sin(turn))
            canvas.stroke([tip, whisker], tone, 0.1, opacity=0.6)
            _grain(canvas, center, tip, mix(tone, (255, 240, 200), 0.08 * i / 2))


def _grain(canvas: Canvas, start: Point, end: Point, tone: Color) -> None:
    (ax, ay), (bx, by) = start, end
    side_x, side_y = (by - ay) * 0.3, (ax - bx) * 0.3
    middle = ((ax + bx) / 2, (ay + by) / 2)
    right = (middle[0] + side_x, middle[1] + side_y)
    left = (middle[0] - side_x, middle[1] - side_y)
    canvas.fill([start, right, end, left], tone)


def power_lines(canvas: Canvas, palette: Palette) -> None:
    """Pylons that carry lines over the hills, wind turbines on the ridge."""
    canvas.wash(palette.sky, bottom=80)
    sun(canvas, (canvas.right * canvas.random.uniform(0.2, 0.4), 46), 5.5, palette)
    crest = curve(canvas, 62, 5, waves=1.1)
    canvas.shade(below(canvas, curve(canvas, 56, 5)), palette.land(0.1), palette.land(0.02))
    canvas.shade(below(canvas, crest), palette.land(0.3), palette.land(0.12))
    for share in (0.12, 0.25, 0.36, 0.5):
        x = canvas.right * (share + canvas.random.uniform(-0.02, 0.02))
        _turbine(canvas, (x, crest(x) + 1), canvas.random.uniform(13, 19), palette.light)
    canvas.mist(70, 9, palette.sky[-1], strength=0.5)
    canvas.shade(
        below(canvas, curve(canvas, 80, 4, waves=0.9)), palette.land(0.6), palette.land(0.4)
    )
    towers = ((1.22, 104, 92), (0.8, 92, 60), (0.64, 83, 34), (0.55, 77, 20))
    arms = [
        _pylon(canvas, (canvas.right * x, foot), height, palette.land(1 - 0.12 * i))
        for i, (x, foot, height) in enumerate(towers)
    ]
    for near, far in itertools.pairwise(arms):
        for start, end in zip(near, far, strict=True):
            _wire(canvas, start, end, palette.land(0.9))
    canvas.shade(below(canvas, curve(canvas, 95, 2)), palette.land(0.9), palette.land(1))


def _turbine(canvas: Canvas, foot: Point, height: float, tone: Color) -> None:
    x, y = foot
    hub = (x, y - height)
    canvas.fill([(x - 0.35, y), (x + 0.35, y), (x + 0.15, hub[1]), (x - 0.15, hub[1])], tone)
    start = canvas.random.uniform(0, math.tau)
    for blade in range(3):
        turn = start + blade * math.tau / 3
        reach = height * 0.55
        tip = (x + reach * math.cos(turn), hub[1] + reach * math.sin(turn))
        bulge = (
            x + reach * 0.25 * math.cos(turn + 0.16),
            hub[1] + reach * 0.25 * math.sin(turn + 0.16),
        )
        canvas.fill([hub, bulge, tip], tone)
    canvas.disc(hub, 0.45, tone)


def _pylon(canvas: Canvas, foot: Point, height: float, tone: Color) -> list[Point]:
    """Draw a lattice tower and return the six points that hold its wires."""
    x, y = foot
    thick = max(0.12, height * 0.006)

    def half(level: float) -> float:
        return height * (0.12 * math.pow(1 - level, 1.6) + 0.018)

    levels = [0, 0.2, 0.36, 0.5, 0.62, 0.72, 0.81, 0.9, 1]
    for low, high in itertools.pairwise(levels):
        corners = [(x - half(low), y - height * low), (x + half(low), y - height * low)]
        corners += [(x + half(high), y - height * high), (x - half(high), y - height * high)]
        canvas.stroke([*corners, corners[0], corners[2]], tone, thick)
        canvas.stroke([corners[1], corners[3]], tone, thick)
    ends = []
    for level, reach in ((0.64, 0.2), (0.78, 0.25), (0.92, 0.17)):
        arm = y - height * level
        for side in (-1, 1):
            end = (x + side * height * reach, arm)
            canvas.stroke([(x, arm - height * 0.05), end, (x, arm)], tone, thick)
            hung = (end[0], arm + height * 0.035)
            canvas.stroke([end, hung], tone, thick * 1.6)
            ends.append(hung)
    return ends


def _wire(canvas: Canvas, start: Point, end: Point, tone: Color) -> None:
    sag = math.dist(start, end) * 0.07
    points = [
        (
            start[0] + (end[0] - start[0]) * t,
            start[1] + (end[1] - start[1]) * t + sag * 4 * t * (1 - t),
        )
        for t in (i / 20 for i in range(21))
    ]
    canvas.stroke(points, tone, 0.14, opacity=0.85)
