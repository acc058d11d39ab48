"""Self-contained HTML pages in one look, for every room that writes one.

A page is one file: its style is inside, its pictures are data URIs, it runs no script and asks no server for anything
(its own content security policy forbids it). It follows the reader's light or dark setting and prints on white A4.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["percent", "picture", "render"]

_PNG = b"\x89PNG\r\n\x1a\n"
_NARROW = "\u202f"  # narrow no-break space, so that a number never parts from its sign


def render(template: str, data: Mapping[str, Any]) -> str:
    """Fill one of the templates in `templates/` and give the page as text.

    Every value is escaped for HTML, and a value that the template names but `data` lacks is an error, never a blank.
    A template of another room begins with `{% extends "base.html" %}` and fills the blocks `title`, `header`, `main`
    and `footer`; it may use the filter `percent`.

    Parameters
    ----------
    template
        File name in the folder `templates`, such as "report.html".
    data
        What the template names.

    Raises
    ------
    jinja2.TemplateNotFound
        If there is no such template.
    jinja2.UndefinedError
        If the template names something that `data` lacks.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["percent"] = percent
    return environment.get_template(template).render(data)


def picture(png: bytes) -> str:
    r"""A PNG file as a data URI, for the `src` of an `img`.

    Raises
    ------
    ValueError
        If the bytes are not a PNG file.

    >>> picture(b"\x89PNG\r\n\x1a\n")
    'data:image/png;base64,iVBORw0KGgo='
    """
    if not png.startswith(_PNG):
        raise ValueError("a picture on a page is a PNG file; these bytes do not begin as one")
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")


def percent(share: float) -> str:
    r"""A share in [0, 1] as a percentage with two significant figures of its distance from the nearer end, and never a false 0 % or 100 %.

    >>> [percent(share).replace("\u202f", " ") for share in (0.0, 0.00004, 0.0134, 0.28, 0.5, 0.9973, 0.99999, 1.0)]
    ['0 %', '< 0.01 %', '1.3 %', '28 %', '50 %', '99.73 %', '> 99.99 %', '100 %']
    """
    if not 0 <= share <= 1:
        raise ValueError(f"a share lies in [0, 1], not at {share}")
    if share in (0, 1):
        return f"{100 * share:.0f}{_NARROW}%"
    if share < 0.0001:
        return f"<{_NARROW}0.01{_NARROW}%"
    if share > 0.9999:
        return f">{_NARROW}99.99{_NARROW}%"
    to_the_end = min(share, 1 - share)
    digits = next(number for number, least in enumerate((0.095, 0.0095, 0.00095, 0)) if to_the_end >= least)
    text = f"{100 * share:.{digits}f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}{_NARROW}%"
