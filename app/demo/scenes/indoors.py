"""Under a roof: an open book, a lecture hall, gears in the workshop, helmets on their shelf."""

import math

from app.demo.canvas import Canvas, Point
from app.demo.palettes import Color, Palette, mix


def book(canvas: Canvas, palette: Palette) -> None:
    """An open book on a desk in lamp light, a stack of others and a cup beside it."""
    wall = mix(palette.near, palette.accent, 0.25)
    canvas.wash((mix(wall, (0, 0, 0), 0.25), wall, mix(wall, palette.gold, 0.35)), bottom=66)
    canvas.wash(
        (mix(palette.gold, palette.near, 0.45), mix(palette.gold, palette.near, 0.75)), top=66
    )
    middle = canvas.right * 0.47
    canvas.glow((middle, 30), 75, palette.light, strength=0.75)
    _stack(canvas, (canvas.right * 0.76, 72), palette)
    _cup(canvas, (canvas.right * 0.15, 74), palette)
    canvas.disc((middle, 86), 52, palette.near, opacity=0.35, flat=0.14)
    for leaf in range(4, -1, -1):
        for side in (-1, 1):
            _page(canvas, (middle, 84 + leaf * 0.8), side, leaf, palette)
    ribbon = [
        (middle - 1, 62),
        (middle + 1, 62),
        (middle + 3, 92),
        (middle + 1, 90),
        (middle - 1, 93),
    ]
    canvas.shade(ribbon, palette.accent, mix(palette.accent, palette.near, 0.4))
    for _ in range(60):
        angle, reach = canvas.random.uniform(-2.6, -0.5), canvas.random.uniform(8, 58)
        spark = (middle + reach * math.cos(angle) * 1.1, 62 + reach * math.sin(angle) * 0.95)
        size = canvas.random.uniform(0.25, 0.9)
        canvas.glow(spark, size * 5, palette.gold, strength=0.6)
        canvas.disc(spark, size * 0.6, palette.light, opacity=0.85)


def _page(canvas: Canvas, spine: Point, side: int, leaf: int, palette: Palette) -> None:
    x, y = spine
    width, depth = 44.0, 24.0

    def arch(t: float) -> float:
        return 6.5 * math.sin(math.pi * t**0.7) - 3 * t

    steps = [i / 20 for i in range(21)]
    front = [(x + side * (width + leaf * 0.6) * t, y - arch(t)) for t in steps]
    back = [(x + side * (width - 8) * t, y - depth - arch(t) * 0.7) for t in reversed(steps)]
    paper = mix((255, 250, 236), palette.gold, 0.1 + 0.06 * leaf)
    canvas.shade([*front, *back], mix(paper, (255, 255, 255), 0.5), mix(paper, palette.near, 0.16))
    if leaf:
        return
    for row in range(9):
        share = 0.14 + row * 0.085
        short = 0.55 if row in (3, 8) else 0.9
        line = []
        for t in (0.1 + (short - 0.1) * i / 12 for i in range(13)):
            reach = width - 8 * share
            line.append(
                (x + side * reach * t, y - depth * (1 - share) - arch(t) * (1 - 0.3 * share))
            )
        canvas.stroke(line, mix(palette.near, paper, 0.55), 0.4)
    canvas.fill(
        [(x, y - depth), (x + side * 5, y - depth - 1.6), (x + side * 5, y - 2), (x, y)],
        palette.near,
        opacity=0.16,
    )


def _stack(canvas: Canvas, foot: Point, palette: Palette) -> None:
    x, y = foot
    tones = [palette.accent, (58, 104, 118), palette.gold, (112, 58, 62), (92, 124, 98)]
    canvas.disc((x + 16, y + 1), 24, palette.near, opacity=0.35, flat=0.12)
    for tone in canvas.random.sample(tones, 4):
        thick, shift = canvas.random.uniform(4, 6), canvas.random.uniform(-2, 2)
        left, right = x + shift, x + 33 + shift
        canvas.box((left, y - thick, right, y), mix(tone, palette.near, 0.18), rounding=0.6)
        canvas.box(
            (left, y - thick, right, y - thick + 0.9), mix(tone, palette.light, 0.25), rounding=0.4
        )
        for band in (3, 5, 26):
            canvas.box((left + band, y - thick, left + band + 0.8, y), palette.gold, opacity=0.7)
        y -= thick


