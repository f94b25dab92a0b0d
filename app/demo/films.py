"""Short films for some lectures of the demo group: a drawn scene that the eye wanders over."""

from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe
from PIL import Image, ImageDraw, ImageFont

from app.demo.pictures import draw_picture
from media.bounded import Bounds, run_bounded

#: Lectures that have a film, with its title: in Latin letters, since the only typeface that is
#: everywhere (Pillow's own) has no others.
FILMED = {
    "lecture-notes": "Half a page of notes",
    "lecture-first-aid": "First aid: the first minutes",
    "lecture-gift": "A box of tea: accept it?",
}
SECONDS = 5
_WIDTH, _HEIGHT = 640, 360
_WIDER = 1.4
_BOUNDS = Bounds(cpu_seconds=60, seconds=120.0, memory=2 * 1024**3, file_size=64 * 1024**2)


async def make_film(theme: str, seed: int, title: str, *, folder: Path) -> Path:
    """Film the scene of ``theme`` and ``seed``; answers the file, as a phone would send it."""
    # The scene is read again for each frame: as a bitmap, that is next to nothing.
    scene, strip, film = (folder / name for name in ("scene.bmp", "title.png", "film.mp4"))
    width, height = round(_WIDTH * _WIDER), round(_HEIGHT * _WIDER)
    draw_picture(theme, seed, width, height=height).save(scene)
    _title(title).save(strip)
    window = f"crop={_WIDTH}:{_HEIGHT}:(iw-ow)*t/{SECONDS}:(ih-oh)*t/{SECONDS}"
    steps = f"[0:v]{window}[view];[view][1:v]overlay=0:H-h-24,format=yuv420p[v]"
    hum = f"sine=f=220:d={SECONDS},volume=0.3,afade=t=in:d=1,afade=t=out:st={SECONDS - 1}:d=1"
    command = [
        *(get_ffmpeg_exe(), "-nostdin", "-y", "-loop", "1", "-framerate", "15", "-i", str(scene)),
        *("-i", str(strip), "-f", "lavfi", "-i", hum, "-filter_complex", steps),
        *("-map", "[v]", "-map", "2:a", "-t", str(SECONDS), "-c:v", "libx264"),
        *("-preset", "ultrafast", "-c:a", "aac", str(film)),
    ]
    ended = await run_bounded(command, _BOUNDS)
    if ended.code != 0:
        raise OSError(f"a demo film failed: {ended.errors[-500:]}")
    return film


def _title(text: str) -> Image.Image:
    strip = Image.new("RGBA", (_WIDTH, 56), (0, 0, 0, 120))
    ImageDraw.Draw(strip).text((24, 10), text, "white", ImageFont.load_default(30))
    return strip
