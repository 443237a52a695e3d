"""A server at which anything may fail at any time, and runs of the tap against it."""
