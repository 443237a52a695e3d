"""What is pulled, and what is said of it."""
