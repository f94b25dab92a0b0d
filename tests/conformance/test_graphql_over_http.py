"""GraphQL over HTTP, judged by the audits of npm's graphql-http."""

import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent

pytestmark = pytest.mark.services


@pytest.fixture(scope="session")
def audit() -> list[str]:
    """The command that audits the URL given after it."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    if not (HERE / "node_modules" / "graphql-http").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=HERE, check=True)
    return ["node", str(HERE / "audit.mjs")]


def test_every_audit_of_graphql_over_http_is_ok(audit, server_url):
    command = [*audit, f"{server_url}/graphql"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    *audits, summary = done.stdout.splitlines()
    failed = [line for line in audits if not line.startswith("ok ")]
    assert (failed, summary, done.returncode) == ([], "61 of 61", 0), done.stderr
