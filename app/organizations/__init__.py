"""The tree of party organizations (党组织)."""
