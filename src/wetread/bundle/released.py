"""The bundles that ship with the package, and how a name or a folder becomes one."""

from __future__ import annotations

from pathlib import Path

from wetread.errors import UsageError

__all__ = ["DEFAULT", "GATE", "RELEASED", "RESEARCH", "find"]

RELEASED = ("adult", "paediatric")
"""Read by `predict`, chosen by the patient's age."""

RESEARCH = ("pneumoniamnist28",)
"""For `score` alone: `predict` refuses them."""

DEFAULT = "adult"
"""Reads a film of unknown age, with a loud notice."""

GATE = "gate"
"""Judges every film before either reads it (`wetread.bundle.gate`)."""

_MODELS = Path(__file__).resolve().parents[1] / "models"


def find(name: str) -> Path:
    """Folder of a released bundle or of the gate by its name, or the folder that `name` is a path to.

    Raises
    ------
    UsageError
        If there is neither.
    """
    if name in (*RELEASED, *RESEARCH, GATE):
        return _MODELS / name
    folder = Path(name)
    try:
        is_bundle, is_folder = (folder / "manifest.json").is_file(), bool(name) and folder.is_dir()
    except OSError as error:
        raise UsageError(f"bundle {name!r} cannot be opened: {error.strerror}") from error
    if is_bundle:
        return folder
    if is_folder:
        raise UsageError(f"{name} is no bundle: it holds no manifest.json")
    raise UsageError(f"no bundle {name!r}: name one of {', '.join((*RELEASED, *RESEARCH))}, or a bundle's folder")
