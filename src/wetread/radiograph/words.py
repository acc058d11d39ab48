"""The words of a text, as header values and codes are compared by them."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["words"]


def words(value: str) -> tuple[str, ...]:
    """Upper-case words of letters and digits, without accents: "Thorax p.a." gives THORAX, P, A."""
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", value.upper()) if not unicodedata.combining(letter)
    )
    return tuple(re.findall(r"[^\W_]+", plain))