def _cup(canvas: Canvas, foot: Point, palette: Palette) -> None:
    x, y = foot
    canvas.disc((x, y + 1), 14, palette.near, opacity=0.35, flat=0.14)
    glaze = mix(palette.light, (255, 255, 255), 0.4)
    canvas.disc((x + 8.5, y - 6), 4.2, mix(glaze, palette.near, 0.25))
    canvas.disc((x + 8.5, y - 6), 2.6, mix(palette.gold, palette.near, 0.5))
    canvas.shade(
        [(x - 8, y - 12), (x + 8, y - 12), (x + 5.5, y), (x - 5.5, y)],
        glaze,
        mix(glaze, palette.near, 0.35),
    )
    canvas.disc((x, y), 5.5, mix(glaze, palette.near, 0.35), flat=0.2)
    canvas.disc((x, y - 12), 8, mix(glaze, palette.near, 0.12), flat=0.22)
    canvas.disc((x, y - 11.7), 7.1, mix(palette.accent, palette.near, 0.45), flat=0.2)
    for wisp in (-2.5, 1.5):
        steam = [(x + wisp + 1.6 * math.sin(i / 3), y - 14 - i * 0.9) for i in range(20)]
        canvas.stroke(steam, palette.light, 0.9, opacity=0.22)


def lecture_hall(canvas: Canvas, palette: Palette) -> None:
    """Rows of listeners before a bright screen."""
    dark = mix(palette.near, (0, 0, 0), 0.25)
    canvas.wash((dark, mix(dark, palette.accent, 0.3), dark))
    left, top, right, bottom = canvas.right * 0.22, 12.0, canvas.right * 0.78, 58.0
    canvas.glow((canvas.right / 2, 36), 92, palette.light, strength=0.5, flat=0.75)
    for i in range(7):
        for side in (-1, 1):
            x = canvas.right / 2 + side * (canvas.right * 0.31 + i * 6)
            canvas.shade(
                [(x - 0.7, 8 - i), (x + 0.7, 8 - i), (x + 0.7, 70 + i * 2), (x - 0.7, 70 + i * 2)],
                mix(dark, palette.gold, 0.5),
                dark,
            )
    canvas.box((left - 1, top - 1, right + 1, bottom + 1), dark, rounding=1)
    _slide(canvas, (left, top, right, bottom), palette)
    canvas.shade(
        [(canvas.right * 0.1, 72), (canvas.right * 0.9, 72), (canvas.right, 82), (0, 82)],
        mix(palette.accent, palette.near, 0.45),
        mix(palette.accent, palette.near, 0.8),
    )
    _speaker(canvas, (canvas.right * canvas.random.choice((0.17, 0.83)), 74), palette)
    for row in range(4):
        size = 2.5 + row * 1.05
        tone = mix(mix(palette.near, palette.accent, 0.2), (0, 0, 0), 0.2 + 0.18 * row)
        count = 22 - 4 * row
        for seat in range(count + 1):
            x = canvas.right * (seat + (row % 2) / 2) / count + canvas.random.uniform(-0.8, 0.8)
            _listener(canvas, (x, 79 + row * 6.5), size, tone, palette)


def _slide(canvas: Canvas, screen: tuple[float, float, float, float], palette: Palette) -> None:
    left, top, right, bottom = screen
    paper = mix(palette.light, (255, 255, 255), 0.45)
    canvas.shade(
        [(left, top), (right, top), (right, bottom), (left, bottom)], paper, palette.sky[-1]
    )
    width, height = right - left, bottom - top
    canvas.box((left + 5, top + 5, left + width * 0.5, top + 8), palette.accent, rounding=1)
    for row in range(4):
        y = top + 13 + row * 5
        canvas.disc((left + 7, y + 0.7), 1, palette.gold)
        end = left + 10 + width * canvas.random.uniform(0.2, 0.34)
        canvas.box((left + 10, y, end, y + 1.5), mix(palette.near, paper, 0.55), rounding=0.7)
    for bar in range(6):
        x = left + width * 0.58 + bar * width * 0.06
        tall = height * (0.16 + 0.09 * bar + canvas.random.uniform(-0.03, 0.06))
        tone = mix(palette.gold, palette.accent, bar / 5)
        canvas.box((x, bottom - 6 - tall, x + width * 0.04, bottom - 6), tone, rounding=0.5)
    canvas.box((left + width * 0.56, bottom - 6, right - 5, bottom - 5.6), palette.near)


