"""The engine beside the process: a Meilisearch server, for groups that have one."""

from search.meilisearch.engine import MeilisearchEngine
from search.meilisearch.wire import Access

__all__ = ["Access", "MeilisearchEngine"]
