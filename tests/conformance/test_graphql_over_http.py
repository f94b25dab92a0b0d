"""GraphQL over HTTP, judged by the audits of npm's graphql-http."""

import subprocess

import pytest

pytestmark = pytest.mark.services


def test_every_audit_of_graphql_over_http_is_ok(node, server_url):
    command = [*node("audit.mjs"), f"{server_url}/graphql"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    *audits, summary = done.stdout.splitlines()
    failed = [line for line in audits if not line.startswith("ok ")]
    assert (failed, summary, done.returncode) == ([], "61 of 61", 0), done.stderr
