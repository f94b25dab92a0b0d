"""The graph: its nodes and edges."""
