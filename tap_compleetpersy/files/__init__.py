"""The content of attachments: a folder, or a store behind an fsspec URL."""
