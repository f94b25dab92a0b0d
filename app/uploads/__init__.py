"""Pictures and videos as rows; their bytes live in the media store."""
