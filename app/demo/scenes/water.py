"""The harbour: cranes, containers, ships and their reflections."""

from app.demo.canvas import Canvas, Point
from app.demo.palettes import Color, Palette, mix
from app.demo.scenes.nature import birds, ridge, sun

QUAY = 70.0


def harbour(canvas: Canvas, palette: Palette) -> None:
    """Gantry cranes at work over a moored ship."""
    canvas.wash(palette.sky, bottom=QUAY)
    sun(canvas, (canvas.right * canvas.random.uniform(0.15, 0.3), 44), 6.5, palette)
    for layer in range(2):
        tone = palette.land(0.1 + 0.14 * layer)
        canvas.shade(ridge(canvas, 60 + 3 * layer, 5), tone, mix(tone, palette.sky[-1], 0.6))
    canvas.mist(68, 8, palette.sky[-1], strength=0.5)
    _stacks(canvas, palette, 0.45)
    for share, height in ((0.52, 34.0), (0.7, 40.0), (0.92, 48.0)):
        _crane(canvas, (canvas.right * share, QUAY), height, palette)
    canvas.box((canvas.right * 0.4, QUAY - 1.4, canvas.right, QUAY + 1.5), palette.land(0.9))
    _ship(canvas, (canvas.right * 0.1, QUAY + 0.5), palette)
    birds(canvas, (canvas.right * 0.3, 24), palette.near)
    canvas.mirror(QUAY + 1.5, palette.land(0.6), 0.35)


def _boxes(palette: Palette) -> list[Color]:
    tones = [palette.accent, palette.gold, (62, 116, 138), (86, 140, 116), (196, 108, 66)]
    return [mix(tone, palette.near, 0.25) for tone in tones]


def _stacks(canvas: Canvas, palette: Palette, start: float) -> None:
    x = canvas.right * start
    while x < canvas.right:
        for level in range(canvas.random.randint(1, 5)):
            _container(canvas, (x, QUAY - 1.4 - 2.6 * (level + 1)), palette)
        x += 6.6


def _container(canvas: Canvas, corner: Point, palette: Palette) -> None:
    x, y = corner
    tone = canvas.random.choice(_boxes(palette))
    canvas.box((x, y, x + 6.2, y + 2.4), tone)
    canvas.box((x, y, x + 6.2, y + 0.4), mix(tone, palette.light, 0.3))
    for rib in range(1, 10):
        canvas.box(
            (x + rib * 0.62, y + 0.4, x + rib * 0.62 + 0.14, y + 2.4), palette.near, opacity=0.3
        )


def _crane(canvas: Canvas, foot: Point, height: float, palette: Palette) -> None:
    x, y = foot
    tone = mix(palette.accent, palette.near, 0.2)
    half, beam, thick = height * 0.16, y - height * 0.62, height * 0.022
    top = (x - half * 0.2, y - height)
    for side in (-1, 1):
        canvas.stroke([(x + side * half, y), (x + side * half * 0.8, beam)], tone, thick)
    canvas.stroke([(x - half, y - height * 0.22), (x + half, y - height * 0.22)], tone, thick)
    canvas.stroke([(x - half, y - height * 0.22), (x + half * 0.8, beam)], tone, thick * 0.5)
    canvas.stroke([(x - half * 0.8, beam), top, (x + half * 0.8, beam)], tone, thick * 0.8)
    boom, tail = (x - height * 0.85, beam), (x + height * 0.4, beam)
    canvas.stroke([boom, tail], tone, thick * 1.3)
    for end in (boom, (x - height * 0.45, beam), tail):
        canvas.stroke([top, end], tone, thick * 0.35)
    trolley = x - height * canvas.random.uniform(0.4, 0.75)
    canvas.box((trolley - 1.2, beam, trolley + 1.2, beam + 1.2), palette.near)
    hook = beam + height * canvas.random.uniform(0.12, 0.3)
    for side in (-1, 1):
        canvas.stroke([(trolley + side, beam + 1), (trolley + side, hook)], palette.near, 0.15)
    _container(canvas, (trolley - 3.1, hook), palette)
    canvas.box(
        (x + height * 0.12, beam - height * 0.07, x + height * 0.3, beam),
        mix(tone, palette.light, 0.3),
    )
    canvas.glow(top, 3, palette.gold, strength=0.8)


def _ship(canvas: Canvas, stern: Point, palette: Palette) -> None:
    x, y = stern
    for column in range(9):
        for level in range(canvas.random.randint(2, 4)):
            _container(canvas, (x + 13 + column * 6.4, y - 8.4 - 2.6 * level), palette)
    canvas.shade(
        [(x + 2, y - 18), (x + 11, y - 18), (x + 12, y - 5), (x + 1, y - 5)],
        mix(palette.light, (255, 255, 255), 0.3),
        palette.far,
    )
    for row in range(4):
        canvas.box(
            (x + 2.6, y - 16.6 + row * 2.7, x + 10.6, y - 15.6 + row * 2.7),
            palette.near,
            opacity=0.8,
        )
    canvas.box((x + 4.5, y - 23, x + 8, y - 18), palette.accent)
    hull = [(x - 1, y - 6), (x + 74, y - 6), (x + 80, y - 8.4), (x + 75, y + 1), (x + 2, y + 1)]
    canvas.shade(hull, palette.land(0.7), palette.land(1))
    canvas.fill(
        [(x + 1.4, y - 0.8), (x + 75.6, y - 0.8), (x + 75, y + 1), (x + 2, y + 1)], palette.accent
    )
