"""Reading a regulation from its Markdown: text in, parts out, no database."""
