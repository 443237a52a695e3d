"""Does a live Persy work as `docs/wire.md` assumes, and which settings fit it if not?

Reading downwards, a file stands above what it imports::

    run                the questions in their order, the assumptions, the settings that fit
    ├─ access              the key, the path of the list, attachments
    ├─ other_paging        another way to the second page
    ├─ paging              page size, beginning, second page, total, order
    ├─ updates             the filter on the updated time
    ├─ records             where they are; their ids, times, outcomes and fields
    guessing           keys that look like a model field, pure
    structure          what stands where in unknown answers, and in which form, pure
    naming             words that names of keys and parameters are made of, pure
    examination        counts of what the model reads, pure
    budgeted_client    one request, within the budget
    evidence           what was seen, as values, and how something is said about it

Nothing but counts, forms, and names of keys leaves this package: never a value of a
person, and never the key.
"""
