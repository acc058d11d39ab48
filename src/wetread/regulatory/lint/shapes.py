"""Values of evidence in the shape that is asked for; in any other they count as not said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from wetread.regulatory.lint.submission import Span

__all__ = ["mapping", "rows", "share", "span", "texts", "whole"]


def mapping(value: Any) -> Mapping[str, Any]:
    """A mapping, or an empty one."""
    return value if isinstance(value, Mapping) else {}


def rows(value: Any) -> Sequence[Any]:
    """A list, or an empty one."""
    return value if isinstance(value, list) else ()


def texts(value: Any) -> tuple[str, ...]:
    """The entries of a list as text, without the empty ones."""
    return tuple(str(one) for one in rows(value) if one)


def share(value: Any) -> float | None:
    """A number in [0, 1], or None."""
    return float(value) if _number(value) and 0 <= value <= 1 else None


def whole(value: Any) -> int | None:
    """A count, or None."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def span(low: Any, high: Any) -> Span | None:
    """Ages in years, or None; `high` may be None."""
    if not _number(low) or low < 0 or not (high is None or (_number(high) and high >= low)):
        return None
    return Span(low=float(low), high=None if high is None else float(high))


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
