"""A recipe's file, whatever its method: TOML with a name and known parts, and errors that name file and part."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

from wetread.errors import ConfigError

__all__ = ["RecipeFile", "open_recipe"]

_Recipe = TypeVar("_Recipe")


@dataclass(frozen=True, slots=True)
class RecipeFile:
    """An opened recipe: its bytes, what they say, and the file's name for messages."""

    raw: bytes
    plain: Mapping[str, Any]
    where: str

    @property
    def method(self) -> object:
        """`method` of the part [fit]; None where it is not said."""
        fit = self.plain.get("fit")
        return fit.get("method") if isinstance(fit, dict) else None

    def build(
        self,
        whole: Callable[..., _Recipe],
        parts: Mapping[str, type],
        *,
        optional: Mapping[str, type] | None = None,
        **more: Any,
    ) -> _Recipe:
        """The recipe as the dataclass that it stands for, with `name`, `sha256` of the file, and its parts.

        Parameters
        ----------
        whole, parts
            The dataclass, and that of each part; a part that the file leaves out has its defaults.
        optional
            Parts that are None where the file leaves them out.
        more
            Further fields of `whole`.

        Raises
        ------
        ConfigError
            If the name is missing, a part is unknown, or a setting is missing, unknown, of the wrong kind or out of its
            range.
        """
        optional = optional or {}
        if unknown := set(self.plain) - set(parts) - set(optional) - {"name"}:
            raise ConfigError(f"recipe {self.where}: unknown parts {', '.join(sorted(unknown))}")
        name = self.plain.get("name")
        if not isinstance(name, str):
            told = "it has no name" if name is None else f"a name is text; its name is {name}"
            raise ConfigError(f"recipe {self.where}: {told}")
        made = {part: self._settings(kind, part) for part, kind in parts.items()}
        made |= {part: self._settings(kind, part) if part in self.plain else None for part, kind in optional.items()}
        try:
            return whole(name=name, sha256=hashlib.sha256(self.raw).hexdigest(), **made, **more)
        except ConfigError as error:
            raise ConfigError(f"recipe {self.where}: {error}") from error

    def _settings(self, kind: type, part: str) -> Any:
        return _settings(kind, self.plain.get(part, {}), f"{self.where} [{part}]")


def open_recipe(path: Path) -> RecipeFile:
    """Open a recipe.

    Raises
    ------
    ConfigError
        If the file is missing or no TOML.
    """
    try:
        raw = path.read_bytes()
        return RecipeFile(raw, tomllib.loads(raw.decode()), path.name)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"recipe {path} cannot be read: {error}") from error


def _settings(kind: Any, plain: Any, where: str) -> Any:
    """A part as its dataclass, whose fields are text, numbers, booleans, or tuples of one of them."""
    if not isinstance(plain, dict):
        raise ConfigError(f"{where} is a table of settings, not {plain!r}")
    known = {field.name for field in fields(kind)}
    if unknown := set(plain) - known:
        raise ConfigError(
            f"{where} has unknown settings {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}"
        )
    if missing := _needed(kind) - set(plain):
        raise ConfigError(f"{where} lacks settings that have no default: {', '.join(sorted(missing))}")
    hints = get_type_hints(kind)
    for name, value in plain.items():
        if (wanted := _mismatch(value, hints[name])) is not None:
            raise ConfigError(f"{where}: {name} is {value!r}, not {wanted}")
    try:
        return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in plain.items()})
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from error


def _needed(kind: Any) -> set[str]:
    return {part.name for part in fields(kind) if part.default is MISSING and part.default_factory is MISSING}


_WORDS = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def _mismatch(value: Any, hint: Any) -> str | None:
    """What a setting of this type would be, in words; None where the value is that."""
    if hint in _WORDS:
        # TOML tells 18 from 18.0, and both are numbers; Python takes true for 1.
        fits = isinstance(value, (int, float) if hint is float else hint) and (hint is bool) == isinstance(value, bool)
        return None if fits else _WORDS[hint]
    inner = get_args(hint)
    length = None if Ellipsis in inner else len(inner)
    fits = isinstance(value, list) and length in (None, len(value))
    if fits and all(_mismatch(item, inner[0]) is None for item in value):
        return None
    return f"a list of {length or ''} {_WORDS[inner[0]].removeprefix('a ')}s".replace("  ", " ")
