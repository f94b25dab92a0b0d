"""What journeys share: a demo group that costs no drawing."""

import pytest
from PIL import Image

from app.demo import seeding
from media.images import render


@pytest.fixture(scope="module")
def plain_pictures():
    """One small picture for all, and no films: making them has tests of its own."""

    async def draw(platform, group):
        names = [name for name, _ in seeding._drawings(group)]
        picture = render(Image.new("RGB", (64, 36), (180, 30, 30)))
        for width, data in picture.by_width.items():
            await platform.media.put(f"closed/{picture.key}/{width}.webp", data)
        return dict.fromkeys(names, picture)

    async def film(platform, group):
        return {}

    patch = pytest.MonkeyPatch()
    patch.setattr(seeding, "_draw", draw)
    patch.setattr(seeding, "_film", film)
    yield
    patch.undo()
