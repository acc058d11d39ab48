"""The published schema of readings, as a judge that knows no mercy."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

FILE = Path(__file__).resolve().parents[1] / "docs" / "reading.schema.json"


@cache
def _judge(part: str) -> Draft202012Validator:
    schema = json.loads(FILE.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    if part == "line":
        schema = {"$schema": schema["$schema"], "$ref": "#/$defs/line", "$defs": schema["$defs"]}
    return Draft202012Validator(schema)


def faults(plain: Any, part: str = "reading") -> list[str]:
    """What is wrong with a reading, or with a "line" of a batch; nothing where it is as the schema says."""
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in _judge(part).iter_errors(plain)
    ]
