"""A lecture of an editor's, uploaded and published, as a browser plays it from each store."""

import browsers
import pytest
from films import SOUND, film
from group import building
from people import Person, made_ready, served, until
from pixels import phone_picture

from app.main import create_app
from app.settings import Settings
from app.visibility import Role

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.services,
    pytest.mark.skipif(browsers.PROGRAM is None, reason="no chromium on PATH"),
]

DESCRIBE = """mutation ($id: ID!) { describeImage(input: {imageId: $id, alt: "红与蓝"}) {
  errors { code } } }"""
CREATE = """mutation ($input: CreateMicroLectureInput!) { createMicroLecture(input: $input) {
  content { id } errors { code message path } } }"""
SUBMIT = """mutation ($id: ID!) { submitContent(input: {contentId: $id}) {
  errors { code message path } } }"""
PUBLISH = """mutation ($id: ID!) { publishContent(input: {contentId: $id}) {
  content { status } errors { code message path } } }"""
CARD = """query ($id: ID!) { node(id: $id) { ... on MicroLecture {
  cover { url(width: 96) } video { hlsUrl } } } }"""
PASSWORD = "a good password"
PICTURE = {"filename": "春游.jpg", "contentType": "image/jpeg", "purpose": "IMAGE"}
VIDEO = {"filename": "党课.mp4", "contentType": "video/mp4", "purpose": "VIDEO"}


async def editor_at(app, address):
    async with building(app.state.platform.database) as group:
        branch = await group.organization()
        member = await group.member(branch, username="bianji", password=PASSWORD)
        for role in (Role.EDITOR, Role.REVIEWER):
            await group.grant(member, role, branch)
    return await Person(address).sign_in("bianji", PASSWORD)


async def uploaded(editor, film):
    """A cover that is described, and a video, as the input of a lecture."""
    cover = await made_ready(editor, await editor.upload(phone_picture(), **PICTURE))
    await editor.do(DESCRIBE, id=cover)
    video = await made_ready(editor, await editor.upload(film, **VIDEO))
    return {"coverId": cover, "videoId": video}


async def published(editor, assets, audience):
    written = {
        "title": "一堂微党课",
        "summary": "作业前的确认制度。",
        "body": "先看、再问、后动手。",
        "lecturer": "李老师",
        "audience": {"scope": audience},
    }
    lecture = (await editor.do(CREATE, input=written | assets))["content"]["id"]
    await editor.do(SUBMIT, id=lecture)
    assert (await editor.do(PUBLISH, id=lecture))["content"]["status"] == "PUBLISHED"
    return lecture


async def shown_to(person, lecture, audience):
    """The addresses of cover and film, once the worker has opened what is public."""

    async def look():
        card = (await person.ask(CARD, id=lecture))["node"]
        cover, film = card["cover"]["url"], card["video"]["hlsUrl"]
        closed = "?" in cover or "/play/" in film
        return closed == (audience != "PUBLIC") and {"cover": cover, "film": film}

    return await until(look)


async def test_a_browser_shows_the_picture_and_plays_the_film_to_its_end(
    media_settings: Settings, tmp_path
):
    data = film(tmp_path / "a.mp4", *SOUND, size="640x360", seconds=2).read_bytes()
    app = create_app(media_settings.model_copy(update={"second_person_publishes": False}))
    screen = browsers.Screen()
    app.router.routes.extend(screen.routes())
    async with served(app) as address:
        editor = await editor_at(app, address)
        assets = await uploaded(editor, data)
        for audience in ("EVERYONE", "PUBLIC"):
            lecture = await published(editor, assets, audience)
            screen.shown = await shown_to(editor, lecture, audience)
            async with browsers.chromium(f"http://{address}/watch", tmp_path / audience):
                told = await screen.told()
            assert "failed" not in told, told
            assert told["picture"] == [40, 60]
            assert told["film"] == [640, 360]
            assert told["seconds"] == pytest.approx(2, abs=0.2)
        await editor.http.aclose()
