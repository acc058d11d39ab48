"""What a device file may say, key by key; a wrong one is named with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from wetread.errors import ConfigError

__all__ = ["KEYS", "check"]

Rule = Callable[[str, Any], None]
_VIEWS = ("PA", "AP", "LATERAL")
_OLDEST = 120


def check(where: str, plain: Mapping[str, Any]) -> None:
    """See that every key is known, every value of its kind, and nothing that must be there is missing.

    Parameters
    ----------
    where
        Begins every message, such as "device file adult.yaml".
    plain
        The parsed file.

    Raises
    ------
    ConfigError
        Naming the first wrong key by its place, such as "evidence.card.kind".
    """
    _table(_FILE, required=("schema", "name", "date", "claim"))(f"{where}: ", plain)


def _wrong(at: str, why: str) -> ConfigError:
    return ConfigError(f"{at.removesuffix('.')}: {why}" if not at.endswith(": ") else f"{at}{why}")


def _text(at: str, value: Any) -> None:
    if not isinstance(value, str) or not value.strip():
        raise _wrong(at, f"text is expected, not {_shown(value)}")


def _free_text(at: str, value: Any) -> None:
    """Empty text is an open field, not a wrong one."""
    if value is not None and not isinstance(value, str):
        raise _wrong(at, f"text is expected, not {_shown(value)}: put it in quotation marks")


def _shown(value: Any) -> str:
    return {dict: "a table", list: "a list", type(None): "nothing"}.get(type(value), repr(value)[:60])


def _date(at: str, value: Any) -> None:
    try:
        good = isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) and date.fromisoformat(value)
    except ValueError:
        good = None
    if not good:
        raise _wrong(at, f"a date such as 2026-11-22 is expected, not {_shown(value)}")


def _ages(at: str, value: Any) -> None:
    good = isinstance(value, list) and len(value) == 2
    ends = [end for end in value if end is not None] if good else []
    whole = all(type(end) in (int, float) and 0 <= end <= _OLDEST for end in ends)
    if not good or not whole or value[0] is None or (len(ends) == 2 and ends[0] >= ends[1]):
        raise _wrong(at, f"the lowest and the highest age in years is expected, such as [18, 120], not {_shown(value)}")


def _words(*allowed: str) -> Rule:
    def rule(at: str, value: Any) -> None:
        if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
            raise _wrong(at, f"a list of words is expected, not {_shown(value)}")
        for word in value:
            if allowed and word not in allowed:
                raise _wrong(at, f"{word!r} is none of {', '.join(allowed)}")

    return rule


def _anything(at: str, value: Any) -> None:
    """Plain data: what it must hold is the business of whoever reads it."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise _wrong(f"{at}{key}", "a key is text: put it in quotation marks")
            _anything(f"{at}{key}.", item)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            _anything(f"{at}{place}.", item)
    elif isinstance(value, float) and not abs(value) < float("inf"):
        raise _wrong(at, f"a finite number is expected, not {value}")


def _mapping(at: str, value: Any) -> None:
    if value is None or not isinstance(value, Mapping):
        raise _wrong(at, f"a table is expected, not {_shown(value)}")
    _anything(at, value)


def _list(at: str, value: Any) -> None:
    if not isinstance(value, list):
        raise _wrong(at, f"a list is expected, not {_shown(value)}")
    _anything(at, value)


def _table(rules: Mapping[str, Rule], required: tuple[str, ...] = ()) -> Rule:
    def rule(at: str, value: Any) -> None:
        if not isinstance(value, Mapping):
            raise _wrong(at, f"a table is expected, not {_shown(value)}")
        for key in value:
            if key not in rules:
                raise _wrong(f"{at}{key}", f"no such key; there are {', '.join(rules)}")
        for key in required:
            if value.get(key) is None:
                raise _wrong(f"{at}{key}", "it is missing")
        for key, item in value.items():
            rules[key](f"{at}{key}.", item)

    return rule


def _each(rule: Rule) -> Rule:
    def of_each(at: str, value: Any) -> None:
        if value is not None and not isinstance(value, Mapping):
            raise _wrong(at, f"a table is expected, not {_shown(value)}")
        for key, item in (value or {}).items():
            if not isinstance(key, str):
                raise _wrong(f"{at}{key}", "a name is text: put it in quotation marks")
            rule(f"{at}{key}.", item)

    return of_each


_INDICATIONS: Mapping[str, Rule] = {
    "finding": _text,  # what the device looks for, in the words of the indication
    "ages_years": _ages,
    "sexes": _words("F", "M"),
    "views": _words(*_VIEWS),
    "modalities": _words(),
    "body_parts": _words(),
    "setting": _text,
    "prevalence": _anything,  # a share, or a range of two, of positive films where it will be used
    "prescription": _anything,  # true: Rx only
}
_FILE: Mapping[str, Rule] = {
    "schema": _text,
    "name": _text,
    "version": _text,
    "date": _date,
    "claim": _text,
    "sponsor": _each(_free_text),
    "indications": _table(_INDICATIONS),
    "users": _words(),
    "environment": _free_text,
    "sites": _list,
    "validation": _mapping,
    "test_list": _text,  # the name, under evidence, of the list that is kept for the test
    "facts": _mapping,  # anything else that documents print
    "said": _each(_free_text),
    "answers": _each(_free_text),  # to findings of the lint, by the rule's id
    "evidence": _each(_table({"kind": _text, "path": _text}, required=("kind", "path"))),
}
KEYS = tuple(_FILE)
"""Every key of a device file, at its top."""
