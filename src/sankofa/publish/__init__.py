"""What may be seen from outside, and how it looks."""
