"""What members ask the search, counted without their names, and the synonyms that come of it."""