def _speaker(canvas: Canvas, foot: Point, palette: Palette) -> None:
    x, y = foot
    canvas.glow((x, y - 14), 22, palette.gold, strength=0.55)
    _listener(canvas, (x, y - 8), 3.1, palette.near, palette)
    canvas.shade(
        [(x - 6, y - 7), (x + 6, y - 7), (x + 5, y + 4), (x - 5, y + 4)],
        mix(palette.accent, palette.gold, 0.25),
        mix(palette.accent, palette.near, 0.6),
    )
    canvas.stroke([(x - 2.5, y - 7), (x - 1, y - 10.5)], palette.near, 0.3)


def _listener(canvas: Canvas, neck: Point, size: float, tone: Color, palette: Palette) -> None:
    """Draw head and shoulders from behind, their edge lit by the screen."""
    x, y = neck
    rim = mix(tone, palette.gold, 0.5)
    for shift, ink in ((-0.25, rim), (0.0, tone)):
        canvas.disc((x, y - size * 0.9 + shift), size, ink, flat=1.15)
        canvas.box(
            (x - size * 1.9, y + size * 0.5 + shift, x + size * 1.9, y + size * 5),
            ink,
            rounding=size,
        )


def gears(canvas: Canvas, palette: Palette) -> None:
    """Meshing gears in the light of the workshop, sparks flying."""
    back = mix(palette.near, palette.accent, 0.18)
    canvas.wash((mix(back, (0, 0, 0), 0.45), back, mix(back, palette.gold, 0.25)))
    canvas.glow((canvas.right * 0.7, 20), 100, palette.gold, strength=0.6)
    for _ in range(9):
        place = (canvas.random.uniform(0, canvas.right), canvas.random.uniform(0, 100))
        _gear(canvas, place, canvas.random.uniform(8, 22), mix(back, palette.gold, 0.14), back)
    x, y, reach = canvas.right * 0.3, 58.0, 0.0
    for turn, radius, metal in (
        (0.0, 27.0, (150, 158, 168)),
        (-0.45, 17.0, palette.gold),
        (0.35, 22.0, palette.accent),
    ):
        if reach:
            x, y = x + (reach + radius) * math.cos(turn), y + (reach + radius) * math.sin(turn)
        _gear(canvas, (x, y), radius, metal, palette.near)
        reach = radius
    for _ in range(45):
        angle, far = canvas.random.gauss(-0.9, 0.5), canvas.random.uniform(3, 45)
        spot = (
            canvas.right * 0.46 + far * math.cos(angle),
            52 + far * math.sin(angle) + far**2 / 90,
        )
        tail = (spot[0] - 1.6 * math.cos(angle), spot[1] - 1.6 * math.sin(angle))
        canvas.stroke([tail, spot], palette.light, 0.22, opacity=0.9)
        canvas.glow(spot, 1.8, palette.gold, strength=0.7)


def _gear(canvas: Canvas, center: Point, radius: float, metal: Color, shadow: Color) -> None:
    x, y = center
    teeth, start = round(radius * 0.95), canvas.random.uniform(0, 1)
    for shift, ink in ((1.2, mix(shadow, (0, 0, 0), 0.4)), (0.0, metal)):
        rim = []
        for i in range(teeth):
            for share, reach in ((-0.3, 0.95), (-0.17, 1.06), (0.17, 1.06), (0.3, 0.95)):
                turn = math.tau * (i + start + share) / teeth
                rim.append(
                    (
                        x + shift + radius * reach * math.cos(turn),
                        y + shift + radius * reach * math.sin(turn),
                    )
                )
        if shift:
            canvas.fill(rim, ink, opacity=0.6)
        else:
            canvas.shade(rim, mix(ink, (255, 250, 235), 0.35), mix(ink, shadow, 0.55))
    canvas.disc(center, radius * 0.8, mix(metal, shadow, 0.45))
    canvas.disc((x, y + 0.3), radius * 0.77, mix(metal, shadow, 0.2))
    for i in range(6):
        turn = math.tau * (i + start) / 6
        hole = (x + radius * 0.52 * math.cos(turn), y + radius * 0.52 * math.sin(turn))
        canvas.disc(hole, radius * 0.16, mix(metal, shadow, 0.75))
    canvas.disc(center, radius * 0.26, mix(metal, (255, 255, 255), 0.3))
    canvas.disc(center, radius * 0.13, shadow)


