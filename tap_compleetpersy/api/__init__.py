"""Talking to Persy: the only package that sends requests and reads answers.

Reading downwards, a file stands above what it imports::

    pages      the list as pages, by the pagination of the profile
    ├─ ahead       the same, read ahead in a thread
    ├─ links       the next page of RFC 8288
    └─ client      one request: address, authorisation, redirects, retries
       ├─ retry        what is tried again, and the only place that waits
       ├─ transport    the one HTTP session (loaded with the first request)
       └─ decode       bytes to a JSON document
    exchange   any request with whatever is answered, by the client
    └─ messages    the values for it: a request, and an answer still to be read
    paths      a path that somebody wrote to a URL below `api_url`, or a refusal
    envelope   document to records and their total
    profile    every assumption about the wire, with bounds for its times
    answers    the value that an answer is
    errors     what can go wrong
"""
