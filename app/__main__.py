"""``python -m app``: the platform's commands."""

from app.cli import commands

commands()
