"""Talking to Persy: the only package that sends requests and reads answers.

Every assumption about the wire (`docs/wire.md`) is a setting. Reading downwards, a file stands
above what it imports::

    page_sampling  pages from all over the list
    pages          the list as pages, and how it ends
    ├─ prefetch       the same, read ahead: one request or several in flight
    ├─ paginators     one class for each style of paging
    ├─ date_filter    the server's filter on the updated time
    ├─ envelope       document to records and their total
    └─ client         one request: address, key, redirects, retries
       ├─ retry          what is tried again, and the only place that waits
       ├─ transport      the one HTTP session (loaded with the first request)
       ├─ credential     how a request carries the key
       └─ decode         bytes to a JSON document
    downloads      files that the API links to
    attachments    the list of a candidate's attachments
    urls           where a path or a link leads, and whether it may be followed
    messages       requests and answers as values
    errors         what can go wrong
"""
