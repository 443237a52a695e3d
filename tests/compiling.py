"""How to read a record is compiled once a run; tests make thousands of runs with few settings."""

from __future__ import annotations

import contextlib
import functools
import types
import typing as t
from collections.abc import Callable, Iterator

import pytest

_T = t.TypeVar("_T")


@contextlib.contextmanager
def compiled_once(module: types.ModuleType, *names: str) -> Iterator[None]:
    """Let functions of a module, all pure, compile the same only once within the block."""
    patches = pytest.MonkeyPatch()
    for name in names:
        patches.setattr(module, name, _once(getattr(module, name)))
    try:
        yield
    finally:
        patches.undo()


def _once(function: Callable[..., _T]) -> Callable[..., _T]:
    """Compile the same only once; arguments are values, told apart by their text."""
    known: dict[str, _T] = {}

    @functools.wraps(function)
    def answer(*arguments: t.Any, **keywords: t.Any) -> _T:
        key = repr((arguments, keywords))
        if key not in known:
            known[key] = function(*arguments, **keywords)
        return known[key]

    return answer
