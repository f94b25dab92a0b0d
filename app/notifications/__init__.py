"""What members are told: notifications, grouped, and how they want them."""
