"""A local Persy: a real HTTP server with fictional people.

It speaks the contract that ``docs/wire.md`` assumes, so that everything can be
tried without an account, and it imports nothing of the tap, so that it cannot
share the tap's mistakes.

`options` says how it behaves. `people` are drawn from `words` as `facts`, which `shapes` writes
into JSON; `state` holds them while `edits` change them. `server` answers by `endpoints`, with pages
of a `listing`, content of `attachments`, and the `faults` of a bad day.
"""
