"""The explorer's page works offline, under a policy that trusts nobody else."""

import re
from pathlib import Path

import httpx
import pytest
from graphql import build_schema, parse, validate
from starlette.applications import Starlette

from resolvers.explorer import explorer_routes

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
FILES = ROOT / "resolvers" / "explorer"
SCHEMA = ROOT / "schema" / "schema.graphql"
EXAMPLES = re.findall(r"query: `([^`]+)`", (FILES / "examples.js").read_text())


@pytest.fixture
async def client():
    transport = httpx.ASGITransport(Starlette(routes=explorer_routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def test_the_page_allows_no_script_but_our_files(client):
    response = await client.get("/graphiql")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["content-security-policy"].startswith("default-src 'self'; ")
    assert re.findall(r"<script(?![^>]* src=)|<style| style=| on\w+=", response.text) == []


async def test_every_file_that_the_page_names_is_there(client):
    page = (await client.get("/graphiql")).text
    named = set(re.findall(r'(?:src|href)="([^"]+)"', page))
    assert named == {f"/graphiql/explorer.{suffix}" for suffix in ("svg", "css", "js")}
    scripts = [path.read_text() for path in FILES.glob("*.js")]
    named |= {f"/graphiql/{name}" for text in scripts for name in re.findall(r"'\./(.+)'", text)}
    for path in sorted(named):
        response = await client.get(path)
        assert response.status_code == 200, path
        assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", sorted(FILES.iterdir()), ids=lambda path: path.name)
def test_no_file_speaks_of_another_host(path):
    addresses = re.findall(r"(?:https?:)?//\w[\w.-]+\.\w+[^\s\"'`]*", path.read_text())
    assert [each for each in addresses if each != "http://www.w3.org/2000/svg"] == []


@pytest.mark.parametrize("name", ["nothing.js", "..%2Fexplorer.py", "%2e%2e/explorer.py", ".."])
async def test_nothing_else_is_served(client, name):
    assert (await client.get(f"/graphiql/{name}")).status_code == 404


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_fit_the_schema(example):
    schema = build_schema(SCHEMA.read_text())
    assert validate(schema, parse(example)) == []


def test_there_are_examples():
    assert len(EXAMPLES) == 5
