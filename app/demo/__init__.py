"""The demo group: its people, texts and pictures as data, and what reads and draws them."""
