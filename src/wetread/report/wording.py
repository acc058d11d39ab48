"""Numbers in words: counts with their nouns, shares, intervals, lists. Nothing is rounded to a false 0 or 100 %."""

from __future__ import annotations

from collections.abc import Sequence

from wetread.intervals import Interval

__all__ = ["count", "interval", "listed", "number", "plain", "probability", "share", "stated", "times"]

_NARROW = "\u202f"


def number(value: float, digits: int = 0) -> str:
    """A number with separators between thousands.

    >>> number(112120), number(3.64, 1), number(1.0, 1)
    ('112,120', '3.6', '1')
    """
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def count(value: int, noun: str, plural: str | None = None) -> str:
    """A count with its noun.

    >>> count(1, "film"), count(0, "film"), count(2, "patient is", "patients are")
    ('1 film', '0 films', '2 patients are')
    """
    return f"{value:,} {noun if value == 1 else plural or noun + 's'}"


def share(value: float) -> str:
    r"""A share of the whole as a percentage: two decimals below ten, one above.

    >>> [share(x).replace("\u202f", " ") for x in (0, 0.00001, 0.01787, 0.8227, 0.9995, 0.99999, 1)]
    ['0 %', '< 0.01 %', '1.79 %', '82.3 %', '99.95 %', '> 99.99 %', '100 %']
    """
    return _below(value) if value < 0.0001 else f"{_percent(value)}{_NARROW}%"


def _below(value: float) -> str:
    return f"0{_NARROW}%" if value == 0 else f"<{_NARROW}0.01{_NARROW}%"


def _percent(value: float) -> str:
    if value == 1:
        return "100"
    if value > 0.9999:
        return f">{_NARROW}99.99"
    return f"{100 * value:.{1 if 0.0995 <= value < 0.9985 else 2}f}"


def interval(found: Interval) -> str:
    r"""A share with its interval.

    >>> interval(Interval(0.0179, 0.0164, 0.0195)).replace("\u202f", " ")
    '1.79 % (95 % interval 1.64 to 1.95 %)'
    """
    low, high = share(found.low), share(found.high)
    low = low.removesuffix(f"{_NARROW}%")
    return f"{share(found.value)} ({100 * found.level:.0f}{_NARROW}% interval {low} to {high})"


def times(found: Interval) -> str:
    """A ratio with its interval, two significant digits.

    >>> times(Interval(17.26, 14.75, 20.2))
    '17 (15 to 20)'
    """
    return f"{ratio(found.value)} ({ratio(found.low)} to {ratio(found.high)})"


def ratio(value: float) -> str:
    """A ratio with two significant digits.

    >>> ratio(17.26), ratio(2.38), ratio(0.034), ratio(0.0)
    ('17', '2.4', '0.034', '0')
    """
    if value >= 9.95:
        return f"{value:,.0f}"
    return "0" if value == 0 else f"{value:.2g}" if value < 1 else f"{value:.1f}"


def probability(p: float) -> str:
    """A p-value.

    >>> probability(0.0004), probability(0.04), probability(1.0)
    ('p < 0.001', 'p = 0.04', 'p = 1')
    """
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"


def plain(name: str) -> str:
    """A finding's name as a sentence has it.

    >>> plain("Pleural_Thickening")
    'pleural thickening'
    """
    return name.replace("_", " ").lower()


def listed(parts: Sequence[str], last: str = "and") -> str:
    """A list as a sentence has it.

    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}" if parts else "none"


def stated(prevalence: float) -> str:
    """A share as somebody states it, without decimals that were not said.

    >>> stated(0.01), stated(0.0125), stated(0.3)
    ('1 %', '1.25 %', '30 %')
    """
    return f"{number(100 * prevalence, 2)} %"
