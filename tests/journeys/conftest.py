"""What journeys share: a demo group that costs no drawing."""

import pytest
from PIL import Image

from app.demo import seeding
from app.settings import Settings
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


@pytest.fixture(
    params=[
        "local",
        pytest.param("seaweed", marks=pytest.mark.services),
        pytest.param("minio", marks=pytest.mark.services),
    ]
)
def media_settings(request, tmp_path):
    """The platform's settings for each media store."""
    if request.param == "local":
        return Settings(_env_file=None, data_dir=tmp_path)
    access = request.getfixturevalue(request.param)
    return Settings(
        _env_file=None,
        data_dir=tmp_path,
        s3_endpoint=access.endpoint,
        s3_access_key=access.access_key,
        s3_secret_key=access.secret_key,
        s3_bucket=access.bucket,
    )
