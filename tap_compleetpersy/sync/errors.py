"""Ends of a run that are no accident, apart from what raises them: the command imports them."""

from __future__ import annotations


class DeletionsRefusedError(Exception):
    """A complete pass misses more than ``deletion_limit_percent`` allows."""


class ExtraStreamError(Exception):
    """Records of an extra stream are not as its definition says; the message has no value."""


class LimitReachedError(Exception):
    """A dry run has as many records as it asked for."""


class StreamMapFailedError(Exception):
    """An expression of a stream map fails on a record; the message has no value."""


class TargetGoneError(Exception):
    """Nobody reads the tap's output any more."""
