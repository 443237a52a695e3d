"""The reading layer: pure functions from remote records to rows.

No module in here does input or output, keeps state between records or imports
another package of the tap. The facts about the wire come from `docs/wire.md`.
"""
