"""The lint of a submission: what it should not be sent with, each with the sentence that explains it."""

from wetread.regulatory.lint.check import lint
from wetread.regulatory.lint.finding import Finding, Severity
from wetread.regulatory.lint.of_device import of_device
from wetread.regulatory.lint.reading import read
from wetread.regulatory.lint.rules import RULES
from wetread.regulatory.lint.submission import Submission

__all__ = ["RULES", "Finding", "Severity", "Submission", "lint", "of_device", "read"]
