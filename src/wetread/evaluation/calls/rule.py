"""Rules by which a threshold is chosen, each said in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wetread.errors import ConfigError

__all__ = ["RULES", "Rule"]

Float = NDArray[np.float64]
RULES = ("youden", "sensitivity", "specificity", "f1", "net-benefit", "cost")
_SLACK = 1e-12  # a share of whole films that equals a target in decimals may miss it in binary


@dataclass(frozen=True, slots=True)
class Rule:
    """How a threshold is chosen on a set of films.

    Parameters
    ----------
    kind
        "youden": largest sensitivity + specificity - 1 (Youden 1950).
        "sensitivity", "specificity": the highest, or the lowest, threshold that reaches `target`.
        "f1": largest F1.
        "net-benefit": largest net benefit (Vickers and Elkin 2006) where the harm of one false alarm is worth
        `target` / (1 - `target`) of the good of one hit.
        "cost": smallest cost where one missed positive costs `target` times what one false alarm costs.
    target
        The rate to reach in (0, 1], the threshold probability in (0, 1), or the ratio of costs above 0; None otherwise.
    confidence
        For a rate to reach: one-sided confidence with which other patients of the same kind reach it too, in (0.5, 1);
        None asks it of the films themselves only.
    prevalence
        For "f1", "net-benefit" and "cost": share of positive films for which to choose; None is the set's own.

    Raises
    ------
    ConfigError
        If these contradict each other or leave their range.
    """

    kind: str = "youden"
    target: float | None = None
    confidence: float | None = None
    prevalence: float | None = None

    def __post_init__(self) -> None:
        if self.kind not in RULES:
            raise ConfigError(f"no threshold rule {self.kind!r}: choose one of {', '.join(RULES)}")
        if (self.target is None) != (self.kind in ("youden", "f1")):
            raise ConfigError(f"the rule {self.kind!r} takes {'no' if self.kind in ('youden', 'f1') else 'a'} target")
        if self.target is not None and not self._in_range(self.target):
            raise ConfigError(f"the rule {self.kind!r} has no target {self.target}: give {self._range}")
        if self.confidence is not None and (self.kind not in ("sensitivity", "specificity")):
            raise ConfigError(f"the rule {self.kind!r} takes no confidence: it reaches no stated rate")
        if self.confidence is not None and not 0.5 < self.confidence < 1:
            raise ConfigError(f"a confidence lies between 0.5 and 1, not at {self.confidence}: 95 % is 0.95")
        if self.prevalence is not None and self.kind not in ("f1", "net-benefit", "cost"):
            raise ConfigError(f"the rule {self.kind!r} takes no prevalence: it does not depend on one")
        if self.prevalence is not None and not 0 < self.prevalence < 1:
            raise ConfigError(f"a prevalence lies between 0 and 1, not at {self.prevalence}: one in ten is 0.1")

    @classmethod
    def of(cls, text: str) -> Rule:
        """A rule as it is written: "youden", "f1", "sensitivity=0.9", "net-benefit=0.1", ...

        Raises
        ------
        ConfigError
            If there is no such rule, or its number is missing, too much, or out of its range.
        """
        kind, sign, target = text.partition("=")
        try:
            return cls(kind, float(target) if sign else None)
        except ValueError as error:
            raise ConfigError(f"the rule {text!r} ends in no number: write it as in sensitivity=0.9") from error

    def __str__(self) -> str:
        return self._words + ("" if self.prevalence is None else f", at a prevalence of {self.prevalence:g}")

    @property
    def _words(self) -> str:
        if self.kind in ("sensitivity", "specificity"):
            which = "highest" if self.kind == "sensitivity" else "lowest"
            sure = "" if self.confidence is None else f" with {self.confidence:g} one-sided confidence"
            return f"{which} threshold with {self.kind} of at least {self.target:g}{sure}"
        return {
            "youden": "largest sensitivity + specificity - 1 (Youden 1950)",
            "f1": "largest F1",
            "net-benefit": f"largest net benefit at a threshold probability of {self.target}",
            "cost": f"smallest cost, a missed positive costing {self.target} times a false alarm",
        }[self.kind]

    @property
    def _range(self) -> str:
        return {"net-benefit": "a probability between 0 and 1", "cost": "a ratio above 0"}.get(
            self.kind, "a share above 0 and up to 1"
        )

    def _in_range(self, target: float) -> bool:
        if self.kind == "cost":
            return 0 < target < float("inf")
        return 0 < target < 1 or (target == 1 and self.kind in ("sensitivity", "specificity"))

    def step(self, hits: Float, alarms: Float) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """The step (b,) that the rule takes on a ladder's counts (b, k + 1), and whether both classes were there."""
        sick, well = hits[:, -1:], alarms[:, -1:]
        there = ((sick > 0) & (well > 0))[:, 0]
        se, fa = hits / np.where(sick > 0, sick, 1), alarms / np.where(well > 0, well, 1)
        if self.kind == "sensitivity":
            assert self.target is not None
            return (se >= self.target - _SLACK).argmax(axis=1), there
        if self.kind == "specificity":
            assert self.target is not None
            return (1 - fa >= self.target - _SLACK).sum(axis=1) - 1, there
        return self._gain(se, fa, sick / np.where(sick + well > 0, sick + well, 1)).argmax(axis=1), there

    def _gain(self, se: Float, fa: Float, own: Float) -> Float:
        """What the rule makes largest; of steps that are equal to within rounding, the first is taken."""
        share = own if self.prevalence is None else np.full_like(own, self.prevalence)
        hit, alarm = share * se, (1 - share) * fa
        if self.kind == "youden":
            gain = se - fa
        elif self.kind == "f1":
            whole = hit + alarm + share
            gain = 2 * hit / np.where(whole > 0, whole, 1)
        else:
            assert self.target is not None
            gain = hit - alarm * (self.target / (1 - self.target) if self.kind == "net-benefit" else 1 / self.target)
        rounded: Float = np.round(gain, 12)
        if self.kind in ("youden", "f1"):
            rounded[:, 0] = -np.inf  # to call no film at all is no answer to these
        return rounded
