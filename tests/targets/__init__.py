"""Real Singer targets, each in an environment of its own, fed by the real tap."""
