"""Extra streams: any other GET endpoint of the API, as its definition says.

Reading downwards, a file stands above what it imports::

    session    one run of one stream: wiring
    ├─ catalog     schemas by sampling
    ├─ mapping     a record as received to a record as emitted: pure
    ├─ reading     the pages of an endpoint, or of one for each candidate
    ├─ plan        settings, bookmark and clock to what is asked for and emitted: pure
    ├─ bookmarks   what is remembered between two runs
    └─ report      what was left out or not understood, counted
"""
