"""A local Persy: a real HTTP server with fictional people.

It speaks the contract that ``docs/wire.md`` assumes, so that everything can be
tried without an account, and it imports nothing of the tap, so that it cannot
share the tap's mistakes.
"""
