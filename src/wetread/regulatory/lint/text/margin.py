"""Where each statement of a text stands, noted while it is read."""

from __future__ import annotations

from wetread.regulatory.lint.text.document import Document, Passage

__all__ = ["Margin"]

_TITLES = {
    "plan": "the validation plan",
    "truth": "the plan's ground truth",
    "claim": "the indications",
    "limitations": "the limitations",
    "metrics": "the results",
    "threshold_rule": "the threshold",
    "disjoint": "the databases",
    "look_alikes": "the results",
}
# Which headings stand for a part of the submission: the first that is there.
_HOMES: dict[str, tuple[str, ...]] = {
    "plan": ("plan/population", "plan", "plan/performance"),
    "truth": ("plan/truth", "plan"),
    "claim": ("indications", "intended", "general"),
    "limitations": ("limitations",),
    "metrics": ("threshold", "performance", "training"),
    "threshold_rule": ("threshold",),
    "disjoint": ("sets", "sets/training", "sets/validation"),
    "look_alikes": ("performance", "threshold", "sets"),
}


class Margin:
    """Notes beside a text.

    Attributes
    ----------
    places
        A place in the submission to "line N".
    guessed
        Places that were inferred.
    """

    def __init__(self, document: Document) -> None:
        self.places: dict[str, str] = {"": "the whole text"}
        self.guessed: list[str] = []
        for part, homes in _HOMES.items():
            line = next((document.headings[home] for home in homes if home in document.headings), None)
            self.places[part] = f"no heading for {_TITLES[part]}" if line is None else f"line {line}"

    def at(self, place: str, passage: Passage | int, *, guess: bool = False) -> None:
        """Note where a place stands."""
        self.places[place] = f"line {passage if isinstance(passage, int) else passage.line}"
        if guess:
            self.guessed.append(place)
