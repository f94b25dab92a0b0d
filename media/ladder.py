"""The sizes and rates at which a video is offered, and the playlist that lists them."""

from collections.abc import Sequence
from typing import NamedTuple


class Rung(NamedTuple):
    """One size: pixels (even, as H.264 wants them), and kilobits a second at most."""

    name: str
    width: int
    height: int
    kilobits: int

    @property
    def folder(self) -> str:
        """Where its segments lie, below the video."""
        return f"v{self.name}"


#: The shorter side in pixels, and the rate: fit for a phone on a train, in a room, on a desk.
_RATES = {360: 800, 540: 1600, 720: 2800}
_AUDIO_KILOBITS = 128


def ladder(width: int, height: int) -> list[Rung]:
    """The rungs that a source of this size allows, smallest first; it is never enlarged."""
    shorter = min(width, height)
    sides = [side for side in _RATES if side <= shorter] or [shorter]
    rates = [_RATES.get(side, min(_RATES.values())) for side in sides]
    return [
        Rung(str(side), _even(width * side / shorter), _even(height * side / shorter), rate)
        for side, rate in zip(sides, rates, strict=True)
    ]


def master_playlist(rungs: Sequence[Rung], codecs: Sequence[str]) -> str:
    """The playlist of playlists (RFC 8216 §4.3.4.2), smallest first: a phone begins there.

    ``codecs`` are those of each rung: players choose without fetching anything.
    """
    lines = ["#EXTM3U", "#EXT-X-VERSION:6", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for rung, named in zip(rungs, codecs, strict=True):
        bits = (rung.kilobits + _AUDIO_KILOBITS) * 1100  # a tenth for the container
        size = f"RESOLUTION={rung.width}x{rung.height}"
        lines.append(f'#EXT-X-STREAM-INF:BANDWIDTH={bits},{size},CODECS="{named}"')
        lines.append(f"{rung.folder}/index.m3u8")
    return "\n".join(lines) + "\n"


def _even(pixels: float) -> int:
    return max(2, round(pixels) // 2 * 2)
