"""What the tap is compared with; each module runs as a process of its own."""
