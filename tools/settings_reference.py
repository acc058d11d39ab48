"""The reference of every setting, written from the values that hold them: `python tools/settings_reference.py [--write]`.

Prints docs/reference/settings.md, or writes it; a test holds the page against the code.
"""

from __future__ import annotations

import re
import sys
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

from wetread.network import NetworkSpec
from wetread.preprocess import InputSpec
from wetread.training.augment import Augmentation
from wetread.training.config import CardText, DataConfig, FitConfig
from wetread.training.small.recipe import SmallData, SmallFit
from wetread.training.small.settings import BesideSettings
from wetread.training.table_spec import TableSpec
from wetread.training.tune.recipe import TuneFit

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "settings.md"

_HEAD = """# Settings

Written by `tools/settings_reference.py` from the code. A recipe is one TOML file ([training](../training.md)); a setting that
is unknown, missing, of the wrong kind or out of its range is an error that names file and part. What a device file holds is
told in [documents](../documents.md); the options of each command in [the command line](cli.md).
"""
_PARTS: tuple[tuple[str, type, str], ...] = (
    ("[network]", NetworkSpec, "every method"),
    ("[input]", InputSpec, "every method; the same in the clinic"),
    ("[augmentation]", Augmentation, "every method"),
    ("[card]", CardText, "every method; needed for a bundle"),
    ("[data]", TableSpec, 'method "tune"'),
    ("[fit]", TuneFit, 'method "tune"'),
    ("[data]", DataConfig, 'methods "tail", "pair" and "probe"'),
    ("[fit]", FitConfig, 'methods "tail", "pair" and "probe"'),
    ("[small]", BesideSettings, 'method "pair", with [small_augmentation] as [augmentation]'),
    ("[data]", SmallData, 'method "small"'),
    ("[fit]", SmallFit, 'method "small"'),
)


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join([_HEAD, *(_part(*part) for part in _PARTS)]).rstrip() + "\n"


def _part(name: str, kind: type, whose: str) -> str:
    meant = {name: text for base in reversed(kind.__mro__) for name, text in _meanings(base.__doc__ or "").items()}
    rows = [f"| `{one.name}` | {_default(one)} | {meant.get(one.name, '')} |" for one in fields(kind)]
    return f"## `{name}`, {whose}\n\n| setting | default | meaning |\n|---|---|---|\n" + "\n".join(rows) + "\n"


def _default(one: Field[Any]) -> str:
    if one.default is MISSING and one.default_factory is MISSING:
        return "needed"
    value = one.default if one.default_factory is MISSING else one.default_factory()
    if isinstance(value, tuple):
        value = list(value)
    text = {True: "true", False: "false"}.get(value, repr(value)) if isinstance(value, bool) else repr(value)
    return f"`{text}`".replace("'", '"')


def _meanings(doc: str) -> dict[str, str]:
    """What a docstring's section on parameters says of each name; several names may share a text."""
    found: dict[str, str] = {}
    section = doc.partition("Parameters\n")[2]
    for block in re.finditer(r"^    ([a-z_][\w, ]*)\n((?:        .*\n|\n)+)", section + "\n", flags=re.MULTILINE):
        text = " ".join(block[2].split()).replace("|", "\\|")
        for name in block[1].split(","):
            found[name.strip()] = text
    return found


def main() -> int:
    """Print or write the page; the exit status."""
    text = page()
    if "--write" in sys.argv[1:]:
        PAGE.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
