"""What members do with contents: comments, likes, bookmarks."""
