"""Servers and settings that fit, and each assumption broken."""

from __future__ import annotations

import typing as t

Values = dict[str, t.Any]

HOLDING: t.Final[dict[str, tuple[Values, Values]]] = {
    "defaults": ({}, {}),
    "key in a header": ({"auth": "header"}, {"auth_method": "header"}),
    "basic": ({"auth": "basic"}, {"auth_method": "basic", "username": "sandbox"}),
    "offset": ({"pagination": "offset"}, {"pagination": "offset"}),
    "cursor": ({"pagination": "cursor"}, {"pagination": "cursor"}),
    "link": ({"pagination": "link"}, {"pagination": "link"}),
    "one page": ({"pagination": "none"}, {"pagination": "none"}),
    "pages from 0": ({"first_page": 0}, {"first_page": 0}),
    "a bare list": ({"envelope": "list"}, {}),
    "a deep envelope": ({"envelope": "payload.items"}, {"records_path": "payload.items"}),
    "no filter": ({"modified_since_param": None}, {"modified_since_param": ""}),
    "an upper bound": ({"modified_until_param": "until"}, {"modified_until_param": "until"}),
    "flat": ({"shape": "flat"}, {}),
    "german": ({"shape": "german", "order": "newest"}, {}),
    "php": ({"shape": "php", "order": "random"}, {}),
    "nobody": ({"candidates": 0}, {}),
    "one person": ({"candidates": 1}, {}),
    "two people": ({"candidates": 2}, {}),
}
"""Name to options of the local Persy and settings that fit them."""

BROKEN: t.Final[dict[str, tuple[Values, Values, dict[str, Values], bool]]] = {
    "key in another header": (
        {"auth": "header"}, {}, {"authentication": {"auth_method": "header"}}, True,
    ),
    "basic expected": (
        {"auth": "basic"}, {"username": "sandbox"},
        {"authentication": {"auth_method": "basic"}}, True,
    ),
    "another path": (
        {}, {"candidates_path": "/bewerber"},
        {"candidates_path": {"candidates_path": "/candidates"}}, True,
    ),
    "unknown envelope": (
        {"envelope": "payload.items"}, {},
        {"records_path": {"records_path": "payload.items"}}, True,
    ),
    "wrong records_path": (
        {}, {"records_path": "payload.items"},
        {"records_path": {"records_path": "data"}}, True,
    ),
    "another name of the page": (
        {"page_param": "p"}, {}, {"page_param": {"page_param": "p"}}, True,
    ),
    "another name of the size": (
        {"page_size_param": "limit"}, {},
        {"page_size_param": {"page_size_param": "limit"}}, False,
    ),
    "another name of both": (
        {"page_size_param": "limit", "page_param": "pageNumber"}, {},
        {
            "page_size_param": {"page_size_param": "limit"},
            "page_param": {"page_param": "pageNumber"},
        }, True,
    ),
    "an unknown size and another name of the page": (
        {"page_size_param": "umfang", "page_param": "p", "page_size": 15}, {},
        {"page_size_param": {"page_size_param": None}, "page_param": {"page_param": "p"}}, True,
    ),
    "pages from 0": (
        {"first_page": 0}, {}, {"first_page": {"first_page": 0}}, True,
    ),
    "pages from 0 and no filter": (
        {"first_page": 0, "modified_since_param": None, "order": "newest"}, {},
        {
            "first_page": {"first_page": 0},
            "modified_since_param": {"modified_since_param": ""},
        }, True,
    ),
    "pages from 1": (
        {}, {"first_page": 0}, {"first_page": {"first_page": 1}}, True,
    ),
    "a largest page": (
        {"max_page_size": 15}, {}, {"page_size": {"page_size": 15}}, False,
    ),
    "offset instead of page": (
        {"pagination": "offset"}, {}, {"pagination": {"pagination": "offset"}}, True,
    ),
    "an offset of another name": (
        {"pagination": "offset", "offset_param": "skip"}, {},
        {"pagination": {"pagination": "offset"}, "offset_param": {"offset_param": "skip"}}, True,
    ),
    "page instead of offset": (
        {}, {"pagination": "offset"}, {"pagination": {"pagination": "page"}}, True,
    ),
    "cursor instead of page": (
        {"pagination": "cursor"}, {}, {"pagination": {"pagination": "cursor"}}, True,
    ),
    "a cursor of other names": (
        {
            "pagination": "cursor", "cursor_param": "page_token",
            "next_cursor_path": "paging.next_page_token",
        }, {},
        {
            "pagination": {"pagination": "cursor"},
            "cursor_param": {"cursor_param": "page_token"},
            "next_cursor_path": {"next_cursor_path": "paging.next_page_token"},
        }, True,
    ),
    "the cursor elsewhere": (
        {"pagination": "cursor", "next_cursor_path": "meta.next"}, {"pagination": "cursor"},
        {"next_cursor_path": {"next_cursor_path": "meta.next"}}, True,
    ),
    "another name of the cursor": (
        {"pagination": "cursor", "cursor_param": "after"}, {"pagination": "cursor"},
        {"cursor_param": {"cursor_param": "after"}}, True,
    ),
    "link instead of offset": (
        {"pagination": "link"}, {"pagination": "offset"},
        {"pagination": {"pagination": "link"}}, True,
    ),
    "page instead of cursor": (
        {}, {"pagination": "cursor"}, {"pagination": {"pagination": "page"}}, True,
    ),
    "page instead of link": (
        {}, {"pagination": "link"}, {"pagination": {"pagination": "page"}}, True,
    ),
    "paged after all": (
        {"page_size": 20}, {"pagination": "none"},
        {"pagination": {"pagination": "page"}}, True,
    ),
    "not paged": (
        {"pagination": "none"}, {},
        {"pagination": {"pagination": "none"}, "page_size_param": {"page_size_param": None}}, True,
    ),
    "no filter": (
        {"modified_since_param": None}, {},
        {"modified_since_param": {"modified_since_param": ""}}, False,
    ),
    "a filter of another name": (
        {"modified_since_param": "updated_since"}, {},
        {"modified_since_param": {"modified_since_param": "updated_since"}}, False,
    ),
    "a filter after all": (
        {}, {"modified_since_param": ""},
        {"modified_since_param": {"modified_since_param": "modified_since"}}, False,
    ),
    "an unreadable date": (
        {}, {"date_format": "dddd"},
        {"date_format": {"date_format": "YYYY-MM-DDTHH:mm:ss[Z]"}}, True,
    ),
    "an upper bound that is ignored": (
        {}, {"modified_until_param": "until"},
        {"modified_until_param": {"modified_until_param": None}}, False,
    ),
}  # fmt: skip
"""Name to options, settings that do not fit, what fails with the setting that mends it, and
whether it would lose data."""
