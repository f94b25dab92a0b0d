"""What is published: news, micro-lectures, live streams, showcase entries."""
