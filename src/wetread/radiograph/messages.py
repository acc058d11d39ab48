"""Messages between the process that asks for films and the worker that decodes them.

A length, plain JSON, raw bytes: nothing that comes from a worker is ever executed or unpickled, for a worker decodes
files that may be made to take it over. What comes back is checked here as the input of a stranger.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import asdict, fields
from functools import lru_cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

from wetread.errors import UnreadableError

if TYPE_CHECKING:
    from wetread.radiograph.value import Facts, Radiograph

__all__ = ["error_of", "facts_of", "film_head", "film_of", "receive", "receive_into", "send"]

LONGEST = 1 << 20
"""Bytes of a message's JSON. A film's facts and steps take a few thousand."""

_CHUNK = 1 << 16  # of the sizes tried, the quickest through a pipe (64 KiB to 1 GiB, films of 1 and 7.5 million pixels)
_WORDS = 600  # characters of an error's sentence


def send(pipe: int, head: Mapping[str, Any], *payload: bytes | memoryview) -> None:
    """Write one message. Raises BrokenPipeError where nobody reads any more."""
    text = json.dumps(head, allow_nan=False, default=_plain).encode()
    for part in (len(text).to_bytes(4, "big") + text, *payload):
        left = memoryview(part).cast("B")
        while left:
            left = left[os.write(pipe, left[:_CHUNK]) :]


def _plain(value: Any) -> Any:
    """NumPy's scalars as Python's; anything else as text."""
    return value.item() if hasattr(value, "item") else str(value)


def receive(pipe: int) -> dict[str, Any]:
    """Read one message's JSON.

    Raises
    ------
    EOFError
        If the other side has gone.
    ValueError
        If it is too long or no JSON object.
    """
    prefix = bytearray(4)
    receive_into(pipe, memoryview(prefix))
    size = int.from_bytes(prefix, "big")
    if size > LONGEST:
        raise ValueError("the message is too long")
    text = bytearray(size)
    receive_into(pipe, memoryview(text))
    head = json.loads(text, parse_constant=_no_number)
    if not isinstance(head, dict):
        raise ValueError("the message is no object")  # noqa: TRY004 - all that is wrong with a message is one error
    return head


def receive_into(pipe: int, buffer: memoryview) -> None:
    """Fill a buffer with what follows; EOFError if the other side has gone."""
    place, end = 0, len(buffer)
    while place < end:
        count = os.readv(pipe, [buffer[place:]]) if hasattr(os, "readv") else _copy(pipe, buffer[place:])
        if count == 0:
            raise EOFError("the other side has gone")
        place += count


def _copy(pipe: int, buffer: memoryview) -> int:
    found = os.read(pipe, min(len(buffer), _CHUNK))
    buffer[: len(found)] = found
    return len(found)


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number")


def facts_of(plain: Any) -> Facts:
    """Facts from their JSON; ValueError where a value is not of its field's type."""
    from wetread.radiograph.value import Facts

    hints = _facts_hints()
    if not isinstance(plain, dict) or set(plain) != set(hints):
        raise ValueError("facts with other fields")
    wrong = [name for name, value in plain.items() if not _fits(value, hints[name])]
    if wrong:
        raise ValueError(f"facts of other types: {', '.join(wrong)}")
    typed: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()}
    return Facts(**typed)


@lru_cache(1)
def _facts_hints() -> dict[str, Any]:
    from wetread.radiograph.value import Facts

    hints = get_type_hints(Facts)
    return {field.name: hints[field.name] for field in fields(Facts)}


def _fits(value: Any, hint: Any) -> bool:
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return value in inner
    if origin in (Union, UnionType):
        return any(_fits(value, one) for one in inner)
    if origin is tuple:
        return isinstance(value, list) and len(value) == len(inner) and all(map(_fits, value, inner))
    if hint is float:
        return type(value) in (int, float) and math.isfinite(value)
    return value is None if hint is NoneType else type(value) is hint


def film_head(film: Radiograph) -> dict[str, Any]:
    """What goes with a film's pixels."""
    return {
        "shape": film.pixels.shape,
        "spacing_mm": film.spacing_mm,
        "steps": [asdict(step) for step in film.steps],
        "polarity": film.polarity,
        "source_uids": film.source_uids,
        "reduction": film.reduction,
        "full_shape": film.full_shape,
    }


_PAIR_OF_INT, _PAIR_OF_FLOAT = tuple[int, int], tuple[float, float]
_HEAD: dict[str, Any] = {
    "shape": _PAIR_OF_INT,
    "spacing_mm": _PAIR_OF_FLOAT | None,
    "steps": list,
    "polarity": float,
    "source_uids": dict,
    "reduction": int,
    "full_shape": _PAIR_OF_INT | None,
}


def film_of(plain: Any, facts: Facts, pipe: int, *, most_bytes: int) -> Radiograph:
    """A film from its JSON and the pixels that follow in the pipe.

    Raises
    ------
    ValueError
        If anything is not what it should be: types, sizes, pixels outside [0, 1].
    EOFError
        If the other side has gone.
    """
    import numpy as np

    from wetread.radiograph.value import Radiograph, Step

    if not isinstance(plain, dict) or set(plain) != set(_HEAD):
        raise ValueError("a film with other fields")
    wrong = [name for name, value in plain.items() if not _fits(value, _HEAD[name])]
    if wrong:
        raise ValueError(f"a film with values of other types: {', '.join(wrong)}")
    rows, columns = plain["shape"]
    if rows < 1 or columns < 1 or 4 * rows * columns > most_bytes:
        raise ValueError(f"a film of {rows} x {columns} pixels")
    if not all(type(key) is str and type(value) is str for key, value in plain["source_uids"].items()):
        raise ValueError("identifiers that are no text")
    pixels = np.empty((rows, columns), np.float32)
    receive_into(pipe, pixels.data.cast("B"))
    full, spacing = plain["full_shape"], plain["spacing_mm"]
    return Radiograph(
        pixels=pixels,
        facts=facts,
        spacing_mm=None if spacing is None else (spacing[0], spacing[1]),
        steps=tuple(Step(*_step(one)) for one in plain["steps"]),
        polarity=plain["polarity"],
        source_uids=plain["source_uids"],
        reduction=plain["reduction"],
        full_shape=None if full is None else (full[0], full[1]),
    )


def _step(plain: Any) -> tuple[str, dict[str, Any]]:
    if not isinstance(plain, dict) or set(plain) != {"name", "parameters"}:
        raise ValueError("a step with other fields")
    name, parameters = plain["name"], plain["parameters"]
    if type(name) is not str or type(parameters) is not dict:
        raise ValueError("a step of other types")
    return name, {key: tuple(value) if isinstance(value, list) else value for key, value in parameters.items()}


def error_of(plain: Any) -> UnreadableError:
    """An error from its code and sentence; ValueError for a code that a film cannot have."""
    if not isinstance(plain, list) or len(plain) != 2 or not all(type(part) is str for part in plain):
        raise ValueError("an error of other types")
    code, message = plain
    kinds: dict[str, type[UnreadableError]] = {kind.code: kind for kind in UnreadableError.__subclasses__()}
    kinds[UnreadableError.code] = UnreadableError
    if code not in kinds:
        raise ValueError("an error with a code that no film has")
    return kinds[code]("".join(letter if letter.isprintable() else " " for letter in message)[:_WORDS])
