"""Trackable links: who shared what, and who came by it."""
