"""Reading a submission from a file: a description, or a text in Markdown."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from wetread.errors import ConfigError
from wetread.regulatory.lint.described import described
from wetread.regulatory.lint.submission import Submission
from wetread.regulatory.lint.text.reader import from_text

__all__ = ["read"]

_MOST_BYTES = 2**20
_TEXTS = (".md", ".markdown", ".txt")


def read(path: Path) -> Submission:
    """Read what a submission says.

    Parameters
    ----------
    path
        A description (`.yaml`, `.yml`, `.json`; schema `wetread.submission/1`) or a text after the course's template
        (`.md`, `.markdown`, `.txt`).

    Raises
    ------
    ConfigError
        If the file cannot be read, is of another kind, or says something that cannot be.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"submission {path} cannot be read: {error.strerror}") from error
    if len(raw) > _MOST_BYTES:
        raise ConfigError(f"submission {path.name} has more than {_MOST_BYTES // 2**20} MiB: it is no submission")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeError as error:
        raise ConfigError(f"submission {path.name} is no text in UTF-8: save it as such") from error
    ending = path.suffix.lower()
    if ending in _TEXTS:
        return from_text(text)
    if ending not in (".yaml", ".yml", ".json"):
        raise ConfigError(f"submission {path.name}: its ending is none of .yaml, .json (a description), .md (a text)")
    try:
        plain = json.loads(text) if ending == ".json" else yaml.safe_load(text)
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise ConfigError(
            f"submission {path.name} is not what its ending says: {' '.join(str(error).split())}"
        ) from error
    return described(plain, f"submission {path.name}")
