"""What is pulled, and what is said of it.

Before: `session` wires the SDK's streams to one pull, `selection` is what a catalog selects,
`catalog` what a sample shows, `reading` makes functions of settings, and `plan` one value of
settings, bookmarks and the clock (milliseconds, as in `model.times`).

The pull: `run` is the one skeleton that takes, writes, commits or abandons the pages of a source,
`candidates` (one walk for all streams) or `extra`. `mapping` makes rows of a page, pure, so that
`worker` can do it in a second process; `records`, `rendering` and `stream_maps` are its steps.
`stream_run` is what one stream emits and remembers; `children` and `attachments` are lists that
each candidate has, `content` the files. `emitter` and `output` write, `termination` ends early.

What stays: `state`, the `ledger` over `ledger_columns` and its text, `ledger_text` (of numbers as
`ledger_numbers` packs them), the `tables` of copies, `deletions`; `report` is what a run says of
itself.
"""
