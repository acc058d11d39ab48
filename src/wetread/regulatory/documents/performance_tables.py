"""Tables of one evaluation, for documents: each cell a number with its interval, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wetread.regulatory.evidence.evaluation import Cut, Evaluated
from wetread.regulatory.pen import Pen

__all__ = ["Tables"]

_PERCENT = "%"
_NONE = "—"
_FEW = "too few to say"
_TINY = 1e-4
_NARROW = 0.02  # a range of threshold probabilities in which a curve touches another is noise


class Tables:
    """What a document prints of one evaluation; a table is "" where the evaluation holds nothing for it.

    Parameters
    ----------
    one
        The evaluation.
    pen
        Of the document.
    """

    def __init__(self, one: Evaluated, pen: Pen) -> None:
        self.one, self._pen, self._about = one, pen, one.about
        self.standing = one.standing
        self.cut: Cut | None = next(iter(one.cuts), None)

    # ----------------------------------------------------------------------------------------------- small parts

    def text(self, *tokens: str | int) -> str:
        """A text of the evaluation, as it stands there."""
        return self._pen.num(self.one.ref(*tokens), **self._about)

    def number(self, *tokens: str | int, digits: int | None = None, unit: str = "") -> str:
        """A number with its interval; a dash where it was not measured."""
        return self._of(self.one.ref(*tokens), self.one.get(*tokens), digits, unit)

    def _of(self, ref: str, held: Any, digits: int | None = None, unit: str = "") -> str:
        value = held.get("value") if isinstance(held, Mapping) else held
        if not isinstance(value, int | float | str) or isinstance(value, bool):
            return _NONE
        method = str(held["method"]) if isinstance(held, Mapping) and held.get("method") else ""
        about = self._about | ({"method": method} if method else {})
        return self._pen.num(ref, digits, unit, **about)

    def _row(self, ref: str, row: Mapping[str, Any], *names: str, digits: int = 3, unit: str = "") -> list[str]:
        return [self._of(f"{ref}/{name}", row.get(name), digits, unit) for name in names]

    @property
    def name(self) -> str:
        """What the films are called."""
        return self.text("films", "name")

    @property
    def told(self) -> list[str]:
        """What was noted when the films were put together: films that fell out, and why."""
        return [self.text("told", place) for place in range(len(self.one.get("told") or ()))]

    @property
    def alarms(self) -> list[str]:
        """What must not be missed, the worst first, each as title and text."""
        return [
            f"**{self._pen.num(f'{ref}/title')}.** {self._pen.num(f'{ref}/text')}" for ref, _ in self.one.rows("alarms")
        ]

    # ----------------------------------------------------------------------------------------------- at a threshold

    @property
    def apart(self) -> str:
        """What was compared with the films of the choice and found apart: "films and patients", "films", or ""."""
        overlap = self.one.get("cuts", 0, "applied", "overlap") or {}
        compared = [name for name in ("films", "patients") if overlap.get(name) == 0]
        return " and ".join(compared)

    @property
    def notes(self) -> list[str]:
        """What must be known of the threshold: what could not be compared, and what was overridden."""
        told = self.one.get("cuts", 0, "applied", "notes") or ()
        return [self.text("cuts", 0, "applied", "notes", place) for place in range(len(told))]

    @property
    def two_by_two(self) -> str:
        """Calls against the reference standard."""
        if self.cut is None:
            return ""
        count = {
            name: self._pen.num(f"{self.cut.ref}/worth/{name}", **self._about) for name in ("tp", "fp", "fn", "tn")
        }
        return self._pen.table(
            ["", "Positive by the reference standard", "Negative by the reference standard"],
            [["Called", count["tp"], count["fp"]], ["Not called", count["fn"], count["tn"]]],
        )

    @property
    def rates(self) -> str:
        """Sensitivity, specificity and likelihood ratios, with the method of each interval."""
        if self.cut is None:
            return ""
        names = {
            "sensitivity": ("Sensitivity (recall)", 1, _PERCENT),
            "specificity": ("Specificity", 1, _PERCENT),
            "likelihood_ratio_positive": ("Likelihood ratio of a call", 2, ""),
            "likelihood_ratio_negative": ("Likelihood ratio of no call", 2, ""),
        }
        worth = self.one.get("cuts", 0, "applied", "worth") or {}
        rows = []
        for name, (title, digits, unit) in names.items():
            held = (worth.get(name) or {}).get("stated")
            ref = f"{self.cut.ref}/worth/{name}/stated"
            rows.append(
                [title, self._of(ref, held, digits, unit), self._of(f"{ref}/method", (held or {}).get("method"))]
            )
        return self._pen.table(["", "Value (95 % interval)", "How the interval was made"], rows)

    @property
    def by_prevalence(self) -> str:
        """Predictive values and F1, for the films as they are and at each stated prevalence."""
        if self.cut is None:
            return ""
        worth = self.one.get("cuts", 0, "applied", "worth") or {}
        places = [("sample", worth.get("sample"))] + [
            (f"stated/{place}", row) for place, row in enumerate(worth.get("stated") or ())
        ]
        rows = [self._at(f"{self.cut.ref}/worth/{place}", row) for place, row in places if isinstance(row, Mapping)]
        header = ["Positive films", "PPV (95 % interval)", "NPV (95 % interval)", "F1 (95 % interval)",
                  "F1 of calling every film", "Films called"]  # fmt: skip
        return self._pen.table(header, rows)

    def _at(self, ref: str, row: Mapping[str, Any]) -> list[str]:
        share = self._of(f"{ref}/prevalence", row.get("prevalence"), 1, _PERCENT)
        cells = [f"{share}, as in these films" if row.get("stated") is False else share]
        for name, digits, unit in (("ppv", 1, _PERCENT), ("npv", 1, _PERCENT), ("f1", 3, "")):
            cells.append(self._of(f"{ref}/{name}/stated", (row.get(name) or {}).get("stated"), digits, unit))
        cells.append(self._of(f"{ref}/f1_all_positive", row.get("f1_all_positive"), 3))
        return [*cells, self._of(f"{ref}/called", row.get("called"), 1, _PERCENT)]

    # ----------------------------------------------------------------------------------------------- over all thresholds

    @property
    def discrimination(self) -> str:
        """AUROC, average precision, and rates at fixed counterparts."""
        rows = []
        if self.one.area:
            held = self.one.get("area", "interval") or {}
            rows.append(
                ["AUROC, closed form over patients", self._of(self.one.ref("area", "interval"), held, 3), _NONE]
            )
        for name, title, unit in (
            ("auroc", "AUROC, resampled patients", ""),
            ("average_precision", "Average precision (at the prevalence of these films)", ""),
            ("sensitivity_at_specificity", "Sensitivity at a fixed specificity", _PERCENT),
            ("specificity_at_sensitivity", "Specificity at a fixed sensitivity", _PERCENT),
            ("best_f1", "Largest F1 on these films (flatters)", ""),
            ("f1_all_positive", "F1 of calling every film", ""),
        ):
            rows += self._estimates(name, title, unit)
        return self._pen.table(["", "Value (95 % interval)", "At"], rows) if rows else ""

    def _estimates(self, name: str, title: str, unit: str) -> list[list[str]]:
        rows = []
        for ref, row in self.one.rows("headline", "estimates"):
            if row.get("name") == name:
                kind = "bca" if (row.get("bca") or {}).get("low") is not None else "percentile"
                at = self._of(f"{ref}/at", row.get("at"), 0, _PERCENT)
                rows.append([title, self._of(f"{ref}/{kind}", row.get(kind), 1 if unit else 3, unit), at])
        return rows

    # ----------------------------------------------------------------------------------------------- probabilities

    @property
    def calibration(self) -> str:
        """How near probabilities come to shares."""
        if not isinstance(self.one.get("reliability"), Mapping):
            return ""
        names = {
            "slope": "Slope (one is right; below one, too sure)",
            "in_the_large": "Calibration in the large, log-odds (zero is right)",
            "intercept": "Intercept, slope free",
            "ece": "Expected calibration error",
            "brier": "Brier score",
            "skill": "Brier skill over the prevalence alone",
        }
        rows = [[title, self.number("reliability", name, "stated", digits=3)] for name, title in names.items()]
        rows.append(
            [
                "Expected calibration error of a calibrated score",
                self.number("reliability", "ece_if_calibrated", digits=3),
            ]
        )
        rows.append(["Largest distance of the smooth curve", self.number("reliability", "emax", digits=3)])
        return self._pen.table(["", "Value (95 % interval)"], rows)

    @property
    def useful(self) -> list[str]:
        """Ranges of the threshold probability in which acting on the score beats acting on all and on none."""
        ranges = self.one.get("decision", "useful") or ()
        return [
            f"{self.number('decision', 'useful', place, 0, digits=1, unit=_PERCENT)} to "
            f"{self.number('decision', 'useful', place, 1, digits=1, unit=_PERCENT)}"
            for place, ends in enumerate(ranges)
            if len(ends) == 2 and None not in ends and ends[1] - ends[0] >= _NARROW
        ]

    # ----------------------------------------------------------------------------------------------- parts of the films

    @property
    def groups(self) -> list[str]:
        """A table for each covariate."""
        tables = []
        header = [
            "Films",
            "Positive",
            "AUROC (95 % interval)",
            "Sensitivity (95 % interval)",
            "Specificity (95 % interval)",
            "Remark",
        ]
        for ref, covariate in self.one.rows("groups", "covariates"):
            title = self._pen.num(f"{ref}/name").replace("\n", " ")
            rows = []
            for place, group in enumerate(covariate.get("groups") or ()):
                at = f"{ref}/groups/{place}"
                notes = _FEW if group.get("notes") else ""
                rows.append([
                    self._of(f"{at}/name", group.get("name")), *self._row(at, group, "films", "positives", digits=0),
                    self._of(f"{at}/auroc", group.get("auroc")),
                    *self._row(at, group, "sensitivity", "specificity", digits=1, unit=_PERCENT), notes,
                ])  # fmt: skip
            tables.append(self._pen.table([title, *header], rows))
        return tables

    @property
    def interactions(self) -> str:
        """Whether groups differ, after correction for how many were looked at."""
        rows = []
        for ref, covariate in self.one.rows("groups", "covariates"):
            for place, told in enumerate(covariate.get("interactions") or ()):
                at = f"{ref}/interactions/{place}"
                cells = [self._pen.num(f"{ref}/name"), self._pen.num(f"{at}/measure")]
                if told.get("p") is None:
                    rows.append([*cells, _NONE, _NONE, _NONE, _FEW])
                    continue
                ends = (
                    f"{self._of(f'{at}/lowest', told.get('lowest'))}, {self._of(f'{at}/highest', told.get('highest'))}"
                )
                tiny = told.get("adjusted") is not None and told["adjusted"] < _TINY
                p = "below one in ten thousand" if tiny else self._of(f"{at}/adjusted", told.get("adjusted"), 4)
                rows.append([*cells, ends, *self._row(at, told, "gap", digits=3), p, ""])
        header = ["Covariate", "Measure", "Lowest, highest", "Gap", "p, corrected", "Remark"]
        return self._pen.table(header, rows) if rows else ""

    @property
    def negatives(self) -> str:
        """Positive films against negative films with each other finding."""
        rows = [
            [
                self._pen.num(f"{ref}/name"), *self._row(ref, row, "films", digits=0), *self._row(ref, row, "auroc", "gap"),
                *self._row(ref, row, "specificity", digits=1, unit=_PERCENT), _FEW if row.get("note") else "",
            ]
            for ref, row in self.one.rows("negatives", "against")
        ]  # fmt: skip
        header = [
            "Negative films with",
            "Films",
            "AUROC (95 % interval)",
            "Change from all negatives",
            "Specificity (95 % interval)",
            "Remark",
        ]
        return self._pen.table(header, rows) if rows else ""

    @property
    def baselines(self) -> str:
        """What each covariate reaches alone, without a pixel."""
        rows = [
            [self._pen.num(f"{ref}/name"), *self._row(ref, row, "auroc", "difference")]
            for ref, row in self.one.rows("baselines", "baselines")
        ]
        header = ["Guessed from", "AUROC (95 % interval)", "Score's AUROC less this (95 % interval)"]
        return self._pen.table(header, rows) if rows else ""

    @property
    def label_errors(self) -> str:
        """What the rates may be against the truth behind imperfect labels."""
        rows = []
        for name in ("auroc", "sensitivity", "specificity"):
            held, at = self.one.get("label_errors", name), self.one.ref("label_errors", name)
            if isinstance(held, Mapping):
                rows.append(
                    [name.replace("auroc", "AUROC"), *self._row(at, held, "apparent", "lowest", "highest", "ceiling")]
                )
        header = [
            "",
            "Against the labels",
            "Least against the truth",
            "Most against the truth",
            "Most that a perfect score can show",
        ]
        return self._pen.table(header, rows) if rows else ""

    @property
    def unread(self) -> str:
        """What leaving the films nearest to the threshold unread does, at a few shares of films read."""
        covered = self.one.get("abstention", "coverage") or []
        if not covered or None in covered:
            return ""
        places = sorted({min(range(len(covered)), key=lambda n: abs(covered[n] - want)) for want in (1, 0.9, 0.8, 0.7)})
        columns = (("coverage", 0), ("risk", 1), ("sensitivity", 1), ("specificity", 1), ("positives_unread", 1))
        rows = [
            [self.number("abstention", name, place, digits=digits, unit=_PERCENT) for name, digits in columns]
            for place in places
        ]
        header = [
            "Films read",
            "Wrong among them",
            "Sensitivity among them",
            "Specificity among them",
            "Positive films unread",
        ]
        return self._pen.table(header, rows)
