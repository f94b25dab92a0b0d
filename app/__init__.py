"""What the platform is: its nouns, their rules, and the process that serves them."""
