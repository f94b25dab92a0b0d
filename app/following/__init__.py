"""What members follow in the knowledge base: regulations, and searches whose answers they await."""
