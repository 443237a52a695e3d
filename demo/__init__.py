"""`make demo`: a local Persy into DuckDB with Meltano; again: only what changed."""
