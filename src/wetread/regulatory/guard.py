"""Evidence that is not of its form is told as such, whatever part of a document trips over it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import extract_tb

from jinja2 import TemplateError

from wetread.errors import DataError

__all__ = ["of_its_form"]


@contextmanager
def of_its_form(what: str) -> Iterator[None]:
    """Turn what goes wrong while evidence is read by its form into an error that says so.

    A result file is checked as far as its parser goes; a key that is missing deep inside one shows only where a document
    looks for it. The message names the place in the program, for whoever finds the evidence whole.

    Parameters
    ----------
    what
        What was being written: begins the message.

    Raises
    ------
    DataError
        For any error of looking up, of types, of values or of arithmetic inside the block.
    """
    try:
        yield
    except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError, TemplateError) as error:
        frames = extract_tb(error.__traceback__)
        place = f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else "an unknown place"
        raise DataError(
            f"{what} cannot be written from this evidence: {type(error).__name__} at {place}. A result file of another "
            "version, or of another kind than the device file says, is the usual cause; if every file is whole, this "
            "is a defect: please report it"
        ) from error
