"""What a template writes with: numbers from evidence, fields for people, tables and pictures."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from wetread.errors import DataError
from wetread.regulatory.around import around, software_of
from wetread.regulatory.artefact import Artefact, resolve
from wetread.regulatory.claim import Claim, printable

__all__ = ["CITED", "MARK", "Pen", "plain"]

# A printed number is wrapped in private-use characters, so that the lint can tell it from one typed by hand, and a page
# can show where it comes from. `plain` takes them off.
MARK = re.compile("\ue000([^\ue001]*)\ue001([^\ue002]*)\ue002")

_PRIVATE = re.compile("[\ue000-\uf8ff]")
# What people cite in their text: {NAME:/json/pointer}, or with decimals and unit {NAME:/json/pointer|1|%}.
CITED = re.compile(r"\{([a-z][a-z0-9_-]*:[^{}|]*)(?:\|(\d*))?(?:\|([^{}|]*))?\}")

_OPERATIONS: Mapping[str, Callable[..., float]] = {
    "share": lambda part, whole: part / whole,
    "difference": lambda left, right: left - right,
    "sum": lambda *parts: sum(parts),
    "complement": lambda share: 1 - share,
    "count": len,
    "how many": lambda *parts: len(parts),
    "others per one": lambda part, whole: (whole - part) / part,
    "precision": lambda sensitivity, specificity, share: (
        sensitivity * share / (sensitivity * share + (1 - specificity) * (1 - share))
    ),
    "F1": lambda sensitivity, specificity, share: (
        2 * sensitivity * share / (sensitivity * share + (1 - specificity) * (1 - share) + share)
    ),
    "F1 of calling every film": lambda share: 2 * share / (1 + share),
}


def plain(marked: str) -> str:
    """The text as printed."""
    return MARK.sub(r"\2", marked)


class Pen:
    """Writes one document, and remembers every number and every person's field that it wrote.

    Parameters
    ----------
    artefacts
        The evidence by name.
    said
        What people wrote, by the field's name.
    """

    def __init__(self, artefacts: Mapping[str, Artefact], said: Mapping[str, str]) -> None:
        self._artefacts = artefacts
        self._said = said
        self.claims: dict[str, Claim] = {}
        self.open_fields: dict[str, bool] = {}
        self.hints: dict[str, str] = {}
        self.filled: dict[str, str] = {}
        self.missing: dict[str, str] = {}
        self.figures: list[str] = []

    def num(self, reference: str, digits: int | None = None, unit: str = "", **about: Any) -> str:
        """Print a number of the evidence.

        Parameters
        ----------
        reference
            "NAME:/json/pointer". Where an object with `value`, `low` and `high` stands there, its interval is printed.
        digits
            Decimals; None means none for whole numbers and three otherwise (one for percentages).
        unit
            Printed after it; "%" prints a share as a percentage.
        about
            Further fields of the `Claim`: `method`, `n`, `data`, `split`, `seed`, `code`; what the evidence says beside
            the number itself (`wetread.regulatory.around`) need not be said again.

        Where the evidence is not there, or holds nothing at that place, a visible gap is printed and remembered.

        Raises
        ------
        DataError
            If what stands there is no number and no text.
        """
        try:
            found = resolve(*self._find(reference))
        except DataError as error:
            return self._gap(reference, str(error))
        interval = None
        if isinstance(found, Mapping) and "value" in found:
            low, high = found.get("low"), found.get("high")
            interval = (low, high) if low is not None and high is not None else None
            found = found["value"]
        if found is None or (isinstance(found, float) and not math.isfinite(found)):
            return self._gap(reference, f"{reference} is null: it was not measured")
        if isinstance(found, bool) or not isinstance(found, int | float | str):
            raise DataError(f"{reference} is no number: {type(found).__name__}")
        return self._write(reference, found, interval, digits, unit, (reference,), about)

    def derived(self, operation: str, *references: str, digits: int | None = None, unit: str = "", **about: Any) -> str:
        """Print what follows from numbers of the evidence.

        Parameters
        ----------
        operation
            "share" a/b, "difference" a-b, "sum", "complement" 1-a; "count" of a list or table; "how many" operands there
            are; "others per one" (b-a)/a of a part and its whole, such as negative films for each positive one;
            "precision" and "F1" of a sensitivity, a specificity and a prevalence (Bayes), and "F1 of calling every film"
            of a prevalence.
        references
            The operands, in that order.
        """
        try:
            values = [_bare(resolve(*self._find(reference))) for reference in references]
        except DataError as error:
            return self._gap(", ".join(references), str(error))
        try:
            value = _OPERATIONS[operation](*values)
        except (ZeroDivisionError, TypeError):
            return self._gap(", ".join(references), f"{operation} of {values} does not exist")
        return self._write(f"{operation}({', '.join(references)})", value, None, digits, unit, references, about)

    def has(self, reference: str) -> bool:
        """Whether the evidence is there and holds something other than null at that place."""
        try:
            return resolve(*self._find(reference)) is not None
        except DataError:
            return False

    def absent(self, what: str, how: str = "") -> str:
        """Say that a piece of evidence is not in the folder, and how it is made; it stands in `gaps` too."""
        self.missing[what] = how
        return f"*Not in the folder: {what}.{f' {how}' if how else ''}*"

    def human(self, field: str, hint: str, *, required: bool = True) -> str:
        """What a person wrote, with the evidence that it cites; or an open field that says what is asked for."""
        text = printable(_PRIVATE.sub("", self._said.get(field) or "")).strip()
        if text:
            self.filled[field] = text
            return CITED.sub(
                lambda cited: self.num(cited[1], int(cited[2]) if cited[2] else None, cited[3] or ""), text
            )
        self.open_fields[field] = self.open_fields.get(field, False) or required
        self.hints.setdefault(field, hint)
        return f"[[HUMAN: {field}: {hint}]]"

    def figure(self, name: str, caption: str) -> str:
        """A picture by the name of its maker in `wetread.regulatory.pictures`."""
        self.figures.append(name)
        return f"![{caption}](../figures/{name}.svg)"

    @staticmethod
    def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
        """A table; cells are text, numbers come through `num`."""
        lines = [list(header), ["---"] * len(header), *(list(row) for row in rows)]
        return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)

    def _gap(self, reference: str, why: str) -> str:
        self.missing[reference] = why
        return f"[[NOT IN THE FOLDER: `{reference}`]]"

    def _find(self, reference: str) -> tuple[Artefact, str]:
        name, _, pointer = reference.partition(":")
        if name not in self._artefacts:
            raise DataError(f"no evidence is named {name}: add it to the device file, or leave out what it would say")
        return self._artefacts[name], pointer

    def _write(
        self,
        claim_id: str,
        value: Any,
        interval: tuple[float, float] | None,
        digits: int | None,
        unit: str,
        references: Sequence[str],
        about: Mapping[str, Any],
    ) -> str:
        artefacts = [self._find(reference)[0] for reference in references]
        beside = around(artefacts[0], references[0].partition(":")[2]) if references == (claim_id,) else {}
        whole = isinstance(value, str) or (isinstance(value, int) and unit != "%")
        claim = Claim(
            id=claim_id,
            value=value,
            interval=interval,
            unit=unit,
            precision=(0 if whole else 1 if unit == "%" else 3) if digits is None else digits,
            pointers=tuple(reference.partition(":")[2] for reference in references),
            sha256=tuple(artefact.sha256 for artefact in artefacts),
            **{"code": software_of(artefacts[0]) if artefacts else "", **beside, **about},
        )
        # A mark's key has no character that Markdown could take for its own.
        key = "c" + hashlib.sha256(f"{claim.id}#{claim.precision}#{claim.unit}".encode()).hexdigest()[:12]
        self.claims.setdefault(key, claim)
        return f"\ue000{key}\ue001{claim.text}\ue002"


def _bare(found: Any) -> Any:
    """The number of an object that holds one with its interval."""
    return found["value"] if isinstance(found, Mapping) and "value" in found else found


def _cell(text: str) -> str:
    """One line, in which no bar ends the cell."""
    return re.sub(r"(?<!\\)\|", r"\|", text.replace("\n", " "))
