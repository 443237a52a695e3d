"""Real processes, killed at chosen bytes of the pipe between tap and target."""
