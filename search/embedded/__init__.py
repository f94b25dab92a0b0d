"""The engine inside the process: tantivy on local files, no server needed."""

from search.embedded.engine import EmbeddedEngine

__all__ = ["EmbeddedEngine"]
