"""Talking to Persy: the only package that sends requests and reads answers.

Every assumption about the wire (`docs/wire.md`) is a setting. Reading downwards, a file stands
above what it imports::

    pages          the list as pages, how it ends, and pages from all over it
    ├─ prefetch       the same, read ahead: one request or several in flight
    ├─ paginators     one class for each style of paging
    ├─ date_filter    the server's filter on the updated time
    ├─ unfolding      what records hold elsewhere or in another form, as the model reads it
    │  └─ envelope       document to records and their total
    └─ client         one request: address, key, redirects, retries
       ├─ retry          what is tried again, and the only place that waits
       ├─ transport      the one HTTP session (loaded with the first request)
       └─ decode         bytes to a JSON document
    belongings     what each candidate has: lists (attachments, notes), files that they link to
    urls           where a path or a link leads, and whether it may be followed
    messages       requests, answers and the key as values
"""
