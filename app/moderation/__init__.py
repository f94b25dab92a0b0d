"""What may stay of what is said: reports, held words, and the cases that moderators decide."""
