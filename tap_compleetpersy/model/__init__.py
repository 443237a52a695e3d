"""The reading layer: pure functions from remote records to rows.

No module in here does input or output, keeps state between records or imports
another package of the tap. The facts about the wire come from `docs/wire.md`.

The fields: `fields` declares each once, as data, made of what `declaration` has; `paths` says where
the facts stand, and `rules` which settings decide, with the trees made of both.

The ways: `candidate` chooses. `reader` is the general one, a walk for all paths; `quick` reads
pages whose `layout` it has learned, by a function that `generation` writes. `composition` builds
fields of several facts, for both. `listing`, `remote_data` and `provenance` say of a record what it
holds, what may leave, and which path fed what; `children` reads the lists of child streams.

Single facts: `text`, `times`, `wrappers` (of converters), `names`, `address`, `contacts`,
`outcomes` of applications, `attachment_types`, `documents`, `positions` of replication keys,
and `ids`. Custom fields: `custom_values` of a record, `custom_types` of a sample, `custom_fields`
as a catalog types them.
"""
