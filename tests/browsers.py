"""A headless Chromium that shows one page and tells what it saw."""

import asyncio
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")

# What the page shows is played by the browser's own means: no player of ours is in between.
_PAGE = """<!doctype html><meta charset="utf-8">
<img id="cover"><video id="film" crossorigin="anonymous" muted playsinline></video>
<script>
const shown = %s, film = document.getElementById("film"), cover = document.getElementById("cover")
const tell = said => fetch("/told", { method: "POST", body: JSON.stringify(said) })
film.onerror = () => tell({ failed: `${film.error.code} ${film.error.message}` })
cover.onerror = () => tell({ failed: "the picture" })
film.onended = () => tell({
  picture: [cover.naturalWidth, cover.naturalHeight],
  film: [film.videoWidth, film.videoHeight],
  seconds: film.currentTime,
})
cover.src = shown.cover
film.src = shown.film
film.play().catch(failure => tell({ failed: String(failure) }))
</script>"""


class Screen:
    """What is to be shown, by address, and what the browser tells of it."""

    def __init__(self) -> None:
        self.shown: dict[str, str] = {}
        self._told: asyncio.Queue[object] = asyncio.Queue()

    def routes(self) -> list[Route]:
        return [Route("/watch", self._show), Route("/told", self._hear, methods=["POST"])]

    async def told(self) -> object:
        async with asyncio.timeout(60):
            return await self._told.get()

    async def _show(self, _request: Request) -> Response:
        return HTMLResponse(_PAGE % json.dumps(self.shown))

    async def _hear(self, request: Request) -> Response:
        self._told.put_nowait(await request.json())
        return Response(status_code=204)


@asynccontextmanager
async def chromium(url: str, folder: Path) -> AsyncIterator[None]:
    """Chromium at ``url`` until the block ends; its profile lies in ``folder``."""
    assert PROGRAM is not None
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--mute-audio", "--no-first-run"]
    flags += ["--autoplay-policy=no-user-gesture-required", f"--user-data-dir={folder}"]
    browser = await asyncio.create_subprocess_exec(
        *(PROGRAM, *flags, url),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        # Its own group: a browser is many processes.
        os.killpg(browser.pid, signal.SIGKILL)
        await browser.wait()
