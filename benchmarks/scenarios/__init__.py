"""What is measured, one file each: `measure(scene)` answers Markdown."""
