"""A tenant that never rests, read again and again: what a run leaves behind must not add up."""
