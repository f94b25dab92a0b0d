"""The doors into the graph: root fields and the HTTP endpoint."""
