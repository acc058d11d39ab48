"""The rules, in the order in which findings are listed."""

from wetread.regulatory.lint.rules.claims import CLAIMS
from wetread.regulatory.lint.rules.figures import FIGURES
from wetread.regulatory.lint.rules.films import FILMS
from wetread.regulatory.lint.rules.operating import OPERATING
from wetread.regulatory.lint.rules.planning import PLANNING
from wetread.regulatory.lint.rules.standard import STANDARD
from wetread.regulatory.lint.rules.steps import STEPS

__all__ = ["RULES"]

RULES = (*CLAIMS, *STEPS, *FILMS, *FIGURES, *OPERATING, *STANDARD, *PLANNING)
