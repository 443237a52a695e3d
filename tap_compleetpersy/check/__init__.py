"""Does a live Persy work as `docs/wire.md` assumes, and which settings fit it if not?

Reading downwards, a file stands above what it imports::

    run            evidence, findings and the settings that fit, in one value
    ├─ judges/         evidence to findings: one function an assumption, pure
    └─ probes/         what is asked, in which order: each step adds evidence
       ├─ asking           one request, within the budget
       ├─ paging, bounds   what two answers say about each other, pure
       ├─ structure        where records and cursors are in an unknown answer, pure
       ├─ guessing         keys that look like a model field, pure
       └─ examination      counts of what the model reads, pure
    evidence       what was seen, as values
    findings       what is said about it

Nothing but counts, forms, and names of keys leaves this package: never a value of a
person, and never the key.
"""