def helmets(canvas: Canvas, palette: Palette) -> None:
    """Safety helmets in a row on their shelf, ready for the shift."""
    wall = mix(palette.sky[-2], palette.near, 0.15)
    canvas.wash((mix(wall, palette.near, 0.25), wall, mix(wall, palette.light, 0.4)))
    for i in range(9):
        x = canvas.right * i / 8
        canvas.stroke([(x, 0), (x, 100)], mix(wall, palette.near, 0.25), 0.25, opacity=0.5)
    canvas.glow((canvas.right * 0.35, 10), 110, palette.light, strength=0.6)
    tones = [palette.gold, palette.accent, (246, 244, 236), (58, 118, 158), palette.gold]
    for shelf, size, count in ((46.0, 11.0, 5), (88.0, 14.0, 4)):
        plank = mix(palette.gold, palette.near, 0.4)
        canvas.wash((palette.near, wall), top=shelf + 3.4, bottom=shelf + 6)
        canvas.wash((mix(plank, palette.light, 0.3), plank), top=shelf, bottom=shelf + 3.4)
        for i in range(count):
            x = canvas.right * (i + 0.5) / count + canvas.random.uniform(-1.5, 1.5)
            _helmet(canvas, (x, shelf), size, canvas.random.choice(tones), palette)


def _helmet(canvas: Canvas, foot: Point, size: float, tone: Color, palette: Palette) -> None:
    """Draw one helmet from the side, its peak to the left."""
    x, y = foot
    white = (255, 255, 255)
    canvas.disc((x - size * 0.1, y + 0.3), size * 1.3, palette.near, opacity=0.3, flat=0.09)
    canvas.stroke(
        [
            (x - size * 0.5, y - size * 0.3),
            (x - size * 0.1, y - size * 0.02),
            (x + size * 0.6, y - size * 0.3),
        ],
        mix(palette.near, tone, 0.2),
        size * 0.06,
    )
    dome = _arch((x, y - size * 0.3), size, 1.02)
    canvas.shade(dome, mix(tone, white, 0.3), mix(tone, palette.near, 0.22))
    for shift in (-0.34, 0.0, 0.34):
        rib = _arch((x + shift * size, y - size * (0.95 - abs(shift) * 0.5)), size * 0.13, 2.9)
        canvas.shade(rib, mix(tone, white, 0.55), mix(tone, palette.near, 0.08))
    canvas.glow((x - size * 0.5, y - size * 0.95), size * 0.55, white, strength=0.8)
    brim = [
        (x - size * 1.5, y - size * 0.14),
        (x - size * 1.42, y - size * 0.26),
        (x - size * 0.85, y - size * 0.44),
        (x + size * 1.04, y - size * 0.44),
        (x + size * 1.06, y - size * 0.28),
        (x - size * 0.75, y - size * 0.28),
    ]
    canvas.shade(brim, mix(tone, white, 0.25), mix(tone, palette.near, 0.3))
    badge = palette.accent if tone == palette.gold else palette.gold
    canvas.disc((x - size * 0.66, y - size * 0.66), size * 0.12, badge, flat=1.15)


def _arch(center: Point, radius: float, steep: float) -> list[Point]:
    """Return the upper half of an ellipse, ``steep`` times as high as wide."""
    turns = (math.pi * i / 40 for i in range(41))
    return [
        (center[0] + radius * math.cos(turn), center[1] - steep * radius * math.sin(turn))
        for turn in turns
    ]
